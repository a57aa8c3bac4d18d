"""Backpropagation you can read, drag and check.

The mathematics of the notebooks in numpy: `Network`, `forward`, `cost`, `backprop` (BP1 to BP4),
`finite_difference` and `relative_error`, `sum_over_paths`, and `verify`, which checks an equation.
`examples` holds published networks and data. The drawings and sliders are in `bpcore.view`, which
this package does not import.
"""

from bpcore import examples
from bpcore.activations import ACTIVATIONS, Activation
from bpcore.backpropagation import Gradient, backprop
from bpcore.checking import relative_error, verify
from bpcore.costs import cost
from bpcore.finite_differences import finite_difference
from bpcore.network import Layers, Network, Trace, forward
from bpcore.paths import n_paths, sum_over_paths

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Gradient",
    "Layers",
    "Network",
    "Trace",
    "backprop",
    "cost",
    "examples",
    "finite_difference",
    "forward",
    "n_paths",
    "relative_error",
    "sum_over_paths",
    "verify",
]
