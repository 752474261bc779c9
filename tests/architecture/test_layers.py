"""The shape of the code: layers, cycles, imports inside functions, docstrings, sizes, light imports, no network."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "agnesi"
FILES = sorted(SOURCE.rglob("*.py"))
NAMES = [str(f.relative_to(SOURCE)) for f in FILES]

# Rows from below to above. A module imports only from rows below its own, and from its own package.
LAYERS: list[set[str]] = [
    {"errors"}, {"expr"}, {"ops", "dialects", "course"}, {"rules", "generate"}, {"read", "write", "run"}, {"check"},
    {"asked"}, {"derivation"}, {"worked"}, {"draw"}, {"linalg", "calculus"}, {"results"},
]
LEVEL = {name: level for level, row in enumerate(LAYERS) for name in row}  # others are surfaces: above all of these
BACKENDS = {"jax", "torch"}
LIMIT = 500
NETWORK = {"socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "urllib3", "websockets"}
WORDS_ONLY = {"urllib.parse", "http.cookies"}  # spell addresses and headers, and open nothing
LISTENING = {"study/serve.py": {"socket"}}  # the app listens on this computer, and asks nobody
WEB = {"starlette", "uvicorn", "jinja2", "markupsafe", "sqlalchemy", "alembic", "pebble"}


def package(path: Path) -> str:
    """The part of agnesi that a file belongs to: `read`, `errors`, `cli`, ..."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def module(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(f) for f in FILES}
TREES = {f: ast.parse(f.read_text(encoding="utf-8"), str(f)) for f in FILES}


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def statements(tree: ast.AST, inside: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import, and whether it stands inside a function; those for type checkers only are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, inside
        elif not for_types_only(node):
            yield from statements(node, inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def imported(path: Path, node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules that an import names, in full."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        here = module(path).split(".")
        here = here if path.name == "__init__.py" else here[:-1]
        base = ".".join([*here[: len(here) - node.level + 1], *([base] if base else [])])
    return [f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names]


def inner_imports(path: Path) -> set[str]:
    names = {name for node, _ in statements(TREES[path]) for name in imported(path, node)}
    return {name for name in names if name.split(".")[0] == "agnesi"}


def part(name: str) -> str | None:
    pieces = name.split(".")
    return pieces[1] if len(pieces) > 1 else None


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_imports_go_down(path: Path) -> None:
    own = package(path)
    if own not in LEVEL:
        return  # a surface may import everything
    for name in inner_imports(path):
        other = part(name)
        assert other is not None, f"{path.name} imports the package agnesi itself"
        if other != own:
            assert other in LEVEL, f"{own} imports the surface {name}"
            assert LEVEL[other] < LEVEL[own], f"{own} may not import {name}"


def test_no_import_cycles() -> None:
    graph = {module(f): {n for n in inner_imports(f) if n in MODULES and n != module(f)} for f in FILES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in sorted(graph[name]):
                if not name.startswith(other + "."):  # a package's __init__ and its own modules are one thing
                    visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_documents_stand_above_check_and_below_the_command_line() -> None:
    files = "records build formulas macros latex latex_sources markdown markdown_spans notebook"
    reading = {f"agnesi.documents.{name}" for name in files.split()}
    assert reading <= MODULES
    for path in FILES:
        names = {name for name in inner_imports(path) if name in MODULES}
        if module(path) in reading:  # what reads a file judges nothing, and could be used alone
            assert names <= reading | {"agnesi.errors"}, f"{path.name} imports {sorted(names - reading)}"
        elif package(path) in ("checking", "show", "show_report", "derivation", *LEVEL):
            assert not any(part(name) in ("documents", "cli") for name in names), f"{path.name} imports documents"
        elif package(path) == "documents":
            assert "agnesi.cli" not in names, f"{path.name} imports the command line"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_import_inside_a_function(path: Path) -> None:
    for node, inside in statements(TREES[path]):
        if inside:
            tops = {name.split(".")[0] for name in imported(path, node)}
            assert "agnesi" not in tops, f"{path.name}:{node.lineno}"
            assert not tops & sys.stdlib_module_names, f"{path.name}:{node.lineno}"
            if package(path) in LEVEL:
                assert package(path) == "run", f"{path.name}:{node.lineno}"
                assert tops <= BACKENDS, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_public_things_have_docstrings(path: Path) -> None:
    assert ast.get_docstring(TREES[path]), "the module"
    for node in TREES[path].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} at line {node.lineno}"
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    assert ast.get_docstring(inner), f"{node.name}.{inner.name} at line {inner.lineno}"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LIMIT


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_nothing_goes_to_the_network(path: Path) -> None:
    for node, _ in statements(TREES[path]):
        for name in imported(path, node):
            allowed = WORDS_ONLY | LISTENING.get(path.relative_to(SOURCE).as_posix(), set())
            assert name in allowed or name.split(".")[0] not in NETWORK, f"{path.name}:{node.lineno}"


def test_what_listens_connects_to_nobody() -> None:
    for name in LISTENING:
        called = {node.attr for node in ast.walk(TREES[SOURCE / name]) if isinstance(node, ast.Attribute)}
        assert "bind" in called and not called & {"connect", "connect_ex", "create_connection", "urlopen"}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_web_stays_in_the_study_app_and_its_mathematics_in_verbs(path: Path) -> None:
    where = path.relative_to(SOURCE).parts
    names = {name for node, _ in statements(TREES[path]) for name in imported(path, node)}
    web = {name.split(".")[0] for name in names} & WEB
    if where[0] != "study" or where[1] == "verbs":
        assert not web, f"{path.name} imports {sorted(web)}"
        return
    parts = {part(name) for name in names if name.split(".")[0] == "agnesi"}
    assert parts <= {"study", "course", "errors", "dialects", "memory", None}, f"{path.name} imports {parts}"


def test_the_app_starts_without_the_mathematics() -> None:
    code = "import sys, agnesi.study.serve as s; s.application(s.Settings()); print(sorted(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(ast.literal_eval(out))
    assert "agnesi.study.pages.home" in loaded
    assert not loaded & {"numpy", "plotly", "matplotlib", "sympy", "agnesi.expr", "agnesi.results", "alembic"}


def test_importing_agnesi_is_light() -> None:
    code = "import sys, agnesi; print(sorted({m.split('.')[0] for m in sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(ast.literal_eval(out))
    assert not loaded & {"jax", "torch", "sympy", "matplotlib", "pandas", "sklearn", "hypothesis", "mpmath"}


def test_names_say_what_a_module_is_about() -> None:
    vague = {"utils", "util", "helpers", "misc", "manager", "common", "tools"}
    assert not {f.stem for f in FILES} & vague


def test_the_checks_would_notice() -> None:
    """A test that cannot fail is a defect: the readers of imports see what they must see."""
    text = "import a\ndef f():\n    from b import c\nif TYPE_CHECKING:\n    import hidden\nwith x:\n    import d"
    tree = ast.parse(text)
    seen = [(imported(FILES[0], node)[0], inside) for node, inside in statements(tree)]
    assert seen == [("a", False), ("b", True), ("d", False)]
    levels = [LEVEL[name] for name in ("errors", "expr", "ops", "rules", "run", "check")]
    assert levels == sorted(set(levels)) and LEVEL["run"] == LEVEL["read"]
    assert set(LEVEL) <= {package(f) for f in FILES}, "a layer without files"
