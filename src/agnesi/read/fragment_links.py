"""How a formula hangs on what stands before it: whether the words present it, and what they say that it is.

The links are those of `Fragment`: "so", "zero", "suppose", "where", "claim", "since", "continues", or nothing.
"""

from __future__ import annotations

import re

from agnesi.read.conditions import MOMENT, limits, restricts, solved_for
from agnesi.read.edges import word_like
from agnesi.read.english import (
    GOES_ON,
    INTRODUCES,
    LASTING,
    MAKES_ZERO,
    OPTIMUM,
    OTHER_CASE,
    SIDES,
    STATES,
    ZERO,
    link_of,
    words,
)
from agnesi.read.fragment import Fragment
from agnesi.read.joins import LONE, PROBLEM
from agnesi.read.layout import Page
from agnesi.read.loose_tokens import RELATIONS
from agnesi.read.names import Item

ZERO_RIGHT = re.compile(r"(?:=|\\equiv|≡)\s*(?:0|\\mathbf\{?0\}?|𝟎|\\boldsymbol\{0\})\s*$")
LEFT_NAME = re.compile(r"\s*\(?\s*([^\W\d_][\w{}\\^']{0,12})\s*(?:\([^=]{0,40}\))?\s*&?(?::?=|≔)(?!=)")
_AFTER = words("since because by as and so hence thus then therefore which using for if when where with but")
_EXTREME = re.compile(r"\b(?:max\w*|min\w*|largest|smallest)\s+(?:value )?of\b[^.;:]*\bis\s*$", re.IGNORECASE)
_VALUE = re.compile(r"=\s*[\d.]+\s*$")
MAX_SAID = 200  # letters of words before a formula


