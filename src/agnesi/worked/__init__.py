"""What an algorithm that is done as on paper returns: the answer, the steps, and what was checked.

`record` has the records, `exact` the numbers and matrices that come in, `pieces` the mathematics that is shown,
`show` the surfaces: text, LaTeX, HTML, data.
"""
