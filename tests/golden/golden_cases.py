"""The classical derivations of the golden transcripts: a name, what is typed, the variable, and other options."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One transcript: `agnesi derive text --wrt variable`, with further options of `derive`."""

    name: str
    text: str
    variables: tuple[str, ...]
    options: tuple[tuple[str, object], ...] = ()


def _case(name: str, text: str, wrt: str, **options: object) -> Case:
    return Case(name, text, (wrt,), tuple(options.items()))


CASES = (
    _case("least_squares", "‖Xw − y‖²", "w"),
    _case("least_squares_half", "1/2 ‖Xw − y‖²", "w"),
    _case("weighted_least_squares", "R: n×n diagonal; (y − Xw)ᵀR(y − Xw)", "w"),
    _case("ridge", "‖Xw − y‖² + λ‖w‖²", "w"),
    _case("lasso", "1/2 ‖Xw − y‖² + λ‖w‖₁", "w"),
    _case("logistic_labels_01", "−yᵀ log σ(Xw) − (1 − y)ᵀ log(1 − σ(Xw))", "w"),
    _case("logistic_labels_sign", "y: n sign; sum(log(1 + exp(−y ⊙ (Xw))))", "w"),
    _case("logistic_index_sum", "∑_{i=1}^n log(1 + exp(−y_i x_iᵀw))", "w"),
    _case("cross_entropy_logits", "y: k probability; −yᵀ log softmax(z)", "z"),
    _case("cross_entropy_weights", "y: k probability; −yᵀ log softmax(Wx)", "W"),
    _case("cross_entropy_batch", "X: n×d, Y: n×k stochastic, W: d×k; −tr(Yᵀ log(softmaxrows(XW)))", "W"),
    _case(
        "cross_entropy_index_sum",
        "X: n×d, W: k×d, Y: n×k; ∑_{i=1}^n (logsumexp(W x_i) − y_iᵀ W x_i)",
        "W",
    ),
    _case("gaussian_mean", "X: n×d, Σ: d×d spd; 1/2 ∑_{i=1}^n (x_i − μ)ᵀΣ⁻¹(x_i − μ)", "μ"),
    _case("gaussian_covariance", "X: n×d, Σ: d×d spd; −n/2 log det Σ − 1/2 ∑_{i=1}^n (x_i − μ)ᵀΣ⁻¹(x_i − μ)", "Σ"),
    _case("gaussian_precision", "Λ: d×d spd; 1/2 log det Λ − 1/2 (x − μ)ᵀΛ(x − μ)", "Λ"),
    _case("gaussian_scale", "σ > 0; −n log σ − ‖x − μ𝟏‖²/(2σ²)", "σ"),
    _case("linear_gaussian_posterior", "P: d×d spd, R: n×n spd; 1/2 (w − m)ᵀP(w − m) + 1/2 (y − Xw)ᵀR⁻¹(y − Xw)", "w"),
    _case("pca_reconstruction", "X: n×d, W: d×k; ‖X − XWWᵀ‖²", "W"),
    _case("ppca", "S: d×d symmetric, W: d×k, σ > 0; 1/2 log det(WWᵀ + σ²I) + 1/2 tr((WWᵀ + σ²I)⁻¹S)", "W"),
    _case("matrix_factorisation_in_u", "‖Y − UVᵀ‖² + λ‖U‖²", "U"),
    _case("matrix_factorisation_in_v", "‖Y − UVᵀ‖² + λ‖V‖²", "V"),
    _case("matrix_factorisation_masked_u", "‖M ⊙ (Y − UVᵀ)‖²", "U"),
    _case("matrix_factorisation_masked_v", "‖M ⊙ (Y − UVᵀ)‖²", "V"),
    _case("log_det", "log det X", "X"),
    _case("log_det_gram", "X: n×d; log det(XᵀX)", "X"),
    _case("determinant", "det X", "X"),
    _case("mahalanobis", "Σ: d×d spd; sqrt((x − μ)ᵀΣ⁻¹(x − μ))", "x"),
    _case("log_sum_exp", "log sum(exp(Xw))", "w"),
    _case("attention", "q: d, K: n×d, v: m, V: n×m; vᵀVᵀsoftmax(Kq/√d)", "q"),
    _case("attention_output", "q: d, K: n×d, V: n×m; Vᵀsoftmax(Kq/√d)", "q"),
    _case("network_outer_weights", "W: h×d, V: m×h, x: d, y: m; 1/2 ‖V tanh(Wx) − y‖²", "V"),
    _case("network_inner_weights", "W: h×d, V: m×h, x: d, y: m; 1/2 ‖V tanh(Wx) − y‖²", "W"),
    _case("network_relu", "W: h×d, V: m×h, x: d, y: m; 1/2 ‖V relu(Wx) − y‖²", "W"),
    _case("network_three_layers", "U: h×d, W: k×h, V: m×k, x: d, y: m; 1/2 ‖V tanh(W tanh(Ux)) − y‖²", "U"),
    _case("batch_norm", "a: n, x: n, ε > 0; aᵀ(x − mean(x))/√(mean((x − mean(x)) ⊙ (x − mean(x))) + ε)", "x"),
    _case("cosine_similarity", "aᵀx/(‖a‖‖x‖)", "x"),
    _case("rayleigh_quotient", "A: n×n symmetric; xᵀAx/(xᵀx)", "x"),
    _case("trace_axbxt", "tr(AXBXᵀ)", "X"),
    _case("inverse_bilinear", "aᵀX⁻¹b", "X"),
    _case("entropy", "p: k probability; −pᵀ log p", "p"),
    _case("kl_gaussians_in_m", "S: d×d spd, m: d, P: d×d spd; 1/2 (tr(PS) + (m − μ)ᵀP(m − μ) − log det S)", "m"),
    _case("kl_gaussians_in_s", "S: d×d spd, m: d, P: d×d spd; 1/2 (tr(PS) + (m − μ)ᵀP(m − μ) − log det S)", "S"),
    _case("kl_gaussians_in_p", "S: d×d spd, m: d, P: d×d spd; 1/2 (tr(PS) + (m − μ)ᵀP(m − μ) − log det P)", "P"),
    _case("poisson_regression", "sum(exp(Xw)) − yᵀXw", "w"),
    _case("hinge", "y: n sign; ∑_{i=1}^n max(0, 1 − y_i x_iᵀw)", "w"),
    _case("absolute_errors", "‖Xw − y‖₁", "w"),
    _case("softmax_vector", "softmax(z)", "z"),
    _case("linear_map", "X: n×d, y: n; Xw − y", "w"),
    _case("product_in_left", "X: n×d, A: d×k; XA", "X"),
    _case("product_in_middle", "A: k×n, X: n×d, B: d×m; AXB", "X"),
    _case("inverse", "X: n×n; X⁻¹", "X"),
    _case("outer_square", "xxᵀ", "x"),
    _case("kronecker", "A: k×m, X: n×d; kron(A, X)", "X"),
    _case("vec", "A: k×n, X: n×d, B: d×m; vec(AXB)", "X"),
    _case("hessian_quadratic_trace", "tr(XᵀAXB)", "X", order=2),
    _case("sum_of_squares_by_index", "∑_{i=1}^n x_i²", "x"),
    _case("matrix_square", "X: n×n; X²", "X"),
    _case("gram", "X: n×d; XᵀX", "X"),
    _case("masked_product", "M: n×d, A: n×k, X: k×d; M ⊙ (AX)", "X"),
    _case("layer_by_weights", "W: h×d, x: d, b: h; tanh(Wx + b)", "W"),
    _case(
        "network_four_layers_second",
        "W1: h×d, W2: k×h, W3: l×k, v: l, x: d, b: k; (vᵀtanh(W3 relu(W2 tanh(W1 x) + b)) − t)²",
        "W2",
    ),
    _case("network_softmax_head", "W: h×d, V: k×h, x: d, y: k probability; −yᵀ log softmax(V tanh(Wx))", "W"),
    _case("network_residual", "U: d×d, W: d×d, x: d, y: d; ‖tanh(Ux) + tanh(W tanh(Ux)) − y‖²", "U"),
    _case("symmetric_argument", "S: n×n; xᵀSx − log det S", "S", structure="symmetric"),
    _case("frobenius_gram", "X: n×d, K: n×n symmetric; ‖K − XXᵀ‖²", "X"),
    _case("student_t", "ν > 0; (ν + 1)/2 ∑_{i=1}^n log(1 + (y_i − μ)²/ν)", "μ"),
    _case("sigmoid_derivative", "σ(t)", "t"),
    _case("matrix_exponential_trace", "tr(expm(AX))", "X"),
    _case("kl_categorical_in_p", "sum(p ⊙ log(p ./ q))", "p"),
    _case("kl_categorical_in_q", "sum(p ⊙ log(p ./ q))", "q"),
    _case("gaussian_process_noise", "K: n×n spd; 1/2 yᵀ(K + σ²I)⁻¹y + 1/2 log det(K + σ²I)", "σ"),
    _case("support_vector_machine", "X: n×d, w: d, y: n sign; mean(max(0, 1 − y ⊙ (Xw))) + λ/2 ‖w‖²", "w"),
    _case("column_means", "X: n×d; ‖X − 𝟏mᵀ‖²", "m"),
    _case("ridge_hessian", "‖Xw − y‖² + λ‖w‖²", "w", order=2),
    _case("log_sum_exp_hessian", "logsumexp(z)", "z", order=2),
    _case("logistic_single", "y log σ(wᵀx) + (1 − y) log(1 − σ(wᵀx))", "w"),
    _case("log_det_hessian", "X: n×n; log det X", "X", order=2),
    _case("expected_quadratic", "exp(−½ (x − c)ᵀA(x − c))", "x"),
    _case("chain_scalar", "1/(1 + exp(−t))", "t"),
)