class Links:
    """What was said since the last fragment, and the link that it makes for the next one."""

    def __init__(self, page: Page) -> None:
        self.page, self.out = page, list[Fragment]()
        self.defined: set[str] = set()
        self.since = 0  # where the words begin that say what the next formula is
        self.link = ""  # the link that goes on over commas
        self.line, self.counted = 1, 0
        self.items: list[Item] = []
        self.alone = False  # the row is one formula and no words
        self.seen: dict[str, bool] = {}  # whether a word stands beside an operator

    def link_now(self, item: Item) -> str:
        """Return the link that the words so far make, for what starts at `item`."""
        if item.kind != "M":
            return ""
        return link_of(self.words(item.start)) or ""

    def words(self, at: int) -> str:
        """Return what was said since the last fragment."""
        return self.page.text[max(self.since, at - MAX_SAID) : at]

    @property
    def lasting(self) -> bool:
        """Tell whether the words of the last fragment hold for what follows a comma (where a = 1, b = 2)."""
        return bool(self.out and LASTING.search(self.out[-1].said))

    def link_for(self, said: str, piece: str, begins: bool, k: int) -> str:
        """Return how a formula hangs on what stands before it."""
        if ZERO.search(said):
            return "zero"
        ends = bool(ZERO_RIGHT.search(piece))
        if ends and OPTIMUM.match(self.page.text[self.items[k].stop : self.items[k].stop + 60].lstrip(" ,")):
            return "zero"
        if ends and (OPTIMUM.search(said) or MAKES_ZERO.search(said)) and not LONE.match(piece.split("=")[0]):
            return "zero"
        found = link_of(said)
        found = "suppose" if found in ("so", "", None) and solved_for(said, piece) else found
        if found == "since" and re.search(r"(?i)\bdenot\w+\b[^.;]*\bby\s*$", said):
            found = "where"
        if found == "since" and "," in re.split(r"\b(?:since|because|as)\b", said)[-1]:
            found = ""
        if found == "since" and re.search(r"→|->|\\to(?![a-z])|\\rightarrow", piece):
            found = "suppose"  # as n → ∞
        named = re.search(r"\b(?:for|with probability)\s*$", said) and LEFT_NAME.match(piece)
        if found == "suppose" and named and not _VALUE.search(piece):
            found = "where"
        if "<-" in piece or "←" in piece:
            found = "where"
        if OPTIMUM.search(said) and found in (None, "", "suppose", "since"):
            return "suppose"
        if not RELATIONS.search(piece) and GOES_ON.search(said[-120:]) and not OTHER_CASE.search(said[-120:]):
            return "continues"
        if found == "where" and re.search(r"(?i)\b(?:with|let|where|here)\s*$", said) and restricts(piece, said):
            return "suppose"
        if found is None:
            self.link = "" if self.link in ("suppose", "where", "since") and STATES.match(said) else self.link
            found = self.link
        if not found and (limits(self.items, k, piece, self.defined) or (k and self.constrains(piece, k))):
            return "suppose"
        self.link = found
        return found

    def constrains(self, piece: str, k: int) -> bool:
        """Tell whether a formula in a list after a definition is a condition: p = softmax(z), ∑_k y_k = 1."""
        before = self.out[-1] if self.out else None
        if self.items[k - 1].text != "," or before is None or before.kind != "formula":
            return False
        left = piece.split("=")[0].strip()
        moment = MOMENT.match(piece)
        if moment and moment[1] in self.defined:
            return False
        if before.link == "suppose" and moment and MOMENT.match(before.text):
            return True
        name = LEFT_NAME.match(before.text)
        ends = re.search(r"[^=<>≤≥]=\s*[01]$", piece)
        return bool(name and ends and not LONE.match(left) and not re.match(rf"{re.escape(name[1])}\b", left))

    def presented(self, piece: str, said: str, k: int) -> bool:
        """Tell whether an expression without a relation is presented as a result, or stands alone on its line."""
        if self.alone:
            return True
        if LONE.match(piece):
            return False
        if k == 0 and self.goes_on_below(piece):
            return True
        if k and self.items[k - 1].kind == "W" and self.items[k - 1].text in SIDES:
            return True
        if re.search(r"(?:=|\\equiv)\s*&?\s*$", said) or PROBLEM.match(piece) or re.match(r"\\?arg\s*\\?m", piece):
            return True
        if k + 1 < len(self.items) and self.items[k + 1].kind == "W" and self.items[k + 1].text not in _AFTER:
            return False  # "this is Var(v) under p": what follows may change it
        if _EXTREME.search(said):
            return False
        return bool(INTRODUCES.search(said[-60:])) and not re.search(r"\bso (?:is|are)\s*$", said)

    def goes_on_below(self, piece: str) -> bool:
        """Tell whether the next line begins with a relation sign: this one begins the chain, whatever it says after."""
        text, item = self.page.text, self.items[0]
        end = text.find("\n", item.stop)
        able = re.search(r"[-+−*/^=∫∑∏√²³ᵀ(]|\\(?:int|sum|prod|frac)|\d", piece)
        below = re.compile(r"[ \t\n&]*").match(text, end) if end > 0 else None
        return bool(able and below and RELATIONS.match(text, below.end()))

    def line_of(self, at: int) -> int:
        """Return the line of a place; places are asked for in order."""
        if at < self.counted:
            return self.page.text.count("\n", 0, at) + 1
        self.line += self.page.text.count("\n", self.counted, at)
        self.counted = at
        return self.line

    def give(self, one: Fragment) -> None:
        """Take a fragment in; a word such as Jo that no formula has is no name."""
        if one.kind in ("declaration", "fact") and any(word_like(n) and not self.computed(n) for n in one.names):
            return
        self.out.append(one)

    def computed(self, name: str) -> bool:
        """Tell whether a name stands beside an operator somewhere in the text."""
        if name in self.seen:
            return self.seen[name]
        beside = rf"(?<!\w){name}\s*[-+*/=^_(\[{{'ᵀ:,~∈<>≤≥]|[-+*/=(,|]\s*{name}(?!\w)"
        self.seen[name] = bool(re.search(beside, self.page.text))
        return self.seen[name]
