"""The workbench: a worksheet with its preview, and the answers of the tools to it."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from functools import cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from agnesi.dialects import dialects
from agnesi.study import bench as benches
from agnesi.study.bench import Bench, bench_of
from agnesi.study.store.keeping import TAB, Sheet, Writer, stamp
from agnesi.study.web import is_fragment, page, store
from agnesi.study.work import Problem, Unanswered, compute

VERBS = "agnesi.study.verbs"
FORMS = {"md": "text/markdown", "tex": "application/x-tex", "ipynb": "application/x-ipynb+json", "py": "text/x-python"}
FORM_NAMES = {"md": "Markdown", "tex": "LaTeX", "ipynb": "Notebook", "py": "Python"}
THEMES = ("light", "dark")
RECENT = 6
IDENTITY = re.compile(r"[\w-]{12}")
CROSSED = "Another window changed this sheet too; what it wrote is among the versions."


@cache
def dialect_names() -> dict[str, str]:
    """Return the dialects by name, with their titles."""
    return {d.name: d.title for d in dialects}


async def show(request: Request) -> Response:
    """Answer with the workbench: a kept sheet, the text in the address, or an empty one."""
    sheet = await _sheet(request)
    state = _state(request, sheet)
    return await _page(request, state, sheet)


async def _sheet(request: Request) -> Sheet | None:
    id = request.path_params.get("id")
    if id is None:
        return None
    found = await run_in_threadpool(store(request).sheet, id)
    if found is None:
        raise HTTPException(404)
    return found


def _state(request: Request, sheet: Sheet | None) -> Bench:
    """Return the state that the address tells; a kept sheet without more in its address is as it was left."""
    query = dict(request.query_params)
    if sheet is None:
        return bench_of(query, dialect_names())
    return bench_of(query or dict(sheet.state), dialect_names(), sheet.text)


async def _page(request: Request, state: Bench, sheet: Sheet | None, said: str = "") -> Response:
    """Return the whole page, or what changes on it."""
    answer, problem = await answered(request, state) if state.text.strip() else (None, None)
    read_as = answer["read_as"] if answer is not None and state.do == "check" else None
    preview = await previewed(request, state, read_as)
    address = state.address(sheet.id if sheet else "")
    context: dict[str, Any] = {
        "bench": state, "sheet": sheet, "preview": preview, "answer": answer, "problem": problem, "said": said,
        "tools": benches.TOOLS, "grains": benches.GRAINS, "chains": benches.CHAINS, "structures": benches.STRUCTURES,
        "dialects": dialect_names(), "forms": FORM_NAMES, "address": address, "query": state.query(with_text=not sheet),
        "fresh": secrets.token_urlsafe(9), "seen": stamp(sheet.text) if sheet else "",
        "tab": str((await request.form()).get("tab") or "") if request.method == "POST" else "",
    }  # fmt: skip
    if is_fragment(request):
        response = page(request, "workbench/bench.html", **context)
        response.headers["x-address"] = address.encode("latin-1", "replace").decode("latin-1")
        return response
    sheets = [] if sheet else [s for s in await run_in_threadpool(store(request).sheets, RECENT) if s.text.strip()]
    return page(request, "workbench/workbench.html", 422 if problem else 200, sheets=sheets, **context)


async def previewed(request: Request, state: Bench, read_as: list[str] | None = None) -> dict[str, Any]:
    """Return the sheet set in type, as a check of it read its letters; where even that fails, the reason."""
    if not state.text.strip():
        return {"statements": [], "symbols": [], "notes": [], "problem": None}
    try:
        asked = (state.text, state.dialect, read_as)
        found = await compute(request, f"{VERBS}.sheets:previewed", *asked, seconds=2.0)
        return {**found, "problem": None}
    except Unanswered as error:
        return {"statements": [], "symbols": [], "notes": [], "problem": error.problem}


async def answered(request: Request, state: Bench) -> tuple[dict[str, Any] | None, Problem | None]:
    """Return what the tool that is open says, or why it says nothing."""
    try:
        return await _answer(request, state), None
    except Unanswered as error:
        return None, error.problem


async def _answer(request: Request, state: Bench) -> dict[str, Any] | None:
    o = state.options()
    if state.do in ("derive", "hessian"):
        told = (o["wrt"], o["order"], o["grain"], o["chain"], o["structure"], o["dialect"], o["number"])
        return dict(await compute(request, f"{VERBS}.derive:derived", state.text, *told))
    if state.do == "code":
        asked = (o["wrt"], o["order"], o["structure"], o["number"])
        return {"programs": await compute(request, f"{VERBS}.derive:programs", state.text, *asked)}
    if state.do == "check":
        return dict(await compute(request, f"{VERBS}.judge:judged", state.text, state.dialect, seconds=20.0))
    if state.do == "plot":
        return await _drawn(request, state, "plotly")
    return None


async def _drawn(
    request: Request, state: Bench, form: str, theme: str = "light", window: list[float] | None = None
) -> dict[str, Any]:
    told = (state.text, dict(state.values), state.along, list(state.at), theme, state.number, window, form)
    return dict(await compute(request, f"{VERBS}.plots:drawn", *told))


async def ask(request: Request) -> Response:
    """Keep the sheet, do what the button says, and show the answer: a tool, a repair, or a sheet of its own."""
    form = {k: v for k, v in (await request.form()).items() if isinstance(v, str)}
    state = bench_of({**form, "do": form.get("do") or form.get("was", "")}, dialect_names())
    said = ""
    if form.get("repaired"):
        state = replace(state, text=form["repaired"].replace("\r\n", "\n"))
        said = "The sheet is repaired; undo takes it back."
    elif form.get("mend", "").isdigit():
        state, said = await _mended(request, state, int(form["mend"]))
    sheet = await run_in_threadpool(_kept, request, form, state)
    if is_fragment(request):
        return await _page(request, state, sheet, said or (CROSSED if sheet is not None and sheet.crossed else ""))
    return RedirectResponse(state.address(sheet.id if sheet else ""), 303)


async def _mended(request: Request, state: Bench, number: int) -> tuple[Bench, str]:
    """Return the state with a wrong line repaired, and what was done."""
    try:
        found = await compute(request, f"{VERBS}.judge:repaired", state.text, number, state.dialect, seconds=30.0)
    except Unanswered as error:
        return state, error.problem.text
    return replace(state, text=found["text"]), found["said"]


def _kept(request: Request, form: dict[str, str], state: Bench) -> Sheet | None:
    """Keep a sheet as it is now: a new one where there is none yet, nothing where nothing was written.

    A page brings the id that its sheet will have, so that two requests at once make one sheet.
    """
    own = form.get("fresh", "") if IDENTITY.fullmatch(form.get("fresh", "")) else ""
    by = Writer(form["tab"][:24], form.get("seen", "")[:32]) if form.get("tab") else None
    if id := form.get("id") or own:
        kept = store(request).save(id, state.text, state.data(), titled(state.text), by)
        if kept is not None:
            return kept
    if not state.text.strip():
        return None
    told = {**state.data(), TAB: by.tab} if by is not None else state.data()
    return store(request).new_sheet(state.text, titled(state.text), told, own)


def titled(text: str) -> str:
    """Return the title of a sheet: its first line that is no declaration, else its first line."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    told = [line for line in lines if "=" in line or ":" not in line]
    return (told or lines or [""])[0][:80]


