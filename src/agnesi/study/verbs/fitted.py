"""Least squares of data that are written out in a sheet: the points, which a person drags, and the line that fits them.

A statement is known as ‖X w − y‖², times a number, by its values: however it is written, it is drawn so.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from agnesi.draw.picture import Picture
from agnesi.draw.samples import scatter
from agnesi.draw.words import point, said
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.run.evaluate import evaluate
from agnesi.study.verbs.sheets import chosen_of, tolerant
from agnesi.study.verbs.vectors import Given, Handle, given_in

MOST = 40  # points that are drawn with a handle each
TRIED = 3  # values of w at which the statement is compared


def fitted(text: str, number: int | None = None) -> tuple[Picture, list[Handle], str] | None:
    """Return the data of a sum of squares with the fitted line, the points that can be dragged, and what is found.

    None for any other statement. X has one column, or two of which one is of ones.

    >>> fitted("X = [1 0; 1 1; 1 2]; y = [1; 3; 5]; ‖X w − y‖²")[0].title
    'Least squares: w = (1, 2)'
    """
    sheet, _ = tolerant(text)
    target = chosen_of(sheet, number)
    if target is None or target.expr is None or target.role == "claim" or target.expr.shape:
        return None
    free, every = symbols_of(target.expr), [g for g in given_in(text) if 2 <= max(len(g.rows), len(g.rows[0])) <= MOST]
    if len(free) != 1:
        return None
    for X, y in permutations(every, 2):
        column, fits = _moved(X), _column(y) and len(_cells(y)) == len(X.rows)
        if column is not None and fits and _is_misfit(target.expr, free[0], X, y):
            return *_drawn(free[0].name, X, column, y), free[0].name
    return None


def _column(one: Given) -> bool:
    return len(one.rows) == 1 or len(one.rows[0]) == 1


def _cells(one: Given) -> list[float]:
    return [cell for row in one.rows for cell in row]


def _moved(X: Given) -> int | None:
    """Return which column has the places of the data: the only one, or the one beside that of ones."""
    if len(X.rows[0]) == 1:
        return 0
    ones = [k for k in range(len(X.rows[0])) if all(row[k] == 1 for row in X.rows)]
    return 1 - ones[0] if len(X.rows[0]) == 2 and len(ones) == 1 and len(X.rows) > 1 else None


def _is_misfit(expr: Expr, w: Symbol, X: Given, y: Given) -> bool:
    """Tell whether an expression is ‖X w − y‖² times a positive number, at a few values of w."""
    rows, up, rng = np.asarray(X.rows, float), np.asarray(_cells(y), float), np.random.default_rng(7)
    shares = []
    for _ in range(TRIED):
        at = np.atleast_1d(rng.normal(size=rows.shape[1]))
        try:
            value = float(np.squeeze(evaluate(expr, {w.name: at if w.shape else float(at[0])})))
        except (AgnesiError, ValueError, TypeError, ArithmeticError):
            return False
        shares.append(value / float(np.sum((rows @ at - up) ** 2)))
    return bool(shares[0] > 0 and np.allclose(shares, shares[0], rtol=1e-9, atol=0))


def _drawn(name: str, X: Given, column: int, y: Given) -> tuple[Picture, list[Handle]]:
    rows, up = np.asarray(X.rows, float), np.asarray(_cells(y), float)
    across, spans = rows[:, column], [span for row in y.spans for span in row]
    found = np.linalg.lstsq(rows, up, rcond=None)[0]
    several = len(np.unique(across)) > 1
    fit = None if not several else 1 if rows.shape[1] > 1 else {f"{said(found[0])}x": f"{float(found[0])!r} x"}
    told = (point(found) if len(found) > 1 else said(found[0])) if several else "not settled, all x are one"
    picture = scatter(across, up, fit, residuals=several, labels=("x", y.name or "y"),
                      title=f"Least squares: {name} {'=' if several else 'is'} {told}")  # fmt: skip
    handles = [
        Handle(f"point {k + 1}", (float(across[k]), float(up[k])),
               (("text", *X.spans[k][column]), ("text", *spans[k])))
        for k in range(len(up))
    ]  # fmt: skip
    return picture, handles
