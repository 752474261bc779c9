"""What stands before every page: who may ask, what may be sent, and what a page may load.

A request must name this computer (against names that are rebound to it), come from the app's own pages where it
changes something (Origin, and a token that other pages cannot read), and keep to limits of size. Every answer says
that its page loads nothing from elsewhere and runs no script but the app's own files.
"""

from __future__ import annotations

import hmac
import secrets
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agnesi.study.settings import Settings

COOKIE, FIELD, HEADER = "agnesi", "csrf", "x-csrf"
SAFE = ("GET", "HEAD")
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
    "manifest-src 'self'", "frame-ancestors 'none'",
))  # fmt: skip
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Refusal(Exception):
    """A request that is not answered: the status and the sentence that say why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence

    def response(self) -> Response:
        """Return the answer that says so."""
        text = f"<!doctype html><html lang=en><title>Refused</title><p>{escape(self.sentence)}</p></html>"
        return HTMLResponse(text, self.status)


class Guard:
    """Middleware that lets through what may pass; `scope["state"]` has the token for forms, and the visitor."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = _token_of(headers)
        token = known or secrets.token_urlsafe(24)
        scope.setdefault("state", {}).update(csrf=token, visitor=known or "")
        guarded = _guarded(send, token if not known else None)
        try:
            self.look(scope, headers)
            if scope["method"] not in SAFE:
                receive = await self.read(scope, headers, receive, known)
        except Refusal as refusal:
            await refusal.response()(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)

    def look(self, scope: Scope, headers: Headers) -> None:
        """Refuse what the head of a request gives away: another name, another origin, too long an address."""
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or _name(host) not in self.settings.hosts:
            raise Refusal(421, "This address is not one of the app's own. Open it at 127.0.0.1.")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self.settings.limits.address:
            raise Refusal(414, "The address is too long. Keep a long text as a worksheet: then its address is short.")
        texts = (value for _, value in parse_qsl(scope["query_string"].decode("latin-1")))
        if any("\0" in text for text in texts) or "\0" in scope["path"]:
            raise Refusal(400, "The address holds a sign that no text has.")
        own = f"{scope['scheme']}://{host}"
        origin = headers.get("origin")
        if origin is not None and origin.casefold() != own.casefold():
            raise Refusal(403, "The request came from another page, not from the app's own.")
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none") and not _opens_a_page(scope, headers):
            raise Refusal(403, "The request came from another page, not from the app's own.")
        if scope["method"] not in (*SAFE, "POST"):
            raise Refusal(405, "The app knows GET and POST only.")

    async def read(self, scope: Scope, headers: Headers, receive: Receive, known: str | None) -> Receive:
        """Read the body of a POST, check its size, its token and its texts, and return a way to read it again."""
        body = await _body(headers, receive, self.settings.limits.body)
        again = _again(body, receive)
        told = headers.get(HEADER, "")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            told = await self.look_at_form(scope, again, told)
        if known is None or not hmac.compare_digest(told.encode(), known.encode()):
            raise Refusal(403, "The page is out of date. Load it again, then send once more; what was saved is kept.")
        return _again(body, receive)

    async def look_at_form(self, scope: Scope, receive: Receive, told: str) -> str:
        """Return the token in a form, and refuse texts that are too long."""
        try:
            async with Request({**scope, "state": {}}, receive).form(max_files=20, max_fields=400) as form:
                for _, value in form.multi_items():
                    if isinstance(value, str) and len(value) > self.settings.limits.text:
                        raise Refusal(413, f"A text may have {self.settings.limits.text:,} letters at most.")
                    if isinstance(value, str) and "\0" in value:
                        raise Refusal(400, "The text holds a sign that no text has.")
                given = form.get(FIELD)
                return told or (given if isinstance(given, str) else "")
        except (HTTPException, MultiPartException, UnicodeDecodeError, ValueError):
            raise Refusal(400, "The form cannot be read.") from None


def _name(host: str) -> str:
    """Return the name in a Host header, without its port; nothing where it is not one name and one port."""
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon and not name:
        name, port = host, ""
    return name.casefold() if not port or (port.isascii() and port.isdigit()) else ""


def _opens_a_page(scope: Scope, headers: Headers) -> bool:
    """Tell whether the request follows a link from elsewhere to a page."""
    mode, target = headers.get("sec-fetch-mode", ""), headers.get("sec-fetch-dest", "")
    return scope["method"] in SAFE and mode == "navigate" and target in ("document", "")


def _token_of(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    good = found is not None and 20 <= len(found.value) <= 64 and found.value.isascii()
    return found.value if found is not None and good else None


async def _body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """Read the whole body; `Refusal` where it is larger than the limit, told or found."""
    large = Refusal(413, f"That is too large: {limit >> 20} MB is the most that is taken at once.")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length) > limit:
        raise large
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The request ended early.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise large
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body once more, then what the connection gives."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _guarded(send: Send, token: str | None) -> Send:
    """Return a `send` that adds the headers of safety, and the cookie where a visitor has none yet."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store" if "html" in headers.get("content-type", "") else "no-cache")
            if token and "html" in headers.get("content-type", ""):
                headers.append("set-cookie", f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000")
        await send(message)

    return answer
