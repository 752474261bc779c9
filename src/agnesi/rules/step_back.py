"""Backpropagation: df = δᵀdz for each layer's input z, from the last layer back to the variable (PRML 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from agnesi.expr.nodes import Expr, Symbol, apply, replace, symbol, symbols_of
from agnesi.rules.simplify import negated, plus, times, transposed
from agnesi.rules.step_chain import LOW, Names
from agnesi.rules.step_collect import gradients
from agnesi.rules.step_differential import Rules
from agnesi.rules.step_line import Line, joined
from agnesi.rules.step_look import differential_of, differentials, op_of
from agnesi.rules.step_unfold import unfold

LAYERS = 2  # inputs of functions from which on the δ's are worth their names


@dataclass(frozen=True)
class Back:
    """The lines of a backward pass, the δ's that it names, and the derivative in all these names."""

    lines: list[Line]
    deltas: dict[Expr, Expr]
    derivative: Expr


def backward(names: Names, variable: Symbol, label: str) -> Back | None:
    """Return the backward pass through the named parts of a number; None where it is no network of several layers."""
    inputs = [s for s, role in names.roles.items() if role == "z"]
    if len(inputs) < LAYERS or names.f.shape or set(names.roles.values()) - set("zarps"):
        return None
    taken = {s.name[:1] for s in symbols_of(names.f, *names.parts.values(), variable)}
    if taken & {"δ", "Δ"}:
        return None
    rules = Rules(variable, *(s for s in names.parts if isinstance(s, Symbol)))
    lines = unfold(differential_of(names.f), rules, "normal", label=label)
    known = gradients(lines[-1].right) if lines else None
    if known is None:
        return None
    short = {meaning: part for part, meaning in names.parts.items()}
    laws: dict[Expr, list[str]] = {s: [] for s in (*names.parts, variable)}
    notes: dict[Expr, list[str]] = {s: [] for s in laws}
    deltas: dict[Expr, Expr] = {}
    for part in reversed(list(names.parts)):
        slope = known.pop(part, None)
        if slope is None:
            continue
        slope = signed(slope)
        if part in inputs and slope.args:
            delta = delta_of(part)
            words = reason(delta, part, laws[part], label, bool(known))
            lines.append(Line(delta, slope, words, "PRML 5.3", "definition", joined(notes[part])))
            deltas[delta] = slope
            slope = delta
        unfolded = unfold(differential_of(names.parts[part]), rules, "normal", brief=True)
        moved = replace(unfolded[-1].right, short) if unfolded else None
        inner = gradients(contracted(slope, moved)) if moved is not None else None
        if inner is None:
            return None
        used = [w for line in unfolded for w in line.rule.split("; ") if w.startswith("d ")]
        for target, more in inner.items():
            known[target] = plus(known[target], more) if target in known else more
            laws[target] += used + ([] if part in inputs else laws[part])
            notes[target] += [line.note for line in unfolded] + ([] if part in inputs else notes[part])
    own = known.get(variable)
    if own is None or len(known) > 1 or not deltas:
        return None
    return Back([*lines, last_line(own, variable, label)], deltas, own)


def signed(slope: Expr) -> Expr:
    """Write −(y − p) as p − y."""
    inner = slope.args[0] if op_of(slope) == "neg" else slope
    if inner is slope or op_of(inner) != "add" or all(op_of(a) != "neg" for a in inner.args):
        return slope
    return plus(*sorted((negated(a) for a in inner.args), key=lambda a: op_of(a) == "neg"))


def delta_of(part: Expr) -> Symbol:
    """Return δ, with the number of the part: δ₂ for z₂; Δ for a matrix."""
    assert isinstance(part, Symbol)
    letter = "Δ" if part.ndim == 2 else "δ"
    _, _, number = part.name.partition("_")
    return symbol(f"{letter}_{number}" if number else letter, part.shape)


def reason(delta: Symbol, part: Expr, laws: list[str], label: str, more: bool) -> str:
    """Say what a δ is: what stands on dz in df, and the law of the function behind it."""
    assert isinstance(part, Symbol)
    d, z = delta.name.translate(LOW), part.name.translate(LOW)
    form = f"tr({d}ᵀ d{z})" if part.ndim == 2 else f"{d}ᵀ d{z}"
    known = f"{label} = {form}{' + ...' if more else ''}"
    return joined([known, *laws])


def contracted(slope: Expr, moved: Expr) -> Expr:
    """Return ⟨slope, moved⟩ as gᵀdu, tr(GᵀdU) or g du."""
    if not moved.shape:
        return times(slope, moved)
    whole = times(transposed(slope), moved)
    return apply("tr", whole) if whole.shape else whole


def last_line(own: Expr, variable: Symbol, label: str) -> Line:
    """Return df in the differential of the variable itself."""
    whole = contracted(own, differential_of(variable))
    assert differentials(whole)
    words = "a number is its own trace, and the trace is cyclic" if variable.ndim == 2 else "the layer is linear in it"
    return Line(label, whole, words, "MML 4.1", "collect")
