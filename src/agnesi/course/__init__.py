"""The curriculum: eight books and courses, what they teach and in what order, their results, their data sets.

The data are the four .toml files beside this module, in our own words; `records` says what one record is, `curriculum`
reads them all and refuses what is incomplete or contradicts itself.
"""

from agnesi.course.curriculum import Curriculum as Curriculum
from agnesi.course.curriculum import curriculum as curriculum
from agnesi.course.records import Concept as Concept
from agnesi.course.records import DataSet as DataSet
from agnesi.course.records import Resource as Resource
from agnesi.course.records import Result as Result
