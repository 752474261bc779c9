"""Slips with matrices: transposes, inverses, order, diagonals, entrywise products, and rules that do not exist."""

from __future__ import annotations

from agnesi.check import slip_edits_matrices as matrices
from agnesi.check import slip_edits_numbers as numbers
from agnesi.check import slip_edits_parts as parts
from agnesi.check.slips import edit, pattern

SQUARE = "A: n×n; B: n×n"

edit("transpose lost", "a transpose was lost", "Transposes show in the sizes: XᵀX and XXᵀ, Xᵀ and X are different.",
     "MML 2.2.2", 1.0, ("A: n×n; x: n", "A'*x", "A*x"), matrices.transposed, matrices.untransposed)
edit("transpose too much", "there is a transpose too much", "Transposes show in the sizes of the factors.",
     "MML 2.2.2", 1.0, ("A: n×n; x: n", "A*x", "A'*x"), matrices.untransposed, matrices.transposed)
edit("transposed as a whole", "the whole is transposed",
     "A Jacobian has the outputs in its rows and the variables in its columns; other books have it transposed.",
     "MML 5.2", 0.95, ("A: n×n; B: n×n", "A*B + B", "(A*B + B)'"), matrices.transposed_sum, matrices.transposed_sum)
edit("transpose moved", "the transpose stands on the other factor", "XᵀY and XYᵀ are different products.", "MML 2.2.2",
     0.9, ("X: n×n; Y: n×n", "X'*Y", "X*Y'"), matrices.transpose_moved, matrices.transpose_moved)
edit("transposed twin lost", "a matrix was taken for symmetric",
     "d(xᵀAx) = xᵀ(A + Aᵀ)dx: it is 2Ax only for a symmetric A.", "MML 5.3", 0.8,
     ("A: n×n; x: n", "(A + A')*x", "2*A*x"), matrices.with_transpose, matrices.without_transpose)
edit("inverse lost", "the inverse was forgotten", "d log det X = tr(X⁻¹ dX), and AX = B gives X = A⁻¹B.",
     "Magnus & Neudecker 8.4", 0.9, ("A: n×n; B: n×n", "A^-1*B", "A*B"), matrices.inverted, matrices.uninverted)
edit("inverse too much", "there is an inverse too much", "See on which side of the equation the matrix stands.",
     "MML 2.2.2", 0.9, ("A: n×n; B: n×n", "A*B", "A^-1*B"), matrices.uninverted, matrices.inverted)
edit("transpose for inverse", "a transpose stands for the inverse, or neither for both",
     "Aᵀ = A⁻¹ only where A is orthogonal; the gradient of log det X is X⁻ᵀ.", "MML 3.4", 0.95,
     ("A: n×n; x: n", "A^-1*x", "A'*x"), matrices.inverse_for_transpose, matrices.transpose_for_inverse)
edit("inverse for transpose", "an inverse stands for the transpose", "A⁻¹ = Aᵀ only where A is orthogonal.", "MML 3.4",
     0.95, ("A: n×n; x: n", "A'*x", "A^-1*x"), matrices.transpose_for_inverse, matrices.inverse_for_transpose)
edit("taken to commute", "matrices were taken to commute: AB for BA",
     "AB and BA are different in general: the order of factors stays, also in powers, (AB)³ = ABABAB.", "MML 2.2.1",
     0.95, (SQUARE, "(A*B)^3", "A^3*B^3"), numbers.none)
edit("taken for orthogonal", "a matrix was taken for orthogonal: AᵀA for I",
     "AᵀA = I only where the columns of A are orthonormal.", "MML 3.4", 0.95,
     (SQUARE, "tr(A'*A*B)", "tr(B)"), numbers.none)
pattern("projection taken for the identity", "the projection UUᵀ was taken for I",
        "UᵀU = I says that the columns are orthonormal; UUᵀ is the projection onto their span, which is I only where U "
        "is square, so that the columns are a basis.", "MML 3.8", 0.6, ("U*U'", "eye(n)"),
        ("U*(U'*U)^-1*U'", "eye(n)"), given="U: n×k")
