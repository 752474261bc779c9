"""Newton steps without a shortcut: a dense solve for few unknowns, conjugate gradients for many."""

from __future__ import annotations

from textwrap import dedent

from agnesi.run.emit import Source
from agnesi.run.prelude import Prelude, preludes

FEW = 1500  # unknowns up to which the Hessian is built and factorised

_CG = '''
    def conjugate_gradients(product, b):
        """x with product(x) = b for a symmetric positive definite product: Hestenes and Stiefel's iteration."""
        x = 0 * b
        r = b
        p = r
        size = start = (r * r).sum()
        for _ in range(10 * r.size + 100):
            if not size > 1e-28 * start:
                return x
            q = product(p)
            curve = (p * q).sum()
            if not curve > 0:
                raise ArithmeticError("The Hessian is not positive definite: conjugate gradients cannot solve with it.")
            x = x + size / curve * p
            r = r - size / curve * q
            size, before = (r * r).sum(), size
            p = r + size / before * p
        raise ArithmeticError("Conjugate gradients did not converge: the Hessian is too badly conditioned.")
'''
_IN_JAX = '''
    def conjugate_gradients(product, b):
        """x with product(x) = b for a symmetric positive definite product: conjugate gradients of JAX."""
        return jax.scipy.sparse.linalg.cg(product, b, tol=1e-12, maxiter=10 * b.size + 100)[0]
'''

preludes.add(Prelude("conjugate_gradients", "numpy", dedent(_CG).strip() + "\n"))
preludes.add(Prelude("conjugate_gradients", "torch", dedent(_CG).strip().replace("r.size", "r.numel()") + "\n"))
preludes.add(Prelude("conjugate_gradients", "jax", dedent(_IN_JAX).strip() + "\n"))


def newton_program(name: str, variable: str, dense: Source, slope: Source, product: Source, backend: str) -> Source:
    """Return one program from three: the step by a dense solve, the gradient, and the Hessian times a direction.

    `product` takes the direction as its last argument.
    """
    sizes = tuple(dict.fromkeys((*dense.sizes, *slope.sizes, *product.sizes)))
    parameters = ", ".join((*dense.parameters, *sizes))
    first, second, third = (", ".join((*s.parameters, *s.sizes)) for s in (dense, slope, product))
    text = f'''
        def {name}({parameters}):
            """The Newton step: by Cholesky or LU up to {FEW} unknowns, by conjugate gradients past that."""
            if {variable}.{"numel()" if backend == "torch" else "size"} <= {FEW}:
                return {dense.name}({first})
            downhill = -{slope.name}({second})
            return conjugate_gradients(lambda {product.parameters[-1]}: {product.name}({third}), downhill)
    '''
    functions = [dense.function, slope.function, product.function]
    iteration = preludes[backend, "conjugate_gradients"].source
    pieces = dict.fromkeys((*dense.pieces, *slope.pieces, *product.pieces, iteration))
    imports = [i for i in dict.fromkeys((*dense.imports, *slope.imports, *product.imports)) if i]
    settings = [i for i in imports if not i.startswith(("import", "from"))]
    imports = [i for i in imports if i not in settings]
    if backend == "jax" and "import jax" not in imports:
        imports.insert(0, "import jax")
    lead = [*imports, *(["", *settings] if settings else [])]
    whole = "\n\n\n".join([*functions, dedent(text).strip()])
    return Source(name, dense.parameters, sizes, tuple(lead), tuple(pieces), whole)


