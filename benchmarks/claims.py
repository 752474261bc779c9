"""What checking.py judges: 200 single claims, right and wrong, and ten derivations with one wrong line each."""

RIGHT = r"""
tr(AB) = tr(BA)
tr(ABC) = tr(CAB)
tr(AᵀB) = ∑_{i,j} A_ij B_ij
(AB)ᵀ = BᵀAᵀ
(ABC)' = C' B' A'
(AB)^-1 = B^-1 A^-1
(A')^-1 = (A^-1)'
(A + B)ᵀ = Aᵀ + Bᵀ
A(B + C) = AB + AC
(A + B)(A − B) = A² − AB + BA − B²
log det(AB) = log det A + log det B
log det(A^-1) = −log det A
A : n×n; det(3A) = 3^n det A
det(Aᵀ) = det(A)
‖x + y‖² = ‖x‖² + 2xᵀy + ‖y‖²
‖x − y‖² = ‖x‖² − 2xᵀy + ‖y‖²
‖x + y‖² + ‖x − y‖² = 2‖x‖² + 2‖y‖²
‖X w − y‖² = wᵀXᵀXw − 2yᵀXw + yᵀy
xᵀAx = tr(A x xᵀ)
xᵀAx = ∑_i ∑_j A_ij x_i x_j
S : n×n symmetric; xᵀSy = yᵀSx
S : n×n symmetric; ∇_x (xᵀSx) = 2Sx
‖A‖_F² = tr(AᵀA)
\|A\|_F^2 = \sum_{i,j} A_{ij}^2
a : n; b : n; tr(a bᵀ) = aᵀb
(x yᵀ)ᵀ = y xᵀ
(I + U V)⁻¹ U = U (I + V U)⁻¹
(A + u vᵀ)⁻¹ = A⁻¹ − A⁻¹ u vᵀ A⁻¹/(1 + vᵀA⁻¹u)
det(A + u v') = (1 + v' A^-1 u) det A
vec(A X B) = (Bᵀ ⊗ A) vec(X)
(A ⊗ B)(C ⊗ D) = (A C) ⊗ (B D)
(A ⊗ B)ᵀ = Aᵀ ⊗ Bᵀ
tr(A ⊗ B) = tr(A) tr(B)
X : n×d full column rank; P = X (XᵀX)⁻¹ Xᵀ; P P = P
X : n×d full column rank; P = X (XᵀX)⁻¹ Xᵀ; P' = P
Q : n×n orthogonal; ‖Qx‖ = ‖x‖
Q : n×n orthogonal; QᵀQ = I
C = BᵀB; xᵀCx = ‖Bx‖²
1ᵀx = ∑_i x_i
diag(a) b = a ⊙ b
diag(x) y = diag(y) x
x ⊙ y = y ⊙ x
AB = ∑_k A[:,k] B[k,:]ᵀ
∇_x (aᵀx) = a
∇_x (xᵀAx) = (A + Aᵀ)x
∇_x ‖x‖² = 2x
∇_x ‖x − a‖² = 2(x − a)
\nabla_w \|Xw - y\|^2 = 2X^\top(Xw - y)
∇_w (‖Xw − y‖² + λ‖w‖²) = 2Xᵀ(Xw − y) + 2λw
∇²_w ‖Xw − y‖² = 2XᵀX
∇²_x (xᵀAx) = A + Aᵀ
d log det X = tr(X⁻¹ dX)
d(X⁻¹) = −X⁻¹ dX X⁻¹
d(XY) = dX Y + X dY
d tr(X) = tr(dX)
d tr(X²) = 2 tr(X dX)
d det(X) = det(X) tr(X⁻¹ dX)
∂ tr(AX)/∂X = Aᵀ
∂ tr(XᵀX)/∂X = 2X
∂ tr(AXB)/∂X = AᵀBᵀ
∂(aᵀXb)/∂X = a bᵀ
∂(Ax)/∂x = A
∂ log det X/∂X = X⁻ᵀ
\frac{\partial \log\det X}{\partial X} = X^{-\top}
∂‖X‖_F²/∂X = 2X
∇_z log(sum(exp(z))) = softmax(z)
∇²_z log(sum(exp(z))) = diag(softmax(z)) − softmax(z) softmax(z)ᵀ
∂softmax(z)/∂z = diag(softmax(z)) − softmax(z) softmax(z)'
softmax(z + c) = softmax(z)
log(sum(exp(z + c))) = c + log(sum(exp(z)))
sum(softmax(z)) = 1
σ(−x) = 1 − σ(x)
exp(x)/(1 + exp(x)) = 1/(1 + exp(−x))
d σ(x)/dx = σ(x)(1 − σ(x))
d tanh(x)/dx = 1 − tanh(x)²
d/dx softplus(x) = sigmoid(x)
∂/∂x log(x) = 1/x
d/dx x^3 = 3 x^2
d/dx exp(-x^2/2) = -x exp(-x^2/2)
d/dx sin(x)^2 = 2 sin(x) cos(x)
d/dx (x log x - x) = log x
∂²(x²y³)/∂x∂y = 6 x y²
f(x) = x³; f'(x) = 3x²
f(x) = 1/x; f'(x) = -1/x^2
f(w) = ‖Xw − y‖²; ∇f(w) = 2XᵀXw − 2Xᵀy
f(x) = log(1 + exp(x)); f'(x) = σ(x)
f(x) = exp(-x^2/2); f''(x) = (x^2 - 1) f(x)
tanh(x) = 2σ(2x) − 1
tanh(x) = (exp(x) − exp(−x))/(exp(x) + exp(−x))
sin(x)^2 + cos(x)^2 = 1
sin(2x) = 2 sin(x) cos(x)
cos(2x) = 2 cos(x)^2 − 1
cos(a + b) = cos a cos b − sin a sin b
cosh(x)^2 - sinh(x)^2 = 1
(a + b)^2 = a^2 + 2ab + b^2
(a + b)(a − b) = a² − b²
(a + b)^3 = a^3 + 3a^2 b + 3a b^2 + b^3
a^3 - b^3 = (a - b)(a^2 + a b + b^2)
1/(1 - x) - 1 = x/(1 - x)
x > 0; log(x^2) = 2 log x
log(x^2) = 2 log|x|
x ≥ 0; √(x²) = x
√(x²) = |x|
exp(a + b) = exp(a) exp(b)
x > 0, y > 0; log(xy) = log x + log y
x > 0, y > 0; log(x/y) = log x - log y
a > 0; log(a^x) = x log a
∑_{i=1}^n i = n(n+1)/2
∑_{i=1}^n i² = n(n+1)(2n+1)/6
∑_{i=1}^n (a x_i + b) = a ∑_{i=1}^n x_i + n b
(∑_i a_i)(∑_j b_j) = ∑_i ∑_j a_i b_j
∑_{i=1}^n (x_i − x_bar) = 0 where x_bar = (1/n) ∑_{i=1}^n x_i
\sum_{i=1}^n (x_i - m)^2 = \sum_{i=1}^n x_i^2 - 2 m \sum_{i=1}^n x_i + n m^2
∑_{i=1}^n c = n c
∑_{k=0}^n r^k = (1 − r^(n+1))/(1 − r)
r : scalar; 0 < r < 1; ∑_{k=0}^∞ r^k = 1/(1 − r)
∫_0^1 x² dx = 1/3
∫_0^1 exp(−x) dx = 1 − exp(−1)
∫_{-∞}^∞ exp(-x^2/2) dx = √(2π)
∫_a^b 2x dx = b² − a²
lim_{x→0} sin(x)/x = 1
‖x + y‖ ≤ ‖x‖ + ‖y‖
|xᵀy| ≤ ‖x‖ ‖y‖
x > 0; log x ≤ x − 1
x^2 + y^2 ≥ 2 x y
x : real; exp(x) ≥ 1 + x
‖x‖₁ ≤ √n ‖x‖₂
S : n×n psd; xᵀSx ≥ 0
p : n probability; −∑_i p_i log p_i ≤ log n
tr(AᵀA) ≥ 0
exp(−(x − a)²/2) ∝ exp(a x − x²/2)
log(exp(−(x − a)²/2)) = a x − x²/2 + const
log(1 + ε) ≈ ε
π ≈ 3.14159
AB = BA ⇒ (A + B)² = A² + 2AB + B²
Ax = b ⇒ x = A⁻¹b
XᵀXw = Xᵀy ⇒ w = (XᵀX)⁻¹Xᵀy
x = 2 ⇒ x² = 4
a < b ⇒ −a > −b
Var[a X] = a² Var[X]
E[a X + b] = a E[X] + b
Var[X] = E[X²] − E[X]²
P(A, B) = P(A | B) P(B)
P(A | B) = P(B | A) P(A)/P(B)
H(X, Y) = H(X) + H(Y | X)
I(X; Y) = H(X) − H(X | Y)
KL(p‖q) ≥ 0
Cov[X, Y] = E[XY] − E[X] E[Y]
X and Y independent; E[XY] = E[X] E[Y]
X, Y independent; Var[X + Y] = Var[X] + Var[Y]
"""