edit("factors swapped", "the order of the factors of a product is wrong", "Matrices do not commute: AB is not BA.",
     "MML 2.2.1", 0.9, ("A: n×n; B: n×n", "A*B", "B*A"), matrices.swapped, matrices.swapped)
edit("Kronecker factors swapped", "the factors of a Kronecker product were exchanged",
     "A ⊗ B holds the blocks aᵢⱼB: A ⊗ B and B ⊗ A have the same entries in another order.", "Magnus & Neudecker 2.2",
     0.9, (SQUARE, "kron(A, B)", "kron(B, A)"), matrices.kron_swapped, matrices.kron_swapped)
edit("outer for inner", "xyᵀ stands for xᵀy", "xᵀy is a number, xyᵀ a matrix.", "MML 3.2", 0.85,
     ("x: n; y: n; z: n", "x'*y*z", "x*y'*z"), matrices.inner_for_outer, matrices.outer_for_inner)
edit("inner for outer", "xᵀx stands for xxᵀ", "xxᵀ is a matrix, xᵀx a number.", "MML 3.2", 0.85,
     ("x: n; y: n; z: n", "x*y'*z", "x'*y*z"), matrices.outer_for_inner, matrices.inner_for_outer)
edit("entrywise for matrix product", "an entrywise product stands for the matrix product",
     "(A ⊙ B)ᵢⱼ = AᵢⱼBᵢⱼ; the matrix product sums over rows times columns.", "MML 2.2.1", 0.95,
     (SQUARE, "A*B", "A ⊙ B"), matrices.matrix_product, matrices.entrywise)
edit("matrix product for entrywise", "a matrix product stands for the entrywise product",
     "Functions of every entry have entrywise derivatives: the chain rule multiplies them entry by entry.",
     "Parr & Howard 4.2", 0.95, (SQUARE, "A ⊙ B", "A*B"), matrices.entrywise, matrices.matrix_product)
edit("matrix square for entrywise", "a matrix was squared in place of its entries",
     "∑ Aᵢⱼ² is the sum over A ⊙ A, not over A².", "MML 2.2.1", 1.0, (SQUARE, "sum(A .^ 2)", "sum(A^2)"),
     matrices.entrywise_square)
edit("off-diagonal part lost or added", "only the diagonal part belongs here",
     "diag picks out the diagonal; everything beside it is 0.", "Matrix Cookbook 9.1", 1.1,
     (SQUARE, "diag(diag(A))*B", "A*B"), matrices.diagonal_only, matrices.full_matrix)
edit("off-diagonal part lost", "the part beside the diagonal was lost",
     "The diagonal of a product is not the product of the diagonals.", "Matrix Cookbook 9.1", 1.0,
     (SQUARE, "A*B", "diag(diag(A))*B"), matrices.full_matrix, matrices.diagonal_only)
edit("trace lost", "a trace was lost", "A number is the trace of itself: xᵀAx = tr(Axxᵀ).", "MML 4.1", 1.2,
     ("A: n×n", "tr(A)*2", "sum(A)*2"), parts.renamed(("sum", "tr"), ("norm", "tr")), parts.renamed(("tr", "sum")))

pattern("transpose of a product", "(AB)ᵀ was taken as AᵀBᵀ",
        "(AB)ᵀ = BᵀAᵀ: row i of A times column j of B becomes column j of B times row i of A; the order turns round.",
        "MML 2.2.2", 0.5, ("B'*A'", "A'*B'", "(A*B)'"), given=SQUARE)
pattern("transpose of a product of three", "(ABC)ᵀ was taken as AᵀBᵀCᵀ",
        "(ABC)ᵀ = CᵀBᵀAᵀ: the order turns round.", "MML 2.2.2", 0.5, ("C'*B'*A'", "A'*B'*C'", "(A*B*C)'"),
        given=f"{SQUARE}; C: n×n")
