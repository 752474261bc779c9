"""Documents: dropped on the page or chosen, judged, and kept with what was found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agnesi.dialects import dialects
from agnesi.study.store.keeping import Kept
from agnesi.study.web import page, store
from agnesi.study.work import Unanswered, compute

KIND = "document"
VERB = "agnesi.study.verbs.papers:judged"
KINDS = (".md", ".markdown", ".qmd", ".rmd", ".tex", ".ltx", ".ipynb", ".txt", ".agnesi")
SECONDS = 60.0
FORM = 2  # of what was found, as it is kept; what was kept in another form is found anew
LONGEST = 400_000  # letters of a document
NAME, SAID = 100, 600  # letters of a name, and of what is said of files that are not read


def listed(request: Request) -> Response:
    """Answer with the documents that are kept, and a place for more."""
    files = store(request).files(KIND)
    said = request.query_params.get("said", "")[:SAID]
    return page(request, "workbench/documents.html", files=files, kinds=KINDS, said=said, dialects=list(dialects))


async def taken(request: Request) -> Response:
    """Keep the documents that were given, and show the first of them."""
    first, refused = "", []
    async with request.form(max_files=20, max_fields=100) as form:
        for upload in form.getlist("file"):
            if not isinstance(upload, UploadFile) or not upload.filename:
                continue
            name = shortened(upload.filename)
            text, why = _text(name, await upload.read())
            if why:
                refused.append(why)
                continue
            kept = await run_in_threadpool(store(request).keep_file, KIND, name, text)
            first = first or kept.id
    if not first:
        said = " ".join(refused)[:SAID] or "No document was chosen."
        return RedirectResponse(f"/workbench/documents?{urlencode({'said': said})}", 303)
    more = f"?{urlencode({'said': ' '.join(refused)[:SAID]})}" if refused else ""
    return RedirectResponse(f"/workbench/documents/{first}{more}", 303)


def shortened(name: str) -> str:
    """Return the name of a file without its folders; of a long one the beginning and the ending.

    >>> shortened("C:\\\\notes\\\\a.md"), len(shortened("n" * 500 + ".md"))
    ('a.md', 100)
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= NAME else f"{stem[: NAME - 1 - len(ending)]}{dot}{ending}"[:NAME]


def _text(name: str, data: bytes) -> tuple[str, str]:
    """Return the text of a file, and why it is not read; one of them is empty."""
    if not name.lower().endswith(KINDS):
        return "", f"{name} is no document that is read here: its name ends in none of {', '.join(KINDS)}."
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", f"{name} is no text in UTF-8. Save it as UTF-8."
    if "\0" in text:
        return "", f"{name} is no text."
    if len(text) > LONGEST:
        many = f"{name} has {len(text):,} letters; at most {LONGEST:,} are judged here."
        return "", f"{many} Run agnesi check on the file."
    return text, ""


async def one(request: Request) -> Response:
    """Answer with a document: its statements and verdicts, judged once and kept; again for another dialect."""
    kept = await run_in_threadpool(_file, request)
    dialect = request.query_params.get("dialect", "agnesi")
    dialect = dialect if dialect in dialects else "agnesi"
    known: dict[str, Any] = dict(kept.found) if kept.found and kept.found.get("form") == FORM else {"form": FORM}
    found, problem = known.get(dialect), None
    if found is None:
        try:
            found = await compute(request, VERB, kept.name, kept.text, dialect, seconds=SECONDS)
            await run_in_threadpool(store(request).set_found, kept.id, {**known, dialect: found})
        except Unanswered as error:
            problem = error.problem
    context = {"file": kept, "found": found, "problem": problem, "dialect": dialect, "dialects": list(dialects)}
    context["said"] = request.query_params.get("said", "")[:SAID]
    context["everything"] = request.query_params.get("all") == "1"
    return page(request, "workbench/document.html", 422 if problem else 200, **context)


def _file(request: Request) -> Kept:
    found = store(request).file(request.path_params["id"])
    if found is None or found.kind != KIND:
        raise HTTPException(404)
    return found


def dropped(request: Request) -> Response:
    """Forget a document."""
    kept = _file(request)
    store(request).drop_file(kept.id)
    return RedirectResponse("/workbench/documents", 303)


ROUTES = [
    Route("/workbench/documents", listed),
    Route("/workbench/documents", taken, methods=["POST"]),
    Route("/workbench/documents/{id}", one),
    Route("/workbench/documents/{id}/drop", dropped, methods=["POST"]),
]
