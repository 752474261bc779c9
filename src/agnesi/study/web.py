"""Pages from templates: everything is escaped but what our own MathML writer wrote, and that is looked at again."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from agnesi import __version__
from agnesi.study.store.keeping import Store

FOLDER = Path(__file__).parent
_TAGS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msup", "msub", "msubsup", "munder", "mover",
    "munderover", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "merror",
    "semantics", "annotation", "menclose", "mmultiscripts", "mprescripts", "none",
}  # fmt: skip
_TAG = re.compile(r"</?([a-z]+)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*=\"[^\"<>]*\")*)\s*/?>")
_TRANSPOSE = re.compile(r"(?<=[A-Z)])'(?!s\b)")
_ATTRIBUTE = re.compile(r"([a-zA-Z][a-zA-Z0-9:-]*)=")


@lru_cache(maxsize=2048)
def safe_mathml(text: str) -> bool:
    """Tell whether a text is MathML and nothing else: its tags, no attribute that acts or points elsewhere.

    >>> safe_mathml("<math><mi>x</mi></math>"), safe_mathml("<math><mi onclick=\\"f()\\">x</mi></math>")
    (True, False)
    """
    text = text.strip()
    if not (text.startswith("<math") and text.endswith("</math>")):
        return False
    for tag, attributes in _TAG.findall(text):
        names = [name.lower() for name in _ATTRIBUTE.findall(attributes)]
        if tag not in _TAGS or any(n.startswith("on") or n in ("href", "src", "xlink:href", "style") for n in names):
            return False
    return "<" not in _TAG.sub("", text)


def math(value: object) -> Markup:
    """Return a formula for a page: MathML as it is, any other text escaped, as code."""
    text = str(value)
    if safe_mathml(text):
        return Markup(text)  # looked at, tag by tag
    return Markup('<code class="formula">{}</code>').format(text)


def inline(value: object) -> Markup:
    """Return a formula within a line of text."""
    return Markup(str(math(value)).replace(' display="block"', "", 1))


def written(text: str) -> str:
    """Return a sentence with the transposes and inverses that are typed in it as a book writes them.

    >>> written("the matrix B(B'B)^-1B', and T^-1 A S; A's rank")
    "the matrix B(BᵀB)⁻¹Bᵀ, and T⁻¹ A S; A's rank"
    """
    return _TRANSPOSE.sub("ᵀ", text.replace("^-1", "⁻¹"))


def minutes(value: float) -> str:
    """Return a time in words.

    >>> minutes(25), minutes(90), minutes(600)
    ('25 minutes', '1½ hours', '10 hours')
    """
    if value < 55:
        return f"{max(5, round(value / 5) * 5)} minutes"
    halves = round(value / 30)
    whole, half = divmod(halves, 2)
    return f"{whole}{'½' if half else ''} hour{'s' if halves > 2 else ''}"


def shortly(value: float) -> str:
    """Return a number without zeros that say nothing.

    >>> shortly(1.0), shortly(-0.25)
    ('1', '-0.25')
    """
    return f"{value:g}"


@cache
def _stamp(name: str) -> str:
    return blake2b((FOLDER / "static" / name).read_bytes(), digest_size=5).hexdigest()


def static(name: str) -> str:
    """Return the address of a file of the app's own, with a stamp that changes when the file does."""
    return f"/static/{name}?v={_stamp(name)}" if (FOLDER / "static" / name).is_file() else f"/static/{name}"


@cache
def environment() -> Environment:
    """Return the templates, with the filters `math`, `inline`, `minutes` and others, and `static(name)`."""
    found = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    found.filters.update(math=math, inline=inline, minutes=minutes, shortly=shortly, written=written)
    found.globals.update(static=static, math=math, inline=inline, version=__version__)
    return found


def store(request: Request) -> Store:
    """Return what keeps a person's things."""
    kept: Store = request.app.state.store
    return kept


def html(request: Request, template: str, **context: Any) -> str:
    """Return a template filled in; `request`, `csrf`, `path`, `theme` and `is_fragment` are there besides."""
    told = {
        "request": request, "csrf": request.scope.get("state", {}).get("csrf", ""), "path": request.url.path,
        "theme": request.app.state.theme(), "is_fragment": is_fragment(request),
    }  # fmt: skip
    return environment().get_template(template).render({**told, **context})


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return a whole page."""
    return HTMLResponse(html(request, template, **context), status, headers={"vary": "HX-Request"})


def fragment(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return a part of a page, for htmx."""
    return page(request, template, status, **context)


def is_fragment(request: Request) -> bool:
    """Tell whether htmx asks, for a part of a page."""
    return request.headers.get("hx-request", "").lower() == "true"


def escaped(text: str) -> Markup:
    """Return a text so that a page shows it as it is."""
    return escape(text)
