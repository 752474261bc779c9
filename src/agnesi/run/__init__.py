"""From expressions to numbers: reference values, random points, and (elsewhere) generated code."""
