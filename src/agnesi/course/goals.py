"""What a person wants, in their own words, as concepts: "understand backpropagation", "read PRML chapter 10"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from math import log2

from agnesi.course.advice import Advice, advice
from agnesi.course.curriculum import Curriculum, curriculum
from agnesi.course.records import AREAS, Concept, Resource
from agnesi.errors import UnknownName

LONGEST = 300  # characters of a goal
SHELF = {  # how people call the resources, besides their ids and titles
    "mml": ("deisenroth", "mathematics for machine learning", "mml book"),
    "prml": ("bishop", "pattern recognition"),
    "esl": ("hastie", "tibshirani", "friedman", "elements of statistical learning"),
    "jaynes": ("logic of science", "probability theory the logic of science"),
    "impcalc": (
        "imperial calculus", "imperial multivariate calculus", "multivariate calculus course",
        "coursera multivariate calculus",
    ),
    "matcalc": ("parr and howard", "parr howard", "parr", "matrix calculus you need for deep learning"),
    "impla": ("imperial linear algebra", "linear algebra course", "coursera linear algebra"),
    "itila": ("mackay", "information theory inference and learning algorithms"),
}  # fmt: skip
FILLER = frozenset((
    "a", "about", "algorithm", "all", "an", "and", "at", "be", "been", "between", "book", "can", "chapter", "could",
    "do", "does", "everything", "from", "get", "getting", "give", "goal", "good", "how", "i", "in", "into", "is",
    "it", "know", "learn", "learning", "like", "make", "master", "me", "method", "model", "my", "of", "on", "onto",
    "please", "read", "really", "section", "see", "start", "study", "that", "the", "theory", "to", "understand",
    "understanding", "use", "using", "want", "week", "what", "when", "where", "why", "with", "work", "works", "you",
))  # fmt: skip
AFTER_ALL = frozenset({"theory", "learning", "method", "model", "algorithm", "start"})  # filler, but part of names too
PART = re.compile(
    r"\b(?:chapters?|chap\.?|ch\.?|sections?|sec\.?|weeks?|§+)?\s*"
    r"(?P<first>\d+(?:\.\d+)*|appendix [a-e])\s*(?:(?:-|–|to|until|through|and)\s*(?P<last>\d+(?:\.\d+)*))?"
)
NOUNS = (
    r"\b(?:read|study|finish|understand|learn|work through|go through|all of|whole|the|book|course|paper|of|in|from)\b"
)


@dataclass(frozen=True)
class Goal:
    """A goal as it was read: its text, what it was taken for, its concepts, and where they are to be read.

    `resource` and `sections` are set where a part of a resource is the goal; `others` are further readings.
    """

    text: str
    name: str
    concepts: tuple[str, ...]
    resource: str = ""
    sections: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def read_goal(text: str, known: Curriculum | None = None, given: Advice | None = None) -> Goal:
    """Return what a text asks for: a part of a resource, a goal, an area, a concept by name, id or free words.

    >>> read_goal("understand backpropagation").concepts
    ('backprop',)
    >>> read_goal("read PRML chapter 10").name
    'Pattern Recognition and Machine Learning, chapter 10: Approximate Inference'

    Raises `UnknownName` where nothing in the curriculum fits, with the nearest names.
    """
    known, given = known or curriculum(), given or advice()
    words = plain(text)
    if not words:
        raise UnknownName(
            "No goal is given.", expected="a concept, an area, or a part of a resource",
            repair='Write for instance "understand backpropagation" or "read PRML chapter 10".',
        )  # fmt: skip
    if len(text) > LONGEST:
        raise UnknownName(f"The goal has {len(text)} characters.", expected=f"at most {LONGEST}")
    for reader in (_part_of_resource, _named, _all_of_several, _nearest):
        found = reader(text.strip(), words, known, given)
        if found is not None:
            return found
    raise _unknown(text.strip(), words, known, given)


def plain(text: str) -> str:
    """Return a text in lower case, without accents and punctuation, single spaces between words."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in bare if not unicodedata.combining(c)).replace("'s", "s").replace("s'", "s")
    bare = re.sub(r"iz(?=e|ing|ation)", "is", bare)  # optimization is optimisation
    return " ".join(re.sub(r"[^\w.§–-]+|\.(?!\d)|(?<!\w)-", " ", bare.replace("'", "")).split())


def _resource_in(words: str, known: Curriculum) -> tuple[Resource, str] | None:
    """Return the resource that is named, and the words that are left without its name; longer names first."""
    names = [(name, id) for id, r in known.resources.items() for name in (id, plain(r.title), *SHELF.get(id, ()))]
    for name, id in sorted(names, key=lambda pair: -len(pair[0])):
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)
        if found:
            return known.resources[id], f"{words[:found.start()]} {words[found.end():]}"
    return None


