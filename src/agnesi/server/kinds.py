"""Which documents of an editor are judged, and under what name the readers of documents take them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

MARKDOWN, LATEX = (".md", ".markdown", ".qmd", ".rmd"), (".tex", ".ltx")
LANGUAGES = {  # names of languages in editors
    "markdown": MARKDOWN, "quarto": MARKDOWN, "rmd": MARKDOWN, "rmarkdown": MARKDOWN, "latex": LATEX, "tex": LATEX,
    "plaintex": LATEX, "context": LATEX,
}  # fmt: skip
PLAIN = ".agnesi"  # a derivation in Agnesi's own notation


@dataclass(frozen=True)
class Kind:
    """How a document is read: its name for the readers, and whether it is plain text in Agnesi's notation."""

    path: str
    plain: bool = False


def kind_of(path: str, language: str) -> Kind | None:
    """Return how a document is read, or None where Agnesi has nothing to do with it.

    The language that the editor names counts more than the end of the name, which a new document lacks.
    """
    end = PurePath(path).suffix.lower()
    if end == PLAIN or language == "agnesi":
        return Kind(path, plain=True)
    ends = LANGUAGES.get(language) or next((known for known in (MARKDOWN, LATEX) if end in known), ())
    if not ends:
        return None
    return Kind(path if end in ends else path + ends[0])
