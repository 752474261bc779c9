r"""Expansion of \newcommand, \def and \DeclareMathOperator, with limits on size and depth."""

from __future__ import annotations

import re

from agnesi.errors import Place, ReadError, TooLarge

MAX_EXPANSIONS = 2_000
MAX_EXPANDED = 300_000

_DEFINES = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?\s*(?=\{)|\\def\s*(\\[A-Za-z]+)\s*((?:#\d)*)\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*(?=\{)"
)
_COMMAND = re.compile(r"\\[A-Za-z]+")


def braced(text: str, at: int) -> tuple[str, int]:
    """Return what stands in the braces that open at `at`, and the place after them."""
    depth = 0
    for k in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[k], 0)
        if depth == 0:
            return text[at + 1 : k], k + 1
    raise ReadError("A brace is opened but not closed.", where=Place(text, at, at + 1), repair="Add }.")


def expand(text: str) -> str:
    """Return `text` without its macro definitions and with every use of them replaced."""
    if (
        "\\newcommand" not in text
        and "\\renewcommand" not in text
        and "\\def" not in text
        and "\\DeclareMathOperator" not in text
    ):
        return text
    macros, kept = _definitions(text)
    return _expanded(kept, macros)


def _definitions(text: str) -> tuple[dict[str, tuple[int, str]], str]:
    macros: dict[str, tuple[int, str]] = {}
    kept: list[str] = []
    at = 0
    while found := _DEFINES.search(text, at):
        kept.append(text[at : found.start()])
        body, at = braced(text, found.end())
        short, count, plain_name, marks, operator = found.groups()
        if operator:
            macros[operator] = (0, rf"\operatorname{{{body}}}")
        else:
            macros[short or plain_name] = (int(count or 0) if short else marks.count("#"), body)
    kept.append(text[at:])
    return macros, "".join(kept)


def _expanded(text: str, macros: dict[str, tuple[int, str]]) -> str:
    """Replace uses from left to right; what a use expands to is read again, within the limits."""
    done: list[str] = []
    todo, at, uses, written = text, 0, 0, 0
    while found := _COMMAND.search(todo, at):
        if found.group() not in macros:
            done.append(todo[at : found.end()])
            written += found.end() - at
            at = found.end()
            continue
        uses += 1
        count, body = macros[found.group()]
        done.append(todo[at : found.start()])
        written += found.start() - at
        args, stop = _arguments(todo, found.end(), count, found.group())
        for k, arg in enumerate(args, 1):
            body = body.replace(f"#{k}", arg)
        if uses > MAX_EXPANSIONS or written + len(body) + len(todo) - stop > MAX_EXPANDED:
            raise TooLarge(
                f"The macro {found.group()} expands without end, or to too much text.",
                where=Place(text, 0, 1),
                repair="A macro must not use itself.",
            )
        todo, at = (
            (body if body[-1:].isalpha() is False or not todo[stop : stop + 1].isalpha() else body + " ") + todo[stop:],
            0,
        )
    return "".join(done) + todo[at:]


def _arguments(text: str, at: int, count: int, name: str) -> tuple[list[str], int]:
    args: list[str] = []
    for _ in range(count):
        while text[at : at + 1] in (" ", "\n") and at < len(text):
            at += 1
        if at >= len(text):
            raise ReadError(
                f"The macro {name} lacks an argument.",
                where=Place(text, len(text) - 1, len(text)),
                repair=f"It takes {count}.",
            )
        if text[at] == "{":
            arg, at = braced(text, at)
        else:
            found = _COMMAND.match(text, at)
            arg = found.group() if found else text[at]
            at += len(arg)
        args.append(arg)
    return args, at
