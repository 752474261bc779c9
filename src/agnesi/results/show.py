"""How a reproduced result is shown: as text, LaTeX, HTML and plain data; and the table of all results."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

import sympy

from agnesi.course import Result, curriculum
from agnesi.errors import AgnesiError
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Verified
from agnesi.worked.show import ROW, WIDTH, checked_html, data, plain
from agnesi.write.ascii_words import plain_ascii

if TYPE_CHECKING:
    from agnesi.results.record import Reproduced

SHORT = {"mml": "MML", "impla": "Imperial LA", "impcalc": "Imperial MC", "matcalc": "Parr & Howard"}
LABEL = 12
FROM_MEMORY = "from memory: to be confirmed in the source"


def place(result: Result) -> str:
    """Return where a result stands: "MML, Ex 3.10"."""
    return f"{SHORT.get(result.resource, curriculum().resources[result.resource].title)}, {result.where}"


def published(result: Result) -> str:
    """Return the published value as it is shown, with a word on it where it was written down from memory."""
    if result.certainty != "check":
        return result.published
    return f"{result.published}  ({FROM_MEMORY})" if result.published else f"the example is {FROM_MEMORY}"


def notes_of(found: Reproduced) -> tuple[str, ...]:
    """Return the notes of the curriculum on a result, then those of its computation."""
    return (*((found.result.note,) if found.result.note else ()), *found.found.notes)


def value_formula(name: str, value: Any) -> Formula:
    """Return a named value as a formula; what has no formula is shown as words."""
    if value is sympy.oo:
        return Formula.of(name, "=", "∞")
    try:
        made = Formula.of(name, "=", value)
        made.text()
        made.latex()
    except (AgnesiError, TypeError, ValueError):
        return Formula.of(name, "=", str(value))
    return made


def shown(found: Reproduced, form: str = "unicode") -> str:
    """Return a result as text: "unicode", "ascii", "latex" or "html"."""
    if form == "latex":
        return _latex(found)
    if form == "ascii":
        return plain_ascii(_text(found, form))
    return _html(found) if form == "html" else _text(found, form)


def _text(found: Reproduced, form: str) -> str:
    entry, ascii_only = found.result, form == "ascii"
    out = _wrapped(f"{entry.what}  [{place(entry)}; {entry.id}]", "")
    out += _wrapped(entry.shows, "Shows")
    for worked in found.worked:
        out += ["", *worked.show(form).splitlines()]
    if found.values:
        out.append("")
    for k, (name, value) in enumerate(found.values.items()):
        lines = value_formula(name, value).text(ascii_only)
        middle = (len(lines) - 1) // 2
        for row, line in enumerate(lines):
            out.append(f"{'Found' if k == 0 and row == middle else '':<{LABEL}}{line}")
    if told := published(entry):
        out += _wrapped(told, "Published")
    own = (*found.found.evidence, *(Verified(f"{c.name} as published", c.agrees, c.how) for c in found.comparison))
    for k, one in enumerate(own):
        mark = ("+" if ascii_only else "✓") if one.holds else ("x" if ascii_only else "✗")
        out += _wrapped(f"{mark} {one.what}: {one.how}", "Checked" if k == 0 else "", "  ")
    if found.picture is not None:
        out += _wrapped(f"{_alternative(found.picture)}  (agnesi result {entry.id} -o picture.png)", "Picture")
    for note in notes_of(found):
        out += _wrapped(note, "Note")
    return "\n".join(line.rstrip() for line in out)


def _wrapped(text: str, label: str, hang: str = "") -> list[str]:
    indent = f"{label:<{LABEL}}" if label or hang else ""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent) + hang)


def _alternative(picture: Any) -> str:
    """Return what a picture shows, in words."""
    return str(picture.alt)


def _latex(found: Reproduced) -> str:
    parts = [f"% {found.result.id}: {found.result.what}", *(w.show("latex") for w in found.worked)]
    parts += [f"\\[ {value_formula(name, value).latex()} \\]" for name, value in found.values.items()]
    return "\n".join(parts)


def _html(found: Reproduced) -> str:
    entry = found.result
    head = f"<h3>{escape(entry.what)}</h3><p>{escape(place(entry))} · <code>{entry.id}</code></p>"
    head += f"<p>Shows: {escape(entry.shows)}</p>"
    worked = "".join(w.show("html") for w in found.worked)
    values = "".join(
        f'<div style="{ROW}">{value_formula(n, v).mathml()}</div>'
        for n, v in found.values.items()
    )
    told = f"<p>Published: {escape(published(entry))}</p>" if published(entry) else ""
    own = (*found.found.evidence, *(Verified(f"{c.name} as published", c.agrees, c.how) for c in found.comparison))
    listed = checked_html(own)
    picture = _picture(found.picture) if found.picture is not None else ""
    notes = "".join(f"<p>{escape(n)}</p>" for n in notes_of(found))
    return f'<div class="agnesi-result">{head}{worked}{picture}{values}{told}{listed}{notes}{_code(found.code)}</div>'


def _code(code: str) -> str:
    """Return the Python that reproduces the result, folded."""
    style = "overflow-x:auto;white-space:pre;font-size:.85em"
    return f'<details><summary>Python</summary><pre style="{style}">{escape(code)}</pre></details>' if code else ""


def _picture(picture: Any) -> str:
    """Return a picture as an image that is part of the page, with its alternative text."""
    inside = base64.b64encode(picture.png(1000)).decode()
    return f'<img style="max-width:100%" alt="{escape(picture.alt)}" src="data:image/png;base64,{inside}">'


def as_data(found: Reproduced) -> dict[str, Any]:
    """Return a result as plain data, mathematics as LaTeX: what `--json` prints."""
    entry = found.result
    return {
        "id": entry.id, "resource": entry.resource, "title": found.resource.title, "where": entry.where,
        "statement": entry.what, "shows": entry.shows, "kind": entry.kind, "concepts": list(entry.concepts),
        "verified": found.verified, "code": found.code,
        "worked": [data(w) for w in found.worked],
        "values": {name: plain(value) for name, value in found.values.items()},
        "published": entry.published, "certainty": entry.certainty,
        "comparison": [
            {"name": c.name, "found": plain(c.found), "published": c.published, "agrees": c.agrees, "how": c.how}
            for c in found.comparison
        ],
        "evidence": [{"what": v.what, "holds": v.holds, "how": v.how} for v in found.found.evidence],
        "picture": None if found.picture is None else _alternative(found.picture), "notes": list(notes_of(found)),
    }  # fmt: skip


def listing(entries: Iterable[Result]) -> str:
    """Return results as a table for a terminal, grouped by their book or course."""
    out: list[str] = []
    entries = list(entries)
    wide = max((len(e.id) for e in entries), default=0)
    for resource in curriculum().resources.values():
        own = [e for e in entries if e.resource == resource.id]
        if own:
            of = len(curriculum().results_of(resource.id))
            out += ["", f"{resource.title}: {len(own)} of {of} results"]
        for e in own:
            text = f"{e.where}: {e.what}"
            out += textwrap.wrap(text, WIDTH, initial_indent=f"  {e.id:<{wide}}  ", subsequent_indent=" " * (wide + 4))
    return "\n".join(out).strip("\n")
