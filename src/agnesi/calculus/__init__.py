"""Multivariate calculus as it is done on paper: every step shown, exact where hands would be exact, and checked.

`functions` reads functions and points; the other modules have one subject each: limits, derivatives, chain rules
along a graph, Jacobians and Hessians, critical points, Taylor polynomials, Newton's method, descent, multipliers,
fits, backpropagation, integrals, convexity.
"""
