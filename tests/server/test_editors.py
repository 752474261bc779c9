"""The set-up of editors in docs/editors.md and docs/editors agrees with the server."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from agnesi.dialects import dialects
from agnesi.server.kinds import LANGUAGES, kind_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "editors.md").read_text(encoding="utf-8")


def test_the_extension_for_vs_code_starts_for_what_the_server_reads() -> None:
    manifest = json.loads((DOCS / "editors/vscode/package.json").read_text(encoding="utf-8"))
    code = (DOCS / "editors/vscode/extension.js").read_text(encoding="utf-8")
    listed = re.search(r"LANGUAGES = (\[.*?\])", code)
    assert listed is not None
    languages = json.loads(listed[1])
    assert manifest["activationEvents"] == [f"onLanguage:{name}" for name in languages]
    assert all(kind_of("Untitled-1", name) for name in languages)
    settings = manifest["contributes"]["configuration"]["properties"]
    assert set(re.findall(r'settings\.get\("(\w+)"\)', code)) == {name.partition(".")[2] for name in settings}
    assert settings["agnesi.dialect"]["default"] in [d.name for d in dialects]


def test_the_page_is_sound() -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (helix,) = [tomllib.loads(body) for kind, body in blocks if kind == "toml"]
    assert helix["language-server"]["agnesi"] == {"command": "agnesi", "args": ["server"]}
    assert {one["name"] for one in helix["language"]} <= set(LANGUAGES)
    (lua,) = [body for kind, body in blocks if kind == "lua"]
    listed = re.search(r"filetypes = \{ (.*?) \}", lua)
    assert listed is not None and all(kind_of("a", name.strip('" ')) for name in listed[1].split(","))
    assert lua.count("(") == lua.count(")") and lua.count("{") == lua.count("}")
    (lisp,) = [body for kind, body in blocks if kind == "elisp"]
    assert lisp.count("(") == lisp.count(")")
