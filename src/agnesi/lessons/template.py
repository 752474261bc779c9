"""The text that `agnesi lesson new` writes: a lesson that passes the check, to be replaced piece by piece."""

from __future__ import annotations

from agnesi.course import curriculum

_TEXT = '''+++
id = "{id}"
title = "{title}"
question = "How fast does a square grow?"
resource = "{resource}"
where = ["{resource} {chapter}"]      # its own resource first; then others: "mml 5.1"
concepts = ["{concept}"]              # taught here; the ids stand in `agnesi path` and on the map
needs = []                            # concepts that a reader must know
results = []                          # results of the books that are shown or named here: agnesi results
exercises = []                        # families of exercises: /practice in the app lists them
next = []                             # lessons
order = 0                             # its place in the chapter
+++

## The idea

Say it in plain words, as to somebody who knows only what the lesson needs. A picture comes first: pull the slider below
and watch what a square does when its side grows. Nothing is defined yet. Two or three sentences are enough, and each of
them says one thing.

```figure a=0.5..2@1
draw.tangent_line("x^2", a, (-1, 3))
```

## An example

Then one example with numbers. Let $x$ be a scalar. At $x = 3$ the square is 9, and at $x = 3.1$ it is 9.61: the
quotient is $0.61/0.1 = 6.1$. That is close to 6.

## The statement

Let $f(x) = x²$. Then $f'(x) = 2 x$.

Every formula between dollars is judged when the lesson is checked, with what was declared and defined above it.

## The derivation

Never type a derivation: name the function and let the engine make it.

```derive wrt=x
x: scalar; f(x) = x²
```

## Usual slips

Take names from docs/slips.md.

```slips
exponent
```
'''


def new_text(id: str, resource: str, title: str) -> str:
    """Return a lesson to begin with, of a resource.

    >>> new_text("my-lesson", "matcalc", "My lesson").splitlines()[1]
    'id = "my-lesson"'
    """
    course = curriculum()
    concept = next(c for c in course.concepts.values() if any(p.resource == resource for p in c.taught))
    chapter = next(p.chapter for p in concept.taught if p.resource == resource)
    return _TEXT.format(id=id, resource=resource, title=title.replace('"', "'"), chapter=chapter, concept=concept.id)
