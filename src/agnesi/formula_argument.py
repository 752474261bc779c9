"""A command line argument that is a formula, and may begin with a minus sign."""

from __future__ import annotations

import typer
from typer.core import TyperCommand


class FormulaCommand(TyperCommand):
    """A command whose text may begin with a minus sign: "-y' log(softmax(z))" is a formula, not an option."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Take what begins with a minus sign, but is not spelled like an option, as text."""
        known = {name for parameter in self.params for name in parameter.opts}
        return super().parse_args(ctx, [f" {a}" if _is_formula(a, known) else a for a in args])


def _is_formula(argument: str, options: set[str]) -> bool:
    if not argument.startswith("-") or argument in ("-", "-h", "--help") or argument in options:
        return False
    spelled = argument[2:].partition("=")[0].replace("-", "")
    return not (argument.startswith("--") and (not spelled or (spelled.isascii() and spelled.isalpha())))
