"""English as it stands between formulas: which words are prose, and what the connecting ones say."""

from __future__ import annotations

import re

_PROSE = """
a about above absorb absorbed absorbing abuse according across actually add added adding addition additional after again
against algebra algebraic all almost along already also although always among an and another answer any anything appear
appears apply applied applies applying approximate approximately approximation are argument arguments arrange as aside
assert ask asked assume assumed assumes assuming assumption assumptions at average away back bar based basic bayes be
because become becomes been before begin behaves being below best better between bias bigger biggest both bottom bound
bounded bounds bracket brackets break bring brings but by calculate calculus call called can cancel cancels cancelling
cannot carry case cases certain chain change changes check checking choice choose chosen claim classes clear clearly close
closed coefficient coefficients collect collected collecting column columns combine combined combining come comes common
commutativity compare comparing complete completed completes completing component components compute computed computing
concave conclude concluded conclusion condition conditional conditionals conditioned conditioning conditions conjugate
conclusions consequently consider constants constraint constraints contains continuity continuous contribute contribution
converge converges convex coordinate coordinates correct could count counts course covariance cross cubic curve cyclic
cyclically data deduce define defined defines definition degree denote denoted denotes denoting density densities depend
dependence dependent depends derivation derivative derivatives derive derived design desired determinant deviation
diagonalise diagonalize did difference different differential differentials differentiate differentiated
differentiating differentiable differentiation dimension dimensional dimensions direct direction directly discard
disjoint distinct distribute distributed distributing distribution distributions distributive divide divided dividing do
does domain done dominated drop dropped dropping due during each easily easy effect either element elements elementwise
eliminate else elsewhere end ends energy enough ensures entire entries entropy entry entrywise equal equality equals
equate equated equating equation equations equivalent equivalently error errors estimate estimator etc evaluate
evaluated evaluating even event events every everything everywhere evidence exact exactly examine example examples
except exchange exists expand expanded expanding expands expansion expectation expectations expected explicitly
exponent exponential exponents express expressed expression expressions extra fact factor factored factoring factors
facts false family far feature features few final finally find finding finite first fix fixed follow following follows
for form formula formulas found free from full function functions further furthermore gaussian gaussians general get
gets getting give given gives giving go goal goes good got gradient gradients group grouped grouping guess had half hand
happens has have having he held hence here hidden hold holding holds how however hyperplane hypotheses hypothesis idea
identical identically identities identity if iff ignore ignored ignoring imagine implied implies imply in include
including increasing indeed independence independent independently index indices induction inequality infinity inner
input inputs inside insert inserting instance instead integral integrals integrand integrate integrated integrating
integration into introduce introducing invariance invariant inverse invert inverting is isolate isolating it its itself
iteration iterated its jensen joint jointly just keep keeping kernel kind know knowing known label labels lagrange
lagrangian large larger largest last later latter law layer layers lead leads learning least leave leaves leaving left
lemma length less let letting likelihood likewise limit limits line linear linearity linearly lines list little log
logarithm logarithms logistic logs long longer look looking lower made main make makes making many map marginal
marginalise marginalising marginalize marginalizing marginals match matching mathematics matrices matrix matter maximal
maximise maximised maximising maximize maximized maximizing maximum may mean meaning means mention method minimal
minimise minimised minimiser minimising minimize minimized minimizer minimizing minimum minus model models moment
moments more moreover most move moved moving much multiple multiplication multiplied multiplier multipliers multiply
multiplying must mutual mutually my namely natural necessarily need needed needs negative network neither never new
newton next no noise non none nonzero nor norm normal normalisation normalise normalised normaliser normalising
normalization normalize normalized normalizer normalizing norms not notation note noted nothing notice now number
numbers numerator denominator objective observation observations observe obtain obtained obtaining obtains obvious
obviously occur occurs of off often old on once one ones only onto operation operator opposite optimal optimality
optimise optimize optimum or order original orthogonal orthogonality orthonormal other others otherwise our out outer
outcome outcomes output outputs outside over overall own pair pairs parameter parameters part partial particular parts
path pattern per perfect perform performing permutation permutations picture piece pieces place plug plugged plugging
plus point points polynomial population positive posterior power powers precision predicted prediction predictions
previous primal dual prior probabilities probability problem proceed product products proof proper properties property
proportional proposition prove proved proven provided proving pull pulled pulling push put putting quadratic qed
quantity quantities question quite random range rate rather ratio read real reals really rearrange rearranged
rearranges rearranging reason recall recognise recognize rectangular reduce reduced reduces reduction regression
regularised regularized relation remain remaining remains remember remove removed removing repeat repeated replace
replaced replacing represent required residual residuals respect respectively rest restrict restricted result resulting
results return reverse rewrite rewriting rewritten right risk root roots rotation row rows rule rules said same sample
samples satisfied satisfies satisfy satisfying say says scalar scalars scale scaled scaling second section see seen
separate separately separating sequence series set sets setting several shall shape shift should show showed showing
shown shows side sides sign signs similar similarly simple simplest simplification simplified simplifies simplify
simplifying simply since single size sizes small smaller smallest smooth so solution solutions solve solved solves
solving some something space special specifically split splits splitting square squared squares squaring standard start
starting starts state statement states stationarity stationary statistic statistics step steps still strictly strong
structure subject subset substitute substituted substituting substitution subtract subtracting such suffices sufficient
suitable sum summand summation summed summing sums suppose supposing surely swap swapped swapping symmetric symmetry
take taken takes taking target targets taylor technique tells tensor term terms test than thanks that the their them
then theorem there thereby therefore these they thing things think third this those though three through throughout
thus time times to together top total totally toward trace transform transformation transpose transposed transposes
transposing transposition trick tricks trivial trivially true try turn turns twice two type unbiased uncorrelated under
underlying unique uniquely unit units unity unknown unless until unwrap up update updates upon upper us use used useful
uses using usual usually valid value values vanish vanishes vanishing variable variables variance variances variation
various vector vectors verify versa very via vice view want wanted was way ways we weight weights well were what when
whence whenever where whereas whether which while who whole whose why will wish with within without wlog word work
working works would write writes writing written wrong yes yield yielding yields you your zero zeros
rank dimensionality algebraically hessian jacobian eigenvalue eigenvalues eigenvector eigenvectors singular theorem
corollary remark solution exercise problem line lhs rhs let's that's it's we've we're don't doesn't isn't aren't can't
won't wrt iid cf eq eqn resp viz vs pmf pdf cdf spd psd samples classes instances dataset batch neuron neurons
activation activations hinge ridge lasso loss losses cost costs penalty bits nats symbol symbols codeword codewords
channel source message messages node nodes clique graph chain markov latent cluster clusters mixture component
responsibilities tangent slope
commute commutes commuting disjoint exclusive exhaustive partition nonnegative nonsingular invertible definite
semidefinite diagonal triangular stochastic idempotent projection projector skew antisymmetric integer integers binary
"""
PROSE: frozenset[str] = frozenset(_PROSE.split())

