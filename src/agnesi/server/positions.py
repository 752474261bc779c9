"""Offsets in a text as positions of the protocol: a line and a column in units of UTF-16, or as was agreed on."""

from __future__ import annotations

from bisect import bisect_right

from lsprotocol import types

from agnesi.documents.records import source_of


class Lines:
    """The lines of a text. Offsets count its characters after line ends became \\n, as those of sources do."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        source = source_of("", text)
        self.text, self.starts = source.text, source.lines
        self.encoding = encoding

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        return types.Position(line, sum(map(self._units, self.text[self.starts[line] : offset])))

    def range(self, start: int, stop: int) -> types.Range:
        """Return the range of the characters [start, stop)."""
        return types.Range(self.position(start), self.position(stop))

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; what lies past the end of a line is its end."""
        if position.line >= len(self.starts):
            return len(self.text)
        at, units = self.starts[position.line], 0
        while units < position.character and at < len(self.text) and self.text[at] != "\n":
            units += self._units(self.text[at])
            at += 1
        return at

    def _units(self, character: str) -> int:
        if self.encoding == "utf-32":
            return 1
        if self.encoding == "utf-8":
            return len(character.encode("utf-8", "surrogatepass"))
        return 2 if ord(character) > 0xFFFF else 1
