"""The server: what an editor asks and tells, answered from the session."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from agnesi import __version__
from agnesi.dialects import dialects
from agnesi.documents.cache import FOLDER
from agnesi.server.kinds import kind_of
from agnesi.server.messages import actions_of, diagnostic_of, diagnostics_of, failure, hover_of, under
from agnesi.server.positions import Lines
from agnesi.server.session import Opened, Session

SECONDS = 30.0  # that the judgement of one paragraph may take
FEW = 4  # statements that one request for quick fixes is about


class Server(LanguageServer):
    """Agnesi as a language server. Its session begins with the first document."""

    def __init__(self) -> None:
        super().__init__("agnesi", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.dialect, self.seconds = "agnesi", SECONDS
        self.temporary: str | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """Return the session."""
        if self._session is None:
            self._session = Session(self._folder(), self.dialect, self.seconds, self.tell, self.tell_failure)
        return self._session

    def _folder(self) -> str:
        """Return the folder of judgements: that of `agnesi check` where the workspace has one, else a temporary one."""
        root = self.workspace.root_path
        if root and (Path(root) / FOLDER).is_dir():
            return str(Path(root) / FOLDER)
        self.temporary = tempfile.mkdtemp(prefix="agnesi-")
        return self.temporary

    def lines(self, one: Opened) -> Lines:
        """Return the lines of a document in the units that were agreed on."""
        encoding = self.workspace.position_encoding
        return Lines(one.text, str(getattr(encoding, "value", encoding)))

    def tell(self, one: Opened) -> None:
        """Publish the diagnostics of a document."""
        if one.placed is not None:
            self.publish(one.uri, one.version, diagnostics_of(one.placed, self.lines(one)))

    def tell_failure(self, one: Opened, words: str) -> None:
        """Publish why a document could not be judged."""
        self.publish(one.uri, one.version, [failure(words, self.lines(one))])

    def publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        """Publish diagnostics."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def current(self, uri: str) -> Opened | None:
        """Return a document whose last text was judged."""
        one = self.session.open.get(uri)
        return one if one is not None and one.placed is not None else None

    def leave(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()
        self._session = None
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary = None


def server() -> Server:
    """Return a server that knows what to do."""
    made = Server()
    for name, answer in _ANSWERS.items():
        made.feature(name)(cast("Callable[..., Any]", answer))
    made.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )(_code_actions)
    return made


def serve(port: int | None = None) -> None:
    """Serve one editor over standard input and output, or over a port of this computer."""
    logging.basicConfig(level=logging.WARNING)  # to standard error
    made = server()
    try:
        if port is None:
            made.start_io()
        else:
            made.start_tcp("127.0.0.1", port)
    finally:
        made.leave()


def _initialized(ls: Server, params: types.InitializeParams) -> None:
    told: Any = params.initialization_options
    if isinstance(told, dict):
        if told.get("dialect") in [d.name for d in dialects]:
            ls.dialect = str(told["dialect"])
        seconds = told.get("seconds")
        if isinstance(seconds, int | float) and seconds > 0:
            ls.seconds = float(seconds)


def _opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    one = params.text_document
    kind = kind_of(to_fs_path(one.uri) or one.uri.rpartition(":")[2], one.language_id)
    if kind is not None:
        ls.session.opened(one.uri, kind, one.text, one.version)


def _changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    text = ls.workspace.get_text_document(uri).source
    ls.session.changed(uri, text, params.text_document.version)


def _saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    ls.session.saved()


def _closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    ls.session.closed(params.text_document.uri)
    ls.publish(params.text_document.uri, None, [])


def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    one = ls.current(params.text_document.uri)
    if one is None or one.placed is None:
        return None
    lines = ls.lines(one)
    index = under(one.placed, lines.offset(params.position))
    return hover_of(one.placed, index, lines) if index is not None else None


async def _code_actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer the repairs of the wrong statements in a range, each of them confirmed."""
    only = params.context.only
    one = ls.current(params.text_document.uri)
    if one is None or one.placed is None or (only is not None and not any(_is_fix(kind) for kind in only)):
        return []
    lines, placed, version = ls.lines(one), one.placed, one.version
    offered: list[types.CodeAction] = []
    for index in list(_touched(one, lines.offset(params.range.start), lines.offset(params.range.end)))[:FEW]:
        edits = await ls.session.repairs(one, index)
        if one.version != version or one.placed is not placed:
            return []
        said = diagnostic_of(placed.report.statements[index], placed.places[index], lines)
        offered += actions_of(edits, one.uri, version, lines, said, _versioned(ls))
    return offered


def _touched(one: Opened, start: int, stop: int) -> Iterator[int]:
    """Yield the indices of the wrong statements with a known repair that a range touches."""
    assert one.placed is not None
    for k, (statement, place) in enumerate(zip(one.placed.report.statements, one.placed.places, strict=True)):
        if statement.repairs and place is not None and place[0] <= stop and start <= place[1]:
            yield k


def _is_fix(kind: types.CodeActionKind | str) -> bool:
    name = str(getattr(kind, "value", kind))
    return name in ("", types.CodeActionKind.QuickFix.value)


def _versioned(ls: Server) -> bool:
    """Tell whether the editor takes edits of a version of a document."""
    workspace = ls.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace is not None else None
    return bool(edits is not None and edits.document_changes)


def _shutdown(ls: Server, params: None) -> None:
    ls.leave()


_ANSWERS = {
    types.INITIALIZE: _initialized, types.SHUTDOWN: _shutdown, types.TEXT_DOCUMENT_DID_OPEN: _opened,
    types.TEXT_DOCUMENT_DID_CHANGE: _changed, types.TEXT_DOCUMENT_DID_SAVE: _saved,
    types.TEXT_DOCUMENT_DID_CLOSE: _closed, types.TEXT_DOCUMENT_HOVER: _hover,
}
