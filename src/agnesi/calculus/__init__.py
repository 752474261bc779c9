"""Multivariate calculus as it is done on paper: every step shown, exact where hands would be exact, and checked.

`functions` reads functions and points; the other modules have one subject each: limits, derivatives, chain rules
along a graph, Jacobians and Hessians, critical points, Taylor polynomials, Newton's method, descent, multipliers,
fits, backpropagation, integrals, convexity.
"""

from agnesi.calculus.backprop import backpropagate, network, train_network
from agnesi.calculus.chain import single_chain, total_derivative, vector_chain
from agnesi.calculus.conjugates import conjugate, sum_conjugate
from agnesi.calculus.convex import convexity
from agnesi.calculus.critical import critical_points
from agnesi.calculus.derivatives import derivative, derivative_rules
from agnesi.calculus.descent import gradient_descent, quadratic
from agnesi.calculus.differences import difference_errors
from agnesi.calculus.elementwise import derivative_shapes, elementwise, identity_jacobian, scalar_expansion, vector_sum
from agnesi.calculus.fitting import fit_line, misfit, misfit_table
from agnesi.calculus.graphs import forward_mode, graph, reverse_mode
from agnesi.calculus.integrals import double_integral, integral
from agnesi.calculus.jacobians import directional, gradient, hessian, jacobian
from agnesi.calculus.kkt import kkt
from agnesi.calculus.lagrange import lagrange
from agnesi.calculus.limits import first_principles, limit
from agnesi.calculus.linearise import linearise, propagate_error
from agnesi.calculus.neuron import neuron_gradient, neuron_loss, train_neuron
from agnesi.calculus.newton import newton, newton_minimum
from agnesi.calculus.nonlinear import fit_curve, fit_gaussian, gaussian_jacobian
from agnesi.calculus.programs import linear_program, quadratic_program
from agnesi.calculus.series import power_series
from agnesi.calculus.solving import solve_system
from agnesi.calculus.stochastic import stochastic_descent
from agnesi.calculus.taylor import taylor, taylor_errors, taylor_pieces
from agnesi.worked.arguments import tell_wrong_arguments

__all__ = [
    "backpropagate", "conjugate", "convexity", "critical_points", "derivative", "derivative_rules",
    "derivative_shapes", "difference_errors", "directional", "double_integral", "elementwise", "first_principles",
    "fit_curve", "fit_gaussian", "fit_line", "forward_mode", "gaussian_jacobian", "gradient", "gradient_descent",
    "graph", "hessian", "identity_jacobian", "integral", "jacobian", "kkt", "lagrange", "limit", "linear_program",
    "linearise", "misfit", "misfit_table", "network", "neuron_gradient", "neuron_loss", "newton", "newton_minimum",
    "power_series", "propagate_error", "quadratic", "quadratic_program", "reverse_mode", "scalar_expansion",
    "single_chain", "solve_system", "stochastic_descent", "sum_conjugate", "taylor", "taylor_errors",
    "taylor_pieces", "total_derivative", "train_network", "train_neuron", "vector_chain", "vector_sum",
]

tell_wrong_arguments(globals(), __all__)
