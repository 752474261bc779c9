"""Statements of a sheet about chance: what is a claim, what defines a density, what is a model or an independence."""

from __future__ import annotations

from itertools import pairwise

from agnesi.read.chance_words import DENSITIES, DISTRIBUTIONS, SURE, held_in, is_density, odd, speaks_of_chance
from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary
from agnesi.read.words import GREEK

_SURE = SURE | {"E"}
Head = tuple[str, tuple[str, ...], tuple[str, ...]]


def learn(tokens: list[Token], words: Vocabulary) -> None:
    """Note whether a text speaks of chance, and the letters of the densities that it writes."""
    words.chance = words.chance or speaks_of_chance(tokens)
    pairs, found, several = partners(tokens), set(words.letters), set(words.letters)
    for k, closed in pairs.items():
        name = letter_before(tokens, k)
        if name and len(name) <= 2 and density_at(name, tokens, k, closed, words):
            found.add(name)
            if any(t.kind == "op" and t.text != "_" for t in held_in(tokens, k, closed)):
                several.add(name)
    words.letters, words.plain = frozenset(found), frozenset(found - several)
    if any(a.text == "1" and b.text in ("-", "−") and c.text in ("π", "pi", "\\pi") for a, b, c in zip(
        tokens, tokens[1:], tokens[2:], strict=False
    )) and words.chance:
        words.facts.setdefault("π", frozenset())  # π/(1 − π)
    words.transformed = words.transformed | transformed(tokens)
    words.informed = words.informed or speaks_of_information(tokens, pairs)
    if e_is_random(tokens):
        words.facts.setdefault("e", frozenset())
    if any(t.text == "d" and stands_in_probability(tokens, k) for k, t in enumerate(tokens)):
        words.facts.setdefault("d", frozenset())


def e_is_random(tokens: list[Token]) -> bool:
    """Tell whether e stands alone in P(b, e | a) or is drawn from e ~ N(0, S), and has no powers such as e^x."""
    sure = False
    for k, token in enumerate(tokens):
        if token.text != "e" or k + 1 >= len(tokens):
            continue
        before, after = tokens[k - 1] if k else token, tokens[k + 1]
        if after.text == "^" and tokens[k + 2 : k + 3] and tokens[k + 2].text not in ("T", "ᵀ"):
            return False
        alone = before.text in (",", "|", ";", "(", "[") and after.text in (",", "|", ";", ")", "]", "=")
        opened = next((j for j in range(k - 1, max(-1, k - 8), -1) if tokens[j].text in ("(", "[")), 0)
        of_chance = opened > 0 and tokens[opened - 1].text in (*DENSITIES, *SURE, "E", "H")
        sure |= after.text == "~" or (alone and of_chance and not tokens[opened].spaced)
    return sure


def transformed(tokens: list[Token]) -> frozenset[str]:
    """Return the capitals that are made of a variable with a model: Y of Y = X² beside X ~ N(0, 1)."""
    texts = [t.text for t in tokens]
    modelled = {a for a, b in pairwise(texts) if b == "~" and a[:1].isupper()}
    out = set()
    for k, (a, b) in enumerate(pairwise(texts)):
        if b in ("=", ":=") and len(a) == 1 and a.isupper() and a not in modelled:
            rest = texts[k + 2 : k + 14]
            stop = next((j for j, t in enumerate(rest) if t in (",", ";", "=", ".") or not t), len(rest))
            if modelled & set(rest[:stop]):
                out.add(a)
    return frozenset(out)


def speaks_of_information(tokens: list[Token], pairs: dict[int, int]) -> bool:
    """Tell whether a text has H(X | Y) or I(X; Y): then H(Y) is an entropy, and no function that it defines."""
    for opened, closed in pairs.items():
        name = tokens[opened - 1].text if opened else ""
        if name in ("H", "I") and not tokens[opened].spaced and tokens[opened].text in "([":
            held = held_in(tokens, opened, closed)
            if any(t.text == ";" for t in held) if name == "I" else odd(held, "|"):
                return True
    return False


def stands_in_probability(tokens: list[Token], k: int) -> bool:
    """Tell whether a letter stands as an event of its own in P(d | H) or p(H | c, d)."""
    if k < 2 or k + 1 >= len(tokens) or tokens[k + 1].text not in ("|", ",", ")", "="):
        return False
    if tokens[k - 1].text not in ("(", "|", ",", "not", "¬"):
        return False
    opened = next((j for j in range(k - 1, max(1, k - 12), -1) if tokens[j].text == "("), 0)
    return opened > 0 and tokens[opened - 1].text in DENSITIES and not tokens[opened].spaced


def letter_before(tokens: list[Token], opened: int) -> str:
    """Return the name before a bracket, past a subscript: p in p_{X,Y}(x, y)."""
    if not opened or tokens[opened - 1].kind not in ("word", "name", "num", "close"):
        return ""
    at = opened - 1
    if tokens[at].text == "}":
        at = next((a for a in range(at, max(0, at - 12), -1) if tokens[a].text == "{"), 0)
    if at > 1 and tokens[at - 1].text == "_" and tokens[at - 2].text in (*DENSITIES, "f"):
        return tokens[at - 2].text
    return tokens[opened - 1].text if tokens[opened - 1].kind in ("word", "name") else ""