pattern("inverse of a product", "(AB)⁻¹ was taken as A⁻¹B⁻¹",
        "(AB)⁻¹ = B⁻¹A⁻¹, in the reverse order: what was done last is undone first, so that ABB⁻¹A⁻¹ = I.", "MML 2.2.2",
        0.5,
        ("B^-1*A^-1", "A^-1*B^-1", "(A*B)^-1"), given=SQUARE)
pattern("inverse of a sum", "(A + B)⁻¹ was taken as A⁻¹ + B⁻¹",
        "An inverse of a sum is no sum of inverses: for numbers, 1/(1 + 1) is not 1/1 + 1/1.", "MML 2.2.2", 0.5,
        ("(A + B)^-1", "A^-1 + B^-1"), given=SQUARE)
pattern("inverse of a scaled matrix", "(cA)⁻¹ was taken as cA⁻¹", "(cA)⁻¹ = A⁻¹/c.", "MML 2.2.2", 0.6,
        ("1/c*A^-1", "c*A^-1", "(c*A)^-1"), given="c: scalar; A: n×n")
pattern("square of a sum of matrices", "AB and BA were taken for the same in (A + B)²",
        "(A + B)² = A² + AB + BA + B²; the middle is 2AB only where A and B commute, AB = BA.", "MML 2.2.1", 0.5,
        ("A^2 + A*B + B*A + B^2", "A^2 + 2*A*B + B^2", "(A + B)^2"), given=SQUARE)
pattern("square of a sum without cross terms", "the cross terms of (a + b)² were lost",
        "(a + b)² = a² + 2ab + b²: each of the two factors gives each of its terms.", "MML 2.2.1", 0.5,
        ("A^2 + A*B + B*A + B^2", "A^2 + B^2", "(A + B)^2"), given=SQUARE)
pattern("difference of squares of matrices", "AB and BA were taken for the same in (A − B)(A + B)",
        "(A − B)(A + B) = A² + AB − BA − B²: the middle vanishes only where A and B commute.", "MML 2.2.1", 0.5,
        ("A^2 + A*B - B*A - B^2", "A^2 - B^2", "(A - B)*(A + B)"),
        ("A^2 - A*B + B*A - B^2", "A^2 - B^2", "(A + B)*(A - B)"), given=SQUARE)
pattern("power of a product of matrices", "(AB)² was taken as A²B²", "(AB)² = ABAB: A²B² = AABB needs AB = BA.",
        "MML 2.2.1", 0.5, ("A*B*A*B", "A^2*B^2", "(A*B)^2"), given=SQUARE)
pattern("power in another basis", "the power was taken of every factor of a product",
        "(CDC⁻¹)² = CDC⁻¹CDC⁻¹ = CD²C⁻¹: the C⁻¹C in between is I; factors that do not commute have no powers of "
        "their own.", "MML 4.4", 0.45,
        ("A*B^2*A^-1", "A^2*B^2*A^-2", "(A*B*A^-1)^2"), ("A*B^3*A^-1", "A^3*B^3*A^-3", "(A*B*A^-1)^3"),
        ("A*B^2*A^-1", "A^2*B^2*(A^-1)^2", "(A*B*A^-1)^2"), ("A*B^3*A^-1", "A^3*B^3*(A^-1)^3", "(A*B*A^-1)^3"),
        ("A^-1*B^2*A", "A^-2*B^2*A^2", "(A^-1*B*A)^2"), ("A^-1*B^3*A", "A^-3*B^3*A^3", "(A^-1*B*A)^3"), given=SQUARE)
pattern("trace of a product", "tr(AB) was taken as tr A tr B",
        "tr(AB) = ∑ᵢⱼ AᵢⱼBⱼᵢ: the trace is linear, but does not multiply (the determinant does).", "MML 4.1", 0.5,
        ("tr(A*B)", "tr(A)*tr(B)"), given=SQUARE)
