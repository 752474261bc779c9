"""Linear algebra, worked: the algorithms as they are done on paper, exact, with their steps and what was checked."""

from agnesi.linalg.affine import implicit_form, intersection, solution_space
from agnesi.linalg.bases import change_basis, coordinates, map_in_bases
from agnesi.linalg.cholesky import cholesky, gaussian_sample
from agnesi.linalg.determinants import determinant
from agnesi.linalg.diagonal import diagonalise, spectral
from agnesi.linalg.eigenvalues import characteristic_polynomial, eigen
from agnesi.linalg.einsum import einsum
from agnesi.linalg.elimination import echelon, is_singular, rref
from agnesi.linalg.factorisations import ldl, lu
from agnesi.linalg.function_space import function_inner, gram_functions, orthogonal_functions
from agnesi.linalg.gram_schmidt import gram_schmidt, qr
from agnesi.linalg.inverse import inverse
from agnesi.linalg.jordan import jordan_form
from agnesi.linalg.least_squares import least_squares, pseudoinverse
from agnesi.linalg.lengths import angle, cauchy_schwarz, cosine_rule, distance, inner, inner_product_axioms, norm
from agnesi.linalg.low_rank import eckart_young, low_rank
from agnesi.linalg.markov import markov_steps, power_iteration, stationary
from agnesi.linalg.matrices import commute, kronecker, power, product, trace
from agnesi.linalg.matrix_laws import kronecker_laws, product_laws, trace_laws, vec_laws
from agnesi.linalg.matrix_powers import matrix_exponential, power_by_eigenbasis
from agnesi.linalg.page_rank import link_matrix, pagerank
from agnesi.linalg.projections import project, projection_matrix, reflection_matrix, scalar_projection
from agnesi.linalg.quadratic_forms import definiteness, level_axes
from agnesi.linalg.rotations import both_orders, givens, mirror, rotation
from agnesi.linalg.singular import condition, numerical_rank, svd
from agnesi.linalg.spans import in_span, independent, orthogonal_complement, span_basis
from agnesi.linalg.squares import complete_squares
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
from agnesi.worked.arguments import tell_wrong_arguments

__all__ = [
    "angle", "back_substitution", "both_orders", "cauchy_schwarz", "change_basis", "characteristic_polynomial",
    "cholesky", "column_space", "commute", "complete_squares", "condition", "coordinates", "cosine_rule",
    "definiteness", "determinant", "diagonalise", "distance", "echelon", "eckart_young", "eigen", "einsum",
    "forward_substitution", "four_subspaces", "function_inner", "gaussian_sample", "givens", "gram_functions",
    "gram_schmidt", "implicit_form", "in_span", "independent", "inner", "inner_product_axioms", "intersection",
    "inverse", "is_singular", "jordan_form", "kronecker", "kronecker_laws", "ldl", "least_squares", "left_null_space",
    "level_axes", "link_matrix", "low_rank", "lu", "map_in_bases", "markov_steps", "matrix_exponential", "mirror",
    "norm", "null_space", "numerical_rank", "orthogonal_complement", "orthogonal_functions", "pagerank", "power",
    "power_by_eigenbasis", "power_iteration", "product", "product_laws", "project", "projection_matrix",
    "pseudoinverse", "qr", "rank", "rank_nullity", "reflection_matrix", "rotation", "row_space", "rref",
    "scalar_projection", "signed_volume", "solution_space", "solve", "span_basis", "spectral",
    "stationary", "svd", "trace", "trace_laws", "vec_laws",
]

tell_wrong_arguments(globals(), __all__)
