"""Training: step after step against the gradient, in batches, for some epochs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments, costs
from bpcore._progress import progress
from bpcore.backpropagation import backprop
from bpcore.network import Network
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
        If an argument does not fit; the network is as it was.
    OverflowError
        If the cost is too large before training.
    DivergenceError
        If the cost becomes infinite or NaN in training; the network is left as it was after the
        last epoch with a finite cost. It is an `OverflowError`.

    Notes
    -----
    The gradient of a batch is the mean over its samples; the penalty's part of it is λ/m w with the
    m of all samples, whatever the batch (Nielsen, *Neural Networks and Deep Learning*, eq. (93)).
    An interruption, too, leaves the network as it was after a whole epoch.
    """
    x, y, _, l2 = costs.checked_arguments(net, x, y, cost, l2)
    m = x.shape[1]
    if isinstance(optimizer, type) or not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an object such as SGD(lr=0.5), got {optimizer!r}")
    if after_epoch is not None and not callable(after_epoch):
        raise TypeError(f"after_epoch must be a function of (epoch, net), got {after_epoch!r}")
    _arguments.integer(epochs, "epochs", least=0)
    if batch_size is not None and _arguments.integer(batch_size, "batch_size", least=1) > m:
        raise ValueError(f"batch_size must be at most the number of samples, {m}, got {batch_size}")
    if not isinstance(shuffle, bool):
        raise TypeError(f"shuffle must be True or False, got {shuffle!r}")
    rng = np.random.default_rng(_arguments.integer(seed, "seed", least=0))
    size = batch_size or m

    def cost_now() -> float:
        return costs.cost(net, x, y, cost=cost, l2=l2)

    history, states = [cost_now()], {}
    if after_epoch:
        after_epoch(0, net)
    for epoch in progress(range(epochs), "epochs"):
        before = [dict(net.w.items()), dict(net.b.items())]
        order = rng.permutation(m) if shuffle and size < m else np.arange(m)
        try:
            for first in range(0, m, size):
                batch = order[first : first + size]
                _step(net, x[:, batch], y[:, batch], cost, l2 * len(batch) / m, optimizer, states)
            history.append(cost_now())
        except BaseException as error:
            _assign(net, *before)
            if isinstance(error, OverflowError):
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


def _step(net, x, y, cost, l2, optimizer, states):
    g = backprop(net, x, y, cost=cost, l2=l2)
    changed = {"w": {}, "b": {}}
    with np.errstate(over="ignore", invalid="ignore"):
        for part, slopes in (("w", g.w), ("b", g.b)):
            for l, slope in slopes.items():
                change, states[part, l] = optimizer.step(slope, states.get((part, l)))
                changed[part][l] = np.asarray(getattr(net, part)[l] + change, net.dtype)
                if not np.isfinite(changed[part][l]).all():
                    raise OverflowError(f"the step makes {part}[{l}] infinite or NaN")
    _assign(net, **changed)


def _assign(net, w, b):
    for l in w:
        net.w[l], net.b[l] = w[l], b[l]
