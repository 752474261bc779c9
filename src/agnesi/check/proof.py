"""Proofs that two expressions are equal, or one at most the other: the steps, and what was assumed."""

from __future__ import annotations

from agnesi.check.proof_derivatives import derivation_steps as derivation_steps
from agnesi.check.proof_equality import prove as prove
from agnesi.check.proof_inequality import prove_inequality as prove_inequality
from agnesi.check.proof_steps import Proof as Proof
from agnesi.check.proof_steps import ProofStep as ProofStep
