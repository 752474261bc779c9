"""Who may ask, what may be sent, and what a page may load."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from agnesi.study.guard import COOKIE, FIELD, POLICY
from agnesi.study.web import math, safe_mathml
from study_visitors import ADDRESS, Visitor

FORM = {"theme": "light", "back": "/"}


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost", "LOCALHOST:1", "[::1]:8420", "127.0.0.1"])
def test_the_names_of_this_computer_are_answered(client: Visitor, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "127.0.0.1@evil", "", "localhost:8420:1",
             "127.0.0.1:evil", "[::1", "0.0.0.0:8420"],
)  # fmt: skip
def test_a_name_that_is_rebound_to_this_computer_is_refused(client: Visitor, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421 and "127.0.0.1" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8420"])
def test_what_another_page_sends_is_refused(client: Visitor, origin: str) -> None:
    client.get("/")
    fields = {**FORM, FIELD: client.cookies[COOKIE]}
    assert client.post("/theme", data=fields, headers={"origin": origin}).status_code == 403
    assert client.post("/theme", data=fields, headers={"origin": ADDRESS}).status_code == 200


def test_another_site_may_link_to_a_page_but_not_read_one_by_script(client: Visitor) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=link).status_code == 200
    for mode, target in (("cors", "empty"), ("no-cors", "script"), ("no-cors", "image"), ("navigate", "iframe")):
        read = {**link, "sec-fetch-mode": mode, "sec-fetch-dest": target}
        assert client.get("/", headers=read).status_code == 403
    assert client.post("/theme", data=FORM, headers=link).status_code == 403


def test_a_form_without_its_token_is_refused(client: Visitor) -> None:
    assert client.post("/theme", data=FORM).status_code == 403  # neither cookie nor field
    client.get("/")
    token = client.cookies[COOKIE]
    assert client.post("/theme", data=FORM).status_code == 403  # the cookie alone, which a browser sends by itself
    assert client.post("/theme", data={**FORM, FIELD: token[:-1] + "-"}).status_code == 403
    assert client.post("/theme", content=b"{}", headers={"content-type": "application/json"}).status_code == 403
    assert client.post("/theme", data={**FORM, FIELD: token}).status_code == 200
    assert client.post("/theme", data=FORM, headers={"x-csrf": token}).status_code == 200
    assert client.post("/theme", data={**FORM, FIELD: token}, files={"f": ("a.txt", b"text")}).status_code == 200


def test_a_token_is_worth_nothing_to_another_visitor(client: Visitor, running: TestClient) -> None:
    client.get("/")
    other = Visitor(running.app, base_url=ADDRESS)
    other.portal = running.portal
    other.get("/")
    assert other.cookies[COOKIE] != client.cookies[COOKIE]
    assert other.post("/theme", data={**FORM, FIELD: client.cookies[COOKIE]}).status_code == 403


def test_the_cookie_is_for_the_app_alone(client: Visitor) -> None:
    said = client.get("/").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(said.split("; "))
    assert "set-cookie" not in client.get("/").headers  # it has one now
    assert "set-cookie" not in client.get("/static/style.css").headers


@pytest.mark.parametrize("path", ["/", "/nothing-of-that-name", "/static/style.css", "/static/../app.py", "/theme"])
def test_every_answer_says_what_its_page_may_load(client: Visitor, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_the_policy_has_no_place_elsewhere_and_no_script_in_the_page() -> None:
    rules = {rule.split()[0]: rule.split()[1:] for rule in POLICY.split("; ")}
    assert rules["default-src"] == ["'none'"] and rules["script-src"] == ["'self'"] and rules["style-src"] == ["'self'"]
    assert not re.search(r"https?:|\*|unsafe-eval", POLICY)
    assert [name for name, places in rules.items() if "'unsafe-inline'" in places] == ["style-src-attr"]


def test_no_page_has_a_script_or_a_style_of_its_own(client: Visitor) -> None:
    for path in ("/", "/map", "/path", "/workbench", "/results", "/search?q=trace", "/about"):
        text = client.get(path).text
        for script, inside in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
            assert "application/json" in script or (re.search(r'src="/static/', script) and not inside.strip()), path
        assert "<style" not in text and not re.search(r"<[^>]+\son[a-z]+=", text), path


def test_what_is_too_large_is_refused(client: Visitor) -> None:
    assert client.submit("/theme", {"theme": "light", "more": "x" * 200_000}).status_code == 413
    assert client.submit("/theme", {"theme": "light"}, files={"f": ("a.md", b"x" * (5 << 20))}).status_code == 413
    assert client.get("/?q=" + "x" * 40_000).status_code == 414
    many = {f"f{i}": "x" for i in range(1000)}
    assert client.submit("/theme", many, files={"f": ("a.md", b"x")}).status_code == 400


def test_a_body_that_lies_about_its_length_is_not_read_to_its_end(running: TestClient) -> None:
    read = 0

    def parts() -> object:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * (1 << 20)

    answer = Visitor(running.app, base_url=ADDRESS).post("/theme", content=parts())
    assert answer.status_code == 413


def test_what_is_no_text_is_refused(client: Visitor) -> None:
    assert client.get("/search?q=a%00b").status_code == 400
    assert client.submit("/theme", {"theme": "a\0b"}).status_code == 400
    kind = {"content-type": "multipart/form-data; boundary=x", "x-csrf": client.cookies[COOKIE]}
    assert client.post("/theme", content=b"no boundary at all", headers=kind).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_get_and_post_are_known(client: Visitor, method: str) -> None:
    assert client.request(method, "/").status_code == 405


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fguard.py"])
def test_only_the_files_of_the_app_are_served(client: Visitor, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<math><script>f()</script></math>", '<math><mi onclick="f()">x</mi></math>',
     '<math href="javascript:f()"><mi>x</mi></math>', "<math><mi>x</mi></math><img src=x>",
     '<math><mi style="x">x</mi></math>', "<math><mi>x</mi><!-- --></math>",
     "<math><annotation-xml><p>x</p></annotation-xml></math>", "<math <b>></math>",
     "<math><mtext><a href='x'>y</a></mtext></math>", "<MATH><mi ONCLICK=\"f()\">x</mi></MATH>"],
)  # fmt: skip
def test_only_mathml_is_put_into_a_page_as_it_is(text: str) -> None:
    assert not safe_mathml(text)
    shown = str(math(text))
    assert shown.startswith('<code class="formula">') and "<" not in shown[22:-7]


def test_mathml_of_our_own_is_put_into_a_page() -> None:
    inside = '<mi data-shape="n">x</mi><mo>&lt;</mo>'
    text = f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{inside}</math>'
    assert math(text) == text
