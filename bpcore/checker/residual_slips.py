"""The way back through a residual layer: what the likely slips lead to.

He, Zhang, Ren and Sun, *Deep residual learning for image recognition* (CVPR 2016).
"""

import numpy as np

__all__ = ["residual_slips"]


def residual_slips(e: np.ndarray, w: np.ndarray, slope: np.ndarray) -> dict[str, np.ndarray]:
    """Give the wrong ways back through h + σ(w h + b), by a sentence that names the slip.

    Parameters
    ----------
    e : ndarray, shape (n, 1)
        ∂C/∂h after the layer, dimensionless, as are all others.
    w : ndarray, shape (n, n)
    slope : ndarray, shape (n, 1)
        σ′(z).

    Returns
    -------
    dict of str to ndarray, shape (n, 1)
    """
    back = e * slope
    return {
        "the way around the layer, with slope 1, is missing": w.T @ back,
        "that is the way around; the way through the layer is missing": e,
        "σ′ is missing on the way through": e + w.T @ e,
        "the weights are missing on the way through": e + back,
        "the way around has slope 1, no σ′": back + w.T @ back,
        "the two ways add; you subtract one": e - w.T @ back,
        "σ′ is missing, and the way around the layer": w.T @ e,
        "w is not transposed": e + w @ back,
        "σ′ is missing, and w is not transposed": e + w @ e,
        "w is not transposed, and e ⊙ σ′(z) comes first": e + slope * (w @ e),
        "w is not transposed, and the way around is missing": w @ back,
        "σ′ belongs to the way through only, before wᵀ": (e + w.T @ e) * slope,
        "first e ⊙ σ′(z), then wᵀ; mind the brackets": e + (w.T @ e) * slope,
        "wᵀ acts on e ⊙ σ′(z), not on σ′ alone": e + e * (w.T @ slope),
    }
