"""How a reproduced result is shown: as text, LaTeX, HTML and plain data; and the table of all results."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from agnesi.course import Result, curriculum
from agnesi.errors import AgnesiError
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Verified
from agnesi.worked.show import WIDTH, data, plain
from agnesi.write.ascii_words import plain_ascii

if TYPE_CHECKING:
    from agnesi.results.record import Reproduced

SHORT = {"mml": "MML", "impla": "Imperial LA", "impcalc": "Imperial MC", "matcalc": "Parr & Howard"}
LABEL = 12


def place(result: Result) -> str:
    """Return where a result stands: "MML, Ex 3.10"."""
    return f"{SHORT.get(result.resource, curriculum().resources[result.resource].title)}, {result.where}"


def value_formula(name: str, value: Any) -> Formula:
    """Return a named value as a formula; what has no formula is shown as words."""
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
    if entry.published:
        sure = "" if entry.certainty == "sure" else "  (from memory: to be confirmed in the book)"
        out += _wrapped(f"{entry.published}{sure}", "Published")
    own = (*found.found.evidence, *(Verified(f"{c.name} as published", c.agrees, c.how) for c in found.comparison))
    for k, one in enumerate(own):
        mark = ("+" if ascii_only else "✓") if one.holds else ("x" if ascii_only else "✗")
        out += _wrapped(f"{mark} {one.what}: {one.how}", "Checked" if k == 0 else "", "  ")
    if found.picture is not None:
        out += _wrapped(f"{_alternative(found.picture)}  (agnesi result {entry.id} -o picture.png)", "Picture")
    for note in found.found.notes:
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
    head += f"<p>{escape(entry.shows)}</p>"
    worked = "".join(w.show("html") for w in found.worked)
    values = "".join(
        f'<div style="overflow:auto hidden;padding:3px 0">{value_formula(n, v).mathml()}</div>'
        for n, v in found.values.items()
    )
    published = f"<p>Published: {escape(entry.published)}</p>" if entry.published else ""
    own = (*found.found.evidence, *(Verified(f"{c.name} as published", c.agrees, c.how) for c in found.comparison))
    checked = "".join(_checked(v) for v in own)
    listed = f'<ul style="list-style:none;padding-left:0">{checked}</ul>' if checked else ""
    picture = _picture(found.picture) if found.picture is not None else ""
    notes = "".join(f"<p>{escape(n)}</p>" for n in found.found.notes)
    return f'<div class="agnesi-result">{head}{worked}{picture}{values}{published}{listed}{notes}</div>'


def _picture(picture: Any) -> str:
    """Return a picture as an image that is part of the page, with its alternative text."""
    inside = base64.b64encode(picture.png(1000)).decode()
    return f'<img style="max-width:100%" alt="{escape(picture.alt)}" src="data:image/png;base64,{inside}">'


def _checked(one: Verified) -> str:
    colour, mark = ("#00704f", "✓") if one.holds else ("#b3261e", "✗")
    return f'<li style="color:{colour}">{mark} {escape(one.what)}: {escape(one.how)}</li>'


def as_data(found: Reproduced) -> dict[str, Any]:
    """Return a result as plain data, mathematics as LaTeX: what `--json` prints."""
    entry = found.result
    return {
        "id": entry.id, "resource": entry.resource, "where": entry.where, "statement": entry.what,
        "shows": entry.shows, "kind": entry.kind, "concepts": list(entry.concepts), "verified": found.verified,
        "worked": [data(w) for w in found.worked],
        "values": {name: plain(value) for name, value in found.values.items()},
        "published": entry.published, "certainty": entry.certainty,
        "comparison": [
            {"name": c.name, "found": plain(c.found), "published": c.published, "agrees": c.agrees, "how": c.how}
            for c in found.comparison
        ],
        "evidence": [{"what": v.what, "holds": v.holds, "how": v.how} for v in found.found.evidence],
        "picture": None if found.picture is None else _alternative(found.picture), "notes": list(found.found.notes),
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
