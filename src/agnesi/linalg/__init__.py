"""Linear algebra, worked: the algorithms as they are done on paper, exact, with their steps and what was checked."""
