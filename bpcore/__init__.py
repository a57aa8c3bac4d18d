"""Backpropagation you can read, drag and check.

The mathematics of the notebooks in numpy: `Network`, `forward`, `cost`, `backprop` (BP1 to BP4),
`finite_difference` and `relative_error`, `sum_over_paths`, and `verify`, which checks an equation;
`diagnose`, which names the mistake in a backprop of your own, and `check_answer`;
`train` with its optimizers, `initialise` and batch normalisation.
`examples` holds published networks and data. The drawings and sliders are in `bpcore.view`, which
this package does not import.
"""

from bpcore import examples
from bpcore.activations import ACTIVATIONS, Activation
from bpcore.backpropagation import Gradient, backprop
from bpcore.batch_normalisation import batch_norm, batch_norm_backward
from bpcore.checker import Finding, Report, check_answer, diagnose
from bpcore.checking import relative_error, verify
from bpcore.costs import cost
from bpcore.finite_differences import finite_difference
from bpcore.forward_pass import Trace, forward
from bpcore.network import Layers, Network, initialise
from bpcore.optimizers import SGD, AdaGrad, Adam, RMSProp
from bpcore.paths import n_paths, sum_over_paths
from bpcore.training import DivergenceError, train

__all__ = [
    "ACTIVATIONS",
    "SGD",
    "Activation",
    "AdaGrad",
    "Adam",
    "DivergenceError",
    "Finding",
    "Gradient",
    "Layers",
    "Network",
    "RMSProp",
    "Report",
    "Trace",
    "backprop",
    "batch_norm",
    "batch_norm_backward",
    "check_answer",
    "cost",
    "diagnose",
    "examples",
    "finite_difference",
    "forward",
    "initialise",
    "n_paths",
    "relative_error",
    "sum_over_paths",
    "train",
    "verify",
]
