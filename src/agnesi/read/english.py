"""English as it stands between formulas: which words are prose, and what the connecting ones say."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


_PROSE = """
a about above absorb absorbed absorbing abuse according across activation activations actually add added adding
addition additional after again against algebra algebraic algebraically all almost along already also although always
among an and another answer antisymmetric any anything appear appears applied applies apply applying approximate
approximately approximation are aren't argument arguments arrange as aside ask asked assert assume assumed assumes
assuming assumption assumptions at average away back bar based basic batch bayes be because become becomes been before
begin behaves being below best better between bias bigger biggest binary bit bits both
box bottom bound bounded bounds bracket
brackets break bring brings but by calculate calculus call called can can't cancel cancelling cancels cannot carry
case cases cdf certain cf chain change changes channel check checking choice choose chosen claim classes clear clearly
clique close closed cluster clusters codeword codewords coefficient coefficients collect collected collecting column
columns combine combined combining come comes common commutativity commute commutes commuting compare comparing
complete completed completes completing component components compute computed computing concave conclude concluded
conclusion conclusions condition conditional conditionals conditioned conditioning conditions conjugate consequently
consider constants constraint constraints contains continuity continuous contribute contribution converge converges
convex coordinate coordinates corollary correct cost costs could count counts course covariance cross cubic curve
cyclic cyclically data dataset deduce define defined defines definite definition degree denominator denote denoted
denotes denoting densities density depend dependence dependent depends derivation derivative derivatives derive
derived design desired determinant deviation diagonal diagonalise diagonalize did
die dice difference different differentiable
differential differentials differentiate differentiated differentiating differentiation dimension dimensional
dimensionality dimensions direct direction directly discard disjoint distinct distribute distributed distributing
distribution distributions distributive divide divided dividing do does doesn't domain dominated don't done drop
dropped dropping dual due during each easily easy effect eigenvalue eigenvalues eigenvector eigenvectors either
element elements elementwise eliminate else elsewhere end ends energy enough ensures entire entries entropy entry
entrywise eq eqn equal equality equals equate equated equating equation equations equivalent equivalently error errors
estimate estimator etc evaluate evaluated evaluating even event events every everything everywhere evidence exact
exactly examine example examples except exchange exclusive exercise exhaustive exists expand expanded expanding
expands expansion expectation expectations expected explicitly exponent exponential exponents express expressed
expression expressions extra fact factor factored factoring factors facts false family far feature features few final
finally find finding finite first fix fixed follow following follows for form formula formulas found free from full
function functions further furthermore gaussian gaussians general get gets getting give given gives giving go goal
goes good got gradient gradients graph group grouped grouping guess had half hand happens has have having he held
hence here hessian hidden hinge hold holding holds how however hyperplane hypotheses hypothesis idea idempotent
identical identically identities identity if iff ignore ignored ignoring iid imagine implied implies imply in include
including increasing indeed independence independent independently index indices induction inequality infinity inner
input inputs insert inserting inside instance instances instead integer integers integral integrals integrand
integrate integrated integrating integration into introduce introducing invariance invariant inverse invert invertible
inverting is isn't isolate isolating it it's iterated iteration its itself jacobian jensen joint jointly just keep
keeping kernel kind know knowing known label labels lagrange lagrangian large larger largest lasso last latent later
latter law layer layers lead leads learning least leave leaves leaving left lemma length less let let's letting lhs
likelihood likewise limit limits line linear linearity linearly lines list little log logarithm logarithms logistic
logs long longer look looking loss losses lower made main make makes making many map marginal marginalise
marginalising marginalize marginalizing marginals markov match matching mathematics matrices matrix matter maximal
maximise maximised maximising maximize maximized maximizing maximum may mean meaning means mention message messages
method minimal minimise minimised minimiser minimising minimize minimized minimizer minimizing minimum minus mixture
model models moment moments more moreover most move moved moving much multiple multiplication multiplied multiplier
multipliers multiply multiplying must mutual mutually my namely nats natural necessarily need needed needs negative
neither network neuron neurons never new newton next no node nodes noise non none nonnegative nonsingular nonzero nor
norm normal normalisation normalise normalised normaliser normalising normalization normalize normalized normalizer
normalizing norms not notation note noted nothing notice now number numbers numerator objective observation
observations observe obtain obtained obtaining obtains obvious obviously occur occurs of off often old on once one
ones only onto operation operator opposite optimal optimality optimise optimize optimum or order original orthogonal
orthogonality orthonormal other others otherwise our out outcome outcomes outer output outputs outside over overall
own pair pairs parameter parameters part partial particular partition parts path pattern pdf penalty per perfect
perform performing permutation permutations picture piece pieces place plug plugged plugging plus pmf point points
polynomial population positive posterior power powers precision predicted prediction predictions previous primal prior
probabilities probability problem proceed product products projection projector proof proper properties property
proportional proposition prove proved proven provided proving psd pull pulled pulling push put putting qed quadratic
quantities quantity question quite random range rank rate rather ratio read real really reals rearrange rearranged
rearranges rearranging reason recall recognise recognize rectangular reduce reduced reduces reduction regression
regularised regularized relation remain remaining remains remark remember remove removed removing repeat repeated
replace replaced replacing represent required residual residuals resp respect respectively responsibilities rest
restrict restricted result resulting results return reverse rewrite rewriting rewritten rhs ridge right risk root
roots rotation row rows rule rules said same sample samples saw satisfied satisfies satisfy satisfying say says scalar
scalars scale scaled scaling second section see seen semidefinite separate separately separating sequence series set
sets setting several shall shape shift should show showed showing shown shows side sides sign signs similar similarly
simple simplest simplification simplified simplifies simplify simplifying simply since single singular size sizes skew
slope small smaller smallest smooth so solution solutions solve solved solves solving some something source space spd
special specifically split splits splitting square squared squares squaring standard start starting starts state
statement states stationarity stationary statistic statistics step steps still stochastic strictly strong structure
subject subset substitute substituted substituting substitution subtract subtracting such suffices sufficient suitable
sum summand summation summed summing sums suppose supposing surely swap swapped swapping symbol symbols symmetric
symmetry take taken takes taking tangent target targets taylor technique tells tensor term terms test than thanks that
that's the their them then theorem there thereby therefore these they thing things think third this those though three
through throughout thus time times to together top total totally toward trace transform transformation transpose
transposed transposes transposing transposition triangular trick tricks trivial trivially true try turn turns twice
two type unbiased uncorrelated under underlying unique uniquely unit units unity unknown unless until unwrap up update
updates upon upper urn us use used useful uses using usual usually valid value values vanish vanishes vanishing variable
variables variance variances variation various vector vectors verify versa very via vice view viz vs want wanted was
way ways we we're we've weight weights well were what when whence whenever where whereas whether which while who whole
whose why will wish with within without wlog won't word work working works would write writes writing written wrong
wrt yes yield yielding yields you your zero zeros
afaik aka anyways btw cuz dont doesnt fwiw gonna hmm iirc imho imo isnt lemme lets lol obv obvs ofc okay pls plz pretty
rhs tbh thanks thats theres thru thx tldr wanna whats wlog yeah yep yup nope cool done fine nice okay sanity hint
"""
PROSE = words(_PROSE)

# Words that are prose whatever stands beside them.
STRICT_PROSE = words(
    """the of is are be so we to or and if by it this that these those with for from where when then since because thus
    hence which let have has be been being using gives get into its our therefore otherwise else such not into onto
    via would can may must will here there they you your than given iff"""
)
WEAK = words("at as am us do no me he up go my on ok")  # two letters that may be a product: v = at
# Words that name an operation as well: prose unless they are applied to something.
NOUNS = words(
    """mean step sign rank matrix vector identity norm inner outer trace transpose gradient hessian jacobian basis sum
    unit maximum minimum polar logistic prod product max min mean zeros ones dot norm eye"""
)
MATHEMATICAL = words(
    """const constant KL Var Cov Pr Bern Bernoulli Normal Gaussian Poisson Binomial Beta Gamma Dirichlet Uniform
    Exponential lim sup inf argmax argmin arg mod Tr tr det cov var std sd corr MSE minimise minimize maximise
    maximize Minimise Minimize Maximise Maximize Mult Cat Categorical Multinomial Gam Dir Bin Wishart Student
    Laplace Cauchy Geometric propto"""
)
PROBLEMS = words("minimise minimize maximise maximize Minimise Minimize Maximise Maximize")
SIDES = frozenset(("lhs", "rhs"))
AFTER_I = words(
    """get have think use used substitute take took did am would can know want claim need expand differentiate find
    obtain write apply multiply set see guess tried try assume"""
)
AFTER_NAME = words(
    """is are be and or has have in to by being for with of where so then we as on at denotes from into since because
    that which when if does do must commute commutes"""
)

# what connecting words say

ZERO = re.compile(
    r"\b(?:set|sets|setting|equat\w+|put|putting|requir\w+|mak\w+|let|letting)\b[^.;,]{0,120}?"
    r"(?:\b(?:to|equal|be|as)|=)\s*(?:zero|0)\b"
    r"|\b(?:gradients?|derivatives?|this|it|which|differential)\s+(?:must |has to |should |to )?vanish\w*"
    r"|\bstationary\b|\bstationarity\b|\bfirst[- ]order (?:optimality )?condition|\bequals? (?:zero|0)\b"
    r"|\b(?:this|it|which|gradient|derivative|slope|score)(?: \w+)? (?:is|must be|has to be|should be) 0(?![\w.])"
    r"|[d∂]\S{1,6}/[d∂]\S{1,6} (?:is|must be|has to be|should be) (?:0(?![\w.])|zero)"
    r"|\b(?:is|are|be) zero\b|\b(?:zero|vanishe?s?|0) (?:at|when|iff|if and only if)(?= *$)"
    r"|\b(?:grad|gradient|derivatives?)\s*=\s*(?:0|zero)\b",
    re.IGNORECASE,
)
OPTIMUM = re.compile(
    r"\bat (?:the|a|an|any|its) (?:\w+ )?"
    r"(?:optimum|mode|peak|optimal point|critical point|minimum|maximum|minimi[sz]er|maximi[sz]er|solution"
    r"|stationary point)\b",
    re.IGNORECASE,
)
MAKES_ZERO = re.compile(r"\b(?:set|setting|put|putting|solve|solving|require|requiring|need|equat\w+)\b", re.IGNORECASE)

_SAYS = (
    (
        "so",
        r"so(?: that)?|hence|thus|therefore|then|consequently|whence|∴|⇒|→|=>|it follows|follows that"
        r"|(?:we |one )?(?:arriv\w+|land(?:s|ed)?) at|end(?:s|ed)? up (?:with|at)|(?:is|are) left with|results? in"
        r"|comes? (?:out )?(?:to|as)|(?:boils?|comes?) down to|amounts to|turns? into|we see(?: that)?"
        r"|(?:substitut|plug|insert|feed)\w*(?: \w+){0,4} (?:back )?into (?:the |our |its |this |that )?[\w()]+"
        r"|(?:using|by|from|via|applying|with) the (?:\w+ )?(?:constraint|condition)s?(?=\s*,)"
        r"|we (?:get|obtain|have|find|conclude|arrive)|one (?:gets|obtains)|i get|gives?|giving|yields?"
        r"|yielding|implies|implying|imply|means|meaning|becomes?|leads to|leaving|leaves|which is"
        r"|reduces to|simplif(?:y|ies|ying)(?: to)?|rearrang\w+|solv(?:e[ds]|ing)|finally|altogether"
        r"|solve(?=\s*(?:for\b|:|it\b|this\b))|in other words"
        r"|that is|i\.e\.|namely|equivalently"
        r"|or equivalently|obtain\w*|get",
    ),
    (
        "suppose",
        r"choos(?:e|ing)\s+\S{1,20}\s+(?:so|such) that|chosen (?:so|such)(?: that)?"
        r"|(?:base |first |second )?case|(?:to |we |let us |now )?solve(?!\s*(?:for\b|:|it\b|this\b))"
        r"|iff|if and only if|with probability|suppose|supposing|assum(?:e|ing|ed)|given(?: that)?|if|when"
        r"|whenever|provided|subject to|under"
        r"|on the (?:unit )?(?:circle|sphere|line|plane|curve|ellipse|surface)"
        r"|such that|s\.t\.|with the constraint|constraint|as long as|unless|for|at"
        r"|on condition",
    ),
    (
        "where",
        r"where|with|let(?:ting)?(?!['’]s| us| me)|defin\w+|denot\w+|writ(?:e|ing)|call(?:ing)?|introduc\w+"
        r"|abbreviat\w+|here|put(?:ting)?|set(?:ting)?|substitut\w+|consider|take|taking|choose|the notation"
        r"|maximi[sz]e|minimi[sz]e|notation",
    ),
    (
        "claim",
        r"claim(?:ed)?|show(?: that)?|prove(?: that)?|proving|want(?: to show)?|to (?:show|prove)|theorem"
        r"|lemma|proposition|corollary|verify|goal|prop|is it true|to be shown|wts",
    ),
    (
        "since",
        r"since|because|∵|as|using|by|from|due to|via|recall(?:ing)?|use|thanks to|used|apply(?:ing)?"
        r"|with the identity|follows from",
    ),
    (
        "",
        r"start(?:ing)? (?:from|with|by)|begin(?:ning)? (?:from|with|by)|note(?: that)?|notice(?: that)?"
        r"|observe(?: that)?|now|but|also|similarly|likewise|moreover|furthermore|clearly|indeed"
        r"|in particular|for example|e\.g\.|first|next|again|recall that|check that|again",
    ),
)
CONNECTIVES = re.compile(
    "|".join(rf"(?P<k{n}>(?<![\w\\-])(?:{words})(?![\w-]))" for n, (_, words) in enumerate(_SAYS)), re.IGNORECASE
)
LINKS = tuple(link for link, _ in _SAYS)
NEAR = re.compile(
    r"(?:(?:base |first |second )?case"
    r"|for|at|with|as|by|from|using|via|use|tak(?:e|ing)|to|apply(?:ing)?|under|here|and|put(?:ting)?|set(?:ting)?"
    r"|substitut\w+|writ(?:e|ing)|call(?:ing)?|choose|maximi[sz]e|minimi[sz]e|introduc\w+|abbreviat\w+)$",
    re.IGNORECASE,
)
NEARBY = re.compile(
    r"[\s:]*(?:(?:all|any|every|each|some|the|an?|following|well|known|simple|standard|fact|identity|identities|relation"
    r"|formula|property|that|equation|result|notation|substitution|convention)\s+)*$",
    re.IGNORECASE,
)
LASTING = re.compile(
    r"\b(?:where|with|let|letting|define|denote|write|assum\w+|suppose|subject to|s\.t\.|such that)(?![\w-])",
    re.IGNORECASE,
)
INTRODUCES = re.compile(
    r"(?:\b(?:is|are|becomes?|equals?|gives?|giving|gets?|obtain\w*|yields?|to|have|as|that is|which|be|just|simply)"
    r"|['’]s|i\.e\.|:)[\s,:]*$",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"\b(?:which|that|this|it)(?:['’]s|\s+(?:is|equals|becomes|simplifies|reduces|can be|may be))(?![\w-])[^.;=]*$"
    r"|i\.e\.[\s,]*$|\bbecomes\s*$|\bthat is[\s,]*$|\bsimplif\w+(?![\w-])[^.;=]*$",
    re.IGNORECASE,
)
OTHER_CASE = re.compile(  # "About a diameter it is ..." is not what "it" was before
    r"(?:^\W*|[.;!?]\s*)(?:(?:About|Around|Along|Through|Over|Near|Without|On)"
    r"|(?:For|With|At|In)(?! (?:this|that|these|other|fact|short|sum|total|effect|particular|example|last|the end)\b))"
    r"\s[^.;=]*\bit(?:['’]s|\s+is)(?![\w-])[^.;=]*$"
)

FACTORED = re.compile(
    r"\b(?:an?|its|the|from|by|via|using)\s(?:[\w-]+\s){0,2}(?:(?:eigen)?decompositions?|factori[sz]ations?|SVD)[\s$:]*$"
)
STATES = re.compile(  # words that end what is given, and state something of it: for A, B ∈ ℝⁿˣⁿ one has ...
    r"^(?!\W*and\b).*?\b(?:(?:one|we|you|it|there|that)\s+(?:always\s+|also\s+|then\s+)?(?:has|have|holds?)"
    r"|holds|satisf(?:y|ies)|obeys?"
    r"|(?:the|its)\s+(?:\w+[\s-]+){1,3}?(?:is|are|equals?|reads?|has|becomes?))"
    r"(?:\s+(?:that|the|then|just|simply|given by))*[\s:,]*$",
    re.IGNORECASE | re.DOTALL,
)


_SENSE = {
    "设": "let", "令": "let", "其中": "where", "若": "if", "当": "if", "假设": "suppose", "给定": "given", "则": "then",
    "故": "hence", "因此": "hence", "所以": "so", "于是": "so", "从而": "hence", "得": "so", "即": "so",
    "因为": "since", "由于": "since",
}
CHINESE = re.compile("|".join(sorted(_SENSE, key=len, reverse=True)))


def link_of(said: str) -> str | None:
    """Return what the connecting words of `said` make of the formula after them; None where there are none.

    The last word counts; prepositions count only where the formula follows at once. The formula behind the name of a
    factorisation tells its factors.
    """
    if FACTORED.search(said):
        return "suppose"
    said = CHINESE.sub(lambda found: f" {_SENSE[found[0]]} ", said)
    for found in reversed(list(CONNECTIVES.finditer(said))):
        if NEAR.match(found.group()) and not NEARBY.match(said, found.end()):
            continue
        return LINKS[int((found.lastgroup or "k0")[1:])]
    return None


# what may not be taken for a declaration

DENIED = re.compile(
    r"\b(?:iff|only if|if and only if|unless|whether|not|equality|never|neither|nor|fails?|cannot|without|n't|no longer"
    r"|show|prove|proves|claim|conclude|want(?! (?:the|an?)\b)|verify)\b",
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