def density_at(name: str, tokens: list[Token], opened: int, closed: int, words: Vocabulary) -> bool:
    """Tell whether this bracket is that of a density, perhaps with a label: p(x), f_X(x)."""
    last = tokens[opened - 1 - (tokens[opened - 1].text == "}")].text
    labelled = last != name and last[-1:].isupper()
    return (labelled and name in (*DENSITIES, "f")) or is_density(name, tokens, opened, closed, words)


def model_end(tokens: list[Token]) -> int:
    """Return where the first of several models in one statement ends: X ~ N(0, 1), Y ~ N(0, 1)."""
    depth, told = 0, False
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text in ("~", "⊥"):
            told = True
        elif depth == 0 and told and token.text in (",", "and"):
            return k
    return len(tokens)


def modelled(tokens: list[Token]) -> list[str]:
    """Return the names that a model is of: x and y in x, y | z ~ N(μ, Σ)."""
    out: list[str] = []
    for token in tokens:
        if token.text in ("~", "|", "⊥"):
            return out if any(t.text == "~" for t in tokens) else []
        if token.kind in ("word", "name"):
            out.append(token.text)
    return []


def is_model(tokens: list[Token]) -> bool:
    """Tell whether a statement is a model (x ~ p) or an independence (x ⊥ y | z)."""
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "op" and token.text in ("~", "⊥"):
            return True
    return False


def head_of(tokens: list[Token]) -> Head | None:
    """Return (letter, names, names given) for the left side p(x, y | z) of an equation; None for others."""
    if len(tokens) > 4 and tokens[1].text == "_" and tokens[0].text in (*DENSITIES, "f"):
        stop = partners(tokens).get(2, 2) + 1
        label = "".join(t.text for t in tokens[2:stop]).removeprefix("{").removesuffix("}")
        if label.islower() and label.isascii() and label.isalpha():
            return None  # p_i(x) is an entry
        tokens = [tokens[0]._replace(text=f"{tokens[0].text}_{GREEK.get(label, label)}"), *tokens[stop:]]
    if len(tokens) < 4 or tokens[0].kind not in ("name", "word") or tokens[1].text != "(" or tokens[-1].text != ")":
        return None
    sides: list[list[str]] = [[]]
    wanted = True
    for token in tokens[2:-1]:
        if wanted and token.kind in ("name", "word"):
            sides[-1].append(GREEK.get(token.text, token.text))
        elif not wanted and token.text in ("|", ";") and len(sides) == 1:
            if token.text == ";" and tokens[0].text.partition("_")[0] not in DENSITIES:
                return None  # y(x; a, b) is a function with parameters
            sides.append([])
        elif wanted or token.text != ",":
            return None
        wanted = not wanted
    if wanted or not all(sides):
        return None
    return tokens[0].text, tuple(sides[0]), tuple(sides[1]) if len(sides) > 1 else ()


def signature(head: Head) -> str:
    """Return p(x|θ), the name under which a density is defined."""
    letter, left, given = head
    return f"{letter}({','.join(left)}{'|' + ','.join(given) if given else ''})"


def claimed(head: list[Token], right: list[Token], words: Vocabulary) -> bool:
    """Tell whether an equation is a claim of what its left side is: E, Var, H, I, KL and P are never defined."""
    if len(head) < 3 or head[0].kind not in ("name", "word"):
        return False
    if words.function(head[0].text) and len(head[0].text) > 3:
        return False
    name = head[0].text
    opened = next((k for k, t in enumerate(head) if t.kind == "open" and t.text in "(["), 0)
    if not opened or (opened > 1 and head[1].text != "_"):
        return False
    held = held_in(head, opened, len(head) - 1)
    bars = odd(held, "|") or odd(held, "‖")
    if name in _SURE:
        return name != "E" or head[opened].text == "[" or words.chance or any(t.text in "XYZ" for t in held)
    if name == "I":
        return any(t.text == ";" for t in held)
    if name in ("H", "h"):
        spoken = any(t.text in ("log", "ln", "log2", "∑", "sum", "I", "KL") for t in right)
        number = len(held) == 1 and held[0].text.islower() and held[0].text in {t.text for t in right}
        if name == "h" and number and opened == 1:
            return False  # h(p) = −p log₂ p − (1 − p) log₂(1 − p) is a function of a number
        capital = any(t.kind in ("word", "name") and t.text in ("X", "Y", "Z", "p", "q") for t in held)
        if opened > 1 and spoken:
            return True
        told = bars or head[opened].text == "[" or ((capital or words.chance) and spoken)
        return told or words.informed or mentions_density(right, words)
    if name == "V":
        return head[opened].text == "[" and any(t.text in "XYZ" for t in held)
    if name in ("P", "Pr") and any(t.text == "_" or t.kind == "num" for t in held):
        return held[0].text[:1].isupper()  # P(H_i) = 1/3, P(R1) = M/N
    return bars


