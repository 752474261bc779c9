r"""Markdown into paragraphs.

markdown-it-py finds the blocks, with the plugins for front matter and footnotes; formulas are found before it
(`markdown_spans`) and hidden from it. The plugins dollarmath and amsmath are not used: they do not tell where in a
line a formula stands, know no \(...\), and see only displays that begin a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from agnesi.documents.build import Builder
from agnesi.documents.macros import Macros
from agnesi.documents.markdown_spans import BEGIN, INSIDE, Finder, Found, masked, said
from agnesi.documents.records import LIMITS, Document, Limits, Source, Weave

FENCES = {"math": "", "latex": "", "tex": "", "agnesi": "agnesi"}  # what fenced blocks hold formulas, and which
BIBLIOGRAPHY = frozenset(("references", "bibliography", "literature", "further reading", "works cited", "sources"))
_CLOSED = frozenset(("table", "footnote_reference", "footnote_block", "dl"))  # blocks in which nothing is read
_OPTION = re.compile(r":[a-z-]+:")  # of the directive {math}
_INSIDE = re.compile(f"[ \\t]*{INSIDE}")
_PIECE = re.compile(f"{BEGIN}{INSIDE}*|[ \\t]*{INSIDE}+|\n|[^{BEGIN}{INSIDE}\n]+")
_DROPPED = frozenset(("image", "autolink", "html_inline", "backticks", "footnote_ref", "footnote_inline", "escape"))

Rule = Callable[[StateInline, bool], bool]


def read_markdown(source: Source, limits: Limits = LIMITS) -> Document:
    """Return a Markdown file as a document."""
    builder = Builder(source.path, limits)
    builder.files.append(source.path)
    MarkdownReader(builder).read(source)
    return builder.document()


class MarkdownReader:
    """Reads one source after the other into a builder; macros, sections and markers last from one to the next."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.macros = Macros(builder.limits, builder.notice)
        self.parser = _parser(builder.limits)
        self.bibliography = 0  # the level of a heading "References", below which nothing is read

    def read(self, source: Source) -> None:
        """Read a source."""
        if len(source.text) > self.builder.limits.file_size:
            words = f"The file is not read: {len(source.text)} characters are too many."
            self.builder.notice("limit", words, source, 0)
            return
        finder = Finder(source)
        found = finder.spans()
        for words, at in finder.unclosed:
            self.builder.notice("unclosed", words, source, at)
        _Walk(self, source, found, masked(source, found)).run()


