"""What notes on machine learning write: the true class c, 1[j = c], log L as a name, set = 0 =>."""

import pytest

import agnesi as ag

SOFTMAX = "z = Wx, p = softmax(z), L = -log p_c for the true class c.\n"
RIGHT = [
    "y = sum_i x_i^2\ndy/dx = 2x", "y = log(sum_i exp(x_i)), p = softmax(x)\ndy/dx = p",
    SOFTMAX + "dL/dz_j = p_j - 1[j = c]\ndL/dW_{jk} = (p_j - 1[j=c]) x_k",
    SOFTMAX + "L = -z_c + log sum_j exp(z_j)\n∂L/∂z_i = p_i - δ_{ic}",
    "p = softmax(z)\nL = -log p_y where y is the true label\n∂L/∂z_k = p_k - 1{k = y}",
    "p = softmax(z), L = -log p_c where c is the correct class\n∂L/∂z_i = p_i - I(i = c)",
    "p = softmax(z)\n∂p_i/∂z_j = p_i([i = j] - p_j)",
    "log L(p) = k log p + (n-k) log(1 - p)\nd log L/dp = k/p - (n - k)/(1 - p)\nset = 0 => p = k/n",
    "ln(L(θ)) = -θ sum_i x_i + n ln θ\nd/dθ ln L = -sum_i x_i + n/θ",
    "\\ln p(D | \\mu, \\sigma^2) = -\\frac{N}{2} \\ln(2\\pi\\sigma^2) - \\frac{1}{2\\sigma^2} \\sum_n (x_n - \\mu)^2\n"
    "\\frac{\\partial}{\\partial \\mu} \\ln p(D | \\mu, \\sigma^2) = \\frac{1}{\\sigma^2} \\sum_n (x_n - \\mu)",
    "x_1,...,x_n iid Bernoulli(p)\nlog L(p) = sum_i [x_i log p + (1 - x_i) log(1 - p)]\n"
    "d log L/dp = sum_i x_i / p - (n - sum_i x_i)/(1 - p)\nset = 0 => p = (1/n) sum_i x_i",
    "f(x) = x^2 - 4x\nf'(x) = 2x - 4. Setting this to zero gives x = 2.",
    "L = xy - λ(x + y - 10)\n∂L/∂x = y - λ = 0, ∂L/∂y = x - λ = 0",
]
WRONG = [
    (SOFTMAX + "dL/dz_j = p_j - 1[j = c]\ndL/dW_{jk} = (p_j - 1[j=c]) x_j", 3),
    (SOFTMAX + "dL/dz_j = p_j + 1[j = c]", 2),
    ("log L(p) = k log p + (n-k) log(1 - p)\nd log L/dp = k/p + (n - k)/(1 - p)", 2),
    ("f(x) = x^2 - 4x\nf'(x) = 2x - 4, set = 0 => x = 3", 2),
    ("f(x) = x^2 - 4x\nf'(x) = 2x - 4\nset to 0, x = 3", 3),
]


@pytest.mark.parametrize("text", RIGHT)
def test_right(text):
    found = [s for s in ag.check(text, diagnose=False).statements if s.verdict is not None]
    assert found and {s.verdict for s in found} <= {"proved", "tested"}


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_wrong(text, line):
    assert ag.check(text, diagnose=False).first_wrong == line


def test_parameters_of_a_model_stay_in_their_domain():
    text = "x_1,...,x_n iid Bernoulli(p)\nlog L = sum_i [x_i log p + (1 - x_i) log(1 - p)]\nd log L/dp = sum_i x_i / p"
    wrong = next(s for s in ag.check(text, diagnose=False).statements if s.verdict == "refuted")
    values = wrong.evidence.counterexample.values
    assert 0 < values["p"] < 1 and set(values["x"]) <= {0, 1}
