"""The curriculum: eight books and courses, what they teach and in what order, their results, their data sets.

The data are the .toml files beside this module, in our own words; `records` says what one record is, `curriculum`
reads them all and refuses what is incomplete or contradicts itself. `paths` finds the route from what a person knows
to a goal, with the `advice` of a fifth file; `own` adds resources, concepts and goals of one's own.
"""

from agnesi.course.advice import advice as advice
from agnesi.course.curriculum import Curriculum as Curriculum
from agnesi.course.curriculum import curriculum as curriculum
from agnesi.course.goals import Goal as Goal
from agnesi.course.goals import read_goal as read_goal
from agnesi.course.own import with_own as with_own
from agnesi.course.paths import Route as Route
from agnesi.course.paths import Stop as Stop
from agnesi.course.paths import route as route
from agnesi.course.records import Concept as Concept
from agnesi.course.records import DataSet as DataSet
from agnesi.course.records import Resource as Resource
from agnesi.course.records import Result as Result
