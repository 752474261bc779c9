"""What a person practised, and what they are likely to remember of it: pure functions of a log of reviews.

A `State` is made from its reviews alone, one `Card` for each family of exercises. Nothing here knows the web or the
database.
"""

from agnesi.memory.exchange import exported, imported, merged
from agnesi.memory.mastery import mastery
from agnesi.memory.queue import due, fresh
from agnesi.memory.record import Card, Review, Settings, Skill, State
from agnesi.memory.schedule import graded, recalled, replayed, reviewed

__all__ = [
    "Card", "Review", "Settings", "Skill", "State", "due", "exported", "fresh", "graded", "imported", "mastery",
    "merged", "recalled", "replayed", "reviewed",
]  # fmt: skip
