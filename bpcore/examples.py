"""Published examples, with their sources."""

import gzip
from hashlib import sha256
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike

from bpcore.network import Network

__all__ = ["XOR_PUBLISHED", "ErrorCurve", "digits", "error_curve", "xor_data", "xor_network"]

# Jeff Heaton, extra material to "Introduction to the Math of Neural Networks": the weights of a
# 2-2-1 network, and what an independent program computed with them for the input [1, 0] → 1.
# His node deltas and gradients are −∂E/∂z and −∂E/∂w, with E = ½(ideal − output)².
XOR_PUBLISHED: dict[str, dict[str, float]] = {
    "weight": {
        "I1→H1": -0.06782947598673161,
        "I2→H1": 0.22341077197888182,
        "B1→H1": -0.4635107399577998,
        "I1→H2": 0.9487814395569221,
        "I2→H2": 0.461587116462548,
        "B1→H2": 0.09750161997450091,
        "H1→O1": -0.22791948943117624,
        "H2→O1": 0.581714099641357,
        "B2→O1": 0.7792991203673414,
    },
    "sum": {"H1": -0.5313402159445314, "H2": 1.046283059531423, "O1": 1.1254259630241081},
    "output": {"H1": 0.3702043582229371, "H2": 0.7400605060691366, "O1": 0.7549937892853826},
    "node delta": {
        "O1": 0.04532079986594939,
        "H1": -0.002408353357272021,
        "H2": 0.005071619394242543,
    },
    "gradient": {
        "H1→O1": 0.01677795762852397,
        "H2→O1": 0.03354013408425257,
        "B2→O1": 0.04532079986594939,
        "I1→H1": -0.002408353357272021,
        "I2→H1": 0.0,
        "B1→H1": -0.002408353357272021,
        "I1→H2": 0.005071619394242543,
        "I2→H2": 0.0,
        "B1→H2": 0.005071619394242543,
    },
}


def xor_network() -> Network:
    """Build the published XOR network.

    Returns
    -------
    Network
        Sizes [2, 2, 1], sigmoid, with the weights `XOR_PUBLISHED` lists.

    Notes
    -----
    Heaton, extra material to *Introduction to the Math of Neural Networks*. I, H and O are input,
    hidden and output neurons; B1 and B2 are the bias neurons, whose weights are our biases.
    """
    v = XOR_PUBLISHED["weight"]
    net = Network([2, 2, 1])
    net.w[2] = [[v["I1→H1"], v["I2→H1"]], [v["I1→H2"], v["I2→H2"]]]
    net.b[2] = [v["B1→H1"], v["B1→H2"]]
    net.w[3] = [[v["H1→O1"], v["H2→O1"]]]
    net.b[3] = [v["B2→O1"]]
    return net


def xor_data() -> tuple[np.ndarray, np.ndarray]:
    """Give the four samples of XOR, in Heaton's order.

    Returns
    -------
    x : ndarray, shape (2, 4)
        The columns [1, 0], [0, 0], [0, 1], [1, 1].
    y : ndarray, shape (1, 4)
        1 where exactly one input is 1.
    """
    x = np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    return x, np.array([[1.0, 0.0, 1.0, 0.0]])


DIGITS_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Give 1,797 handwritten digits, in the published order.

    Returns
    -------
    x : ndarray, shape (64, 1797)
        The ink in the 8 × 8 fields of each picture, row by row, from 0 (none) to 1 (full).
    y : ndarray, shape (10, 1797)
        1 in the row of the digit that was written, and 0 in the other nine.

    Raises
    ------
    OSError
        If the file that the package brings along is missing or not as it was published.

    Notes
    -----
    Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits* (UCI Machine Learning
    Repository, 1998), test part: digits of 13 people; CC BY 4.0. `bpcore/data/README.md` says more.
    """
    file = files("bpcore") / "data" / "digits.csv.gz"
    packed = file.read_bytes()
    found = sha256(packed).hexdigest()
    if found != DIGITS_SHA256:
        raise OSError(
            f"the file of the digits is damaged: the SHA-256 of {file} is {found}, "
            f"expected {DIGITS_SHA256}; install bpcore again"
        )
    rows = np.loadtxt(gzip.decompress(packed).decode("ascii").splitlines(), delimiter=",")
    return rows[:, :64].T / 16, np.eye(10)[:, rows[:, 64].astype(int)]


class ErrorCurve:
    """The error of one weight, e(w) = 3 + w·sin(w²), for 0 ≤ w ≤ 3.

    Notes
    -----
    A reconstruction. Heaton, *Artificial Intelligence for Humans*, vol. 3, ch. 6, prints a curve
    and the slope −0.5622 without a formula; notebook 01 shows why this formula is convincing.
    """

    def __call__(self, w: ArrayLike) -> np.ndarray:
        """Compute e(w), in the shape of w, dimensionless."""
        return 3 + w * np.sin(np.square(w))

    def slope(self, w: ArrayLike) -> np.ndarray:
        """Compute e′(w) = sin(w²) + 2w²·cos(w²), in the shape of w, dimensionless."""
        return np.sin(np.square(w)) + 2 * np.square(w) * np.cos(np.square(w))


def error_curve() -> ErrorCurve:
    """Give the curve of the −0.5622 example."""
    return ErrorCurve()