WRONG = r"""
tr(AB) = tr(A) tr(B)
(AB)ᵀ = AᵀBᵀ
(AB)^-1 = A^-1 B^-1
(A + B)^-1 = A^-1 + B^-1
det(A + B) = det A + det B
A : n×n; det(2A) = 2 det A
A B = B A
(A + B)² = A² + 2AB + B²
‖x + y‖² = ‖x‖² + ‖y‖²
‖x + y‖ = ‖x‖ + ‖y‖
∇_x (xᵀAx) = 2Ax
∇_w ‖Xw − y‖² = Xᵀ(Xw − y)
∇_w ‖Xw − y‖² = 2Xᵀ(Xw + y)
∇²_w ‖Xw − y‖² = 2XXᵀ
d log det X = tr(X dX)
d(X⁻¹) = −X⁻² dX
∂ log det X/∂X = X
∂ tr(XᵀX)/∂X = X
\frac{\partial \operatorname{tr}(AX)}{\partial X} = X^\top
softmax(2 z) = softmax(z)
∂softmax(z)/∂z = diag(softmax(z))
σ(−x) = −σ(x)
d σ(x)/dx = σ(x)
tanh(x) = 2σ(x) − 1
sin(2x) = 2 sin(x)
√(x²) = x
√(a² + b²) = a + b
log(a + b) = log a + log b
x > 0; log(x)^2 = 2 log(x)
exp(a b) = exp(a) exp(b)
vec(A X B) = (A ⊗ B) vec(X)
|x + y| ≤ |x|
‖x + y‖² ≤ ‖x‖² + ‖y‖²
x > 0; log x ≥ x − 1
x^2 ≥ x
(∑_i a_i)(∑_i b_i) = ∑_i a_i b_i
∑_{i=1}^n i = n(n−1)/2
∫_0^1 x² dx = 1/2
f(x) = x³; f'(x) = x²
x² = 4 ⇒ x = 2
Ax = b ⇒ x = A b
a < b ⇒ −a < −b
Var[a X] = a Var[X]
E[XY] = E[X] E[Y]
P(A | B) = P(B | A)
Var[X + Y] = Var[X] + Var[Y]
H(X, Y) = H(X) + H(Y)
E[X²] = E[X]²
‖A B‖_F = ‖A‖_F ‖B‖_F
(x + y)ᵀA(x + y) = xᵀAx + yᵀAy
"""

