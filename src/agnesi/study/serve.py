"""Serve the app on this computer: a free port, the browser opened, an end that is clean."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
import webbrowser
from contextlib import suppress
from dataclasses import replace
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from agnesi.errors import AgnesiError
from agnesi.study.app import application
from agnesi.study.settings import Settings
from agnesi.study.store.keeping import Store


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at a port; at any free one where that is taken.

    Raises `AgnesiError` where the system does not allow it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (port, 0):
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # told, asyncio sends answers at once
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, wanted))
            return found
        except OSError as error:
            found.close()
            if wanted == 0 or error.errno in (errno.EACCES, errno.EPERM):
                said = f"The system does not let Agnesi use port {wanted} of {host}: {error.strerror}."
                raise AgnesiError(said, repair="Name another port: agnesi study --port 8420.") from error
    raise AssertionError("a port is free or the system has said why not")


class Server(uvicorn.Server):
    """A server that gives up what is being computed when it ends, so that no visitor is waited for."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at the first interrupt; it is on the way at the next ones, and is soon there."""
        if not self.should_exit:
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the workers, which answers all who wait; then end."""
        app = self.config.app
        if isinstance(app, Starlette):
            app.state.work.give_up()
            await asyncio.to_thread(app.state.work.stop)
        await super().shutdown(sockets)


def serve(settings: Settings, browser: bool = True, first: str = "") -> None:
    """Serve until an interrupt (Ctrl-C); `first` is the page that is opened.

    Raises `AgnesiError` where the data cannot be kept, in sentences.
    """
    store = Store.at(settings.database)
    with listening(settings.host, settings.port) as found:
        port = found.getsockname()[1]
        if settings.port not in (0, port):
            print(f"Port {settings.port} is taken; this is another.", flush=True)
        address = f"http://{settings.host}:{port}/{first}"
        config = uvicorn.Config(
            application(replace(settings, port=port), store), log_level="warning", access_log=False, lifespan="on",
            server_header=False, proxy_headers=False, timeout_graceful_shutdown=2, ws="none",
        )  # fmt: skip
        server = Server(config)
        threading.Thread(target=_tell, args=(server, address, browser), daemon=True).start()
        with suppress(KeyboardInterrupt):
            server.run(sockets=[found])
    print("Agnesi has ended. Everything is saved.", flush=True)


def _tell(server: uvicorn.Server, address: str, browser: bool) -> None:
    """Say where the app is, once it answers; open the browser there."""
    while not server.started and not server.should_exit:
        time.sleep(0.02)
    if server.started:
        print(f"Agnesi is at {address} (Ctrl-C ends it).", flush=True)
        if browser:
            webbrowser.open(address)
