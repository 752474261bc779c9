"""Visitors of the study app: one without a browser, and a server that may be killed."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from agnesi.study.guard import COOKIE, FIELD

ADDRESS = "http://127.0.0.1:8420"


class Visitor(TestClient):
    """A visitor without JavaScript: `get(path)` and `submit(path, {field: value})`, with the token of its forms."""

    def submit(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Any:
        """Post a form as a page of the app does."""
        if COOKIE not in self.cookies:
            self.get("/")
        token = self.cookies[COOKIE]
        return self.post(path, data={**(fields or {}), FIELD: token}, headers={"origin": ADDRESS}, **more)


class Server:
    """A running `agnesi study`, on a free port; `kill` ends it as a power cut would, `start` starts it again."""

    def __init__(self, data: Path) -> None:
        self.data, self.address = data, ""
        self.process: subprocess.Popen[str] | None = None
        self.errors = data.with_suffix(".errors")  # what is said on standard error

    def start(self) -> str:
        """Start it and return its address."""
        command = [sys.executable, "-m", "agnesi", "study", "--no-browser", "--port", "0", "--data", str(self.data)]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True
            )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, "the server did not start"
        self.address = found[0].rstrip("/")
        return self.address

    def end(self, how: int = signal.SIGINT) -> tuple[int, str]:
        """End it; return its exit status and what it said. An interrupt is told to all its processes, as by Ctrl-C."""
        assert self.process is not None
        (os.killpg if how == signal.SIGINT else os.kill)(self.process.pid, how)
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    text: str


class Visit:
    """A visitor with a cookie, over real connections to a running server."""

    def __init__(self, address: str) -> None:
        self.port = int(address.rpartition(":")[2])
        self.cookie = ""

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request as a browser does; return the status and the text."""
        answer = self._send(method, path, fields)
        return answer.status, answer.text

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Post a form as a page of the app does."""
        return self._send("POST", path, {**fields, FIELD: self.cookie.partition("=")[2]})

    def _send(self, method: str, path: str, fields: dict[str, str] | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, urllib.parse.urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        said = answer.getheader("set-cookie") or ""
        self.cookie = said.partition(";")[0] if said else self.cookie
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
