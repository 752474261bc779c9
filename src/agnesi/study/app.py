"""The application: the pages of every module in `pages`, behind the guard, with a store and workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from agnesi.study import pages, web
from agnesi.study.guard import SECURITY, Guard
from agnesi.study.kept import Pages
from agnesi.study.settings import Settings
from agnesi.study.store.keeping import Store
from agnesi.study.work import Unanswered, Work

NOT_KEPT = {  # by a word of what SQLite says
    "locked": "Another program uses the file {file}: close it there, and send once more.",
    "readonly": "The file {file} or its folder may not be written: allow it, and send once more.",
    "full": "Make room on the disc, and send once more.",
    "malformed": "The file {file} is damaged. End Agnesi; put a copy of yours there, or move it away to begin anew.",
    "": "Look whether the disc of {file} is there and has room, and send once more.",
}


class Files(StaticFiles):
    """The app's own files; one asked for with its stamp never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file."""
        response = await super().get_response(path, scope)
        lasting = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def application(settings: Settings, store: Store | None = None) -> Starlette:
    """Return the app: it opens its store, unless it is given one, and starts its workers when the server starts."""
    app = Starlette(
        routes=routes(), lifespan=_life(settings, store), middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={HTTPException: _no_page, Unanswered: _no_answer, DBAPIError: _not_kept, Exception: _broken},
    )  # fmt: skip
    app.state.settings, app.state.pages = settings, Pages()
    return app


def routes() -> list[BaseRoute]:
    """Return the routes of all modules in `pages`, and those of files."""
    found: list[BaseRoute] = []
    for module in sorted(m.name for m in iter_modules(pages.__path__)):
        found += getattr(import_module(f"agnesi.study.pages.{module}"), "ROUTES", [])
    files = Files(directory=Path(__file__).parent / "static", check_dir=False)
    return [*found, Route("/static/plotly.min.js", plotly), Mount("/static", files, name="static")]


async def plotly(request: Request) -> Response:
    """Answer with the script that draws, from the package that is installed."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=86400"}
    return FileResponse(Path(spec.origin).parent / "package_data" / "plotly.min.js", headers=headers)


def _life(settings: Settings, opened: Store | None) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        work = app.state.work = Work(settings.workers, settings.limits)
        work.start()
        store = app.state.store = opened or Store.at(settings.database)
        app.state.theme = lambda: store.preference("theme", "auto")
        try:
            yield
        finally:
            work.stop()
            store.close()

    return life


async def _no_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = "There is no such page." if error.status_code == 404 else f"{error.detail}."
    return web.page(request, "sorry.html", error.status_code, sentence=sentence, problem=None)


async def _no_answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unanswered)
    status = 503 if error.problem.kind == "busy" else 422
    return web.page(request, "sorry.html", status, sentence=error.problem.text, problem=error.problem)


async def _not_kept(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    said = str(error.orig)
    changing = "This could not be saved" if request.method == "POST" else "What you made could not be read"
    file = request.app.state.settings.database
    repair = next((text for word, text in NOT_KEPT.items() if word in said), NOT_KEPT[""]).format(file=file)
    copy = " Copy what you typed first." if request.method == "POST" else ""
    return web.page(request, "sorry.html", 507, sentence=f"{changing}: {said}. {repair}{copy}", problem=None)


async def _broken(request: Request, error: Exception) -> Response:
    sentence = f"Agnesi itself failed here ({type(error).__name__}). Please report it; what you made is kept."
    response = web.page(request, "sorry.html", 500, sentence=sentence, problem=None)
    response.headers.update(SECURITY)  # this answer is given outside the guard
    return response
