"""What a maximum or minimum runs over: max_{x: ‖x‖ = 1}, min_{x ≥ 0}, max_{p ∈ Δ}, argmin_w, max_{x ≠ 0}."""

from __future__ import annotations

from agnesi.errors import ReadError
from agnesi.read.scene import ELEMENTWISE, function_name, is_capital, names_of
from agnesi.read.syntax import Node, postorder

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


def numbers_among(items: tuple[Node, ...], body: Node) -> list[Node]:
    """Return the variables that are compared with numbers, as in 0 ≤ x ≤ 1, where nothing in the body is a vector's."""
    variables, conditions = run_over(items, body)
    compared = {s.value for c in conditions for s in c.args if s.head == "name" and c.head == "rel"}
    for node in postorder(body):
        vectorial = node.head in ("transpose", "prime", "sub", "index", "normquad", "big", "hadamard")
        capital = node.head == "name" and is_capital(str(node.value))
        if vectorial or capital or (node.head == "call" and function_name(node.value[0]) not in ELEMENTWISE):
            return []
    return [v for v in variables if v.value in compared]


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
