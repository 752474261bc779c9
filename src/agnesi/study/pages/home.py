"""The first page: where to begin, and what was done last."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agnesi.course import curriculum
from agnesi.study.practising import moment, practice
from agnesi.study.web import page, store

THEMES = ("auto", "light", "dark")


def home(request: Request) -> Response:
    """Answer with the first page."""
    course = curriculum()
    sheets = [sheet for sheet in store(request).sheets(8) if sheet.text.strip()]
    known = store(request).marks("known")
    now = moment()
    due = sum(card.due <= now for card in practice(request).state().cards.values())
    return page(request, "home.html", course=course, sheets=sheets, known=known, due=due)


async def theme(request: Request) -> Response:
    """Keep the theme a person wants, and go back to the page they were on."""
    async with request.form() as form:
        chosen, back = str(form.get("theme", "")), str(form.get("back", "/"))
    if chosen in THEMES:
        store(request).prefer("theme", chosen)
    return RedirectResponse(back if back.startswith("/") and not back.startswith("//") else "/", 303)


ROUTES = [Route("/", home, name="home"), Route("/theme", theme, methods=["POST"])]
