"""`agnesi path`: routes as text and JSON, where to start, and sentences for what is not there."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from agnesi.cli import Speed, Way, app
from agnesi.course.own import EXAMPLE
from agnesi.course.paths import SPEEDS
from agnesi.course.places import WAYS

run = CliRunner().invoke


def test_a_route_as_text() -> None:
    found = run(app, ["path", "understand backpropagation", "--own", "mml", "--own", "matcalc", "--own", "impcalc"])
    assert found.exit_code == 0
    lines = found.stdout.splitlines()
    assert lines[0] == "Backpropagation" and lines[1].startswith("12 stops, about ")
    assert "MML 5.6 (Vector Calculus), 55 min" in found.stdout and "This is what you want." in found.stdout
    assert "  --way shortest" in found.stdout and all(len(line) <= 100 for line in lines)


def test_what_is_known_is_left_out() -> None:
    found = json.loads(run(app, ["path", "gp", "--know", "mvn", "-k", "kernels", "--json"]).stdout)
    assert [s["section"] for s in found["stops"]] == ["45"] and "mvn" in found["known"]
    (only,) = found["stops"][0]["concepts"]
    assert only == {"id": "gp", "name": "Gaussian processes", "why": "This is what you want."}
    assert run(app, ["path", "gp", "-k", "gp"]).stdout.strip().endswith("You know all of it already.")


def test_ways_and_speeds_are_those_of_the_course() -> None:
    assert [w.value for w in Way] == [w.name for w in WAYS] and [s.value for s in Speed] == list(SPEEDS)
    slow, fast = (json.loads(run(app, ["path", "gp", "--pace", p, "--json"]).stdout) for p in ("slow", "fast"))
    assert slow["minutes"] > 2 * fast["minutes"]
    assert json.loads(run(app, ["path", "gp", "--way", "fewest", "--json"]).stdout)["way"] == "fewest"


def test_without_a_goal_it_says_where_to_start() -> None:
    found = run(app, ["path"])
    assert found.exit_code == 0 and "slowly, with examples" in " ".join(found.stdout.split())


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(EXAMPLE, encoding="utf-8")
    found = run(app, ["path", "training", "--with", str(tmp_path / "own.toml")])
    assert found.exit_code == 0 and "The Adam optimiser" in found.stdout and "My lecture notes" in found.stdout


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    for arguments, said in [
        (["zzzz"], "Nothing in the curriculum"), (["gp", "--own", "bible"], "no resource bible"),
        (["gp", "--know", "zzzz"], "Nothing in the curriculum"),
        (["gp", "--with", str(tmp_path / "none")], "cannot be read"),
        (["gp", "--with", str(tmp_path / "bad.toml")], "cannot be read"),
        (["understand backpropagation", "--own", "mml"], "In none of these resources"),
    ]:  # fmt: skip
        found = run(app, ["path", *arguments])
        assert said in found.output and "Traceback" not in found.output
        assert found.exit_code == (0 if "In none" in said else 2)
