"""Rewriting: the normal form, differentials and their transposition, matrix notation, steps, certificates."""