DERIVATIONS = {
    "ridge regression": """X : n×d, y : n, w : d, λ > 0
f(w) = ‖Xw − y‖² + λ‖w‖²
= (Xw − y)ᵀ(Xw − y) + λwᵀw
= wᵀXᵀXw − wᵀXᵀy − yᵀXw + yᵀy + λwᵀw
= wᵀXᵀXw − 2yᵀXw + yᵀy + λwᵀw
= wᵀ(XᵀX + λI)w − 2yᵀXw + yᵀy
∇f(w) = 2(XᵀX + λI)w − 2Xᵀy
= 2XᵀXw + 2λw − 2Xᵀy
= 2Xᵀ(Xw − y) + λw
∇²f(w) = 2XᵀX + 2λI""",
    "log det by differentials": """X : n×n invertible, A : n×n
f(X) = log det(X) + tr(AX)
df = d log det X + d tr(AX)
= tr(X⁻¹ dX) + tr(A dX)
= tr((X⁻¹ + A) dX)
∇f = (X⁻¹ + A)ᵀ
= X⁻ᵀ + Aᵀ
d(X⁻¹) = −X⁻¹ dX X⁻¹
d tr(X⁻¹) = −tr(X⁻¹ dX X⁻¹)
= −tr(X⁻¹ dX)""",
    "logistic regression": """x : d, w : d, y : scalar
z = xᵀw
p = σ(z)
ℓ(w) = −y log σ(xᵀw) − (1 − y) log(1 − σ(xᵀw))
= −y log σ(xᵀw) − (1 − y) log σ(−xᵀw)
= y log(1 + exp(−xᵀw)) + (1 − y) log(1 + exp(xᵀw))
∇ℓ(w) = −y (1 − σ(xᵀw)) x + (1 − y) σ(xᵀw) x
= (σ(xᵀw) − y) x
∇²ℓ(w) = σ(xᵀw) (1 − σ(xᵀw)) x xᵀ
= σ(xᵀw) x xᵀ − σ(xᵀw) x xᵀ""",
    "variance": """x : n, m : scalar
m = (1/n) ∑_{i=1}^n x_i
v = (1/n) ∑_{i=1}^n (x_i − m)²
= (1/n) ∑_{i=1}^n (x_i² − 2 m x_i + m²)
= (1/n) ∑_{i=1}^n x_i² − 2 m (1/n) ∑_{i=1}^n x_i + (1/n) ∑_{i=1}^n m²
= (1/n) ∑_{i=1}^n x_i² − 2 m² + m²
= (1/n) ∑_{i=1}^n x_i² − m²
v ≥ 0
∑_{i=1}^n (x_i − m) = 0
∑_{i=1}^n x_i² = n v − n m²""",
    "softmax cross-entropy": """z : K, t : K probability
s = softmax(z)
L = −tᵀ log(softmax(z))
= −tᵀ(z − log(sum(exp(z))))
= −tᵀz + (1ᵀt) log(sum(exp(z)))
= −tᵀz + log(sum(exp(z)))
∇_z L = −t + softmax(z)
= softmax(z) − t
∇²_z L = diag(softmax(z)) − softmax(z) softmax(z)ᵀ
= diag(softmax(z)) − softmax(z)ᵀ softmax(z) I""",
    "completing the square": """A : n×n spd, b : n, x : n, c : scalar
q(x) = xᵀAx − 2bᵀx + c
= xᵀAx − bᵀx − xᵀb + c
= xᵀAx − bᵀA⁻¹Ax − xᵀAA⁻¹b + c
= (x − A⁻¹b)ᵀA(x − A⁻¹b) − bᵀA⁻¹b + c
∇q(x) = 2Ax − 2b
= 2A(x − A⁻¹b)
∇²q(x) = 2A
q(A⁻¹b) = c − bᵀA⁻¹b
q(x) ≥ c + bᵀA⁻¹b""",
    "projection": """X : n×d full column rank, y : n, w : d
P = X(XᵀX)⁻¹Xᵀ
Pᵀ = X((XᵀX)⁻¹)ᵀXᵀ
= X(XᵀX)⁻¹Xᵀ
= P
P² = X(XᵀX)⁻¹XᵀX(XᵀX)⁻¹Xᵀ
= P
tr(P) = tr((XᵀX)⁻¹XᵀX)
= d
(I − P)² = I + P""",
    "log-normal moments": """x : scalar, m : scalar, s > 0
g(x) = −(x − m)²/(2 s²) + x
= −(x² − 2 m x + m²)/(2 s²) + x
= −(x² − 2 m x + m² − 2 s² x)/(2 s²)
= −(x² − 2 (m + s²) x + m²)/(2 s²)
= −((x − m − s²)² − (m + s²)² + m²)/(2 s²)
= −(x − m − s²)²/(2 s²) + ((m + s²)² − m²)/(2 s²)
= −(x − m − s²)²/(2 s²) + (2 m s² + s⁴)/(2 s²)
= −(x − m − s²)²/(2 s²) + m + s²
g'(x) = −(x − m − s²)/s²""",
    "entropy of a mixture of facts": """X, Y : discrete
I(X; Y) = H(X) − H(X | Y)
= H(X) − (H(X, Y) − H(Y))
= H(X) + H(Y) − H(X, Y)
H(X, Y) = H(Y) + H(X | Y)
H(Y | X) = H(X, Y) − H(X)
I(X; Y) = H(Y) − H(Y | X)
I(X; Y) ≥ 0
H(X | Y) ≤ H(X)
H(X, Y) = H(X) + H(Y) + I(X; Y)""",
    "two-layer network": """x : d, W : k×d, v : k, y : scalar
h(x) = tanh(W x)
f = vᵀ tanh(W x)
L = (vᵀ tanh(W x) − y)²/2
∂L/∂v = (vᵀ tanh(W x) − y) tanh(W x)
∂f/∂v = tanh(W x)
∂f/∂x = Wᵀ(v ⊙ (1 − tanh(W x)²))
∇_x L = (vᵀ tanh(W x) − y) Wᵀ(v ⊙ (1 − tanh(W x)²))
L ≥ 0
∂L/∂W = (vᵀ tanh(W x) − y) (v ⊙ tanh(W x)) xᵀ""",
}  # the wrong line of each is the last but where it is said
PLANTED = {"ridge regression": 9, "log-normal moments": 9}
NAMES = {name: PLANTED.get(name, len(text.splitlines())) for name, text in DERIVATIONS.items()}
