"""Integrals over regions of the plane: ∬_D f dx dy with D a disc, a rectangle, or what lies between two curves.

    D = {(x, y) : x² + y² ≤ R²}          ∫_0^{2π} ∫_0^R f(ρ cos τ, ρ sin τ) ρ dρ dτ
    D = {(x, y) : 0 ≤ x ≤ 1, 0 ≤ y ≤ x}, D = [0, 1] × [0, 2], "D is the unit disc" likewise
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agnesi.read.cursor import partners
from agnesi.read.lex import lex
from agnesi.read.tokens import Token

_DISC = re.compile(
    r"(?i:\b(?:let )?)\$?([A-Z])\$?\s*(?:be|is|denotes?|=|:|for)\s*(?:the|a)\s*(?:closed |open )?"
    r"(?:(unit) dis[ck]|dis[ck] (?:of|with) radius \$?(\w)\$?)"
)
_NAMED = ("word", "name")
_FRESH = {"x": "ξ", "y": "η"}
Ends = tuple[str, str]
ROUND: Ends = ("0", "2*pi")  # of a disc, in polar coordinates
Region = tuple[str, Ends, str, Ends]  # the outer variable with its ends, the inner one with those


def regions_in(lines: Sequence[Sequence[Token]], source: str) -> dict[str, Region]:
    """Return the regions that a text names, each as two variables with their ends."""
    found = {m[1]: _disc("x", "y", "1" if m[2] else f"{m[3]}^2") for m in _DISC.finditer(source)}
    for line in lines:
        told = region_of(line)
        if told is not None:
            found[told[0]] = told[1]
    return found


def region_of(line: Sequence[Token]) -> tuple[str, Region] | None:
    """Return the name and the region that a line defines: D = {(x, y) : x² + y² ≤ 1}, D = [0, 1] × [0, 2]."""
    texts = [t.text for t in line if t.kind != "end"]
    if len(texts) < 8 or line[0].kind not in _NAMED or texts[1] not in ("=", ":="):
        return None
    plain = "".join(t for t in texts[2:])
    box = re.fullmatch(r"\[([^,\[\]]+),([^,\[\]]+)\][×*]\[([^,\[\]]+),([^,\[\]]+)\]", plain)
    if box:
        return texts[0], ("x", (box[1], box[2]), "y", (box[3], box[4]))
    held = re.fullmatch(r"\{\((\w),(\w)\)(?:∈ℝ\^\{?2\}?)?[:|](.+)\}", plain)
    if held is None:
        return None
    x, y, told = held[1], held[2], held[3].replace("{", "").replace("}", "")
    disc = re.fullmatch(rf"{x}\^2\+{y}\^2[≤<]([\w^/.]+)", told)
    if disc:
        return texts[0], _disc(x, y, disc[1])
    return _between(texts[0], x, y, told)


def _inequality(told: str) -> Region | None:
    """Return the disc that stands below an integral: ∬_{x² + y² ≤ 1}."""
    disc = re.fullmatch(r"(\w)\^2\+(\w)\^2[≤<]([\w^/.]+)", told.replace("{", "").replace("}", ""))
    return _disc(*disc.groups()) if disc else None


def _disc(x: str, y: str, squared: str) -> Region:
    radius = re.fullmatch(r"(\w+)\^2", squared)
    return x, ROUND, y, ("0", "1" if squared == "1" else radius[1] if radius else f"sqrt({squared})")


def _between(name: str, x: str, y: str, told: str) -> tuple[str, Region] | None:
    """Return a region a ≤ x ≤ b, c ≤ y ≤ d, in which the ends of one variable may hold the other."""
    ends: dict[str, Ends] = {}
    for part in told.split(","):
        sides = re.split(r"[≤<]", part)
        if len(sides) != 3 or sides[1] not in (x, y):
            return None
        ends[sides[1]] = (sides[0], sides[2])
    if len(ends) != 2:
        return None
    free = not any(y in end for end in ends[x])
    outer, inner = (x, y) if free else (y, x)
    return name, (outer, ends[outer], inner, ends[inner])


def over_regions(lines: Sequence[list[Token]], known: Mapping[str, Region]) -> list[list[Token]]:
    """Return the lines with every integral over a known region as one with ends."""
    taken = {line[0].text for line in lines if len(line) > 1 and line[1].text == "="}
    return [_spelled(line, known, taken) if any(t.text == "∫" for t in line) else line for line in lines]


def _spelled(line: list[Token], known: Mapping[str, Region], taken: set[str]) -> list[Token]:
    """Return one line so, from its last integral to its first."""
    out, edges = list(line), partners(line)
    for k in range(len(line) - 1, -1, -1):
        if line[k].text != "∫" or k + 2 >= len(line) or line[k + 1].text != "_":
            continue
        stop = edges.get(k + 2, k + 2) + 1
        region = known.get(line[k + 3].text if line[k + 2].text == "{" and stop == k + 5 else line[k + 2].text)
        region = region or _inequality("".join(t.text for t in line[k + 3 : stop - 1]))
        begin = k - 1 if k and line[k - 1].text == "∫" else k
        last = _element(out, stop, region) if region is not None else None
        if region is None or last is None:
            continue
        if region[1] is ROUND:
            out[begin : last[1]] = _polar(region, out[stop : last[0]], line[k], taken)
            continue
        names = {v: _FRESH[v] if v in taken else v for v in (region[0], region[2]) if v in _FRESH or v not in taken}
        if len(names) == 2:
            body = [_renamed(t, names) for t in out[stop : last[0]]]
            signs = [t for v in (0, 2) for t in _sign(region[v + 1], names, line[k])]  # type: ignore[arg-type]
            over = [t for v in (region[2], region[0]) for t in _moved(names[v], out[last[0]])]
            out[begin : last[1]] = [*signs, *body, *over]
    return out


def _polar(region: Region, body: Sequence[Token], at: Token, taken: set[str]) -> list[Token]:
    """Return the tokens of an integral over a disc in polar coordinates."""
    radius, angle = ("ρ", "τ") if not {"ρ", "τ"} & (taken | {t.text for t in body}) else ("r", "t")
    coordinates = {region[0]: f"({radius}*cos({angle}))", region[2]: f"({radius}*sin({angle}))"}
    inner: list[Token] = []
    for token in body:
        held = token.kind in _NAMED and len(token.text) < 4 and set(token.text) & set(coordinates)
        text = "".join(coordinates.get(c, f" {c} ") for c in token.text) if held else ""
        inner += [t._replace(start=token.start, stop=token.stop) for t in lex(text)[:-1]] if held else [token]
    opened, closed = Token("open", "(", at.start, at.stop, False), Token("close", ")", at.stop, at.stop, False)
    tail = [Token("word", radius, at.start, at.stop, True), *_moved(radius, at), *_moved(angle, at)]
    return [*_sign(region[1], {}, at), *_sign(region[3], {}, at), opened, *inner, closed, *tail]


def _element(tokens: Sequence[Token], k: int, region: Region) -> tuple[int, int] | None:
    """Return where dx dy, dy dx or dA stands behind a place."""
    pairs = {f"d{region[0]}d{region[2]}", f"d{region[2]}d{region[0]}"}
    for at in range(k, len(tokens)):
        if tokens[at].text in ("=", "≤", "≥", "∫"):
            return None
        if tokens[at].text in ("dA", *pairs):
            return at, at + 1
        if "".join(t.text for t in tokens[at : at + 2]) in pairs:
            return at, at + 2
    return None


def _renamed(token: Token, names: Mapping[str, str]) -> Token:
    if token.kind == "word" and len(token.text) < 4 and set(token.text) & set(names) and token.text.isalpha():
        return token._replace(text="".join(names.get(c, c) for c in token.text))
    return token._replace(text=names.get(token.text, token.text)) if token.kind == "name" else token


def _sign(ends: Ends, names: Mapping[str, str], at: Token) -> list[Token]:
    """Return the tokens of ∫_{a}^{b}."""
    lower, upper = ([_renamed(t, names) for t in lex(end) if t.kind != "end"] for end in ends)
    marks = [("op", "_"), ("open", "{")], [("close", "}"), ("op", "^"), ("open", "{")], [("close", "}")]
    first, middle, closing = ([Token(kind, text, 0, 0, False) for kind, text in part] for part in marks)
    made = [at, *first, *lower, *middle, *upper, *closing]
    return [t._replace(start=at.start, stop=at.stop, spaced=False) for t in made]


def _moved(name: str, at: Token) -> list[Token]:
    return [Token("word", f"d{name}", at.start, at.stop, True)]
