"""Joint tables of a binary channel's input and output, and of a variable that is a function of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.check.worlds_numbers import values_of
from agnesi.check.worlds_scan import Channel
from agnesi.check.worlds_tables import Table
from agnesi.errors import NotNumeric

NEVER = 1e-300  # stands for the probability 0, so that p log p is 0


def channel_table(channel: Channel, names: Sequence[str], values: dict[str, Any], rng: np.random.Generator) -> Table:
    """Return the joint table of the input and output of a channel; its letters get `values`.

    Raises `NotNumeric` where something else is random.
    """
    if not set(names) <= {channel.source, channel.output}:
        raise NotNumeric("What else is random beside the input and output of the channel is not said.")
    wanted = [channel.error, *([channel.ones] if channel.ones is not None else [])]
    drawn = dict(values)
    found = values_of(wanted, rng, drawn)
    if found is None:
        raise NotNumeric("No channel was found with these probabilities.")
    values.update(drawn)
    error, ones = found[0], found[1] if len(found) > 1 else float(rng.integers(2, 9)) / 10
    rows = [[1 - error, error], [error, 1 - error]]
    if channel.kind == "erasure":
        rows = [[1 - error, NEVER, error], [NEVER, 1 - error, error]]
    joint = Table((channel.source, channel.output), np.array([[1 - ones], [ones]]) * np.array(rows))
    key, array = joint.marginal(list(names))
    return Table(key, array)


def mapped(table: Table, maps: Sequence[tuple[str, str]], rng: np.random.Generator) -> Table:
    """Return a table in which Y is a function of X, for each pair (Y, X); it takes some values more than once."""
    names, array = table.names, table.array
    for y, x in maps:
        if y not in names or x not in names:
            continue
        at, of = names.index(y), names.index(x)
        count, many = array.shape[at], array.shape[of]
        taken = rng.permutation(np.arange(many) % count)
        held = np.moveaxis(np.full(array.shape, NEVER), (of, at), (0, 1))
        total = np.moveaxis(array.sum(axis=at, keepdims=True), (of, at), (0, 1))[:, 0]
        for k in range(many):
            held[k, taken[k]] = total[k]
        array = np.moveaxis(held, (0, 1), (of, at))
    return Table(names, array) if array is not table.array else table