pattern("trace of reordered factors", "the factors under a trace were exchanged, not cycled",
        "tr(ABC) = tr(BCA) = tr(CAB): factors may be cycled; tr(ACB) is another number.", "MML 4.1", 0.6,
        ("tr(A*B*C)", "tr(A*C*B)"), given=f"{SQUARE}; C: n×n")
pattern("determinant of a sum", "det(A + B) was taken as det A + det B",
        "The determinant is linear in each column alone, not in the whole matrix.", "MML 4.1", 0.5,
        ("det(A + B)", "det(A) + det(B)"), given=SQUARE)
pattern("determinant of a scaled matrix", "det(cA) was taken as c det A",
        "Each of the n columns is scaled, so the factor comes out with the power n: det(cA) = cⁿ det A.", "MML 4.1",
        0.5, ("c^n*det(A)", "c*det(A)", "det(c*A)"), ("(-1)^n*det(A)", "-det(A)", "det(-A)"), given="c: scalar; A: n×n")
pattern("determinant of an inverse", "det A⁻¹ was taken as det A or −det A", "det A⁻¹ = 1/det A.", "MML 4.1", 0.6,
        ("1/det(A)", "det(A)", "det(A^-1)"), ("1/det(A)", "-det(A)", "det(A^-1)"), ("-logdet(A)", "1/logdet(A)"),
        given="A: n×n")
pattern("log det of a scaled matrix", "log det(cA) was taken as log c + log det A",
        "det(cA) = cⁿ det A, so log det(cA) = n log c + log det A.", "MML 4.1", 0.5,
        ("n*log(c) + logdet(A)", "log(c) + logdet(A)", "logdet(c*A)"), given="c: scalar positive; A: n×n")
pattern("norm of a sum", "‖x + y‖² was taken as ‖x‖² + ‖y‖²",
        "‖x + y‖² = ‖x‖² + 2xᵀy + ‖y‖²: the cross term vanishes only for orthogonal vectors.", "MML 3.4", 0.5,
        ("‖x‖^2 + 2*x'*y + ‖y‖^2", "‖x‖^2 + ‖y‖^2", "‖x + y‖^2"),
        ("‖x‖^2 - 2*x'*y + ‖y‖^2", "‖x‖^2 + ‖y‖^2", "‖x - y‖^2"),
        ("‖x‖^2 - 2*x'*y + ‖y‖^2", "‖x‖^2 - ‖y‖^2", "‖x - y‖^2"), given="x: n; y: n")
pattern("norm of a sum unsquared", "‖x + y‖ was taken as ‖x‖ + ‖y‖",
        "The triangle inequality: ‖x + y‖ ≤ ‖x‖ + ‖y‖, with equality for parallel vectors only.", "MML 3.1", 0.5,
        ("‖x + y‖", "‖x‖ + ‖y‖"), ("‖x - y‖", "‖x‖ - ‖y‖"), given="x: n; y: n")
pattern("norm of a scaled vector", "‖cx‖² was taken as c‖x‖²", "‖cx‖ = |c|‖x‖, so the square has c².", "MML 3.1", 0.5,
        ("c^2*‖x‖^2", "c*‖x‖^2", "‖c*x‖^2"), given="c: scalar; x: n")
pattern("norm of a product", "‖Ax‖ was taken as ‖A‖‖x‖",
        "‖Ax‖ ≤ ‖A‖‖x‖: equality holds for special x only.", "MML 3.1", 0.6,
        ("‖A*x‖^2", "‖A‖^2*‖x‖^2"), ("‖A*x‖", "‖A‖*‖x‖"), given="A: m×n; x: n")
