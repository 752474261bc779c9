"""A reproduced result as plain data for its page: statement, steps, values beside what is published, code, picture."""

from __future__ import annotations

import base64
import json
from typing import Any

from agnesi.results import results
from agnesi.results.show import notes_of, published, value_formula
from agnesi.study.verbs.coloured import coloured
from agnesi.study.verbs.working import checked, formula, worked_data

LARGE = 250_000  # letters of an SVG


def result(id: str) -> dict[str, Any]:
    """Compute a result and return what its page shows; raises `UnknownName` for an id that is not reproduced."""
    found = results[id]
    own = found.found.evidence
    return {
        "worked": [worked_data(w) for w in found.worked],
        "values": [formula(value_formula(name, value)) for name, value in found.values.items()],
        "published": published(found.result), "verified": found.verified,
        "comparison": [
            {"what": c.name, "published": c.published, "holds": bool(c.agrees), "how": c.how}
            for c in found.comparison
        ],
        "evidence": [checked(v) for v in own], "notes": list(notes_of(found)),
        "code": found.code, "coloured": coloured(found.code),
        "picture": {"alt": found.picture.alt, "title": found.picture.title} if found.picture is not None else None,
    }  # fmt: skip


def picture(id: str, theme: str = "light") -> dict[str, str]:
    """Return the picture of a result: {"svg": text}, or {"png": base64} where SVG is large; {} where it has none."""
    found = results[id].picture
    if found is None:
        return {}
    drawn = found.svg(theme)
    if len(drawn) <= LARGE:
        return {"svg": drawn}
    return {"png": base64.b64encode(found.png(1400, theme)).decode()}


def figure(id: str, theme: str = "light") -> Any:
    """Return the picture of a result as a figure of Plotly, as JSON has it; None where it has none."""
    found = results[id].picture
    return None if found is None else json.loads(found.plotly(theme).to_json())


def text(id: str, form: str) -> str:
    """Return a result as a file: "py", "tex", "txt" or "json"."""
    found = results[id]
    if form == "py":
        return found.code
    if form == "json":
        return json.dumps(found.data(), ensure_ascii=False, indent=2)
    return found.show("latex" if form == "tex" else "unicode")
