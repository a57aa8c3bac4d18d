"""What people take for δ[l] in BP3 and BP4."""

from collections.abc import Iterator

import numpy as np

from bpcore.checker.bp1 import nabla_a
from bpcore.checker.bp2 import carried_back
from bpcore.checker.case import Case
from bpcore.network import Arrays

__all__ = ["other_deltas", "signals"]


def other_deltas(c: Case, l: int, delta: Arrays) -> Iterator[np.ndarray]:
    """Give the δ of the other layers that have as many neurons, or one."""
    for k in c.layers(len(c.z[l]), but=l):
        if k in delta:
            yield delta[k]
    for k in c.layers(1, but=l):
        if k in delta and len(c.z[l]) > 1:
            yield np.broadcast_to(delta[k], c.z[l].shape)


def signals(c: Case, l: int, delta: Arrays) -> Iterator[np.ndarray]:
    """Give what comes back to layer l, before it is multiplied by σ′(z[l])."""
    if l == c.L:
        yield nabla_a(c, l, delta)
        yield c.a[l] - c.y
        yield c.y - c.a[l]
    elif l + 1 in delta:
        yield carried_back(c, l, delta)
        if l + 1 == c.L:
            yield c.w[c.L].T @ (c.a[c.L] - c.y)
