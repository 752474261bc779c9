"""Files and folders checked, several at once: what `agnesi check notes.md paper.tex talks/` does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread

from agnesi.documents.cache import NO_CACHE, Cache
from agnesi.documents.checking import check_document
from agnesi.documents.latex import read_latex
from agnesi.documents.latex_sources import read_file
from agnesi.documents.markdown import read_markdown
from agnesi.documents.notebook import read_notebook
from agnesi.documents.records import Document, Source, source_of
from agnesi.documents.report import DocumentReport
from agnesi.errors import AgnesiError

Reader = Callable[[Source], Document]
READERS: dict[str, Reader] = {
    ".md": read_markdown, ".markdown": read_markdown, ".qmd": read_markdown, ".rmd": read_markdown,
    ".tex": read_latex, ".ltx": read_latex, ".ipynb": read_notebook,
}
PASSED_OVER = frozenset(("node_modules", "__pycache__", "site-packages", "_build", "build", "dist", "site"))
Progress = Callable[[str, int, int], None]


class NoDocument(AgnesiError):
    """A path is no document: it does not exist, cannot be read, or is of a kind that is not read."""


def is_document(path: str | Path) -> bool:
    """Tell whether a name is that of a kind of document that is read."""
    return Path(path).suffix.lower() in READERS


def paths_of(given: Iterable[str | Path]) -> list[Path]:
    """Return the documents that are meant: files as they are, folders with all documents in them.

    Raises `NoDocument` for what is neither.
    """
    found: dict[Path, None] = {}
    for one in map(Path, given):
        if one.is_dir():
            found.update(dict.fromkeys(_within(one)))
        elif not one.exists():
            raise NoDocument(f"There is no file {one}.", repair="Check the name of the file.")
        elif not is_document(one):
            raise NoDocument(
                f"{one} is of no kind that is read as a document.", expected=", ".join(READERS),
                got=one.suffix or "none", repair=f"A derivation is checked by itself: agnesi check {one}.",
            )
        else:
            found[one] = None
    return list(found)


def _within(folder: Path) -> Iterator[Path]:
    """Yield the documents below a folder, save those in hidden and generated folders."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in PASSED_OVER)
        yield from (Path(place, name) for name in sorted(names) if is_document(name) and not name.startswith("."))


def document_of(path: str | Path, text: str | None = None) -> Document:
    """Return a file as a document; `text` stands for what the file holds, for an editor that has not saved it.

    Raises `NoDocument` where it cannot be read.
    """
    reader = READERS.get(Path(path).suffix.lower())
    if reader is None:
        raise NoDocument(f"{path} is of no kind that is read as a document.", expected=", ".join(READERS))
    held = read_file(str(path)) if text is None else text
    if held is None:
        raise NoDocument(f"The file {path} cannot be read.", repair="Check that it exists and may be opened.")
    if "\0" in held or held.count("\ufffd") > len(held) // 20:
        raise NoDocument(f"The file {path} is not UTF-8 text.", repair="Save it as UTF-8.")
    document = reader(source_of(str(path), held))
    for notice in document.notices if not document.paragraphs else ():
        if notice.kind == "unreadable":
            raise NoDocument(notice.words.replace("The file", f"The file {path}", 1))
    return document


def check_file(
    path: str | Path, *, dialect: str = "agnesi", diagnose: bool = True, folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None, text: str | None = None,
) -> DocumentReport:
    """Judge one file. A file that cannot be read gives a report with its `failure`; nothing is raised.

    `folder` is that of the cache; `text` stands for the file's own.
    """
    try:
        document = document_of(path, text)
    except AgnesiError as error:
        return DocumentReport(str(path), (), failure=str(error))
    cache = Cache(folder) if folder is not None else NO_CACHE
    try:
        return check_document(document, dialect=dialect, diagnose=diagnose, cache=cache, progress=progress)
    finally:
        if cache is not NO_CACHE:
            cache.close()


def check_files(
    paths: Sequence[str | Path], *, dialect: str = "agnesi", diagnose: bool = True, jobs: int = 1,
    folder: Path | None = None, progress: Progress | None = None,
) -> list[DocumentReport]:
    """Judge files, several at once where `jobs` is more than one, and return a report for each, in order.

    A LaTeX file that another one of them takes in by \\input is judged there only. `progress` is called with a path
    and the numbers of units done and of all (in one process), or of files (in several).
    """
    given = [str(p) for p in paths]
    parts = parts_of(given)
    given = [p for p in given if os.path.realpath(p) not in parts]
    if jobs <= 1 or len(given) <= 1:
        return [_reported(p, dialect, diagnose, folder, progress) for p in given]
    found: dict[str, DocumentReport] = {}
    others = set(active_children())
    pool = ProcessPoolExecutor(min(jobs, len(given)), mp_context=get_context("spawn"), initializer=_end_with_parent)
    try:
        waiting = {pool.submit(check_file, p, dialect=dialect, diagnose=diagnose, folder=folder): p for p in given}
        for k, done in enumerate(as_completed(waiting), 1):
            found[waiting[done]] = done.result()
            if progress is not None:
                progress(waiting[done], k, len(given))
    except BaseException:  # Ctrl-C too: what was judged is in the cache, nobody waits for the rest
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - others:
            child.terminate()
        raise
    pool.shutdown()
    return [found[p] for p in given]


def _end_with_parent() -> None:
    """Make this process end when the one that started it is gone, however that ended."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def _reported(
    path: str, dialect: str, diagnose: bool, folder: Path | None, progress: Progress | None
) -> DocumentReport:
    told = None if progress is None else lambda done, of: progress(path, done, of)
    return check_file(path, dialect=dialect, diagnose=diagnose, folder=folder, progress=told)


def parts_of(given: Sequence[str]) -> set[str]:
    """Return the real paths of the LaTeX files that others of those given take in by \\input."""
    names = [p for p in given if Path(p).suffix.lower() in (".tex", ".ltx")]
    found: set[str] = set()
    for path in names if len(names) > 1 else ():
        if os.path.realpath(path) in found:
            continue  # so that of two files that take each other in one is judged
        try:
            document = document_of(path)
        except AgnesiError:
            continue
        found |= {os.path.realpath(f) for f in document.files if os.path.realpath(f) != os.path.realpath(path)}
    return found
