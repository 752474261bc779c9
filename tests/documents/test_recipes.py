"""The recipes of docs/recipes and the pre-commit hook, each in the real tool: a wrong formula fails it."""

from __future__ import annotations

import importlib.metadata
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from identify.identify import tags_from_filename
from typer.testing import CliRunner

from agnesi.cli import app

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "docs" / "recipes"
RIGHT = "# Norms\n\nLet $x \\in \\mathbb{R}^n$. Then $x^\\top x = \\|x\\|^2$. A book costs $5.\n"
WRONG = RIGHT.replace("\\|^2", "\\|")
RST = """Norms
=====

It costs $5 or $6. Let :math:`x \\in \\mathbb{R}^n`, see ``$x = 1$``.

Squares
-------

Then

.. math::

   x^\\top x &= \\|x\\|^2 \\\\
            &= \\|x\\| \\|x\\|
"""


def tool(name: str, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment, as a user does."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(cwd / ".home"), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run([name, *args], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.slow
def test_mkdocs(tmp_path: Path) -> None:
    shutil.copy(RECIPES / "mkdocs_hook.py", tmp_path)
    (tmp_path / "mkdocs.yml").write_text("site_name: Norms\nhooks: [mkdocs_hook.py]\n", encoding="utf-8")
    page = tmp_path / "docs" / "index.md"
    page.parent.mkdir()
    page.write_text(RIGHT, encoding="utf-8")
    found = tool("mkdocs", "build", cwd=tmp_path)
    assert found.returncode == 0 and (tmp_path / "site" / "index.html").exists(), found.stderr
    page.write_text(WRONG, encoding="utf-8")
    found = tool("mkdocs", "build", cwd=tmp_path)
    assert found.returncode == 1 and "index.md:3:" in found.stderr and "wrong" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.slow
def test_sphinx(tmp_path: Path) -> None:
    shutil.copy(RECIPES / "agnesi_sphinx.py", tmp_path)
    conf = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\n"
    (tmp_path / "conf.py").write_text(conf + 'extensions = ["agnesi_sphinx"]\n', encoding="utf-8")
    page = tmp_path / "index.rst"
    page.write_text(RST, encoding="utf-8")
    found = tool("sphinx-build", ".", "out", cwd=tmp_path)
    assert found.returncode == 0 and (tmp_path / "out" / "index.html").exists(), found.stderr
    page.write_text(RST.replace("&= \\|x\\| \\|x\\|", "&= \\|x\\|"), encoding="utf-8")
    for _ in range(2):  # what is wrong stays wrong where the page has not changed
        found = tool("sphinx-build", ".", "out", cwd=tmp_path)
        assert found.returncode == 1, found.stderr
        assert "index.rst:1" in found.stderr and "ERROR: wrong: " in found.stderr and "left" in found.stderr


@pytest.mark.slow
def test_pre_commit_runs_the_hook(tmp_path: Path) -> None:
    """The hook as it is defined, with the program of this environment in place of a new one."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert tool("pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"), cwd=tmp_path).returncode == 0
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "notes.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "code.py").write_text("# $1 = 2$\n", encoding="utf-8")
    assert tool("git", "init", "-q", cwd=tmp_path).returncode == 0
    tool("git", "add", "notes.md", "code.py", ".pre-commit-config.yaml", cwd=tmp_path)
    found = tool("pre-commit", "run", "--all-files", cwd=tmp_path)
    assert found.returncode == 0 and "Passed" in found.stdout, found.stdout + found.stderr
    (tmp_path / "notes.md").write_text(WRONG, encoding="utf-8")
    tool("git", "add", "notes.md", cwd=tmp_path)
    found = tool("pre-commit", "run", cwd=tmp_path)
    assert found.returncode == 1 and "notes.md:3:" in found.stdout and "wrong" in found.stdout


def test_the_hook_takes_documents() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for name in ("a.md", "a.markdown", "a.tex", "a.ipynb"):
        assert tags_from_filename(name) & set(hook["types_or"]), name
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert shlex.split(hook["entry"])[0] in scripts


def test_the_workflow_of_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commands run as they stand there."""
    steps = yaml.safe_load((RECIPES / "github-actions.yml").read_text(encoding="utf-8"))["jobs"]["check"]["steps"]
    (command,) = [s["run"] for s in steps if s.get("run", "").startswith("agnesi ")]
    (cached,) = [s["with"]["path"] for s in steps if "cache" in s.get("uses", "")]
    (uploaded,) = [s["with"]["sarif_file"] for s in steps if "sarif" in s.get("uses", "")]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "docs" / "a.md").write_text(WRONG, encoding="utf-8")
    found = CliRunner().invoke(app, [*shlex.split(command)[1:], "--jobs", "1"])
    assert found.exit_code == 1, found.output
    assert (tmp_path / cached).is_dir() and (tmp_path / uploaded).is_file()


def test_pytest_finds_the_plugin() -> None:
    plugins = {e.name: e.value for e in importlib.metadata.entry_points(group="pytest11")}
    assert plugins["agnesi"] == "agnesi.pytest_plugin"


@pytest.mark.parametrize("path", sorted(RECIPES.iterdir()), ids=lambda p: p.name)
def test_recipes_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 62
