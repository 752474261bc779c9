"""The pytest plugin: `pytest --agnesi docs/` makes one test of every judged statement of a document.

Without the option nothing but this file and the light face of the package is loaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import agnesi

KINDS = (".md", ".markdown", ".qmd", ".rmd", ".tex", ".ltx", ".ipynb")
LONGEST = 60  # characters of a formula in the name of a test
_FOUND = pytest.StashKey["_Documents"]()


class Wrong(Exception):
    """A statement is wrong; its text is what pytest shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --agnesi and --agnesi-strict, and their settings in the configuration file."""
    group = parser.getgroup("agnesi", "mathematics in documents")
    group.addoption(
        "--agnesi", action="store_true", help="judge the formulas of Markdown, LaTeX and notebook files"
    )
    group.addoption("--agnesi-strict", action="store_true", help="what is not read fails; else it is skipped")
    parser.addini("agnesi_strict", "a statement that is not read fails", type="bool", default=False)
    parser.addini("agnesi_dialect", "the book whose layout of derivatives is meant", default="agnesi")


def pytest_configure(config: pytest.Config) -> None:
    """Take note of the run where documents are to be judged."""
    if config.getoption("--agnesi"):
        dialect = config.getini("agnesi_dialect")
        if dialect not in (names := [d.name for d in agnesi.dialects]):
            raise pytest.UsageError(f"agnesi_dialect is {dialect}; expected one of {', '.join(names)}.")
        config.stash[_FOUND] = _Documents(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take away what the processes of this run told each other."""
    run = config.stash.get(_FOUND, None)
    if run is not None and run.folder is not None and not hasattr(config, "workerinput"):
        shutil.rmtree(run.folder / "runs", ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that documents are judged, and by which version."""
    return f"agnesi: {agnesi.__version__}" if _FOUND in config.stash else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take documents in, with the option only."""
    if _FOUND in parent.config.stash and file_path.suffix.lower() in KINDS:
        return DocumentFile.from_parent(parent, path=file_path)
    return None


class _Documents:
    """The documents of a run: judged in the order in which they are asked for, through the cache of pytest."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.dialect = str(config.getini("agnesi_dialect"))
        self.strict = bool(config.getoption("--agnesi-strict") or config.getini("agnesi_strict"))
        cache = getattr(config, "cache", None)
        self.folder: Path | None = cache.mkdir("agnesi") if cache is not None else None
        self.parts: set[str] | None = None

    def report(self, path: Path, session: pytest.Session) -> Any:
        """Return the report of a document, None where another one takes it in by \\input."""
        if self.parts is None:
            every = list(self.every(session))
            self.parts = import_module("agnesi.documents.files").parts_of([str(p) for p in every])
            self.share([p for p in every if os.path.realpath(p) not in self.parts])
        return None if os.path.realpath(path) in self.parts else self.judged(path)

    def judged(self, path: Path) -> Any:
        """Return the report of a document."""
        named = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        return agnesi.check_documents(named, dialect=self.dialect, jobs=1, cache=self.folder or False).reports[0]

    def every(self, session: pytest.Session) -> Iterator[Path]:
        """Yield the documents below what the command line names, save what pytest is told to ignore."""
        for given in self.config.args:
            top = Path(self.config.invocation_params.dir, given.partition("::")[0])
            if top.is_file() and top.suffix.lower() in KINDS:
                yield top
            for place, folders, names in os.walk(top):
                folders[:] = sorted(f for f in folders if not self.ignored(Path(place, f), session))
                for path in (Path(place, n) for n in sorted(names) if Path(n).suffix.lower() in KINDS):
                    if not self.ignored(path, session):
                        yield path

    def ignored(self, path: Path, session: pytest.Session) -> bool:
        """Tell whether pytest passes a path over."""
        hook = session.gethookproxy(path.parent)
        return bool(hook.pytest_ignore_collect(collection_path=path, config=self.config))

    def share(self, paths: list[Path]) -> None:
        """Judge ahead a share of the documents where several processes collect the same ones (pytest-xdist).

        Each document is claimed by one of them; the others find its judgements in the cache when they come to it.
        """
        worker = getattr(self.config, "workerinput", None)
        if worker is None or self.folder is None:
            return
        claims = self.folder / "runs" / str(worker["testrunuid"])
        claims.mkdir(parents=True, exist_ok=True)
        for path in paths:
            try:
                (claims / hashlib.sha256(str(path).encode()).hexdigest()).touch(exist_ok=False)
            except FileExistsError:
                continue
            self.judged(path)


class DocumentFile(pytest.File):
    """A document; its tests are its judged statements."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each judged statement, for each notice, and for a file that cannot be read."""
        run = self.config.stash[_FOUND]
        report = run.report(self.path, self.session)
        names: Counter[str] = Counter()
        for name, line, outcome, message in _cases(report, run.strict) if report is not None else ():
            names[name] += 1
            unique = f"{name} ({names[name]})" if names[name] > 1 else name
            yield StatementItem.from_parent(self, name=unique, line=line, outcome=outcome, message=message)


def _cases(report: Any, strict: bool) -> Iterator[tuple[str, int, str, str]]:
    """Yield name, line, outcome ("passed", "failed", "skipped") and message of each test of a document."""
    message_of = import_module("agnesi.documents.formats").message_of
    lenient = "failed" if strict else "skipped"
    if report.failure:
        yield "file", 1, "failed", report.failure
    for one in report.statements:
        if one.verdict is not None:
            outcome = "failed" if one.wrong else lenient if one.unread else "passed"
            yield _name(one.where, one.text, report.path), one.where.line, outcome, f"{one.where}: {message_of(one)}"
    for notice in report.notices:
        yield _name(notice.where, f"notice, {notice.kind}", report.path), notice.where.line, lenient, str(notice)


def _name(where: Any, text: str, path: str) -> str:
    """Return the name of a test: the line, the cell of a notebook, the file of an \\input, and the formula in short."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    cell = f"cell {where.cell}, " if where.cell is not None else ""
    file = f"{Path(where.file).name}, " if os.path.realpath(where.file) != os.path.realpath(path) else ""
    return f"{file}{cell}line {where.line}: {short}".replace("::", ": :")


class StatementItem(pytest.Item):
    """A statement as a test. It was judged when it was collected; running it tells the verdict."""

    def __init__(self, *, line: int, outcome: str, message: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.line, self.outcome, self.message = line, outcome, message

    def runtest(self) -> None:
        """Fail, skip or pass."""
        if self.outcome == "failed":
            raise Wrong(self.message)
        if self.outcome == "skipped":
            raise pytest.skip.Exception("; ".join(self.message.split("\n")), _use_item_location=True)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is wrong, without a traceback."""
        return str(excinfo.value) if isinstance(excinfo.value, Wrong) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the statement, and what stands above a failure."""
        return self.path, self.line - 1, f"{self.path.name}, {self.name}"
