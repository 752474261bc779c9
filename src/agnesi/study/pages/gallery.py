"""The gallery: starting points for the workbench, by book and course."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agnesi.course import curriculum
from agnesi.study.bench import TOOLS
from agnesi.study.verbs.gallery import by_resource
from agnesi.study.web import page


def gallery(request: Request) -> Response:
    """Answer with all starting points."""
    course = curriculum()
    groups = [(course.resources[id], them) for id, them in by_resource().items() if them]
    return page(request, "workbench/gallery.html", groups=groups, tools=TOOLS, concepts=course.concepts)


ROUTES = [Route("/workbench/gallery", gallery)]
