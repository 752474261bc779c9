r"""A deck for Anki: exercises with their solutions as notes, in a .apkg file that genanki writes.

Formulas stand between `\(` and `\)`, which Anki sets in type by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import BytesIO

import genanki

MODEL, DECK = 1_607_392_319, 2_059_400_110  # fixed: a deck that is made again takes the place of the old one
FRONT = '<div class="question">{{Question}}</div>'
BACK = '{{FrontSide}}<hr><div>{{Answer}}</div><div class="steps">{{Steps}}</div><p class="item">{{Item}}</p>'
STYLE = (
    ".card { font-family: serif; font-size: 20px; text-align: left; max-width: 40em; margin: 0 auto; }\n"
    ".steps { font-size: 17px; margin-top: 1em; } .item { font-size: 12px; color: #888; }"
)
FORMULA = re.compile(r"\$([^$]+)\$")


@dataclass(frozen=True)
class Note:
    """One exercise: its question, its answer and steps in Markdown with `$LaTeX$`, and the concepts as tags."""

    item: str
    question: str
    answer: str
    steps: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def deck(notes: Iterable[Note], at: datetime, title: str = "Agnesi") -> bytes:
    """Return a deck as the bytes of an .apkg file; a note keeps its identity from one export to the next."""
    model = genanki.Model(
        MODEL, "Agnesi exercise", fields=[{"name": n} for n in ("Item", "Question", "Answer", "Steps")],
        templates=[{"name": "Exercise", "qfmt": FRONT, "afmt": BACK}], css=STYLE,
    )  # fmt: skip
    made = genanki.Deck(DECK, title)
    for note in notes:
        steps = f"<ol>{''.join(f'<li>{shown(s)}</li>' for s in note.steps)}</ol>" if note.steps else ""
        fields = [escape(note.item), shown(note.question), shown(note.answer), steps]
        tags = [t.replace(" ", "-") for t in note.tags]
        made.add_note(genanki.Note(model=model, fields=fields, tags=tags, guid=genanki.guid_for("agnesi", note.item)))
    file = BytesIO()
    genanki.Package(made).write_to_file(file, timestamp=at.timestamp())
    return file.getvalue()


def shown(text: str) -> str:
    r"""Return a text for a field of a note: escaped, lines broken, formulas for Anki's MathJax, what stands
    between ``` as it is.

    >>> shown("If $a < b$:\nthen")
    'If \\(a &lt; b\\):<br>then'
    """
    out = []
    for j, block in enumerate(text.split("```")):
        parts = [block] if j % 2 else FORMULA.split(block)
        shown = [rf"\({escape(p)}\)" if k % 2 else escape(p).replace("\n", "<br>") for k, p in enumerate(parts)]
        out.append(f"<pre>{escape(block)}</pre>" if j % 2 else "".join(shown))
    return "".join(out)
