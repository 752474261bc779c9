"""The Python that reproduces a result, taken from the function that computes it: its body, with what the body needs.

Imports, constants and functions of the module come along as far as they are used; `Found` becomes four names.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from agnesi.expr.python_text import parsed

PARTS = ("worked", "values", "evidence", "picture", "notes")  # of Found, in the order of its fields
PRINTED = {
    "worked": 'print(*worked, sep="\\n\\n")\n',
    "values": 'for name, value in values.items():\n    print(f"{name} = {value}")\n',
    "evidence": 'for check in evidence:\n    print(check.holds, "-", check.what)\n',
    "picture": "picture  # a notebook shows it; a script may write it: picture.save('picture.png')\n",
}


@dataclass(frozen=True)
class _Source:
    """A module as text: for each name at its top level what imports it, or the node that defines it."""

    text: str
    imported: Mapping[str, tuple[str, str]]
    defined: Mapping[str, ast.stmt]


def code_of(compute: Callable[[], Any]) -> str:
    """Return the Python text that does what the computation of a result does, and prints what it finds.

    The text runs on its own, and defines `worked` and, as far as the result has them, `values`, `evidence`, `picture`.
    It is empty for what is no function at the top of a module that ends with `return Found(…)`.
    """
    module = inspect.getmodule(compute)
    source = _read(module) if inspect.isfunction(compute) and module is not None else None
    function = source.defined.get(compute.__name__) if source else None
    if source is None or not isinstance(function, ast.FunctionDef):
        return ""
    *body, last = function.body[1 if ast.get_docstring(function) is not None else 0 :]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Call):
        return ""
    parts = dict(zip(PARTS, last.value.args, strict=False))
    parts |= {k.arg: k.value for k in last.value.keywords if k.arg}
    parts.pop("notes", None)
    needed = _needed(source, [*body, *parts.values()])
    pieces = [_imports(source, needed), *_definitions(source, needed), _lines(source, body)]
    pieces.append("".join(f"{name} = {_segment(source, node)}\n" for name, node in parts.items()))
    pieces.append("".join(PRINTED[name] for name in PARTS if name in parts))
    return "\n".join(p for p in pieces if p)


@cache
def _read(module: ModuleType) -> _Source:
    text = inspect.getsource(module)
    imported: dict[str, tuple[str, str]] = {}
    defined: dict[str, ast.stmt] = {}
    for node in parsed(text).body:
        match node:
            case ast.Import(names):
                imported |= {a.asname or a.name: ("", a.name + (f" as {a.asname}" if a.asname else "")) for a in names}
            case ast.ImportFrom(where, names):
                as_written = {a.asname or a.name: a.name + (f" as {a.asname}" if a.asname else "") for a in names}
                imported |= {name: (where or "", written) for name, written in as_written.items()}
            case ast.FunctionDef(name) | ast.Assign([ast.Name(name)]):
                defined[name] = node
            case ast.Assign([ast.Tuple(names_together)]):
                defined |= {n.id: node for n in names_together if isinstance(n, ast.Name)}
    return _Source(text, imported, defined)


def _needed(source: _Source, nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names of the module that the nodes use, and those that these use in turn."""
    found: set[str] = set()
    left = list(nodes)
    while left:
        for node in ast.walk(left.pop()):
            if isinstance(node, ast.Name) and node.id not in found:
                if node.id in source.defined:
                    left.append(source.defined[node.id])
                if node.id in source.defined or node.id in source.imported:
                    found.add(node.id)
    return found


def _imports(source: _Source, needed: set[str]) -> str:
    """Return the imports of the names: whole modules first, then names from modules, in order."""
    by_module = defaultdict[str, list[str]](list)
    for name in sorted(needed & set(source.imported)):
        module, written = source.imported[name]
        by_module[module].append(written)
    out = [f"import {written}\n" for written in by_module.pop("", [])]
    for module, names in sorted(by_module.items()):
        line = f"from {module} import {', '.join(names)}\n"
        out.append(line if len(line) <= 100 else f"from {module} import (\n    {', '.join(names)},\n)\n")
    return "".join(out)


def _definitions(source: _Source, needed: set[str]) -> list[str]:
    """Return the constants and functions of the module that are needed, as they stand there."""
    nodes = {id(source.defined[n]): source.defined[n] for n in needed if n in source.defined}
    ordered = sorted(nodes.values(), key=lambda n: n.lineno)
    return [_lines(source, [node]) for node in ordered]


def _lines(source: _Source, nodes: list[ast.stmt]) -> str:
    """Return statements as they stand in the module, with decorators and comments, moved to the left margin."""
    if not nodes:
        return ""
    first = min([nodes[0].lineno, *(d.lineno for d in getattr(nodes[0], "decorator_list", []))])
    lines = source.text.splitlines(keepends=True)[first - 1 : nodes[-1].end_lineno]
    return textwrap.dedent("".join(lines)).replace("  # fmt: skip", "")


def _segment(source: _Source, node: ast.expr) -> str:
    """Return an expression as it stands in the module; one of several lines in brackets, so that it may stand alone."""
    text = ast.get_source_segment(source.text, node) or ""
    if "\n" not in text:
        return text
    first, rest = text.split("\n", 1)
    inside = f"{first}\n{textwrap.indent(textwrap.dedent(rest), '    ')}"
    bracketed = isinstance(node, ast.Call | ast.Tuple | ast.List | ast.Dict | ast.DictComp | ast.ListComp)
    return inside if bracketed else f"({inside})"
