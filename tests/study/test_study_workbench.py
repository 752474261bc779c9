"""The workbench without a browser: sheets, tools, repairs, files, undo."""

from __future__ import annotations

from study_visitors import Visitor


def test_an_empty_workbench_shows_where_to_begin(client: Visitor) -> None:
    page = client.get("/workbench")
    assert page.status_code == 200
    assert "Starting points" in page.text


def test_a_derivative_by_its_address(client: Visitor) -> None:
    page = client.get("/workbench", params={"text": "‖X w − y‖²", "do": "derive", "wrt": "w"})
    assert page.status_code == 200
    assert "2Xᵀ(Xw − y)" in page.text and "Step by step" in page.text
