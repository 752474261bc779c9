"""The verb `check_documents`: files and folders judged, and the reports of all of them in one record."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agnesi.documents.cache import FOLDER
from agnesi.documents.files import READERS, NoDocument, Progress, check_files, paths_of
from agnesi.documents.formats import data_of, junit_of, sarif_of, show_reports
from agnesi.documents.report import DocumentReport

KINDS = ", ".join(READERS)


@dataclass(frozen=True)
class DocumentReports:
    """The reports of several files, and the forms in which they are written."""

    reports: tuple[DocumentReport, ...]

    def __iter__(self) -> Any:
        return iter(self.reports)

    def __len__(self) -> int:
        return len(self.reports)

    def __str__(self) -> str:
        return self.show()

    def failed(self, strict: bool = False) -> bool:
        """Tell whether something is wrong in a file; with `strict`, also whether something was not read."""
        return any(r.failed(strict) for r in self.reports)

    def status(self, strict: bool = False) -> int:
        """Return the exit status of a check: 1 where something is wrong, 2 where a file cannot be read, else 0."""
        if any(r.wrong for r in self.reports):
            return 1
        return 2 if any(r.failure for r in self.reports) else int(self.failed(strict))

    def show(self, verbose: bool = False) -> str:
        """Return the reports as text; with `verbose`, with a line for every statement."""
        return show_reports(self.reports, verbose)

    def data(self) -> dict[str, Any]:
        """Return the reports as plain data."""
        return data_of(self.reports)

    def junit(self, strict: bool = False) -> str:
        """Return the reports as JUnit XML."""
        return junit_of(self.reports, strict)

    def sarif(self, strict: bool = False) -> str:
        """Return the reports as SARIF 2.1.0."""
        return json.dumps(sarif_of(self.reports, strict), ensure_ascii=False, indent=2) + "\n"


def check_documents(
    *paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], dialect: str = "agnesi", diagnose: bool = True,
    jobs: int | None = None, cache: bool | str | os.PathLike[str] = False, progress: Progress | None = None,
) -> DocumentReports:
    """Judge every formula of Markdown, LaTeX and notebook files, and of such files in folders.

        ag.check_documents("notes.md", "paper.tex", cache=True).show()

    Declarations and definitions hold to the end of their section; what is only an expression is not judged. `jobs` is
    the number of processes (all cores if None); `cache` keeps the judgements in .agnesi_cache of the working
    directory, or in the folder it names, so that only what changed is judged again. `progress` is called with a path
    and the numbers of parts done and of all.

    Raises `NoDocument` where a path does not exist or is of no kind that is read, and where there is no document at
    all. What a document holds raises nothing: it is reported; so is a file that cannot be read.
    """
    given = [one for p in paths for one in ([p] if isinstance(p, str | os.PathLike) else p)]
    found = paths_of([Path(p) for p in given])
    if not found:
        raise NoDocument(f"There is no document in {', '.join(map(str, given)) or 'an empty list'}.", expected=KINDS)
    folder = Path(FOLDER) if cache is True else Path(cache) if cache else None
    several = jobs if jobs is not None else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    reports = check_files(
        found, dialect=dialect, diagnose=diagnose, jobs=several, folder=folder, progress=progress
    )
    return DocumentReports(tuple(reports))
