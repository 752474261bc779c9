"""Linear algebra, worked: the algorithms as they are done on paper, exact, with their steps and what was checked."""

from agnesi.linalg.affine import implicit_form, intersection, solution_space
from agnesi.linalg.cholesky import cholesky, gaussian_sample
from agnesi.linalg.determinants import determinant
from agnesi.linalg.einsum import einsum
from agnesi.linalg.elimination import echelon, rref, singular
from agnesi.linalg.factorisations import ldl, lu
from agnesi.linalg.inverse import inverse
from agnesi.linalg.matrices import commute, kronecker, power, product, trace
from agnesi.linalg.matrix_laws import kronecker_laws, product_laws, trace_laws, vec_laws
from agnesi.linalg.spans import in_span, independent, orthogonal_complement, span_basis
from agnesi.linalg.subspaces import (
    column_space,
    four_subspaces,
    left_null_space,
    null_space,
    rank,
    rank_nullity,
    row_space,
)
from agnesi.linalg.systems import back_substitution, forward_substitution, solve
from agnesi.linalg.volume import signed_volume

__all__ = [
    "back_substitution", "cholesky", "column_space", "commute", "determinant", "echelon", "einsum",
    "forward_substitution", "four_subspaces", "gaussian_sample", "implicit_form", "in_span", "independent",
    "intersection", "inverse", "kronecker", "kronecker_laws", "ldl", "left_null_space", "lu", "null_space",
    "orthogonal_complement", "power", "product", "product_laws", "rank", "rank_nullity", "row_space", "rref",
    "signed_volume", "singular", "solution_space", "solve", "span_basis", "trace", "trace_laws", "vec_laws",
]
