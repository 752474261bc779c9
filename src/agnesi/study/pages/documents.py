"""Documents: dropped on the page or chosen, judged, and kept with what was found."""

from __future__ import annotations

from typing import Any

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
ROWS_OF_TEXT = 400_000


def listed(request: Request) -> Response:
    """Answer with the documents that are kept, and a place for more."""
    files = store(request).files(KIND)
    said = request.query_params.get("said", "")[:200]
    return page(request, "workbench/documents.html", files=files, kinds=KINDS, said=said, dialects=list(dialects))


async def taken(request: Request) -> Response:
    """Keep the documents that were given, and show the first of them."""
    first, refused = "", []
    async with request.form(max_files=20, max_fields=100) as form:
        for upload in form.getlist("file"):
            if not isinstance(upload, UploadFile) or not upload.filename:
                continue
            text = _text(await upload.read())
            name = upload.filename.replace("\\", "/").rpartition("/")[2][:120]
            if text is None or not name.lower().endswith(KINDS):
                refused.append(name)
                continue
            kept = await run_in_threadpool(store(request).keep_file, KIND, name, text)
            first = first or kept.id
    if not first:
        said = "That is no document that is read here." if refused else "No document was chosen."
        return RedirectResponse(f"/workbench/documents?said={said.replace(' ', '+')}", 303)
    return RedirectResponse(f"/workbench/documents/{first}", 303)


def _text(data: bytes) -> str | None:
    """Return the text of a file; None where it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or len(text) > ROWS_OF_TEXT else text


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