class _Walk:
    """Goes through the blocks of a source."""

    def __init__(self, reader: MarkdownReader, source: Source, found: list[Found], text: str) -> None:
        self.reader, self.builder, self.source = reader, reader.builder, source
        self.found = {one.outer: one for one in found}
        self.text, self.lines = text, text.split("\n")
        self.env: dict[str, Any] = {}  # what links and footnotes refer to

    def run(self) -> None:
        """Read all blocks."""
        closed = deepest = 0
        kept = ""
        for token in self.reader.parser.parse(self.text, self.env):
            deepest = max(deepest, token.level)
            name = token.type.removesuffix("_open").removesuffix("_close")
            if name in _CLOSED:
                closed += token.nesting
            elif closed:
                continue
            elif token.type == "heading_open":
                kept = token.tag
            elif token.type == "inline":
                self.inline(token, int(kept[1:]) if kept else 0)
                kept = ""
            elif token.type == "fence":
                self.fence(token)
            elif token.type in ("list_item_open", "blockquote_open", "blockquote_close", "bullet_list_close", "hr"):
                self.builder.end()
            elif token.type in ("paragraph_close", "html_block", "code_block"):
                self.builder.pause()
        if deepest + 1 >= self.builder.limits.nesting:
            words = f"Lists and block quotes are nested {deepest + 1} deep; what is deeper is not read."
            self.builder.notice("limit", words, self.source, 0)

    def inline(self, token: Token, level: int) -> None:
        """Read the text of a paragraph or heading."""
        first = token.map[0] if token.map else 0
        content = token.content
        if level:
            self.heading(content, first, level)
            return
        if self.reader.bibliography:
            return
        self.builder.pause()
        dropped = _dropped(self.reader.parser, content, self.env)
        k = 0
        for offset, start, stop in self.parts(content, first):
            k = self.part(start, stop, offset, dropped, k)

    def heading(self, content: str, first: int, level: int) -> None:
        """Open a section."""
        at = self.lines[first].find(content.split("\n")[0])
        start = self.source.lines[first] + max(at, 0)
        bare = re.sub(r"[^a-z ]", "", content.lower()).strip()
        if self.reader.bibliography == 0 or level <= self.reader.bibliography:
            self.reader.bibliography = level if bare in BIBLIOGRAPHY else 0
        out = Weave()
        out.copy(self.source, start, start + len(content.split("\n")[0]))
        self.builder.heading(out.traced(), level)

    def parts(self, content: str, first: int) -> Iterator[tuple[int, int, int]]:
        """Yield (offset in the content, start and stop in the source) of its words and formulas."""
        at = 0
        for k, line in enumerate(content.split("\n")):
            masked_line = self.lines[first + k] if first + k < len(self.lines) else ""
            column = len(masked_line.rstrip()) - len(line.rstrip())
            start = self.source.lines[min(first + k, len(self.source.lines) - 1)] + max(column, 0)
            for found in _PIECE.finditer(line):
                if found.group()[0] == BEGIN or INSIDE not in found.group():
                    yield at + found.start(), start + found.start(), start + found.end()
            at += len(line) + 1
            if at <= len(content) and not _INSIDE.match(content, at):
                end = self.source.lines[first + k] + len(masked_line)
                yield at - 1, end, end + 1

    def part(self, start: int, stop: int, offset: int, dropped: list[tuple[int, int]], k: int) -> int:
        """Give words, save what was dropped of them, or a formula or marker; return the next span that is dropped."""
        while k < len(dropped) and dropped[k][1] <= offset:
            k += 1
        one = self.found.get(start)
        if one is not None:
            if k == len(dropped) or offset < dropped[k][0]:
                self.formula(one)
            return k
        at, shift = start, start - offset
        while k < len(dropped) and dropped[k][0] + shift < stop:
            self.words(at, max(at, dropped[k][0] + shift))
            at = dropped[k][1] + shift
            if at > stop:
                return k
            k += 1
        self.words(at, stop)
        return k

    def words(self, start: int, stop: int) -> None:
        """Give words of the source."""
        out = Weave()
        out.copy(self.source, start, min(stop, len(self.source.text)))
        if out.length:
            self.builder.prose(out.traced())

    def formula(self, one: Found) -> None:
        """Give a formula or a marker."""
        text = said(self.source, one)
        if one.kind == "marker":
            if text.text:
                self.builder.marker(text.text, text)
            return
        text = self.reader.macros.expanded(text)
        if text.runs:
            self.builder.formula(one.kind, text, one.environment)

    def fence(self, token: Token) -> None:
        """Read a fenced block that holds formulas."""
        language = token.info.strip().split(" ")[0].lower().strip("{}.")
        if language not in FENCES or token.map is None or self.reader.bibliography:
            self.builder.pause()
            return
        out, lines = Weave(), token.content.removesuffix("\n").split("\n")
        for k, line in enumerate(lines, token.map[0] + 1):
            if not out.length and _OPTION.match(line):
                continue
            full = self.lines[k] if k < len(self.lines) else ""
            start = self.source.lines[min(k, len(self.source.lines) - 1)] + max(0, len(full) - len(line))
            out.copy(self.source, start, start + len(line) + (k - token.map[0] < len(lines)))
        text = out.traced()
        if text.runs:
            text = text if FENCES[language] else self.reader.macros.expanded(text)
            self.builder.formula("display", text, FENCES[language])


def _parser(limits: Limits) -> MarkdownIt:
    """Return a parser of blocks; text within them is parsed one by one, for the places of what is dropped."""
    parser = MarkdownIt("commonmark", {"maxNesting": limits.nesting}).enable(["table", "strikethrough"])
    parser.use(front_matter_plugin).use(footnote_plugin)
    parser.core.ruler.enableOnly(["normalize", "block"])
    names = parser.inline.ruler.get_active_rules()
    for name, rule in zip(names, parser.inline.ruler.getRules(""), strict=True):
        if name in _DROPPED or name in ("link", "emphasis"):
            parser.inline.ruler.at(name, _noting(name, rule))
    return parser


def _noting(name: str, rule: Rule) -> Rule:
    """Return an inline rule that also notes where in the text what it drops stands."""

    def noted(state: StateInline, silent: bool) -> bool:
        before, label = state.pos, -1
        if name == "link" and not silent and state.src[before] == "[":
            label = state.md.helpers.parseLinkLabel(state, before, True)
        done = rule(state, silent)
        if not done or silent or state.src is not state.env.get("text"):
            return done
        if name == "emphasis":
            for k in range(state.pos - before):
                state.tokens[len(state.tokens) - (state.pos - before) + k].meta["at"] = before + k
        elif name == "link":
            state.env["dropped"] += [(before, before + 1), (label, state.pos)]
        elif name == "escape":
            state.env["dropped"].append((before, before + 1))
        else:
            state.env["dropped"].append((before, state.pos))
        return done

    return noted


def _dropped(parser: MarkdownIt, content: str, env: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the spans of a text that are no words: code, images, links' targets, HTML, marks of emphasis."""
    if not re.search(r"[\\`*_\[<!^~]", content):
        return []
    spans: list[tuple[int, int]] = []
    env.update(text=content, dropped=spans)
    tokens: list[Token] = []
    parser.inline.parse(content, parser, env, tokens)
    for token in tokens:
        at = token.meta.get("at") if token.meta else None
        if isinstance(at, int):
            if token.type in ("em_open", "em_close"):
                spans.append((at, at + 1))
            elif token.type == "strong_open":
                spans.append((at - 1, at + 1))
            elif token.type == "strong_close":
                spans.append((at, at + 2))
    apart: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if apart and a < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(b, apart[-1][1]))
        else:
            apart.append((a, b))
    return apart