def _part_of_resource(text: str, words: str, known: Curriculum, given: Advice) -> Goal | None:
    """Read "PRML chapter 10", "MML 5.6", "chapters 2 to 4 of MML", "week 3 of impcalc", "read MML"."""
    found = _resource_in(words, known)
    if found is None or _exact(words, known, given):
        return None
    resource, rest = found
    part = PART.search(rest)
    if part is None:
        left = re.sub(NOUNS, " ", rest).split()
        return None if left else _portion(text, resource, tuple(c.n for c in resource.chapters), known, whole=True)
    first, last = part["first"].removeprefix("appendix ").upper(), part["last"]
    return _portion(text, resource, tuple(_range(first, last or first)), known)


def _range(first: str, last: str) -> Iterator[str]:
    if "." in first or "." in last or not first.isdigit() or abs(int(last) - int(first)) > 60:
        yield from dict.fromkeys((first, last))
    else:
        begin, end = sorted((int(first), int(last)))
        yield from (str(n) for n in range(begin, end + 1))


def _portion(
    text: str, resource: Resource, sections: tuple[str, ...], known: Curriculum, whole: bool = False
) -> Goal:  # fmt: skip
    """Return the goal of reading some sections of a resource: all concepts that are taught there."""
    titles = {c.n: c.title for c in resource.chapters}
    strange = [s for s in sections if s.split(".")[0] not in titles]
    if strange:
        raise UnknownName(f"{resource.title} has no {resource.unit} {strange[0]}.",
                          expected=f"one of {', '.join(titles)}")  # fmt: skip
    here = [(c.id, s) for c in known.concepts.values() for s in sections if _touches(c, resource.id, s)]
    if not here:
        only = sections[0].split(".")[0]
        prose = only in resource.prose
        why = "it is prose: read it at any time" if prose else f"no concept of the map is taught in {sections[0]}"
        raise UnknownName(f"There is no route to {resource.unit} {sections[0]} of {resource.title}, since {why}.")
    name = resource.title
    if not whole:
        label = "section" if "." in sections[0] else "appendix" if not sections[0].isdigit() else resource.unit
        several = "s" if len(sections) > 1 else ""
        said = f"{sections[0]}–{sections[-1]}" if several else sections[0]
        name += f", {label}{several} {said}"
        name += f": {titles[sections[0]]}" if sections[0] in titles and not several else ""
    return Goal(text, name, tuple(dict.fromkeys(c for c, _ in here)), resource.id, sections)


def _touches(concept: Concept, resource: str, section: str) -> bool:
    """Tell whether a concept is taught in a section, or in a part of it."""
    return any(p.resource == resource and within(p.section, section) for p in concept.taught)


def within(section: str, outer: str) -> bool:
    """Tell whether a section is another, or a part of it: 5.2.1 stands within 5.2 and within 5.

    >>> within("5.2.1", "5.2"), within("5", "5.2"), within("10", "1")
    (True, False, False)
    """
    return section == outer or section.startswith(f"{outer}.")


def _exact(words: str, known: Curriculum, given: Advice) -> Goal | None:
    """Read what is exactly a goal's words, a concept's id or name, an area, or the id of a result."""
    for aim in given.aims:
        if words in {plain(w) for w in (aim.name, *aim.words)}:
            return Goal(words, aim.name, aim.concepts)
    for area in AREAS:
        if words == plain(area):
            return Goal(words, area.capitalize(), tuple(c.id for c in known.concepts.values() if c.area == area))
    for c in known.concepts.values():
        if words in (plain(c.id), plain(c.id.replace("-", " ")), plain(c.name)):
            return Goal(words, c.name, (c.id,))
    result = known.results.get(words)
    return Goal(words, result.what, result.concepts) if result else None


def _named(text: str, words: str, known: Curriculum, given: Advice) -> Goal | None:
    """Read a name, with or without the words that people put around it ("understand how X works")."""
    kept = words.split()
    while kept and kept[0] in FILLER:
        if (found := _exact(" ".join(kept), known, given)) is not None:
            break
        kept = kept[1:]
    while kept:
        found = _exact(" ".join(kept), known, given)
        if found is not None:
            return Goal(text, found.name, found.concepts)
        if kept[-1] not in FILLER:
            return None
        kept = kept[:-1]
    return None


def _all_of_several(text: str, words: str, known: Curriculum, given: Advice) -> Goal | None:
    """Read several goals: "PCA and SVD", "entropy, KL"; None where one of them is not a name."""
    pieces = [p for p in re.split(r"[,;&/]|\band\b|\bthen\b", text) if p.strip()]
    if not 1 < len(pieces) <= 12:
        return None
    found = [_part_of_resource(p, plain(p), known, given) or _named(p.strip(), plain(p), known, given) for p in pieces]
    if not all(found):
        return None
    every = [g for g in found if g]
    concepts = tuple(dict.fromkeys(c for g in every for c in g.concepts))
    return Goal(text, "; ".join(g.name for g in every), concepts)


