"""One letter for two things: N_k beside N, and H of one coin beside H of the next.

A number of points and the numbers in each class are two letters, not a vector and itself; and a letter that is worked
out anew, from other numbers and after words, is a new letter from there on.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_SIZES = {"N": "Ñ", "n": "ñ", "M": "Ḿ"}
_FUNCTIONS = ("log", "ln", "exp", "sqrt")
_WORDS = re.compile(r"[A-Za-z]{3}")
_INDEX = frozenset("ijklc")
_AS_VECTOR = ("ᵀ", "'", "⊤", "·")


def with_counts(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with N_k as Ñ_k where N stands alone elsewhere, as a size does."""
    out = list(lines)
    for name in _SIZES:
        if name not in words.symbols and _twofold(out, name):
            out = [_renamed(line, name) for line in out]
    return out


def _twofold(lines: Sequence[Sequence[Token]], name: str) -> bool:
    """Tell whether a letter stands with an index of classes, and alone, as a number."""
    indexed = alone = False
    for line in lines:
        for k, token in enumerate(line):
            if token.text != name or token.kind not in ("word", "name"):
                continue
            if _has_index(line, k):
                indexed = True
                continue
            after = line[k + 1].text if k + 1 < len(line) else ""
            before = line[k - 1].text if k else ""
            turned = after == "^" and any(t.text in ("T", "top", "⊤") for t in line[k + 2 : k + 4])
            if after in _AS_VECTOR or turned or "‖" in (before, after):
                return False
            subscript = before in ("_", ",") or (before == "{" and k > 1 and line[k - 2].text == "_")
            alone = alone or not (subscript or after in ("(", "_"))
    return indexed and alone


def _has_index(line: Sequence[Token], k: int) -> bool:
    if k + 2 >= len(line) or line[k + 1].text != "_":
        return False
    at = k + 3 if line[k + 2].text == "{" else k + 2
    return at < len(line) and line[at].text in _INDEX


def _renamed(line: list[Token], name: str) -> list[Token]:
    return [
        t._replace(text=_SIZES[name], kind="name") if t.text == name and _has_index(line, k) else t
        for k, t in enumerate(line)
    ]


def with_new_values(lines: Sequence[list[Token]], source: str) -> list[list[Token]]:
    """Return the lines with a letter renamed from where it is worked out anew from numbers: H = −0.9 log 0.9 − ...."""
    out, held, ends = list(lines), dict[str, list[str]](), dict[str, list[str]]()
    for k, line in enumerate(out):
        name, body = _worked_out(line)
        if not name:
            ends |= _last_value(line)
            continue
        if name not in held and name in ends and body[: len(ends[name])] == ends[name] != body:
            held[name] = ends[name]  # e = −10 + 40 log₁₀ 2, where e came to −10 above
        ends |= _last_value(line)
        worded = _WORDS.search(source[source.rfind("\n", 0, line[0].start) + 1 : line[0].start])
        if name in held and held[name] != body and worded:
            made = f"{name}′"
            out[k:] = [
                [t._replace(text=made, kind="name") if t.text == name else t for t in later] for later in out[k:]
            ]
        held[name] = body
    return out


def _last_value(line: Sequence[Token]) -> dict[str, list[str]]:
    """Return the number that a letter comes to: −10 of e = 10 log₁₀(1/10) = −10."""
    held = [t.text for t in line if t.kind != "end"]
    if len(line) < 3 or line[0].kind not in ("word", "name") or held[1] not in ("=", "≈"):
        return {}
    last = max(k for k, text in enumerate(held) if text in ("=", "≈"))
    end = held[last + 1 :]
    able = bool(end) and end[-1][:1].isdigit() and len(end) < 3 and (len(end) == 1 or end[0] in ("-", "−"))
    return {held[0]: end} if able else {}


def _worked_out(line: Sequence[Token]) -> tuple[str, list[str]]:
    """Return H and what is put in, for H = −0.9 log₂ 0.9 − 0.1 log₂ 0.1 = ...: a letter with a sum of numbers."""
    if len(line) < 5 or line[0].kind not in ("word", "name") or line[1].text not in ("=", "≈"):
        return "", []
    stop = next((k for k in range(2, len(line)) if line[k].text in ("=", "≈") or line[k].kind == "end"), len(line))
    body = [t.text for t in line[2:stop]]
    letters = [t for t in line[2:stop] if t.kind in ("word", "name") and t.text.rstrip("0123456789") not in _FUNCTIONS]
    summed = any(c in body[1:] for c in ("+", "-", "−"))
    return (line[0].text, body) if summed and not letters and any(c[:1].isdigit() for c in body) else ("", [])


_STAGES = re.compile(
    r"(?<![A-Za-z\\])([a-zA-Z]|mu|sigma|tau|beta|alpha|lam|lambda|Sigma|eta|kappa|nu)([0Nn])(2?)(?![A-Za-z0-9])"
)


def with_stages(lines: Sequence[list[Token]], source: str) -> list[list[Token]]:
    """Return the lines with sN2 and muN as names, where s02 and mu0 stand in the text: before, and after N points."""
    found = {m.groups() for m in _STAGES.finditer(source)}
    names = {base + stage + tail for base, stage, tail in found if stage != "0" and (base, "0", tail) in found}
    return [_stages_joined(line, names) for line in lines] if names else list(lines)


def _stages_joined(line: list[Token], names: Container[str]) -> list[Token]:
    out: list[Token] = []
    for token in line:
        last = out[-1] if out else None
        if last is not None and last.kind == "word" and last.stop == token.start and last.text + token.text in names:
            out[-1] = last._replace(kind="name", text=last.text + token.text, stop=token.stop)
        else:
            whole = token.kind == "word" and token.text in names
            out.append(token._replace(kind="name") if whole else token)
    return out


def with_entries(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with x1 as x_1 where x ∈ ℝ² is declared, and x1 is not."""
    sizes = {n: s.shape[0].number or 0 for n, s in words.symbols.items() if s.ndim == 1 and len(n) == 1}
    sizes = {n: k for n, k in sizes.items() if k and not any(f"{n}{d}" in words for d in range(1, k + 1))}
    return [_with_entries(line, sizes) for line in lines] if sizes else list(lines)


def _with_entries(line: list[Token], sizes: Mapping[str, int]) -> list[Token]:
    out: list[Token] = []
    for token in line:
        last = out[-1] if out else None
        if last is not None and token.kind == "num" and last.kind == "word" and last.stop == token.start:
            if token.text.isdigit() and 0 < int(token.text) <= sizes.get(last.text, 0):
                out.append(Token("op", "_", token.start, token.start, False))
        out.append(token)
    return out
