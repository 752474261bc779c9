"""Lessons: text files, one idea each, in which the engine makes and checks everything that can be made and checked.

`record` and `reading` know the format and load no mathematics; `parts` fills a lesson in, `checking` judges it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from agnesi.lessons.reading import lessons as lessons
from agnesi.lessons.reading import neighbours as neighbours
from agnesi.lessons.reading import read_lesson as read_lesson
from agnesi.lessons.record import Lesson as Lesson
from agnesi.lessons.record import LessonFault as LessonFault

if TYPE_CHECKING:
    from agnesi.lessons.checking import check_lesson as check_lesson
    from agnesi.lessons.parts import made as made

_HOMES = {"check_lesson": "agnesi.lessons.checking", "made": "agnesi.lessons.parts"}


def __getattr__(name: str) -> Any:
    """Load what brings the mathematics when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"agnesi.lessons has no {name}")
    return getattr(import_module(_HOMES[name]), name)