def _nearest(text: str, words: str, known: Curriculum, given: Advice) -> Goal | None:
    """Read free words: the goal or concept that shares most of them; None where too few are shared."""
    ranked = ranking(words, known, given)
    if not ranked or ranked[0][0] < 0.55:
        return None
    best = ranked[0]
    others = tuple(dict.fromkeys(name for score, name, _ in ranked[1:6] if score > 0.45 and name != best[1]))
    return Goal(text, best[1], best[2], others=others)


def ranking(words: str, known: Curriculum, given: Advice) -> list[tuple[float, str, tuple[str, ...]]]:
    """Return goals and concepts by how well they fit free words: (from 0 to 1, name, concepts), the best first."""
    asked = [w for w in _stems(words) if w not in FILLER] or [w for w in _stems(words) if w in AFTER_ALL]
    if not asked:
        return []
    rows = [(plain(" ".join((a.name, *a.words))), "", a.name, a.concepts) for a in given.aims]
    rows += [
        (plain(f"{c.id.replace('-', ' ')} {c.name}"), plain(c.statement), c.name, (c.id,))
        for c in known.concepts.values()
    ]
    stems = [set(_stems(names)) for names, _, _, _ in rows]
    weights = {w: 1 / log2(2 + sum(w in there for there in stems)) for w in asked}  # a rare word says more
    scored = [(_score(weights, names, statement), name, concepts) for names, statement, name, concepts in rows]
    return sorted((row for row in scored if row[0] > 0.2), key=lambda row: (-row[0], row[1]))


def _score(asked: Mapping[str, float], names: str, statement: str) -> float:
    """Return the weighed mean over the words asked for: 1 in the name, less misspelt, less in the sentence."""
    title, said = _stems(names), set(_stems(statement))
    found = sum(weight * max(_likeness(w, title), 0.5 if w in said else 0.0) for w, weight in asked.items())
    total = found / sum(asked.values())
    named = sum(1 for t in title if any(t == w for w in asked)) / max(1, len(title))
    return 0.9 * total + 0.1 * named


def _likeness(word: str, names: list[str]) -> float:
    if word in names:
        return 1.0
    alike = [n for n in names if abs(len(n) - len(word)) < 2]  # misspelt, not another word that begins like it
    near = get_close_matches(word, alike, 1, 0.8) if len(word) > 3 else []
    return 0.9 * SequenceMatcher(None, word, near[0]).ratio() if near else 0.0


def _stems(text: str) -> list[str]:
    """Return words without the endings that spelling and number change: matrices, matrix; -ization, -isation."""
    found = []
    for word in re.split(r"[\s-]+", text):
        w = word.replace("isation", "ization").replace("ising", "izing").replace("ise", "ize")
        w = ENDINGS.get(w, w)
        w = w[:-3] + "y" if w.endswith("ies") and len(w) > 5 else w
        w = w[:-1] if w.endswith("s") and not w.endswith(("ss", "is", "us")) and len(w) > 3 else w
        if w:
            found.append(w)
    return found


ENDINGS: Mapping[str, str] = {
    "matrices": "matrix", "bases": "basis", "vertices": "vertex", "analyses": "analysis", "bayesian": "bayes",
    "gaussians": "gaussian", "processes": "process", "hypotheses": "hypothesis", "backpropagate": "backpropagation",
    "eigenvalue": "eigenvalue", "differentiate": "derivative", "differentiation": "derivative",
}  # fmt: skip


def near(text: str, known: Curriculum | None = None, given: Advice | None = None) -> tuple[str, ...]:
    """Return the names of goals and concepts that are nearest to a text, at most four.

    >>> near("Bayes theorem for spam")[0]
    "Bayes' theorem"
    """
    known, given = known or curriculum(), given or advice()
    found = [name for score, name, _ in ranking(plain(text[:LONGEST]), known, given) if score > 0.25]
    names = [c.name for c in known.concepts.values()] + [a.name for a in given.aims]
    return tuple(dict.fromkeys(found))[:4] or tuple(get_close_matches(text[:LONGEST], names, 3, 0.65))


def _unknown(text: str, words: str, known: Curriculum, given: Advice) -> UnknownName:
    shown = text if len(text) < 60 else f"{text[:57]}..."
    names = near(text, known, given)
    return UnknownName(
        f'Nothing in the curriculum is called "{shown}".',
        expected="" if names else "a concept, an area, or a part of a resource",
        repair=f"Near to it: {'; '.join(names)}." if names else "The map lists all concepts; a file can add your own.",
    )
