"""How the corpus of derivations is judged: what was judged rightly stays so, and no false alarm is added.

`judged_rightly.txt` has the cases whose first wrong line is found, or in which none is found where none is planted.
It may grow, and must not shrink. `KNOWN_ALARMS` are the cases in which a right line is refuted: each is a fault to be
mended. The list may shrink, and must not grow.
"""

import pytest
from test_metamorphic import CASES, CORPUS, RIGHTLY, judged, refuted, text_of

FILES = sorted(file.stem for file in CORPUS.glob("*.toml"))
KNOWN_ALARMS = set()


def cases_of(file):
    return {name: case for name, case in CASES.items() if name.rpartition("-")[0] == file}


def faults(case, lines):
    """What is wrong with the refuted lines of a case: lines before the planted one, and the first one elsewhere."""
    wrong = case["wrong"]
    early = [line for line in lines if not wrong or line < wrong]
    return early, min(lines, default=0) != wrong


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_scores(file):
    cases = cases_of(file)
    found = {name: faults(case, refuted(judged(text_of(case)))) for name, case in cases.items()}
    alarms = {name: early for name, (early, _) in found.items() if early and name not in KNOWN_ALARMS}
    assert not alarms, "right lines are refuted"
    lost = [name for name, (_, elsewhere) in found.items() if elsewhere and name in RIGHTLY]
    assert not lost, "these were judged rightly before"


def test_the_lists_name_cases():
    assert len(RIGHTLY) == len(set(RIGHTLY)) and set(RIGHTLY) <= set(CASES)
    assert set(CASES) >= KNOWN_ALARMS and not KNOWN_ALARMS & set(RIGHTLY)
    assert [file for file in FILES if not cases_of(file)] == []


def test_faults_are_seen():
    right, wrong = {"wrong": 0}, {"wrong": 4}
    assert faults(right, []) == ([], False) and faults(right, [2]) == ([2], True)
    assert faults(wrong, [4, 6]) == ([], False) and faults(wrong, [2, 4]) == ([2], True)
    assert faults(wrong, [5]) == ([], True) and faults(wrong, []) == ([], True)