# Words that are prose whatever stands beside them.
STRICT_PROSE = frozenset(
    """the of is are be so we to or and if by it this that these those with for from where when then since because thus
    hence which let have has be been being using gives get into its our therefore otherwise else such not into onto via
    would can may must will here there they you your than given iff""".split()
)
WEAK = frozenset("at as am us do no me he up go my on".split())  # two letters that may be a product: v = at
# Words that name an operation as well: prose unless they are applied to something.
NOUNS = frozenset(
    """mean step sign rank matrix vector identity norm inner outer trace transpose gradient hessian jacobian basis sum
    unit maximum minimum polar logistic prod product max min mean zeros ones dot norm eye""".split()
)
MATHEMATICAL = frozenset(
    """const constant KL Var Cov Pr Bern Bernoulli Normal Gaussian Poisson Binomial Beta Gamma Dirichlet Uniform
    Exponential lim sup inf argmax argmin arg mod Tr tr det cov var std sd corr MSE minimise minimize maximise maximize Minimise Minimize Maximise Maximize
    Mult Cat Categorical Multinomial Gam Dir Bin Wishart Student Laplace Cauchy Geometric propto""".split()
)
PROBLEMS = frozenset("minimise minimize maximise maximize Minimise Minimize Maximise Maximize".split())
SIDES = frozenset(("lhs", "rhs"))
AFTER_I = frozenset(
    """get have think use used substitute take took did am would can know want claim need expand differentiate find
    obtain write apply multiply set see guess tried try assume""".split()
)
AFTER_NAME = frozenset(
    """is are be and or has have in to by being for with of where so then we as on at denotes from into since because
    that which when if does do must commute commutes""".split()
)

# -- what connecting words say ------------------------------------------------------------------------------------------

ZERO = re.compile(
    r"\b(?:set|sets|setting|equat\w+|put|putting|requir\w+|making|make|let|letting)\b[^.;]{0,200}?\b(?:zero|0)\b"
    r"|\bvanish\w*\b|\bstationary\b|\bstationarity\b|\bfirst[- ]order (?:optimality )?condition|\bequals? (?:zero|0)\b"
    r"|\b(?:is|are|be) zero\b|\b(?:grad|gradient|derivatives?)\s*=\s*(?:0|zero)\b",
    re.IGNORECASE,
)
OPTIMUM = re.compile(
    r"\bat (?:the|a|an|any|its) (?:\w+ )?(?:optimum|minimum|maximum|minimi[sz]er|maximi[sz]er|solution|stationary point)\b",
    re.IGNORECASE,
)
MAKES_ZERO = re.compile(r"\b(?:set|setting|put|putting|solve|solving|require|requiring|need|equat\w+)\b", re.IGNORECASE)

