"""Search over concepts, results, algorithms, goals, books, starting points: by words, their beginnings, initials."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice, takewhile
from pathlib import Path
from urllib.parse import quote_plus

from agnesi.course import Curriculum
from agnesi.course.advice import Advice
from agnesi.study.verbs.algorithms import algorithms
from agnesi.study.verbs.gallery import starts
from agnesi.study.verbs.lesson_texts import readable
from agnesi.study.verbs.reproduced import reproduced

KINDS = ("concepts", "lessons", "results", "algorithms", "goals", "books", "starting points")
_WORD = re.compile(r"[^\W_]+")
_IDLE = frozenset((
    "a", "about", "an", "and", "as", "by", "for", "from", "how", "in", "is", "learn", "of", "on", "or", "read", "the",
    "to", "understand", "what", "with",
))  # fmt: skip
TITLE, BEGINS, TEXT, INITIALS, NEAR = 10.0, 7.0, 3.0, 12.0, 4.0


@dataclass(frozen=True)
class Entry:
    """Something that can be found: its kind, title, a sentence, where it is from, its page, other names."""

    kind: str
    title: str
    text: str
    where: str
    address: str
    weight: float = 1.0
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """Entries with their words."""

    entries: tuple[Entry, ...]
    titles: tuple[tuple[str, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    others: tuple[frozenset[str], ...]
    vocabulary: tuple[str, ...]

    def search(self, query: str, limit: int = 60) -> list[Entry]:
        """Return what has all words of a query, the best first; if nothing has, what has most of them.

        A word that nothing has is read as the nearest one. The query "svd" finds the singular value decomposition by
        its initials; "eigen" finds words that begin so.
        """
        asked = [w for w in words(query) if w not in _IDLE] or list(words(query))
        if not asked:
            return []
        wanted = [self._known(w) for w in asked]
        begun = [(w, self._begun(w)) for w in wanted]
        rows = zip(self.titles, self.others, self.texts, strict=True)
        each = [[_score(w, b, title, others, text) for w, b in begun] for title, others, text in rows]
        most = max(sum(map(bool, scores)) for scores in each)
        if 2 * most <= len(wanted):
            return []
        scored = []
        for k, scores in enumerate(each):
            if sum(map(bool, scores)) == most:
                exact = 8.0 if self.titles[k][: len(wanted)] == tuple(wanted) else 0.0
                scored.append(((sum(scores) + exact) * self.entries[k].weight - 0.05 * len(self.titles[k]), -k))
        return [self.entries[-k] for _, k in sorted(scored, reverse=True)[:limit]]

    def _begun(self, word: str) -> frozenset[str]:
        """Return the words that begin so."""
        at = bisect_left(self.vocabulary, word)
        return frozenset(takewhile(lambda v: v.startswith(word), islice(self.vocabulary, at, None)))

    def _known(self, word: str) -> str:
        """Return the word, or the nearest that there is where nothing begins with it."""
        if len(word) < 4 or self._begun(word):
            return word
        near = get_close_matches(word, self.vocabulary, 1, 0.75)
        return near[0] if near else word


def _score(
    word: str, begun: frozenset[str], title: tuple[str, ...], others: frozenset[str], text: tuple[str, ...]
) -> float:
    """Return how well an entry has a word; `begun` are the words that begin with it."""
    if 2 <= len(word) <= 5 and word in _initials(title):
        return INITIALS
    if word in title or word in others:
        return TITLE
    if not begun.isdisjoint(title):
        return BEGINS
    if word in text:
        return TEXT
    return TEXT / 2 if len(word) > 2 and not begun.isdisjoint(text) else 0.0


@lru_cache(maxsize=4096)
def _initials(title: tuple[str, ...]) -> frozenset[str]:
    """Return the initials of words side by side: svd of "the singular value decomposition"."""
    letters = "".join(w[0] for w in title)
    return frozenset(letters[i:j] for i in range(len(letters)) for j in range(i + 2, min(len(letters), i + 5) + 1))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters without accents, in the singular as far as an s tells it.

    >>> words("Gram–Schmidt, of the Eigenvalues")
    ('gram', 'schmidt', 'of', 'the', 'eigenvalue')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_singular(w) for w in _WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def entries_of(course: Curriculum, given: Advice, folders: Iterable[Path] = ()) -> Iterator[Entry]:
    """Yield what a curriculum has: concepts, results, goals, books; lessons, also those of further folders;
    algorithms and starting points.
    """
    yield from _concepts(course, given)
    for r in course.results.values():
        done = r.id in reproduced()
        where = f"{given.short(course.resources[r.resource])}, {r.where}" + ("" if done else " · not yet")
        about = " ".join(course.concepts[c].name for c in r.concepts)
        yield Entry("results", r.what, f"{r.shows}. {about}", where, f"/results/{r.id}", 1.0 if done else 0.7)
    yield from _lessons(course, given, folders)
    yield from _books(course, given)
    for one in algorithms().values():
        yield Entry("algorithms", one.title, one.function, one.group, f"/workbench/algorithms/{one.id}", 0.95)
    for start in starts().values():
        about = f"{start.look} {course.concepts[start.concept].name}"
        where = f"{given.short(course.resources[start.resource])}, {start.where}"
        yield Entry("starting points", start.title, about, where, start.address, 0.9)


def _concepts(course: Curriculum, given: Advice) -> Iterator[Entry]:
    """Yield the concepts and the goals; a concept has the words of its goal."""
    also: dict[str, list[str]] = {}
    for aim in given.aims:
        shown = ", ".join(course.concepts[c].name for c in aim.concepts)
        yield Entry("goals", aim.name, " ".join(aim.words), shown, f"/path?goal={quote_plus(aim.name)}", 0.95)
        if len(aim.concepts) == 1:
            also.setdefault(aim.concepts[0], []).extend(aim.words)
    for c in course.concepts.values():
        said = tuple(also.get(c.id, ()))
        yield Entry("concepts", c.name, c.statement, c.area, f"/concepts/{c.id}", 1.25, said)


def _lessons(course: Curriculum, given: Advice, folders: Iterable[Path]) -> Iterator[Entry]:
    """Yield the lessons, with the words of the concepts that they teach."""
    for one in readable(folders)[0].values():
        resource = course.resources.get(one.resource)
        where = f"{given.short(resource)}, {resource.unit} {one.chapter}" if resource else one.resource
        about = " ".join(course.concepts[c].name for c in one.concepts if c in course.concepts)
        yield Entry("lessons", one.title, f"{one.question} {about}", where, f"/lessons/{one.id}", 1.1)


def _books(course: Curriculum, given: Advice) -> Iterator[Entry]:
    """Yield the resources and their chapters, whose pages are the paths to them."""
    for resource in course.resources.values():
        short = given.short(resource)
        told = f"{resource.title} {short} {' '.join(resource.authors)}"
        of = ", ".join(resource.authors)
        yield Entry("books", resource.title, f"{resource.use} {told}", of, f"/resources/{resource.id}", 1.2)
        for chapter in resource.chapters:
            where = f"{short}, {resource.unit} {chapter.n}"
            goal = f"/path?goal={quote_plus(f'read {short} {resource.unit} {chapter.n}')}"
            yield Entry("books", chapter.title, f"{told} {resource.unit} {chapter.n}", where, goal, 0.9)


def index(entries: Iterable[Entry]) -> Index:
    """Return entries that can be searched."""
    kept = tuple(entries)
    titles = tuple(words(e.title) for e in kept)
    texts = tuple(words(f"{e.text} {e.where} {' '.join(e.also)}") for e in kept)
    others = tuple(frozenset(w for name in e.also for w in words(name)) for e in kept)
    vocabulary = sorted({w for them in (*titles, *texts) for w in them})
    return Index(kept, titles, texts, others, tuple(vocabulary))
