"""About: what the app is, where it keeps what a person makes, keys, and the licences of what it is built of."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agnesi.course import curriculum
from agnesi.course.advice import advice
from agnesi.study.web import page

KEYS = (
    ("/", "to the search, from any page"), ("Tab", "to the next thing; the first is a link to the content"),
    ("Ctrl Enter", "asks again, on the workbench"), ("Alt 1 to 5", "takes a tool of the workbench"),
    ("Enter", "follows a link, opens a step, or sends a form"), ("Esc", "leaves what has opened"),
)  # fmt: skip


def about(request: Request) -> Response:
    """Answer with the page about the app; the folder with a person's data is named."""
    folder, books = request.app.state.settings.data, curriculum().resources.values()
    return page(request, "about.html", folder=folder, resources=books, short_name=advice().short, keys=KEYS)


ROUTES = [Route("/about", about, name="about")]
