"""Sentences of errors that are written only where they are read: the same text, also through pickle."""

import pickle

import pytest

import agnesi as ag
import agnesi.ops
from agnesi.errors import AgnesiError, ShapeError
from agnesi.expr.nodes import apply, symbol


def test_a_misfit_is_told_with_its_repair():
    A, B = symbol("A", ("n", "m")), symbol("B", ("n", "k"))
    with pytest.raises(ShapeError) as caught:
        apply("mul", A, B)
    said = "Cannot multiply A and B: A is n×m, B is n×k; the inner sizes m and n differ. Try AᵀB."
    assert str(caught.value) == said
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is ShapeError and str(again) == said and again.repair == "Try AᵀB."


def test_the_text_is_written_once_and_only_when_read():
    count = []
    error = AgnesiError(lambda: f"It was read {count.append(1) or len(count)} time.", repair=lambda: "Do not read it.")
    assert not count
    first = str(error)
    assert first == str(error) == "It was read 1 time. Do not read it."
    assert len(count) == 1
    error.what, error.repair = "Other.", ""
    assert str(error) == "Other."


def test_what_is_read_is_told_by_check():
    report = ag.check("A : n×m, B : n×k\nA B = B A")
    assert "Cannot multiply" in str(report)
