"""Families of a teacher's own: those that the files of a course folder declare, beside those of Agnesi."""

from __future__ import annotations

from pathlib import Path

from agnesi.course.folder import course_folder, read_text
from agnesi.errors import AgnesiError
from agnesi.exercises.declared import declared
from agnesi.exercises.record import Family
from agnesi.exercises.registry import add, families, remove

_in_use: dict[str, tuple[str, ...]] = {}  # of one folder and stamp, the ids that were added
_faults: list[str] = []


def use_folder(path: str = "", stamp: str = "") -> list[str]:
    """Add the families of a folder, and take away those of another; return a sentence for each that does not fit.

    With the same path and stamp as the last time it does nothing.
    """
    key = f"{path}\0{stamp}"
    if key in _in_use or (not path and not _in_use):
        return list(_faults)
    for added in _in_use.values():
        remove(added)
    _in_use.clear()
    _faults.clear()
    found = course_folder(Path(path)) if path else None
    ids: list[str] = []
    for file in found.families if found else ():
        for family in _of(file):
            if family.id in families():
                _faults.append(f"{file.name}: there is an exercise family {family.id} already. Take another id.")
                continue
            add([family])
            ids.append(family.id)
    _in_use[key] = tuple(ids)
    return list(_faults)


def _of(file: Path) -> tuple[Family, ...]:
    try:
        return declared(read_text(file))
    except AgnesiError as error:
        _faults.append(f"{file.name}: {error}")
        return ()
