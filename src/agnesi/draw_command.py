"""What `agnesi draw` does; loaded only by it, since it brings the mathematics and the renderers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agnesi.draw import picture_of
from agnesi.errors import AgnesiError


def drawn(text: str, output: Path | None, x: str | None, y: str | None, values: Sequence[str], theme: str) -> str:
    """Draw a formula or a matrix, write it where a file is named, and return in words what is seen.

    `x` and `y` are ranges such as "-2, 2", `values` such as "a=2". Raises `AgnesiError` for what cannot be drawn.
    """
    picture = picture_of(text, _range(x), _range(y), **dict(_value(v) for v in values))
    if output is not None:
        picture.save(output, theme)
    return picture.alt


def _range(text: str | None) -> list[str] | None:
    if text is None:
        return None
    ends = [end.strip() for end in text.strip("()[] ").split(",")]
    if len(ends) != 2 or not all(ends):
        raise AgnesiError(f"{text!r} is no range.", expected='two numbers, as in --x "-2, 2"')
    return ends


def _value(text: str) -> tuple[str, str]:
    name, sign, value = (part.strip() for part in text.partition("="))
    if not sign or not name or not value:
        raise AgnesiError(f"{text!r} gives no letter a value.", expected='a letter and a number, as in --let "a=2"')
    return name, value