_SAYS = (
    (
        "so",
        r"so(?: that)?|hence|thus|therefore|then|consequently|whence|∴|⇒|→|it follows|follows that|we (?:get|obtain|have"
        r"|find|conclude|arrive)|one (?:gets|obtains)|i get|gives?|giving|yields?|yielding|implies|implying|imply|means"
        r"|meaning|becomes?|leads to|leaving|leaves|which is|reduces to|simplif(?:y|ies|ying)(?: to)?|rearrang\w+|solv\w+"
        r"|finally|altogether|in other words|that is|i\.e\.|namely|equivalently|or equivalently|obtain\w*|get",
    ),
    (
        "suppose",
        r"iff|if and only if|suppose|supposing|assum(?:e|ing|ed)|given(?: that)?|if|when|whenever|provided|subject to|under|such that|s\.t\."
        r"|with the constraint|constraint|as long as|unless|for|at|on condition",
    ),
    (
        "where",
        r"where|with|let(?:ting)?(?!['’]s| us| me)|defin\w+|denot\w+|writ(?:e|ing)|call(?:ing)?|introduc\w+|abbreviat\w+|here|put(?:ting)?"
        r"|set(?:ting)?|substitut\w+|consider|take|taking|choose|the notation|notation",
    ),
    (
        "claim",
        r"claim(?:ed)?|show(?: that)?|prove(?: that)?|proving|want(?: to show)?|to (?:show|prove)|theorem|lemma|proposition"
        r"|corollary|verify|goal|prop|is it true|to be shown|wts",
    ),
    (
        "since",
        r"since|because|∵|as|using|by|from|due to|via|recall(?:ing)?|use|thanks to|used|apply(?:ing)?|with the identity"
        r"|follows from",
    ),
    (
        "",
        r"start(?:ing)? (?:from|with|by)|begin(?:ning)? (?:from|with|by)|note(?: that)?|notice(?: that)?|observe(?: that)?|now|but|also|similarly|likewise|moreover|furthermore|clearly"
        r"|indeed|in particular|for example|e\.g\.|first|next|again|recall that|check that|again",
    ),
)
CONNECTIVES = re.compile(
    "|".join(rf"(?P<k{n}>(?<![\w\\-])(?:{words})(?![\w-]))" for n, (_, words) in enumerate(_SAYS)), re.IGNORECASE
)
LINKS = tuple(link for link, _ in _SAYS)
NEAR = re.compile(
    r"(?:for|at|with|as|by|from|using|via|use|tak(?:e|ing)|to|apply(?:ing)?|under|here|and|put(?:ting)?|set(?:ting)?"
    r"|substitut\w+|writ(?:e|ing)|call(?:ing)?|choose|introduc\w+|abbreviat\w+)$",
    re.IGNORECASE,
)
NEARBY = re.compile(
    r"[\s:]*(?:(?:all|any|every|each|some|the|an?|following|well|known|simple|standard|fact|identity|identities|relation"
    r"|formula|property|that|equation|result|notation|substitution|convention)\s+)*$",
    re.IGNORECASE,
)
LASTING = re.compile(
    r"\b(?:where|with|let|letting|define|denote|write|assum\w+|suppose|subject to|s\.t\.|such that)(?![\w-])", re.IGNORECASE
)
INTRODUCES = re.compile(
    r"(?:\b(?:is|are|becomes?|equals?|gives?|giving|gets?|obtain\w*|yields?|to|have|as|that is|which|be)|i\.e\.|:)[\s,:]*$",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"\b(?:which|that|this|it)\s+(?:is|equals|becomes|simplifies|reduces|can be|may be)(?![\w-])[^.;=]*$"
    r"|i\.e\.[\s,]*$|\bbecomes\s*$|\bthat is[\s,]*$|\bsimplif\w+(?![\w-])[^.;=]*$",
    re.IGNORECASE,
)


def link_of(said: str) -> str | None:
    """Return what the connecting words of `said` make of the formula after them; None where there are none.

    The last word counts; prepositions count only where the formula follows at once.
    """
    for found in reversed(list(CONNECTIVES.finditer(said))):
        if NEAR.match(found.group()) and not NEARBY.match(said, found.end()):
            continue
        return LINKS[int((found.lastgroup or "k0")[1:])]
    return None


# -- what may not be taken for a declaration ----------------------------------------------------------------------------

DENIED = re.compile(
    r"\b(?:iff|only if|if and only if|unless|whether|not|equality|never|neither|nor|fails?|cannot|without|n't|no longer"
    r"|show|prove|proves|claim|conclude|want|verify)\b",
    re.IGNORECASE,
)
ENDS_OPEN = re.compile(
    r"(?:\b(?:gives?|giving|get|gets|obtain|obtains|yields?|yielding|where|so|then|hence|thus|therefore|and|that|have|to|is"
    r"|implies|means|becomes|with|let|set|setting|as|equivalently)|[:⇒])\s*$",
    re.IGNORECASE,
)
OPENING = {
    "for": "suppose",
    "if": "suppose",
    "when": "suppose",
    "whenever": "suppose",
    "given": "suppose",
    "assume": "suppose",
    "assuming": "suppose",
    "suppose": "suppose",
    "under": "suppose",
    "provided": "suppose",
    "where": "where",
    "with": "where",
    "let": "where",
    "here": "where",
    "since": "since",
    "because": "since",
    "as": "since",
}
