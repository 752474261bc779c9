"""Python text as its tree, for one thread at a time.

Two threads in `ast.parse` at once may raise `SystemError: AST constructor recursion depth mismatch` in Python 3.11
(CPython issue 106905).
"""

from __future__ import annotations

import ast
from threading import Lock

_alone = Lock()


def parsed(text: str) -> ast.Module:
    """Return the tree of a Python text; raises `SyntaxError`."""
    with _alone:
        return ast.parse(text)
