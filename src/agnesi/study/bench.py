"""The state of the workbench: the sheet, the tool that is open, and its settings; all of it stands in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

TOOLS = {"derive": "Derivative", "hessian": "Hessian", "check": "Check", "code": "Code", "plot": "Plot"}
GRAINS = {"fewer": "Fewer", "normal": "Normal", "all": "All"}
CHAINS = {"auto": "The shorter", "nested": "In one piece", "named": "Named parts"}
STRUCTURES = {"": "Any", "symmetric": "Symmetric", "diagonal": "Diagonal", "toeplitz": "Toeplitz"}
DEFAULTS = {"grain": "normal", "chain": "auto", "dialect": "agnesi"}
NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
LONG = 3_000  # letters of a sheet that still stand in an address


@dataclass(frozen=True)
class Bench:
    """What is on the workbench.

    `text` is the sheet, `do` the tool ("" for none), `wrt` the variables, `number` the statement that it is about
    (None: the main one), `along` the letters of a plot, `at` its point, `values` numbers for the other letters.
    """

    text: str = ""
    do: str = ""
    wrt: str = ""
    grain: str = "normal"
    chain: str = "auto"
    structure: str = ""
    dialect: str = "agnesi"
    number: int | None = None
    along: str = ""
    at: tuple[float, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)

    def query(self, with_text: bool = True) -> str:
        """Return the state as the query of an address, without what is as usual."""
        told: dict[str, Any] = {"text": self.text} if with_text else {}
        for name in ("do", "wrt", "grain", "chain", "structure", "dialect", "along"):
            value = getattr(self, name)
            if value and value != DEFAULTS.get(name):
                told[name] = value
        if self.number is not None:
            told["number"] = self.number
        if self.at:
            told["at"] = ", ".join(f"{v:g}" for v in self.at)
        told |= {f"v_{name}": f"{value:g}" for name, value in sorted(self.values.items())}
        return urlencode(told)

    def address(self, id: str = "") -> str:
        """Return the address of this state: of a sheet that is kept, else with the text in it."""
        query = self.query(with_text=not id)
        return f"/workbench{'/' + id if id else ''}{'?' + query if query else ''}"

    def data(self) -> dict[str, Any]:
        """Return what is kept with a sheet besides its text."""
        kept = {k: v for k, v in asdict(self).items() if k != "text" and v not in ("", None, (), {})}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in kept.items() if v != DEFAULTS.get(k)}

    def options(self) -> dict[str, Any]:
        """Return what `derivation` takes."""
        order = 2 if self.do == "hessian" else 1
        return {"wrt": self.wrt, "order": order, "grain": self.grain, "chain": self.chain,
                "structure": self.structure, "dialect": self.dialect, "number": self.number}  # fmt: skip


def bench_of(given: Mapping[str, Any], dialects: Mapping[str, str], text: str | None = None) -> Bench:
    """Return the state that an address, a form or a kept sheet tells; what is none of the choices is as usual.

    >>> bench_of({"text": "x^2", "do": "plot", "at": "1", "v_a": "2"}, {}).values
    {'a': 2.0}
    """

    def one(name: str, choices: Mapping[str, str], usual: str) -> str:
        value = str(given.get(name, usual))
        return value if value in choices else usual

    number = str(given.get("number", "") if given.get("number") is not None else "")
    at = given.get("at", "")
    numbers = [float(v) for v in at] if isinstance(at, list | tuple) else numbers_in(str(at))
    values = dict(given["values"]) if isinstance(given.get("values"), Mapping) else {}
    values |= {k[2:]: v for k, raw in given.items() if k.startswith("v_") for v in numbers_in(str(raw))[:1]}
    return Bench(
        text=str(given.get("text", "")).replace("\r\n", "\n") if text is None else text,
        do=one("do", TOOLS, ""), wrt=str(given.get("wrt", ""))[:200], grain=one("grain", GRAINS, "normal"),
        chain=one("chain", CHAINS, "auto"), structure=one("structure", STRUCTURES, ""),
        dialect=one("dialect", dialects, "agnesi"), number=int(number) if number.isdigit() else None,
        along=str(given.get("along", ""))[:40], at=tuple(numbers[:2]), values=values,
    )  # fmt: skip


def numbers_in(text: str) -> list[float]:
    """Return the numbers in a text: "1, 2.5" has two."""
    return [float(found.replace("−", "-")) for found in NUMBER.findall(text)]


def without_answer(bench: Bench) -> Bench:
    """Return the state with no tool open."""
    return replace(bench, do="")