async def preview(request: Request) -> Response:
    """Keep what is typed, and answer with it set in type; the address of a new sheet is in the header."""
    form = {k: v for k, v in (await request.form()).items() if isinstance(v, str)}
    state = bench_of({**form, "do": form.get("was", "")}, dialect_names())
    sheet = await run_in_threadpool(_kept, request, form, state)
    response = page(request, "workbench/preview.html", preview=await previewed(request, state), bench=state)
    if sheet is not None:
        response.headers["x-sheet"] = sheet.id
        response.headers["x-seen"] = stamp(sheet.text)
        response.headers["x-crossed"] = CROSSED if sheet.crossed else ""
        response.headers["x-versions"] = f"{int(sheet.can_undo)}{int(sheet.can_redo)}"
    return response


async def picture(request: Request) -> Response:
    """Answer with a plot: as data for the page's script, or as SVG."""
    sheet = await _sheet(request)
    state = replace(_state(request, sheet), do="plot")
    told = request.query_params.get("text")
    state = state if told is None else replace(state, text=told.replace("\r\n", "\n"))  # as it is while it is dragged
    window = benches.numbers_in(request.query_params.get("window", ""))
    theme = request.query_params.get("theme", "light")
    theme = theme if theme in THEMES else "light"
    if request.path_params["form"] == "svg":
        found = await _drawn(request, state, "svg", theme, window or None)
        return Response(found["svg"], media_type="image/svg+xml")
    try:
        found = await _drawn(request, state, "plotly", theme, window or None)
    except Unanswered as error:
        return JSONResponse({"problem": error.problem.text}, 422)
    return JSONResponse({**found, "address": state.address(sheet.id if sheet else "")})


