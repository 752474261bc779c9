"""Results of the books and courses, reproduced by name: `results["mml-3-proj-line"]`.

A group of results is a module; each result is its id in the curriculum and a function that calls general algorithms.
"""

from agnesi.results import heights as heights
from agnesi.results import impcalc as impcalc
from agnesi.results import impla as impla
from agnesi.results import matcalc as matcalc
from agnesi.results import mml2 as mml2
from agnesi.results import mml3 as mml3
from agnesi.results import mml4 as mml4
from agnesi.results import mml5 as mml5
from agnesi.results import mml7 as mml7
from agnesi.results import sandpit as sandpit
from agnesi.results.registry import Results as Results
from agnesi.results.registry import results as results
