"""Print expressions: Unicode, ASCII, LaTeX and MathML through one module of brackets and precedence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from agnesi.dialects import AGNESI, Dialect, dialects
from agnesi.expr.nodes import Expr
from agnesi.write.arrange import arrange, names_in
from agnesi.write.ascii import AsciiWriter
from agnesi.write.declare import declaration as declaration
from agnesi.write.latex import LatexWriter
from agnesi.write.layout import Layout, render
from agnesi.write.length import token_count as token_count
from agnesi.write.mathml import MathmlWriter
from agnesi.write.parts import Setting
from agnesi.write.unicode import UnicodeWriter

Form = Literal["unicode", "ascii", "latex", "mathml"]


def write(
    expr: Expr,
    form: Form = "unicode",
    dialect: Dialect | str | None = None,
    spans: Mapping[Expr, tuple[int, int]] | None = None,
    rows: Mapping[str, str] | None = None,
    names: Iterable[str] = (),
) -> str:
    """Return an expression as text that reads back as the same expression (MathML is for display).

    - `dialect`: a book's habits, by name or record (`"prml"`); Agnesi's own unless told.
    - `spans`: where expressions stand in the source; MathML carries them as `data-span`.
    - `rows`: letters declared for the rows of matrices: `{"X": "x"}` prints X[i,:] as x_i.
    - `names`: names declared besides those that occur: with a σ among them, the sigmoid is not printed as σ.

    >>> from agnesi.expr.nodes import symbol
    >>> X, w, y = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("y", ("n",))
    >>> write(X.T @ (X @ w - y))
    'Xᵀ(Xw − y)'
    >>> write(X.T @ (X @ w - y), "latex")
    'X^{\\\\top} (X w - y)'
    """
    known = dialects[dialect] if isinstance(dialect, str) else dialect or AGNESI
    setting = Setting(
        known, scripts=form != "ascii", stacked=form in ("latex", "mathml"), ascii=form == "ascii",
        taken=names_in(expr) | frozenset(names), rows=dict(rows or {}),
    )
    layout = arrange(expr, setting)
    match form:
        case "unicode":
            return render(layout, UnicodeWriter(known).pieces)
        case "ascii":
            return render(layout, AsciiWriter(known).pieces)
        case "latex":
            return render(layout, LatexWriter(known).pieces)
        case "mathml":
            return render(Layout("list", "math", (layout,)), MathmlWriter(known, spans or {}).pieces)
    raise ValueError(f"there is no form {form!r}: unicode, ascii, latex or mathml")
