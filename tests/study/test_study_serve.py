"""`agnesi study` as a process: its port, its end, its memory of what was made."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from agnesi.errors import AgnesiError
from agnesi.study import serve
from agnesi.study.settings import Settings, data_folder
from study_visitors import Server, Visit


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "data")
    found.start()
    yield found
    if found.process is not None and found.process.poll() is None:
        found.end()


def prefer(visit: Visit, theme: str) -> int:
    visit.ask("GET", "/")
    return visit.post("/theme", {"theme": theme}).status


def theme(address: str) -> str:
    found = re.search(r'data-theme="(\w+)"', Visit(address).ask("GET", "/")[1])
    assert found
    return found[1]


def test_it_ends_cleanly_and_says_so(server: Server) -> None:
    assert Visit(server.address).ask("GET", "/")[0] == 200
    status, said = server.end(signal.SIGINT)
    assert status == 0 and said == "Agnesi has ended. Everything is saved.\n"
    assert server.data.joinpath("study.sqlite3").is_file()


@pytest.mark.parametrize("pause", [0, 0.3, 2])
def test_it_ends_without_a_word_more_whatever_it_is_at(server: Server, pause: float) -> None:
    tower = "^".join(["x"] * 60)  # ten seconds of work
    visit = Visit(server.address)
    asking = threading.Thread(target=lambda: visit.ask("GET", f"/workbench?do=derive&wrt=x&text={quote(tower)}"))
    asking.start()
    time.sleep(pause)
    status, said = server.end(signal.SIGINT)
    asking.join()
    assert (status, said, server.errors.read_text()) == (0, "Agnesi has ended. Everything is saved.\n", "")


def test_a_second_interrupt_is_no_fault(server: Server) -> None:
    os.kill(server.process.pid, signal.SIGINT)
    time.sleep(0.05)
    status, said = server.end(signal.SIGINT)
    assert (status, said, server.errors.read_text()) == (0, "Agnesi has ended. Everything is saved.\n", "")


def test_it_ends_when_told_by_the_system(server: Server) -> None:
    server.end(signal.SIGTERM)
    with pytest.raises(ConnectionRefusedError):
        Visit(server.address).ask("GET", "/")


@pytest.mark.slow
def test_what_was_kept_is_there_after_kill_9_and_no_process_is_left(server: Server) -> None:
    wanted = "auto"
    for turn in range(4):
        assert theme(server.address) == wanted
        wanted = ("dark", "light")[turn % 2]
        assert prefer(Visit(server.address), wanted) == 303
        pid = server.process.pid
        time.sleep(2 if turn == 0 else 0)  # the workers of the first one are at work when it is killed
        family = descendants(pid)
        server.end(signal.SIGKILL)
        server.start()
        assert gone(family), "workers outlived their server"
    assert theme(server.address) == wanted


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those started by them."""
    out = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in out.splitlines()]
    found, new = [], [pid]
    while new:
        new = [child for child, parent in pairs if parent in new]
        found += new
    return found


def gone(pids: list[int]) -> bool:
    for _ in range(200):
        if not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]:
            return True
        time.sleep(0.1)
    return False


def test_a_port_that_is_taken_gives_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serve.listening("127.0.0.1", port) as other:
            assert other.getsockname()[1] not in (0, port)


def test_a_port_that_the_system_does_not_allow_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(serve.socket, "socket", Refused)
    with pytest.raises(AgnesiError, match=r"does not let Agnesi use port 80 of .*: Permission denied.*--port"):
        serve.listening("127.0.0.1", 80)


def test_it_listens_to_this_computer_alone() -> None:
    assert Settings().host == "127.0.0.1"
    with serve.listening(Settings().host, 0) as found:
        assert found.getsockname()[0] == "127.0.0.1"


def test_the_folder_is_where_the_system_keeps_such_things(tmp_path: Path) -> None:
    assert data_folder({"AGNESI_DATA": str(tmp_path)}) == tmp_path
    assert data_folder({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "agnesi"
    assert data_folder({}) == Path.home() / ".local" / "share" / "agnesi"


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    (tmp_path / "study.sqlite3").write_text("text, and no database" * 100)
    command = [sys.executable, "-m", "agnesi", "study", "--no-browser", "--port", "0", "--data"]
    for folder, said in ((tmp_path / "file", "is a file, and no folder"), (tmp_path, "cannot be opened")):
        done = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and said in done.stderr and "--data FOLDER" in done.stderr
        assert "Traceback" not in done.stderr + done.stdout


def test_the_browser_is_opened_once_it_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(serve.webbrowser, "open", opened.append)

    class Started:
        started, should_exit = True, False

    serve._tell(Started(), "http://127.0.0.1:1/", True)
    serve._tell(Started(), "http://127.0.0.1:1/", False)
    assert opened == ["http://127.0.0.1:1/"]
    assert capsys.readouterr().out.count("http://127.0.0.1:1/") == 2
