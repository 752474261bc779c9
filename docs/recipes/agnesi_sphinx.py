"""An extension of Sphinx: `sphinx-build` fails where a formula is wrong, in reStructuredText and MyST alike.

In conf.py, with this file beside it:

    sys.path.insert(0, str(Path(__file__).parent))
    extensions = ["agnesi_sphinx"]
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docutils import nodes
from sphinx.util import logging

import agnesi

log = logging.getLogger(__name__)


def markdown(doctree: nodes.document) -> Iterator[tuple[str, int]]:
    """Yield the headings, sentences and formulas of a page as Markdown, a line each, with their lines in the source."""
    for node in doctree.findall(lambda n: isinstance(n, nodes.title | nodes.paragraph | nodes.math_block)):
        depth, above = 0, node.parent
        while above is not None:
            depth, above = depth + isinstance(above, nodes.section), above.parent
        text = "".join(
            f"${one.astext()}$" if isinstance(one, nodes.math) else one.astext().replace("$", r"\$")
            for one in node.findall(lambda n: isinstance(n, nodes.Text | nodes.math))
            if not isinstance(one.parent, nodes.math | nodes.literal)
        )
        text = f"$$\n{node.astext()}\n$$" if isinstance(node, nodes.math_block) else text
        text = f"{'#' * max(1, depth)} {text}" if isinstance(node, nodes.title) else text
        for k, line in enumerate(f"{text}\n".split("\n")):
            yield line, (node.line or 0) + k


def check(app: Any, exception: Exception | None) -> None:
    """Judge all pages, also those that have not changed: they come from the cache."""
    if exception is not None:
        return
    with TemporaryDirectory() as folder:
        pages = {}
        for k, name in enumerate(sorted(app.env.found_docs)):
            pages[Path(folder, f"{k}.md")] = name, list(markdown(app.env.get_doctree(name)))
        for path, (_, lines) in pages.items():
            path.write_text("\n".join(line for line, _ in lines), encoding="utf-8")
        found = agnesi.check_documents(list(pages), cache=Path(app.doctreedir, "agnesi"))
    for report in found:
        name, lines = pages[Path(report.path)]
        for one in report.wrong:
            words = "\n".join([f"{one.words}: {one.text}", *one.details])
            log.error(words, location=(name, lines[one.where.line - 1][1]))
            app.statuscode = 1


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx when to check."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True}
