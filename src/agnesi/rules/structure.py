"""Find the structure of a Hessian or Jacobian in its normal form: I ⊗ VᵀV, XᵀDX + λI, D + UUᵀ, diag(exp(x)), ...

    structure(normal_derivative(f, [v, v]), v.ndim)

The labels of the products show it: a δ between a row and a column is an identity, axes that do not meet are factors
of a Kronecker product (see `structure_find`). `structure_solve` has the kinds and what each makes cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agnesi.expr.nodes import Apply, Expr, constant
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine, form_key
from agnesi.rules.canon import symmetric as mirrored
from agnesi.rules.expand import expanded
from agnesi.rules.forms import Form, build, is_delta
from agnesi.rules.multiply import delta_of, join
from agnesi.rules.structure_find import Found, classified, merged
from agnesi.rules.structure_forms import added, scaled_by, spanned
from agnesi.rules.structure_solve import (
    Blocks,
    Dense,
    Diagonal,
    Identity,
    Kronecker,
    LowRank,
    Structure,
    Sum,
    Tensor,
    Update,
)

__all__ = [
    "Blocks", "Dense", "Diagonal", "Identity", "Kronecker", "LowRank", "Structure", "Sum", "Tensor", "Update",
    "parts_of", "settled", "shortcut", "structure",
]  # fmt: skip


def structure(form: Form, lead: int) -> Structure:
    """Return the structure of a matrix given as a form: `lead` axes of rows, then those of the columns.

    >>> from agnesi.read import read
    >>> from agnesi.rules.derive import normal_derivative
    >>> reading = read("‖Y − U Vᵀ‖² + λ‖U‖²")
    >>> U = reading.symbols["U"]
    >>> found = structure(normal_derivative(reading.expr, [U, U]), 2)  # prints as I_n ⊗ (2VᵀV + 2λI)
    >>> isinstance(found, Kronecker) and isinstance(found.left, Identity)
    True
    """
    found = _structure(form, lead)
    if isinstance(found, Tensor) or (isinstance(found, Dense) and not found.updates):
        opened = expanded(form)
        if opened is not None and opened.terms and len(opened.terms) != len(form.terms):
            other = _structure(opened, lead)
            if not isinstance(other, Tensor) and not (isinstance(other, Dense) and not other.updates):
                return other
    return found


def parts_of(found: Structure) -> tuple[Expr, ...]:
    """Return the normal expressions whose values a structure needs, each once."""
    return tuple(dict.fromkeys(found.parts()))


def settled(found: Structure, sizes: Mapping[str, int]) -> Structure:
    """Return the structure as it is best used at these sizes: where Woodbury does not pay, a dense matrix."""
    match found:
        case LowRank(base=base) if base is not None:
            if found.pays(sizes):
                return replace(found, base=settled(base, sizes))
            reason = "the low rank is not low at these sizes: a dense factorisation takes less"
            if found.lead == 1:
                return Dense(found.form, build(found.form), reason)
            return Tensor(found.form, found.lead, reason)
        case Kronecker():
            return replace(found, left=settled(found.left, sizes), right=settled(found.right, sizes))
        case Sum():
            return replace(found, structures=tuple(settled(s, sizes) for s in found.structures))
    return found


def shortcut(atom: Apply, sizes: Mapping[str, int]) -> Expr | None:
    """Return a cheaper normal expression for inv(M) or log |det M| where M is diagonal or low rank plus such.

    Woodbury's formula and the determinant lemma are used where they take less arithmetic at these sizes; None
    where nothing is gained.
    """
    if atom.op.name not in ("inv", "logdet") or len(atom.args) != 1 or atom.args[0].ndim != 2:
        return None
    found = settled(structure(as_form(atom.args[0]), 1), sizes)
    if not isinstance(found, Identity | Diagonal | LowRank) or (isinstance(found, LowRank) and found.base is None):
        return None
    if atom.op.name == "logdet":
        return found.logdet()
    inverse = found.inverse()
    return None if inverse is None else build(inverse)


def _structure(form: Form, lead: int) -> Structure:
    form = combine(form)
    found = [classified(t, form, lead) for t in form.terms]
    if not form.terms or any(f.kind == "rest" for f in found) or (lead == 0 and form.shape):
        return _nothing(form, lead)
    return _of_pairs(form, found) if lead == 2 else _of_rows(form, found, lead)


def _nothing(form: Form, lead: int) -> Structure:
    if not form.terms and form.shape[:lead] == form.shape[lead:]:
        return Identity(form, lead, constant(0), "the matrix is 0")
    if lead == 1 and len(form.shape) == 2:
        return Dense(form, build(form), "no zeros, repetitions or products of thin matrices are known")
    return Tensor(form, lead)


def _kind(found: Sequence[Found], *kinds: str) -> list[Found]:
    return [f for f in found if f.kind in kinds]


def _whole(form: Form, found: Sequence[Found]) -> Form:
    """Return the sum of some of the products of a form."""
    return Form(form.shape, [f.term for f in found])


# -- one axis --------------------------------------------------------------------------------------------------------


def _of_rows(form: Form, found: Sequence[Found], lead: int) -> Structure:
    base = _base(form, _kind(found, "identity", "diagonal"), lead)
    updates = _updates(_kind(found, "update"))
    if base is not None and not updates:
        return base
    if base is None or any(u.rank(lead) == form.shape[0] for u in updates):
        symmetric = all(u.symmetric and (u.core.ndim < 2 or mirrored(u.core)) for u in updates)
        words = "it is a sum of products " + ("U C Uᵀ, so it is symmetric" if symmetric else "U C Vᵀ")
        return Dense(form, build(form), words, updates if base is None else ())
    return LowRank(form, lead, base, updates, _low_rank(updates, lead))


def _base(form: Form, found: Sequence[Found], lead: int) -> Structure | None:
    """Return the diagonal part as a structure of its own."""
    if not found:
        return None
    rows, whole = form.shape[:lead], _whole(form, found)
    if all(f.kind == "identity" for f in found):
        return Identity(whole, lead, build(added((), *(f.forms[0] for f in found))))
    entries = [f.forms[0] if f.kind == "diagonal" else spanned(f.forms[0], rows) for f in found]
    return Diagonal(whole, lead, build(added(rows, *entries)))


def _updates(found: Sequence[Found]) -> tuple[Update, ...]:
    out = []
    for left, core, right in merged(f.forms for f in found):
        c = combine(core)
        if c.terms:
            u = build(left)
            out.append(Update(u, build(c), u if right is left else build(right)))
    return tuple(out)


def _low_rank(updates: Sequence[Update], lead: int) -> str:
    rank = _rank(updates, lead)
    return f"what is added to the base has rank at most {rank}, so the inverse needs one matrix of that size"


def _rank(updates: Sequence[Update], lead: int) -> str:
    return " + ".join(str(u.rank(lead)) for u in updates)


# -- two axes --------------------------------------------------------------------------------------------------------


def _of_pairs(form: Form, found: Sequence[Found]) -> Structure:
    place = {id(t): k for k, t in enumerate(form.terms)}
    parts = _parts(form, [f for f in found if f.kind != "update"])
    parts.sort(key=lambda s: min(place[id(t)] for t in s.form.terms))
    updates = _updates(_kind(found, "update"))
    if not updates:
        return parts[0] if len(parts) == 1 else Sum(form, 2, tuple(parts))
    if len(parts) == 1:
        return LowRank(form, 2, parts[0], updates, _low_rank(updates, 2))
    reason = f"the rank is at most {_rank(updates, 2)}: rows and columns meet only through that many columns"
    rest = LowRank(_whole(form, _kind(found, "update")), 2, None, updates, reason)
    return Sum(form, 2, (*parts, rest)) if parts else rest


def _parts(form: Form, found: Sequence[Found]) -> list[Structure]:
    """Return the structures that a sum of products merges to, diagonal ones absorbed where they fit."""
    kinds = {f.kind for f in found}
    near = [f for f in found if f.kind == "kronecker" and _bare(f.forms[0])]
    far = [f for f in found if f.kind == "kronecker" and _bare(f.forms[1])]
    for axis, other in ((0, 1), (1, 0)):
        sides = (near, far)
        own = any(f.kind == "blocks" and f.blocks[axis] is not None for f in found)
        if own or ("diagonal" in kinds and sides[axis] and not sides[other]):
            inside = [f for f in found if f.blocks[axis] is not None]
            rest = [f for f in found if f.blocks[axis] is None]
            return [_blocks(form, inside, axis), *(_parts(form, rest) if rest else [])]
    scalars = _kind(found, "identity")
    base = _base(form, _kind(found, "identity", "diagonal"), 2) if "diagonal" in kinds or not near + far else None
    free = [] if base is not None else scalars
    products = _products(form, _kind(found, "kronecker"), free) + _products(form, _kind(found, "swapped"), [])
    return [*([base] if base is not None else []), *products]


def _blocks(form: Form, inside: Sequence[Found], axis: int) -> Structure:
    forms = [block for f in inside if (block := f.blocks[axis]) is not None]
    blocks = added(forms[0].shape, *forms)
    place = ("rows", "columns")[axis]
    reason = f"the {place} do not meet: there is δ between their axes, and one block for each of the {place}"
    return Blocks(_whole(form, inside), build(blocks), axis, reason)


def _products(form: Form, found: Sequence[Found], scalars: Sequence[Found]) -> list[Structure]:
    """Return the Kronecker products that a sum of them merges to: those that share a factor become one."""
    if not found:
        return []
    rows, columns = form.shape[0], form.shape[1]
    eyes = [join([(delta_of(d), (0, 1))], (d, d)) for d in (rows, columns)]
    near = [f for f in found if _bare(f.forms[0])]
    far = [f for f in found if _bare(f.forms[1]) and f not in near]
    rest = [f for f in found if f not in near and f not in far]
    shared = [{form_key(f.forms[k]) for f in rest} for k in (0, 1)]
    pulled = [f for k, fs in ((1, near), (0, far)) for f in fs if form_key(f.forms[k]) in shared[k]]
    groups = [(k, [f for f in fs if f not in pulled]) for k, fs in ((0, near), (1, far))]
    inside = next((fs for _, fs in groups if fs), None)
    more = [Found("kronecker", (eyes[0], eyes[1], f.forms[0]), term=f.term) for f in scalars]
    if inside is None and more:
        groups.append((0, more))
    elif inside is not None:
        inside += more
    groups += _shared(rest + pulled)
    return [_kronecker(form, k, fs) for k, fs in groups if fs]


def _shared(found: Sequence[Found]) -> list[tuple[int, list[Found]]]:
    """Return products grouped by their left factor; those alone there, by their right one."""
    by_left: dict[bytes, list[Found]] = {}
    for f in found:
        by_left.setdefault(form_key(f.forms[0]), []).append(f)
    by_right: dict[bytes, list[Found]] = {}
    for f in (fs[0] for fs in by_left.values() if len(fs) == 1):
        by_right.setdefault(form_key(f.forms[1]), []).append(f)
    return [(0, fs) for fs in by_left.values() if len(fs) > 1] + [(1, fs) for fs in by_right.values()]


def _kronecker(form: Form, fixed: int, found: Sequence[Found]) -> Structure:
    side = found[0].forms[fixed]
    if len(found) == 1 and fixed == 1 and not _bare(side):
        fixed, side = 0, found[0].forms[0]
    other = added(found[0].forms[1 - fixed].shape, *(scaled_by(f.forms[1 - fixed], f.forms[2]) for f in found))
    left, right = (structure(f, 1) for f in ((side, other) if fixed == 0 else (other, side)))
    swapped = found[0].kind == "swapped"
    return Kronecker(_whole(form, found), left, right, swapped, _apart(side, fixed, swapped))


def _apart(side: Form, fixed: int, swapped: bool) -> str:
    if swapped:
        return (
            "rows and columns meet crosswise, the first axis with the second and the second with the first: "
            "a Kronecker product after a transposition"
        )
    if _bare(side):
        place = ("rows", "columns")[fixed]
        return f"the {place} do not meet: there is δ between their axes, and the same matrix for all {place}"
    return "rows meet rows in one factor only, and columns meet columns in the other: a Kronecker product"


def _bare(form: Form) -> bool:
    """Tell whether a factor is the identity."""
    return len(form.terms) == 1 and len(form.terms[0].factors) == 1 and is_delta(form.terms[0].factors[0])
