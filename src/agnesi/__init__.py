"""Agnesi: the mathematics of machine learning, made to work.

    import agnesi as ag
    ag.gradient("‖Xw − y‖² + λ‖w‖²", "w")        # 2Xᵀ(Xw − y) + 2λw
    ag.derive("log det X", "X")                  # with steps and evidence

Strings are accepted wherever an expression is.
"""

from agnesi import show as _show  # noqa: F401  (lends the display of derivations to notebooks)
from agnesi.derivation import Derivation as Derivation
from agnesi.derivation import derivative as derivative
from agnesi.derivation import derive as derive
from agnesi.derivation import differential as differential
from agnesi.derivation import directional as directional
from agnesi.derivation import gradient as gradient
from agnesi.derivation import hessian as hessian
from agnesi.derivation import jacobian as jacobian
from agnesi.dialects import dialects as dialects
from agnesi.errors import AgnesiError as AgnesiError
from agnesi.expr.nodes import Expr as Expr
from agnesi.expr.nodes import symbol as symbol
from agnesi.expr.nodes import surfaces as _surfaces
from agnesi.read import read as read
from agnesi.read import worksheet as worksheet
from agnesi.run.evaluate import evaluate as _evaluate
from agnesi.write import write as write

__version__ = "0.1.0"

_surfaces["write"] = write
_surfaces["evaluate"] = _evaluate