async def export(request: Request) -> Response:
    """Answer with the sheet and its answer as a file."""
    form = request.path_params["form"]
    if form not in FORMS:
        raise HTTPException(404)
    state = _state(request, await _sheet(request))
    do = "derive" if state.do == "hessian" else state.do
    text = await compute(request, f"{VERBS}.exports:exported", form, state.text, do, state.options(), seconds=20.0)
    headers = {"content-disposition": f'attachment; filename="sheet.{form}"'}
    return Response(text, media_type=f"{FORMS[form]}; charset=utf-8", headers=headers)


def step_back(request: Request) -> Response:
    """Go back or forward one version of a sheet, or to a version by its number."""
    id, way = request.path_params["id"], request.path_params["way"]
    move = {"undo": store(request).undo, "redo": store(request).redo}.get(way)
    if move is None:
        raise HTTPException(404)
    if move(id) is None:
        raise HTTPException(404)
    return RedirectResponse(f"/workbench/{id}", 303)


def history(request: Request) -> Response:
    """Answer with all versions of a sheet."""
    id = request.path_params["id"]
    sheet = store(request).sheet(id)
    if sheet is None:
        raise HTTPException(404)
    versions = list(reversed(store(request).versions(id)))
    return page(request, "workbench/history.html", sheet=sheet, versions=versions)


async def restore(request: Request) -> Response:
    """Show an earlier version of a sheet again; it becomes the newest one, so that nothing after it is lost."""
    id = request.path_params["id"]
    form = await request.form()
    wanted = str(form.get("version", ""))
    found = [v for v in await run_in_threadpool(store(request).versions, id) if str(v.number) == wanted]
    if not found:
        raise HTTPException(404)
    latest = await run_in_threadpool(store(request).show_version, id, 10**9)
    assert latest is not None
    await run_in_threadpool(store(request).save, id, found[0].text, dict(found[0].state), titled(found[0].text))
    return RedirectResponse(f"/workbench/{id}", 303)


async def drop(request: Request) -> Response:
    """Put a sheet away, or take it back."""
    form = await request.form()
    id = request.path_params["id"]
    back = form.get("back") == "1"
    await run_in_threadpool(store(request).drop_sheet, id, back)
    return RedirectResponse(f"/workbench/{id}" if back else f"/workbench/sheets?dropped={id}", 303)


def sheets(request: Request) -> Response:
    """Answer with the list of sheets."""
    found = store(request).sheets(500)
    return page(request, "workbench/sheets.html", sheets=found, dropped=request.query_params.get("dropped", "")[:24])


ROUTES = [
    Route("/workbench", show, name="workbench"),
    Route("/workbench/ask", ask, methods=["POST"]),
    Route("/workbench/preview", preview, methods=["POST"]),
    Route("/workbench/sheets", sheets),
    Route("/workbench/plot.{form}", picture),
    Route("/workbench/export.{form}", export),
    Route("/workbench/{id}", show),
    Route("/workbench/{id}/plot.{form}", picture),
    Route("/workbench/{id}/export.{form}", export),
    Route("/workbench/{id}/history", history),
    Route("/workbench/{id}/restore", restore, methods=["POST"]),
    Route("/workbench/{id}/drop", drop, methods=["POST"]),
    Route("/workbench/{id}/{way}", step_back, methods=["POST"]),
]
