"""Brackets, bars and line breaks among tokens: brackets match, |r||s| is two pairs of bars, a matrix has rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agnesi.errors import Place, ReadError, TooLarge
from agnesi.read.tokens import Token

MAX_DEPTH = 12_000
_CLOSER = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⟦": "⟧"}


def check_brackets(tokens: list[Token], text: str) -> None:
    """Raise where brackets do not match, or are nested too deeply."""
    stack: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            stack.append(token)
            if len(stack) > MAX_DEPTH:
                raise TooLarge(
                    f"Brackets are nested more than {MAX_DEPTH} deep.",
                    where=Place(text, token.start, token.stop),
                    repair="Name the inner parts with definitions.",
                )
        elif token.kind == "close":
            where = Place(text, token.start, token.stop)
            if not stack:
                raise ReadError(
                    f"There is a {token.text} without its opening bracket.",
                    where=where,
                    repair="Remove it, or add the opening bracket before it.",
                )
            opened = stack.pop()
            if _CLOSER[opened.text] != token.text:
                raise ReadError(
                    f"The bracket {opened.text} is closed by {token.text}.",
                    where=where,
                    expected=_CLOSER[opened.text],
                    got=token.text,
                    repair="Make the brackets match.",
                )
    if stack:
        last = stack[-1]
        raise ReadError(
            f"The bracket {last.text} is opened but not closed.",
            where=Place(text, last.start, last.stop),
            repair=f"Add {_CLOSER[last.text]}.",
        )


def bars_apart(tokens: list[Token], text: str) -> Iterator[Token]:
    """Cut the two bars of |r||s| apart: where one bar is open, || closes it and opens the next."""
    if not any(t.text == "|" for t in tokens):
        yield from tokens
        return
    opened = [False]
    for k, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(False)
        elif token.kind == "close" and len(opened) > 1:
            opened.pop()
        elif token.text == "|" and token.kind == "op":
            opened[-1] = not opened[-1]
        elif token.text == "‖" and opened[-1] and text[token.start : token.stop] == "||":
            if not token.spaced and k + 1 < len(tokens) and not tokens[k + 1].spaced:
                yield token._replace(text="|", stop=token.start + 1)
                yield token._replace(text="|", start=token.start + 1)
                continue
        yield token


def with_rows(tokens: Iterable[Token]) -> Iterator[Token]:
    """Inside brackets a line break does not count, save between rows of blocks; & and \\\\ are for matrices."""
    stack: list[str] = []
    for token in tokens:
        if token.kind == "open":
            stack.append(token.text)
        elif token.kind == "close":
            stack.pop()
        elif token.kind == "op" and token.text in ("\n", "\\\\", "&"):
            inside = stack[-1] if stack else ""
            if inside == "⟦" and token.text != "\n":
                yield token._replace(text="," if token.text == "&" else ";")
            elif token.text != "&" and (not inside or (inside == "[" and token.text == "\n")):
                yield token._replace(text="\n" if not inside else ";")
            continue
        yield token
