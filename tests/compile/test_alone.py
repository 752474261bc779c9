"""Sources stand alone: in a fresh process without Agnesi they give the same numbers; they import their backend only."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feeding import BACKENDS, close, outputs
from textbook_functions import BY_NAME, FUNCTIONS

from agnesi.run.compiled import Compiled

EVERY = [pytest.param(f.name, b, id=f"{b}-{f.name}") for b in BACKENDS for f in FUNCTIONS]
IMPORTS = {
    "numpy": {"numpy", "scipy", "warnings"}, "jax": {"jax", "functools"}, "torch": {"torch"},
}  # fmt: skip

# What a person would do with a source: put it into a file and call it. -I leaves out the folder and the environment.
DRIVER = '''
import pathlib, runpy, sys, warnings
import numpy as np
import scipy.linalg, scipy.special
backend, folder = sys.argv[1], pathlib.Path(sys.argv[2])
if backend == "torch":
    import torch
if backend == "jax":
    import jax, jax.numpy, jax.scipy
assert "agnesi" not in sys.modules
warnings.simplefilter("error")
for path in sorted(folder.glob("*.py")):
    given = dict(np.load(path.with_suffix(".npz")))
    if backend == "torch":
        given = {name: torch.from_numpy(value) for name, value in given.items()}
    given = {name: value if value.ndim else value[()] if backend == "numpy" else value for name, value in given.items()}
    sizes = given.pop("sizes_", None)
    order = (folder / (path.stem + ".txt")).read_text(encoding="utf-8").split()
    arguments = [int(name[5:]) if name.startswith("size=") else given[name] for name in order]
    found = runpy.run_path(str(path))["f"](*arguments)
    parts = found if isinstance(found, tuple) else (found,)
    np.savez(path.with_suffix(".out.npz"), *(np.asarray(part) for part in parts))
assert "agnesi" not in sys.modules, "a source has imported Agnesi"
print(len(sorted(folder.glob("*.out.npz"))))
'''


@cache
def made(name: str, backend: str) -> Compiled:
    return BY_NAME[name].compiled(backend)


def sizes_of(f: Compiled) -> list[str]:
    """The arguments of the source that are sizes, which no array tells."""
    (function,) = (n for n in ast.parse(f.source).body if isinstance(n, ast.FunctionDef) and n.name == "f")
    return [a.arg for a in function.args.args if a.arg not in f.parameters]


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_numbers_in_a_fresh_process(backend: str, tmp_path: Path) -> None:
    known = {"k": 2, "n": 6}
    wanted: dict[str, Any] = {}
    for function in FUNCTIONS:
        f = made(function.name, backend)
        point = function.point(f)
        more = {name: known[name] for name in sizes_of(f)}
        wanted[function.name] = outputs(f(**point, **more))
        (tmp_path / f"{function.name}.py").write_text(f.source, encoding="utf-8")
        np.savez(tmp_path / f"{function.name}.npz", **{name: np.asarray(value) for name, value in point.items()})
        order = [*f.parameters, *(f"size={n}" for n in more.values())]
        (tmp_path / f"{function.name}.txt").write_text(" ".join(order), encoding="utf-8")
    (tmp_path / "driver").write_text(DRIVER, encoding="utf-8")
    command = [sys.executable, "-I", str(tmp_path / "driver"), backend, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split()[-1] == str(len(FUNCTIONS)) and len(FUNCTIONS) >= 25
    for name, right in wanted.items():
        with np.load(tmp_path / f"{name}.out.npz") as found:
            got = [found[key] for key in found.files]
        assert len(got) == len(right)
        for left, other in zip(got, right, strict=True):
            close(left, other, 1e-12, name)


@pytest.mark.parametrize(("name", "backend"), EVERY)
def test_imports(name: str, backend: str) -> None:
    """Nothing but the backend is imported, at the top, and all that is imported is used."""
    tree = ast.parse(made(name, backend).source)
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert all(n in tree.body for n in imports)
    modules = {(n.module if isinstance(n, ast.ImportFrom) else a.name) or "" for n in imports for a in n.names}
    assert {m.split(".")[0] for m in modules} <= IMPORTS[backend], modules
    bound = {(a.asname or a.name).split(".")[0] for n in imports for a in n.names}
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert bound <= used, f"{sorted(bound - used)} is imported for nothing"
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert functions - used == {"f"}, "every function that is brought along is used"


@pytest.mark.parametrize(("name", "backend"), EVERY)
def test_compiles_without_warnings(name: str, backend: str) -> None:
    """Under `python -W error`; no line ends in spaces, and the formulas are the docstring."""
    source = made(name, backend).source
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(source, f"{name}.py", "exec")
    assert not [line for line in source.splitlines() if line != line.rstrip()]
    tree = ast.parse(source)
    (function,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "f")
    formulas = (ast.get_docstring(function) or "").splitlines()
    assert formulas and all(formula in formulas for formula in made(name, backend).formulas)


def test_no_line_is_longer_than_a_screen() -> None:
    long = [(f.name, line) for f in FUNCTIONS for line in made(f.name, "numpy").source.splitlines() if len(line) > 120]
    assert not long


@pytest.mark.slow
def test_the_same_text_in_every_process() -> None:
    """The order of sets and of memory addresses has no part in a source."""
    folder = str(Path(__file__).parent)
    code = (
        f"import sys, hashlib; sys.path[:0] = [{str(Path(folder).parent)!r}, {folder!r}]\n"
        "from textbook_functions import FUNCTIONS\n"
        "for f in FUNCTIONS:\n"
        "    for b in ('numpy', 'jax', 'torch'):\n"
        "        print(f.name, b, hashlib.sha256(f.compiled(b).source.encode()).hexdigest())\n"
    )
    texts = []
    for seed in ("0", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code],
                              capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        texts.append(done.stdout.splitlines())
    assert len(texts[0]) == 3 * len(FUNCTIONS)
    assert texts[0] == texts[1]


def test_the_same_text_twice_in_one_process() -> None:
    for function in FUNCTIONS[:12]:
        assert function.compiled("numpy").source == made(function.name, "numpy").source
