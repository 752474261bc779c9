"""Reading: from text in book notation (Unicode, ASCII or LaTeX) to expressions, with shapes inferred and said."""

from agnesi.read.readings import Reading as Reading
from agnesi.read.readings import Statement as Statement
from agnesi.read.readings import Worksheet as Worksheet
from agnesi.read.vocabulary import Definition as Definition
from agnesi.read.worksheet import read as read
from agnesi.read.worksheet import worksheet as worksheet
