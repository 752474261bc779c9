"""Pictures: one function for each kind, one record of data behind each, drawn by Plotly or by matplotlib.

    from agnesi import draw
    draw.function("sin(x)/x").save("sinc.svg")
"""

from agnesi.draw.curves import function, taylor, tangent_line
from agnesi.draw.layers import Axis
from agnesi.draw.picture import Picture, panels

__all__ = ["Axis", "Picture", "function", "panels", "tangent_line", "taylor"]
