"""Pictures: one function for each kind, one record of data behind each, drawn by Plotly or by matplotlib.

from agnesi import draw
draw.function("sin(x)/x").save("sinc.svg")
"""

from agnesi.draw.arrows import gram_schmidt, projection, subspace, vectors
from agnesi.draw.choose import picture_of
from agnesi.draw.curves import function, meetings, parametric, tangent_line, taylor
from agnesi.draw.fields import constraint, contours, implicit, surface, tangent_plane, vector_field
from agnesi.draw.graphs import graph
from agnesi.draw.layers import Axis
from agnesi.draw.maps import determinant, linear_map, transformations, unit_balls
from agnesi.draw.matrices import heat_map, image, images
from agnesi.draw.picture import Picture, panels
from agnesi.draw.samples import bars, convergence, gaussian, histogram, scatter

__all__ = [
    "Axis",
    "Picture",
    "bars",
    "constraint",
    "contours",
    "convergence",
    "determinant",
    "function",
    "gaussian",
    "gram_schmidt",
    "graph",
    "heat_map",
    "histogram",
    "image",
    "images",
    "implicit",
    "linear_map",
    "meetings",
    "panels",
    "parametric",
    "picture_of",
    "projection",
    "scatter",
    "subspace",
    "surface",
    "tangent_line",
    "tangent_plane",
    "taylor",
    "transformations",
    "unit_balls",
    "vector_field",
    "vectors",
]
