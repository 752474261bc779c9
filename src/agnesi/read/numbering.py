"""Numbers and bullets before the lines of loose text, told from factors: `(b) y` where b is a letter of the text."""

from __future__ import annotations

import re

NUMBER = re.compile(
    r"[ \t]*(?P<mark>[-*•·+‣▪](?=[ \t])|\(\d{1,3}(?:\.\d{1,2})?\)(?=[ \t])|\d{1,3}[.)](?:\d{1,2}[.)]?)?(?=[ \t])"
    r"|\([a-h]\)(?=[ \t])|[a-h]\)(?=[ \t])"
    r"|\(?[ivx]{1,4}\)(?=[ \t])|\[\d{1,3}\](?=[ \t])|>(?=[ \t]+[A-Za-z]{3})"
    r"|(?:Step|Line|Part|Case|Claim|Eq|Equation|Problem|Exercise|Example|Question|Answer|Solution|Proof|Remark|Note"
    r"|Definition|Fact)\b\.?[ \t]*\(?(?:\d{1,3}(?:\.\d{1,2})?[a-h]?|[A-Ha-h]|[ivx]{1,4})?\)?[ \t]*(?:[.:)]|[-–—](?=\s))"
    r"|Q\d{1,3}[.)](?=[ \t]|$)|(?:Q|A|Ex|Sol|Ans)\.[ \t](?=[A-Za-z]{2}))[ \t]*",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"^[ \t]*\(([a-h]|[ivx]{1,4})\)(?=[ \t])", re.MULTILINE)
_DECIMAL = re.compile(r"^[ \t]*(\d{1,3})\.(\d{1,2})(?=[ \t])", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*-(?=[ \t]+\S)", re.MULTILINE)
_ALONE = re.compile(r"(?<![A-Za-z_{\\])([a-hivx])(?![A-Za-z'’])(?!\.[a-z])")
_ARTICLE = re.compile(r"a[ \t]+[A-Za-z]{3}")
_SIGNED_AFTER = re.compile(r"[=≤≥<>][ \t]*[-−]")
_ORDER = ("abcdefgh", ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"))


class Numbering:
    """What numbers the lines of a text."""

    def __init__(self, text: str) -> None:
        self.letters = {found[1] for found in _LETTERED.finditer(text)}
        self.decimals = {(int(found[1]), int(found[2])) for found in _DECIMAL.finditer(text)}
        self.bulleted = len(_BULLET.findall(text)) > 1
        self.used = _letters_in(text) if self.letters else set[str]()

    def end(self, line: str, at: int) -> int:
        """Return where the number or bullet at a place of a line ends; the place itself where there is none."""
        found = NUMBER.match(line, at)
        return at if found is None or self.counts(line, found) is False else found.end()

    def counts(self, line: str, found: re.Match[str]) -> bool:
        """Tell whether a mark only numbers its line: (b) y is no product, 1.5 x no paragraph, - x no minus."""
        mark = found["mark"]
        if mark == "-":
            return self.bulleted or not _SIGNED_AFTER.search(line)
        decimal = re.fullmatch(r"(\d+)\.(\d+)", mark)
        if decimal:
            first, last = int(decimal[1]), int(decimal[2])
            return bool({(first, last - 1), (first, last + 1)} & self.decimals)
        letter = re.fullmatch(r"\((\w+)\)", mark)
        if letter is None or letter[1] not in self.used:
            return True
        return any(self.follows(letter[1], order) for order in _ORDER)

    def follows(self, letter: str, order: str | tuple[str, ...]) -> bool:
        """Tell whether the letter before or after this one numbers a line as well."""
        if letter not in order:
            return False
        at = order.index(letter)
        return any(other in self.letters for other in (*order[max(0, at - 1) : at], *order[at + 1 : at + 2]))


def _letters_in(text: str) -> set[str]:
    """Return the letters that stand alone in a text, save as numbers of lines, references to them, or articles."""
    bare = re.sub(r"\([a-hivx]\)(?=[ \t])", " ", text)
    return {f[1] for f in _ALONE.finditer(bare) if not _ARTICLE.match(bare, f.start())}