def mentions_density(tokens: list[Token], words: Vocabulary, letter: str = "") -> bool:
    """Tell whether tokens have a density in them (of a given letter)."""
    for k, closed in partners(tokens).items():
        name = letter_before(tokens, k)
        if (name == letter or not letter) and density_at(name, tokens, k, closed, words):
            return True
        if not letter and name in ("E", "H", "KL", "Var", "Cov", "𝔼") and not tokens[k].spaced:
            return True
    return False


def stated(head: Head | None, words: Vocabulary) -> bool:
    """Tell whether an equation for p(x, y | z) is a claim, since it defines no density and no function p(x)."""
    if head is None or words.symbolic(head[0]):
        return False
    if words.modelled & {f"{head[0]} {n}" for n in head[1]} or of_events(head):
        return True
    return (head[0] in DENSITIES and head[0] not in words.plain) or bool(head[2]) or (
        "_" in head[0] and not marked(head[0])
    )


def marked(letter: str) -> bool:
    """Tell whether a letter has a mark of a function of its own, and no variable as f_X has: f^*, \\hat f."""
    return letter.partition("_")[2] in ("star", "hat", "tilde", "bar", "plus", "prime")


def of_events(head: Head) -> bool:
    """Tell whether P(A | B) is a probability of events: its value is given or claimed, and defines no function."""
    return head[0] in ("P", "Pr") and all(n[0].isupper() for n in (*head[1], *head[2]))


def number_of_events(head: Head, right: list[Token]) -> bool:
    """Tell whether P(w | S) = 0.25, P(s) = 1/3 or P(R | w) = q gives the number of an event, whatever its letters."""
    letter, left, given = head
    held = {t.text for t in right if t.kind in ("word", "name")}
    if letter in ("P", "Pr") and any(n[0].isupper() for n in (*left, *given)):
        return not held & {*left, *given}
    number = bool(right) and all(t.kind in ("num", "end", "open", "close") or t.text in "+-−*/·×^=≈." for t in right)
    return number and (letter in ("P", "Pr") or bool(given))


def indexed(head: Head, right: list[Token]) -> bool:
    """Tell whether an argument of p(x | k) = N(x | m_k, s²) or p(k) = π_k is a subscript on the right: a state."""
    names = {*head[1], *head[2]}
    below = {b.text for a, b in pairwise(right) if a.text == "_"}
    below |= {c.text for a, b, c in zip(right, right[1:], right[2:], strict=False) if a.text == "_" and b.text == "{"}
    return bool(names & below) and all(len(n) == 1 for n in names & below)


def defined_density(head: Head | None, right: list[Token], words: Vocabulary) -> str:
    """Return the name of the density that an equation defines: the first of its letter and variables; or nothing."""
    if head is None or not right:
        return ""
    letter, left, given = head
    base = letter.partition("_")[0]
    single = base in DENSITIES or ("_" in letter and not marked(letter))
    if not (single or given) or len(base) > 2 or words.symbolic(letter) or words.function(letter):
        return ""
    if of_events(head) or number_of_events(head, right) or indexed(head, right):
        return ""
    if letter in words.plain:
        return ""  # a function as any other
    if letter in ("H", "I", "E", "N", "D") or mentions_density(right, words, base):
        return ""
    if letter.partition("_")[2] in words.transformed:
        return ""  # follows from the density of another
    name = signature(head)
    if name in words or words.modelled & {f"{letter} {n}" for n in left}:
        return ""  # a claim about what is known already
    return name


def with_arguments(lines: list[list[Token]]) -> list[list[Token]]:
    """Return lines with p = N(m, s²) as p(x) = N(x | m, s²)."""
    name = argument_of([t for line in lines for t in line])
    return [_with_argument(line, name) if _named_whole(line) else line for line in lines]


def _named_whole(line: list[Token]) -> bool:
    """Tell whether a line says p = N(...), with nothing right of it but a comma."""
    texts = [t.text for t in line[:4]]
    return (
        len(line) > 5 and texts[0] in DENSITIES & {"p", "q"} and texts[1] in ("=", ":=") and texts[2] in DISTRIBUTIONS
        and texts[3] == "(" and not odd(held_in(line, 3, partners(line)[3]), "|")
    )


def argument_of(tokens: list[Token]) -> str:
    """Return z where a text has p(z) or q(z), else x."""
    found = [c.text for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False)
             if a.text in ("p", "q") and b.text == "(" and c.kind in ("word", "name")]
    return found[0] if found else "x"


def _with_argument(line: list[Token], name: str) -> list[Token]:
    letter, opened = line[0], line[3]
    at, after = letter.stop, opened.stop
    opening, closing = (Token(kind, sign, at, at, False) for kind, sign in (("open", "("), ("close", ")")))
    head = [letter, opening, Token("word", name, at, at, False), closing]
    point = [Token("word", name, after, after, False), Token("op", "|", after, after, True)]
    return [*head, *line[1:4], *point, *line[4:]]
