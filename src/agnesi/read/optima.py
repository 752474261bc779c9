"""What a maximum or minimum runs over: max_{x: ‖x‖ = 1}, min_{x ≥ 0}, max_{p ∈ Δ}, argmin_w, max_{x ≠ 0}."""

from __future__ import annotations

from agnesi.errors import ReadError
from agnesi.read.scene import names_of
from agnesi.read.syntax import Node

SIMPLEX = ("Δ", "simplex", "𝒫")
FREE_SETS = ("ℝ", "R^", "R", "reals")


def run_over(items: tuple[Node, ...], body: Node) -> tuple[list[Node], list[Node]]:
    """Return the variables (as the nodes of their names) and the conditions: relations and memberships.

    Without a name of its own, a condition tells the variable: the only name in it that the body has too, or the only
    such name on its left.
    """
    kept = [i for i in items if i.head != "upper"]
    cut = next((k for k, i in enumerate(kept) if i.head == "colon"), len(kept))
    conditions = [i for i in kept if i.head in ("rel", "member")]
    variables = [i for i in kept[:cut] if i.head == "name"]
    variables += [i.args[0] for i in kept if i.head == "member" and i.args[0].head == "name"]
    used = set(names_of(body))
    for condition in conditions if not variables else []:
        for sides in (condition.args, condition.args[:1]):
            named = {n.value: n for side in sides for n in nodes_of_names(side) if n.value in used}
            if len(named) == 1:
                variables += named.values()
                break
    unique = {v.value: v for v in variables}
    return list(unique.values()), conditions


def nodes_of_names(root: Node) -> list[Node]:
    """Return the nodes of names in a tree."""
    found: list[Node] = []
    stack = [root]
    while stack:
        one = stack.pop()
        if one.head == "name":
            found.append(one)
        stack.extend(one.args)
    return found


def kind_of_set(member: Node) -> str:
    """Return "simplex" or "free" for the set of a membership; raises `ReadError` for others."""
    text = str(member.value).replace("\\", "")
    if text.startswith(SIMPLEX):
        return "simplex"
    if text.startswith(FREE_SETS):
        return "free"
    raise ReadError(
        f"The set {text} is not read here.",
        expected="ℝⁿ, the simplex Δ, or a condition",
        repair="Write the condition, as in max_{x: ‖x‖ = 1}.",
    )
