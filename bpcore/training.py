"""Training: step after step against the gradient, in batches, for some epochs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore._progress import progress
from bpcore.backpropagation import add_penalty, four_equations
from bpcore.costs import Cost, checked_arguments, finite_cost
from bpcore.forward_pass import propagate
from bpcore.network import Arrays, Network
from bpcore.optimizers import Optimizer

__all__ = ["DivergenceError", "History", "train"]


@dataclass(frozen=True, eq=False)
class History:
    """What happened during training.

    Attributes
    ----------
    cost : ndarray, shape (epochs + 1,)
        cost[e] is the cost over all samples after e epochs, with the penalty if there is one;
        cost[0] that before training.
    """

    cost: np.ndarray


class DivergenceError(OverflowError):
    """The cost became infinite or NaN during training.

    Attributes
    ----------
    history : History
        Up to the last finite cost, which is that of the network as it is left.
    """

    def __init__(self, message: str, history: History | None = None) -> None:
        super().__init__(message)  # without the history, so that it can be pickled
        self.history = history


def train(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    *,
    optimizer: Optimizer,
    epochs: int,
    cost: str = "quadratic",
    batch_size: int | None = None,
    shuffle: bool = True,
    l2: float = 0.0,
    seed: int = 0,
    after_epoch: Callable[[int, Network], None] | None = None,
) -> History:
    """Change the weights and biases of a network until it has seen all samples `epochs` times.

    Parameters
    ----------
    net, x, y, cost, l2
        As for `bpcore.cost`. The network is changed.
    optimizer : Optimizer
        Such as ``bp.SGD(lr=0.5)``. Its state starts anew with every call.
    epochs : int
        At least 0.
    batch_size : int, optional
        Samples for one step, 1 to m; the last batch of an epoch may be smaller. Default: all m.
        1 is online training.
    shuffle : bool
        Whether each epoch takes the samples in a new random order. Without effect if the batch is
        all m.
    seed : int
        Of that order.
    after_epoch : callable, optional
        Called as ``after_epoch(e, net)`` after e = 0 (before training), 1, …, epochs epochs; with
        the network itself, which goes on changing, and not with a copy.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, and the network is as it was; or if a change that the optimizer
        gives does not fit, or `after_epoch` leaves NaN in the network, which is then as it was
        after the last whole epoch.
    OverflowError
        If the cost is too large before training.
    DivergenceError
        If the cost becomes infinite or NaN in training; the network is left as it was after the
        last epoch with a finite cost. It is an `OverflowError`. Judged is the end of each epoch: a
        number that overflows on the way there and leaves nothing infinite is none.

    Notes
    -----
    The gradient of a batch is the mean over its samples; the penalty's part of it is λ/m w with the
    m of all samples, whatever the batch (Nielsen, *Neural Networks and Deep Learning*, eq. (93)).
    An interruption, too, leaves the network as it was after a whole epoch.
    """
    x, y, C, l2 = checked_arguments(net, x, y, cost, l2)
    m = x.shape[1]
    if isinstance(optimizer, type) or not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an object such as SGD(lr=0.5), got {optimizer!r}")
    if after_epoch is not None and not callable(after_epoch):
        raise TypeError(f"after_epoch must be a function of (epoch, net), got {after_epoch!r}")
    epochs = _arguments.integer(epochs, "epochs", least=0)
    size = m if batch_size is None else _arguments.integer(batch_size, "batch_size", least=1)
    if size > m:
        raise ValueError(f"batch_size must be at most the number of samples, {m}, got {size}")
    if not isinstance(shuffle, bool):
        raise TypeError(f"shuffle must be True or False, got {shuffle!r}")
    rng = np.random.default_rng(_arguments.integer(seed, "seed", least=0))

    history = [finite_cost(net, x, y, C, l2)]
    states: dict[tuple[str, int], Any] = {}
    if after_epoch:
        after_epoch(0, net)
    for epoch in progress(range(epochs), "epochs"):
        before = dict(net.w.arrays), dict(net.b.arrays)
        try:
            order = rng.permutation(m) if shuffle and size < m else slice(None)
            after = _one_epoch(net, x[:, order], y[:, order], C, l2 / m, size, optimizer, states)
            _put(net, *after)
            history.append(finite_cost(net, x, y, C, l2))
        except BaseException as error:
            _put(net, *before)
            if isinstance(error, OverflowError):
                _refuse_damage(*before, net.dtype)  # that was there before the epoch began
                raise DivergenceError(
                    f"training diverged in epoch {epoch + 1}: {error}. Most likely the learning "
                    f"rate is too large for this network ({optimizer}); try a tenth of it. The "
                    f"network is as it was after epoch {epoch}, with cost {history[-1]:.4g}",
                    History(np.array(history)),
                ) from error
            raise
        if after_epoch:
            after_epoch(epoch + 1, net)
    return History(np.array(history))


def _one_epoch(
    net: Network,
    x: np.ndarray,
    y: np.ndarray,
    C: Cost,
    lambda_over_m: float,
    size: int,
    optimizer: Optimizer,
    states: dict[tuple[str, int], Any],
) -> tuple[Arrays, Arrays]:
    """Take a step for each batch of `size` samples; return the next w and b, and leave `net`."""
    w, b, sigma = net.w.arrays, net.b.arrays, net.sigma.arrays
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, x.shape[1], size):
            batch = slice(first, first + size)
            z, a = propagate(w, b, sigma, x[:, batch])
            _, dC_db, dC_dw = four_equations(w, sigma, C, z, a, y[:, batch])
            if lambda_over_m:
                add_penalty(dC_dw, w, lambda_over_m)
            w = _stepped("w", w, dC_dw, optimizer, states)
            b = _stepped("b", b, dC_db, optimizer, states)
    for name, parameters in (("w", w), ("b", b)):
        for l, v in parameters.items():
            # A parameter that has become infinite or NaN stays so: once an epoch is enough.
            if not _arguments.all_finite(v):
                raise OverflowError(f"the steps make {name}[{l}] infinite or NaN")
    return w, b


def _stepped(
    name: str,
    parameters: Arrays,
    slopes: Arrays,
    optimizer: Optimizer,
    states: dict[tuple[str, int], Any],
) -> Arrays:
    stepped = {}
    for l, v in parameters.items():
        change, states[name, l] = optimizer.step(slopes[l], states.get((name, l)))
        change = np.asarray(change)
        if change.shape != v.shape:
            raise ValueError(
                f"the optimizer gives a change of shape {change.shape} for {name}[{l}], "
                f"which has {v.shape}"
            )
        stepped[l] = (v + change).astype(v.dtype, copy=False)
    return stepped


def _refuse_damage(w: Arrays, b: Arrays, dtype: np.dtype) -> None:
    for name, parameters in (("w", w), ("b", b)):
        for l, v in parameters.items():
            _arguments.finite_array(v, f"{name}[{l}]", dtype)


def _put(net: Network, w: Arrays, b: Arrays) -> None:
    net.w.arrays.update(w)
    net.b.arrays.update(b)
