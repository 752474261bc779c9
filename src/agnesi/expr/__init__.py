"""Expressions: nodes, dims, and the records of operations."""
