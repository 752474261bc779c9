"""Moments in words, in the many ways in which people say them."""

from __future__ import annotations

import pytest

from agnesi.read.moments_told import moments_told

MEAN, VARIANCE = ("X_1", "X_n", "μ"), ("X_1", "X_n", "σ²")


def said(text: str) -> set[tuple[str, ...]]:
    """Return the facts of a text, each with its names."""
    return {(t.fact, *t.names) for t in moments_told(text) if t.fact != "together"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("X_1, ..., X_n iid with mean μ and variance σ²", {("mean", *MEAN), ("variance", *VARIANCE)}),
        ("X_1, …, X_n i.i.d., mean μ, variance σ²", {("mean", *MEAN), ("variance", *VARIANCE)}),
        ("Let X_1, ..., X_n be independent random variables with common mean μ and common variance σ².",
         {("independent", "X_1", "X_n"), ("mean", *MEAN), ("variance", *VARIANCE)}),
        ("iid variables X_i with mean m and variance v",
         {("iid", "X_i"), ("mean", "X_i", "m"), ("variance", "X_i", "v")}),
        ("x has covariance P", {("covariance", "x", "P")}),
        ("e has mean 0 and covariance s^2 I", {("mean", "e", "0"), ("covariance", "e", "s^2 I")}),
        ("X and Y independent, both with variance s^2 > 0", {("independent", "X", "Y"), ("variance", "X", "Y", "s^2")}),
        ("X and Y have zero mean", {("mean", "X", "Y", "0")}),
        ("X has mean 0 and unit variance", {("mean", "X", "0"), ("variance", "X", "1")}),
        ("T is an unbiased estimator of θ with variance v", {("mean", "T", "θ"), ("variance", "T", "v")}),
        ("T_1 and T_2 are independent unbiased estimators of θ with variances v_1 and v_2",
         {("mean", "T_1", "T_2", "θ"), ("variance", "T_1", "v_1"), ("variance", "T_2", "v_2"),
          ("independent", "T_1", "T_2")}),
        ("T_1, ..., T_B identically distributed with variance σ², each pair with correlation ρ",
         {("variance", "T_1", "T_B", "σ²"), ("correlation", "T_1", "T_B", "ρ")}),
        ("X_1, ..., X_n each with variance s^2 and pairwise covariance ρσ²",
         {("variance", "X_1", "X_n", "s^2"), ("pair covariance", "X_1", "X_n", "ρσ²")}),
        ("(X, Y) jointly Gaussian with means μ₁, μ₂, sds σ₁, σ₂ > 0, correlation ρ",
         {("gaussian", "X", "Y"), ("mean", "X", "μ₁"), ("mean", "Y", "μ₂"), ("variance", "X", "σ₁^2"),
          ("variance", "Y", "σ₂^2"), ("correlation", "X", "Y", "ρ")}),
        ("X and Y are jointly normal with means a, b, variances s, t and covariance c",
         {("mean", "X", "a"), ("mean", "Y", "b"), ("variance", "X", "s"), ("variance", "Y", "t"),
          ("pair covariance", "X", "Y", "c")}),
        ("N is a random number of terms, independent of the X_i, with mean ν",
         {("independent", "N", "X_i"), ("mean", "N", "ν")}),
        ("where X_i iid with mean m and variance v, N independent of them",
         {("iid", "X_i"), ("mean", "X_i", "m"), ("variance", "X_i", "v"), ("independent", "N", "X_i")}),
        ("N is Poisson(λ), independent of the X_i, which are iid with mean μ",
         {("independent", "N", "X_i"), ("iid", "X_i"), ("mean", "X_i", "μ")}),
        ("X_i = μ + e_i, where the errors have zero mean, are uncorrelated and have variance σ²",
         {("mean", "e_i", "0"), ("uncorrelated", "e_i"), ("variance", "e_i", "σ²")}),
        ("y = f(x) + ε with noise of variance σ², independent of x",
         {("variance", "ε", "σ²"), ("independent", "ε", "x")}),
        ("The mean of X is μ. The variance of X is v.", {("mean", "X", "μ"), ("variance", "X", "v")}),
        ("$X$ and $Y$ are independent with variances $\\sigma_X^2$ and $\\sigma_Y^2$",
         {("variance", "X", "\\sigma_X^2"), ("variance", "Y", "\\sigma_Y^2"), ("independent", "X", "Y")}),
    ],
)
def test_what_is_said(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert wanted <= said(text)


@pytest.mark.parametrize(
    "text",
    [
        "X̄ is the mean of n numbers",
        "T = w X + (1 - w) Y is a weighted mean of X and Y",
        "mean square error",
        "f(x) = x^2 has derivative 2x",
        "A, B are n x n matrices",
        "E[T] = θ and Var(T) = σ²/n",
    ],
)
def test_what_says_no_moment(text: str) -> None:
    assert not {one for one in said(text) if one[0] in ("mean", "variance", "covariance", "correlation")}
