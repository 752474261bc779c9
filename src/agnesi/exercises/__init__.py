"""Exercises without end: families that draw instances, judged as one types, with hints and worked solutions.

    instance("matcalc-power-rule", 2, 17)     # one exercise; the same one every time
    judge(one, "f'(x) = 3x^2")                # right, unsimplified, the question given back, wrong, or not read
    hint(one, "", 1)                          # graded, from the learner's own last right line
    solution(one)                             # the answer, and the engine's steps

`record` has the records, `registry` finds the families, which are modules in `families/`; docs/exercises.md tells how
to add one.
"""

from agnesi.exercises.hints import hint as hint
from agnesi.exercises.judging import judge as judge
from agnesi.exercises.record import Choice as Choice
from agnesi.exercises.record import Exact as Exact
from agnesi.exercises.record import Family as Family
from agnesi.exercises.record import Formula as Formula
from agnesi.exercises.record import Gap as Gap
from agnesi.exercises.record import Hint as Hint
from agnesi.exercises.record import Instance as Instance
from agnesi.exercises.record import LineVerdict as LineVerdict
from agnesi.exercises.record import Option as Option
from agnesi.exercises.record import Planted as Planted
from agnesi.exercises.record import Proof as Proof
from agnesi.exercises.record import Shape as Shape
from agnesi.exercises.record import Solution as Solution
from agnesi.exercises.record import SolutionStep as SolutionStep
from agnesi.exercises.record import Verdict as Verdict
from agnesi.exercises.record import WrongLine as WrongLine
from agnesi.exercises.registry import add as add
from agnesi.exercises.registry import families as families
from agnesi.exercises.registry import family as family
from agnesi.exercises.registry import for_concept as for_concept
from agnesi.exercises.registry import instance as instance
from agnesi.exercises.registry import of_id as of_id
from agnesi.exercises.solving import solution as solution