pattern("cross term of a square", "the cross terms of a squared norm have the wrong sign or factor",
        "‖x − y‖² = ‖x‖² − 2xᵀy + ‖y‖².", "MML 3.4", 0.6,
        ("‖x‖^2 - 2*x'*y + ‖y‖^2", "‖x‖^2 - x'*y + ‖y‖^2", "‖x - y‖^2"),
        ("‖x‖^2 - 2*x'*y + ‖y‖^2", "‖x‖^2 + 2*x'*y + ‖y‖^2", "‖x - y‖^2"), given="x: n; y: n")
pattern("Kronecker transpose", "(A ⊗ B)ᵀ was taken as Bᵀ ⊗ Aᵀ",
        "(A ⊗ B)ᵀ = Aᵀ ⊗ Bᵀ and (A ⊗ B)⁻¹ = A⁻¹ ⊗ B⁻¹: here the order stays.", "Magnus & Neudecker 2.2", 0.5,
        ("kron(A', B')", "kron(B', A')", "kron(A, B)'"), ("kron(A^-1, B^-1)", "kron(B^-1, A^-1)", "kron(A, B)^-1"),
        given=SQUARE)
pattern("vec of a product", "vec(AXB) was taken with the Kronecker factors exchanged",
        "vec(AXB) = (Bᵀ ⊗ A) vec X: columns are stacked, and B mixes the columns.", "Magnus & Neudecker 2.4", 0.5,
        ("kron(B', A)*vec(X)", "kron(A, B')*vec(X)", "vec(A*X*B)"),
        ("kron(B', A)*vec(X)", "kron(A, B)*vec(X)", "vec(A*X*B)"),
        ("kron(B', A)*vec(X)", "kron(B, A)*vec(X)", "vec(A*X*B)"), given=f"{SQUARE}; X: n×n")
pattern("vec of a product of other sizes", "the Kronecker factors of vec(AXB) were swapped",
        "vec(AXB) = (Bᵀ ⊗ A) vec X: columns are stacked, and B mixes the columns. The order of the factors counts.",
        "Magnus & Neudecker 2.4", 0.5, ("kron(B', A)*vec(X)", "kron(A, B')*vec(X)", "vec(A*X*B)"),
        given="A: m×k; X: k×l; B: l×p")
pattern("Woodbury sign", "a sign in the inversion lemma is wrong",
        "(A + uvᵀ)⁻¹ = A⁻¹ − A⁻¹uvᵀA⁻¹/(1 + vᵀA⁻¹u).", "MML 6, Matrix Cookbook 3.2", 0.5,
        ("A^-1 - A^-1*u*v'*A^-1/(1 + v'*A^-1*u)", "A^-1 + A^-1*u*v'*A^-1/(1 + v'*A^-1*u)", "(A + u*v')^-1"),
        ("A^-1 - A^-1*u*v'*A^-1/(1 + v'*A^-1*u)", "A^-1 - A^-1*u*v'*A^-1/(1 - v'*A^-1*u)", "(A + u*v')^-1"),
        given="A: n×n; u: n; v: n")
pattern("Woodbury denominator", "the denominator of the inversion lemma was lost",
        "Sherman-Morrison: (A + uvᵀ)⁻¹ = A⁻¹ − A⁻¹uvᵀA⁻¹/(1 + vᵀA⁻¹u); without the factor 1/(1 + vᵀA⁻¹u) it is no "
        "inverse.", "MML 6, Matrix Cookbook 3.2", 0.5,
        ("A^-1 - A^-1*u*v'*A^-1/(1 + v'*A^-1*u)", "A^-1 - A^-1*u*v'*A^-1", "(A + u*v')^-1"),
        ("A^-1 - A^-1*u*v'*A^-1/(1 + v'*A^-1*u)", "A^-1 - A^-1*u*v'*A^-1/(v'*A^-1*u)", "(A + u*v')^-1"),
        ("A^-1 - A^-1*u*v'*A^-1/(1 + v'*A^-1*u)", "A^-1 + A^-1*u*v'*A^-1", "(A + u*v')^-1"),
        given="A: n×n; u: n; v: n")
