"""Pages that are kept as long as nothing changes that they show, so that many readers are answered at once."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from agnesi.study.own_lessons import lesson_folders
from agnesi.study.practising import minute, moment, own, skills_at
from agnesi.study.verbs.lesson_texts import stamps
from agnesi.study.web import store

MOST = 128  # pages
TOKEN = f"token-{secrets.token_hex(16)}"  # stands in a kept page where each visitor has their own
Answer = Callable[[Request], Response]


class Pages:
    """The pages of a running app, by all that they depend on; the oldest goes where there are too many."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable) -> bytes | None:
        """Return a page; None where it is not kept."""
        with self._lock:
            return self._found.get(key)

    def keep(self, key: Hashable, body: bytes) -> None:
        """Keep a page."""
        with self._lock:
            self._found[key] = body
            if len(self._found) > MOST:
                self._found.popitem(last=False)


def kept_page(answer: Answer) -> Answer:
    """Return an endpoint whose pages are kept; they may show only what `world` knows of, and do nothing but show it."""

    @wraps(answer)
    def again(request: Request) -> Response:
        pages: Pages = request.app.state.pages
        key = (answer.__module__, answer.__qualname__, *_asked(request), world(request))
        body, token = pages.get(key), request.state.csrf
        if body is None:
            state = {**request.scope["state"], "csrf": TOKEN, "passing": False}
            asked = Request({**request.scope, "state": state}, request.receive)
            response = answer(asked)
            body = bytes(response.body)
            if response.status_code != 200 or asked.state.passing:
                response.body = _for(body, token)
                response.headers["content-length"] = str(len(response.body))
                return response
            pages.keep(key, body)
        return HTMLResponse(_for(body, token), headers={"vary": "HX-Request"})

    return again


def world(request: Request) -> tuple[Hashable, ...]:
    """Return what changes whenever that changes which pages are made of: the store, files, the minute."""
    families = skills_at(request)
    return (
        store(request).version(), stamps(lesson_folders(request)), *own(request),
        tuple(families[0]) if families else None, minute(moment()),
    )  # fmt: skip


def _asked(request: Request) -> tuple[str, ...]:
    """Return what a page is asked for by: its address, and what htmx says."""
    told = (request.headers.get(name, "") for name in ("hx-request", "hx-target"))
    return request.url.path, request.url.query, *told


def _for(body: bytes, token: str) -> bytes:
    """Return a page as one visitor gets it."""
    return body.replace(TOKEN.encode(), str(escape(token)).encode())
