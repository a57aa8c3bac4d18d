"""How far gradients lie from their measurements, in floors, a row of marks for each kind."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike

from bpcore.view.figures import show_figure

__all__ = ["show_floors"]

TOLERANCE = 10  # floors


def show_floors(found: Mapping[str, ArrayLike], right: Sequence[str]) -> None:
    """Draw a row of marks for each kind of gradient, on a logarithmic axis, and ten floors.

    Parameters
    ----------
    found : mapping
        By kind, for each gradient its relative errors in floors, with ε and with ε/10; shape
        (n, 2), positive. The smaller is a dot or a cross, the first a grey stroke.
    right : sequence of str
        The kinds whose gradients are right: dots; crosses for all others.

    Raises
    ------
    ValueError
        If there is no kind that is right, or none that is wrong, or an error is not positive.
    """
    pairs = {kind: np.asarray(errors, float).reshape(-1, 2) for kind, errors in found.items()}
    wrong = [kind for kind in pairs if kind not in right]
    if not right or not wrong or not set(right) <= set(pairs):
        raise ValueError(f"right must be some of {[*pairs]}, and not all, got {right!r}")
    if not all((errors > 0).all() for errors in pairs.values()):
        raise ValueError("errors must be positive: their logarithm is drawn")
    figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
    for i, (kind, errors) in enumerate(pairs.items()):
        colour, marker = ("C0", "o") if kind in right else ("C1", "x")
        axes.scatter(errors[:, 0], [i] * len(errors), 45, "0.5", marker="|")
        axes.scatter(errors.min(axis=1), [i] * len(errors), 22, colour, marker=marker)
    axes.axvline(TOLERANCE, color="k", linestyle="--")
    axes.set_xscale("log")
    axes.set_yticks(range(len(pairs)), [f"right, {k}" if k in right else k for k in pairs])
    axes.invert_yaxis()
    axes.set_xlabel("relative error in floors; dashed line: ten floors")
    most, least = (np.concatenate([pairs[kind] for kind in kinds]) for kinds in (right, wrong))
    alt = (
        "A row of marks for each kind of gradient. With ε or ε/10, whichever is better, those that "
    )
    alt += f"are right lie at up to about {most.min(axis=1).max():.1g} floors, with ε alone up to "
    alt += f"{most[:, 0].max():.1g}; those that are wrong from about {least.min():.1g} on."
    show_figure(figure, alt)
