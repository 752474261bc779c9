"""Computing in workers: limits, errors in sentences, and others who go on."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from agnesi.study.app import application
from agnesi.study.settings import Limits, Settings
from agnesi.study.work import Unanswered, compute
from study_visitors import ADDRESS

LIMITS = Limits(seconds=4.0, memory=256 << 20)
TYPESET = "agnesi.study.verbs.typeset:mathml"


async def ask(request: Request) -> JSONResponse:
    """Compute what the test says: the function and its arguments."""
    told = request.query_params
    values = [int(v) if v.isdigit() else v for v in told.getlist("a")]
    try:
        found = await compute(request, told["f"], *values, seconds=float(told.get("s", "4")))
        return JSONResponse({"answer": found})
    except Unanswered as error:
        return JSONResponse({"kind": error.problem.kind, "text": error.problem.text, "caret": error.problem.caret})


async def bare(request: Request) -> JSONResponse:
    """Compute, and leave the problem to the app."""
    return JSONResponse(await compute(request, TYPESET, "a +", seconds=4))


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = application(Settings(data=tmp_path_factory.mktemp("work"), workers=3, limits=LIMITS))
    app.router.routes.insert(0, Route("/ask", ask))
    app.router.routes.insert(0, Route("/bare", bare))
    with TestClient(app, base_url=ADDRESS) as client:
        client.get("/ask", params={"f": "time:sleep", "a": 0})
        yield client


def test_an_answer_comes_from_another_process(asking: TestClient) -> None:
    mine = os.getpid()
    answer = asking.get("/ask", params={"f": "os:getpid"}).json()["answer"]
    assert isinstance(answer, int) and answer != mine
    assert asking.get("/ask", params={"f": TYPESET, "a": "a + b"}).json()["answer"].startswith("<math")


def test_a_fault_in_the_text_is_told_with_a_caret(asking: TestClient) -> None:
    found = asking.get("/ask", params={"f": TYPESET, "a": "a + * b"}).json()
    assert found["kind"] == "refused" and "^" in found["caret"] and "^" not in found["text"]
    answer = asking.get("/bare")
    assert answer.status_code == 422 and "<h1>" in answer.text and "Traceback" not in answer.text


def test_what_takes_too_long_is_stopped_and_said(asking: TestClient) -> None:
    found = asking.get("/ask", params={"f": "time:sleep", "a": 1000, "s": 1}).json()
    assert found["kind"] == "slow" and "1 seconds" in found["text"]


def test_what_takes_too_much_memory_is_stopped_and_said(asking: TestClient) -> None:
    found = asking.get("/ask", params={"f": "builtins:bytearray", "a": 2 << 30}).json()
    assert found["kind"] == "memory"


def test_an_answer_that_no_page_can_show_is_not_sent(asking: TestClient) -> None:
    found = asking.get("/ask", params={"f": "operator:mul", "a": ["x", 4_000_000]}).json()
    assert found["kind"] == "large" and "too long" in found["text"]


def test_a_worker_that_dies_is_replaced(asking: TestClient) -> None:
    for _ in range(3):
        assert asking.get("/ask", params={"f": "os:abort"}).json()["kind"] == "memory"
        assert "answer" in asking.get("/ask", params={"f": TYPESET, "a": "x y"}).json()


def test_workers_that_are_broken_altogether_are_made_anew(asking: TestClient) -> None:
    asking.app.state.work.lanes["long"].stop()
    told = [asking.get("/ask", params={"f": TYPESET, "a": f"x + {i}"}).json() for i in range(2)]
    assert told[0]["kind"] == "busy" and "answer" in told[1]


def test_a_fault_of_our_own_is_a_sentence(asking: TestClient) -> None:
    found = asking.get("/ask", params={"f": "operator:truediv", "a": [1, 0]}).json()
    assert found["kind"] == "broken" and "ZeroDivisionError" in found["text"]


def test_hostile_work_of_one_visitor_does_not_stop_another(asking: TestClient) -> None:
    hostile = TestClient(asking.app, base_url=ADDRESS)
    hostile.portal = asking.portal
    hostile.get("/")  # a visitor with a cookie: their seats are their own
    ended = threading.Event()
    asked = [threading.Thread(target=_sleep, args=(hostile, 900 + i, ended)) for i in range(3)]
    for thread in asked:
        thread.start()
    for i in range(10):
        assert asking.get("/").status_code == 200
        for lane in ("3", "9"):  # a quick question, and one that may take long: of 3 workers the visitor has 2
            assert "answer" in asking.get("/ask", params={"f": TYPESET, "a": f"a + {lane} {i}", "s": lane}).json()
    assert not ended.is_set(), "the others waited for the hostile one"
    for thread in asked:
        thread.join()


def _sleep(client: TestClient, seconds: int, ended: threading.Event) -> None:
    assert client.get("/ask", params={"f": "time:sleep", "a": seconds, "s": 9}).json()["kind"] == "slow"
    ended.set()


@pytest.mark.parametrize(
    "text",
    ["(" * 3000 + "x" + ")" * 3000, "x^" * 2000 + "x", "9^9^9^9^9", "exp(" * 500 + "x" + ")" * 500, "a" * 50_000,
     "[" + "1 " * 20_000 + "]", "sum_i " * 300 + "x_i", "1e999999999", "__import__('os').abort()", "{{7*7}}",
     "\u202e\ufeff x"],
)  # fmt: skip
def test_a_hostile_text_is_answered_or_refused_in_a_sentence(asking: TestClient, text: str) -> None:
    found = asking.app.state.work
    assert found is not None
    told = asking.portal.call(_told, found, text)
    assert told.startswith("<math") or told.endswith((".", "kept."))
    assert "answer" in asking.get("/ask", params={"f": TYPESET, "a": "u v"}).json()


async def _told(work: object, text: str) -> str:
    try:
        return str(await work.ask("hostile", TYPESET, (text,)))  # type: ignore[attr-defined]
    except Unanswered as error:
        assert error.problem.kind in ("refused", "slow", "memory"), error.problem.text
        return error.problem.text


def test_the_same_question_is_computed_once(asking: TestClient) -> None:
    first = asking.get("/ask", params={"f": "time:time_ns"}).json()["answer"]
    assert asking.get("/ask", params={"f": "time:time_ns"}).json()["answer"] == first


