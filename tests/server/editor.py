"""An editor for tests: a real client of the protocol, over the standard input and output of a real server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

SECONDS = 90.0  # after which a test gives up; nothing is timed
COMMAND = "from agnesi.cli import main; main()"


class Editor:
    """A session with `agnesi server`. Texts are by URI; diagnostics are kept in the order in which they came."""

    def __init__(self, encodings: list[str] | None = None, options: dict[str, Any] | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("editor of the tests", "1")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: list[types.PublishDiagnosticsParams] = []
        self.shown: list[str] = []
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: self.published.append(said))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda said: self.shown.append(said.message))
        self.run(self.client.start_io(sys.executable, "-c", COMMAND, "server"))
        general = types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None
        edits = types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=encodings is not None)
        )
        able = types.ClientCapabilities(general=general, workspace=edits)
        self.server = self.run(
            self.client.initialize_async(types.InitializeParams(able, initialization_options=options))
        )
        self.client.initialized(types.InitializedParams())

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(what, SECONDS))

    def open(self, uri: str, text: str, language: str = "markdown") -> None:
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, text: str) -> int:
        self.texts[uri] = text
        self.versions[uri] += 1
        at = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(at, [whole]))
        return self.versions[uri]

    def save(self, uri: str) -> None:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def diagnostics(self, uri: str, version: int | None = 1) -> list[types.Diagnostic]:
        """Wait for the diagnostics of a version."""

        async def come() -> list[types.Diagnostic]:
            while True:
                for one in self.published:
                    if one.uri == uri and one.version == version:
                        return list(one.diagnostics)
                await asyncio.sleep(0.01)

        return self.run(come())  # type: ignore[no-any-return]

    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def hover(self, uri: str, line: int, column: int) -> types.Hover | None:
        at = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, column))
        return self.run(self.client.text_document_hover_async(at))  # type: ignore[no-any-return]

    def actions(self, uri: str, where: types.Range, only: list[str] | None = None) -> list[types.CodeAction]:
        context = types.CodeActionContext([], only=only)
        asked = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        return list(self.run(self.client.text_document_code_action_async(asked)) or [])

    def apply(self, uri: str, action: types.CodeAction) -> str:
        """The text after an action, by UTF-16 columns; independent of the code of the server."""
        assert action.edit is not None
        if action.edit.document_changes:
            (change,) = action.edit.document_changes
            assert change.text_document.version == self.versions[uri]
            (edit,) = change.edits
        else:
            (edit,) = action.edit.changes[uri]
        return replaced(self.texts[uri], edit.range, edit.new_text)

    def leave(self) -> int:
        """Shut down and exit, and return the exit status of the server."""
        self.run(self.client.shutdown_async(None))
        self.client.exit(None)
        status: int = self.run(self.client._server.wait())
        self.run(self.client.stop())
        self.loop.close()
        return status


def under(text: str, where: types.Range) -> str:
    """The characters in a range, by UTF-16 columns."""
    raw = text.encode("utf-16-le")
    return raw[_at(text, where.start) : _at(text, where.end)].decode("utf-16-le")


def replaced(text: str, where: types.Range, new: str) -> str:
    raw = text.encode("utf-16-le")
    return (raw[: _at(text, where.start)] + new.encode("utf-16-le") + raw[_at(text, where.end) :]).decode("utf-16-le")


def _at(text: str, position: types.Position) -> int:
    """The byte in UTF-16 of a position."""
    before = text.split("\n")[: position.line]
    return sum(len((line + "\n").encode("utf-16-le")) for line in before) + 2 * position.character
