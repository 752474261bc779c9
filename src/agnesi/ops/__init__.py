"""The records of operations and facts; importing this package registers them all."""

from agnesi.expr.operation import operations as operations
from agnesi.ops import (
    analysis as analysis,
)
from agnesi.ops import (
    arithmetic as arithmetic,
)
from agnesi.ops import (
    chance as chance,
)
from agnesi.ops import (
    elementwise as elementwise,
)
from agnesi.ops import (
    entries as entries,
)
from agnesi.ops import (
    leaves as leaves,
)
from agnesi.ops import (
    matrices as matrices,
)
from agnesi.ops import (
    normal as normal,
)
from agnesi.ops import (
    reductions as reductions,
)
from agnesi.ops import (
    statements as statements,
)
from agnesi.ops.facts import facts as facts
