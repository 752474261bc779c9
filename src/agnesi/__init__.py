"""Agnesi: the mathematics of machine learning, made to work.

    import agnesi as ag
    ag.gradient("‖Xw − y‖² + λ‖w‖²", "w")        # 2Xᵀ(Xw − y) + 2λw
    ag.derive("log det X", "X")                  # with steps and evidence
    ag.check("d log det X = tr(X dX)")           # each claim judged, the wrong one explained
    ag.check_documents("notes.md")               # every formula of a document
    ag.compile("2Xᵀ(X w − y)")                   # a fast function of arrays; .source shows it
    ag.linalg.solve("[1 2; 3 4]", "[5; 6]")      # as on paper: steps, answer, what was checked
    ag.draw.function("sin(x)/x")                 # a picture, and the same in words
    ag.results["mml-3-proj-line"]                # a result of a book, computed and compared

Strings are accepted wherever an expression is. The parts are loaded when they are first used, so that importing
the package costs next to nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agnesi import calculus as calculus
    from agnesi import draw as draw
    from agnesi import linalg as linalg
    from agnesi.checking import check as check
    from agnesi.compilation import compile as compile
    from agnesi.compilation import program as program
    from agnesi.derivation import Derivation as Derivation
    from agnesi.derivation import derivative as derivative
    from agnesi.derivation import derive as derive
    from agnesi.derivation import differential as differential
    from agnesi.derivation import directional as directional
    from agnesi.derivation import gradient as gradient
    from agnesi.derivation import hessian as hessian
    from agnesi.derivation import jacobian as jacobian
    from agnesi.dialects import dialects as dialects
    from agnesi.documents.verb import DocumentReports as DocumentReports
    from agnesi.documents.verb import check_documents as check_documents
    from agnesi.errors import AgnesiError as AgnesiError
    from agnesi.expr.nodes import Expr as Expr
    from agnesi.expr.nodes import symbol as symbol
    from agnesi.read.worksheet import read as read
    from agnesi.read.worksheet import worksheet as worksheet
    from agnesi.results import results as results
    from agnesi.run.compiled import Compiled as Compiled
    from agnesi.second_order import hvp as hvp
    from agnesi.second_order import newton_step as newton_step
    from agnesi.second_order import operator as operator
    from agnesi.write import write as write

__version__ = "0.2.0"

_HOMES = {
    "Derivation": "agnesi.derivation", "derivative": "agnesi.derivation", "derive": "agnesi.derivation",
    "differential": "agnesi.derivation", "directional": "agnesi.derivation", "gradient": "agnesi.derivation",
    "hessian": "agnesi.derivation", "jacobian": "agnesi.derivation", "dialects": "agnesi.dialects",
    "AgnesiError": "agnesi.errors", "Expr": "agnesi.expr.nodes", "symbol": "agnesi.expr.nodes", "read": "agnesi.read",
    "check": "agnesi.checking", "check_documents": "agnesi.documents.verb",
    "DocumentReports": "agnesi.documents.verb", "worksheet": "agnesi.read", "write": "agnesi.write",
    "compile": "agnesi.compilation", "program": "agnesi.compilation",
    "Compiled": "agnesi.run.compiled", "hvp": "agnesi.second_order", "newton_step": "agnesi.second_order",
    "results": "agnesi.results",
    "operator": "agnesi.second_order", "draw": "agnesi.draw",
    "linalg": "agnesi.linalg", "calculus": "agnesi.calculus",
}  # fmt: skip
__all__ = sorted(_HOMES)


def _public(name: str) -> Any:
    """Load a public name on first use, together with what expressions borrow from higher layers."""
    if not _HOMES[name].startswith("agnesi.documents"):  # what was judged before is shown without any mathematics
        import_module("agnesi.show")
    home = import_module(_HOMES[name])
    return getattr(home, name, home)  # a package is public as it is: ag.draw.function(...)


class _Face(ModuleType):
    """The public names as properties: so `ag.read` is the verb also after its package agnesi.read was imported."""


def _property(name: str) -> property:
    return property(lambda self: _public(name), lambda self, value: None)


for _name in _HOMES:
    setattr(_Face, _name, _property(_name))
sys.modules[__name__].__class__ = _Face


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook the magics %agnesi and %%agnesi; `%load_ext agnesi` calls it."""
    import_module("agnesi.magic").register(shell)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
