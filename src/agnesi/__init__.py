"""Agnesi: the mathematics of machine learning, made to work."""

__version__ = "0.1.0"
