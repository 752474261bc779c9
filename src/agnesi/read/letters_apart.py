"""Letters that stand for other things than they seem to: log L, x' beside x, N_k beside N, H worked out anew."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.averages import declare_probabilities
from agnesi.read.bare_functions import with_bare_functions
from agnesi.read.brace_marks import with_background, with_round_brackets
from agnesi.read.counts import with_counts, with_entries, with_new_values, with_stages
from agnesi.read.entropy_of_a_bit import declare_numbers
from agnesi.read.initial_values import with_initial_values
from agnesi.read.listed_columns import declare_columns
from agnesi.read.log_names import with_log_names
from agnesi.read.note_parameters import with_parameters
from agnesi.read.numbered_roots import with_numbered_roots
from agnesi.read.partitions import with_partitions
from agnesi.read.primed_letters import with_primed_letters
from agnesi.read.squared_parameters import with_squared_parameters
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary


def letters_apart(lines: Sequence[list[Token]], source: str, words: Vocabulary) -> list[list[Token]]:
    """Return the formulas of a text with each letter for one thing."""
    declare_numbers(source, words)
    declare_probabilities(source, words)
    declare_columns(source, words)
    lines = with_partitions(with_background(with_round_brackets(lines)), source, words)
    lines = with_initial_values(with_squared_parameters(lines))
    lines = with_parameters(with_numbered_roots(lines, source, words), source, words)
    plain = with_log_names(with_new_values(with_entries(with_stages(lines, source), words), source), source, words)
    return with_counts(with_bare_functions(with_primed_letters(plain, words), words), words)
