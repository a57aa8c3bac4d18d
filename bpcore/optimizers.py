"""Optimizers: from a slope to the change of a parameter.

Each rule is a pure function of the slope g = ∂C/∂θ and of a state, which is None before the first
step. All operations are entry by entry. Symbols are those of the source that each class names.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from bpcore import _arguments

__all__ = ["SGD", "AdaGrad", "Adam", "Optimizer", "RMSProp"]


@runtime_checkable
class Optimizer(Protocol):
    """What `train` asks of an optimizer."""

    def step(self, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Return the change of a parameter and the next state.

        Parameters
        ----------
        g : ndarray
            The slope, of the parameter's shape.
        state : object
            None at first; then what the last step returned. It may share memory with the change,
            which must therefore not be altered in place.
        """


@dataclass
class SGD:
    """Gradient descent, with momentum: Δθ ← μ Δθ − η g.

    Parameters
    ----------
    lr : float
        Learning rate η > 0.
    momentum : float
        μ, 0 ≤ μ < 1. The state is the last Δθ, or None if μ = 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    Rumelhart, Hinton and Williams, *Nature* 323 (1986), eq. (9). PyTorch keeps the sum of slopes
    v ← μ v + g instead, with Δθ = −η v: the same steps as long as η does not change.
    """

    lr: float
    momentum: float = 0.0

    def __post_init__(self) -> None:
        self.lr = _arguments.number(self.lr, "lr", above=0)
        self.momentum = _arguments.number(self.momentum, "momentum", least=0, below=1)

    def step(self, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """As in `Optimizer`."""
        change = -self.lr * g
        if state is not None:
            change += self.momentum * state
        return change, change if self.momentum else None


@dataclass
class AdaGrad:
    """A learning rate of its own for each parameter: s ← s + g², Δθ = −η g / (√s + ε).

    Parameters
    ----------
    lr : float
        η > 0.
    eps : float
        ε > 0, against division by zero.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    Duchi, Hazan and Singer, *Journal of Machine Learning Research* 12 (2011), fig. 1 (their δ is
    our ε). The state is s, the sum of all squared slopes so far.
    """

    lr: float = 0.01
    eps: float = 1e-10

    def __post_init__(self) -> None:
        self.lr = _arguments.number(self.lr, "lr", above=0)
        self.eps = _arguments.number(self.eps, "eps", above=0)

    def step(self, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """As in `Optimizer`."""
        s = g**2 if state is None else state + g**2
        return -self.lr * g / (np.sqrt(s) + self.eps), s


@dataclass
class RMSProp:
    """AdaGrad that forgets: s ← ρ s + (1 − ρ) g², Δθ = −η g / (√s + ε).

    Parameters
    ----------
    lr : float
        η > 0.
    rho : float
        ρ, 0 ≤ ρ < 1.
    eps : float
        ε > 0, outside the root.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    Tieleman and Hinton, *Neural Networks for Machine Learning* (Coursera, 2012), lecture 6e, with
    ρ = 0.9; ε is a later addition. The state is s, which starts at 0.
    """

    lr: float = 0.001
    rho: float = 0.9
    eps: float = 1e-8

    def __post_init__(self) -> None:
        self.lr = _arguments.number(self.lr, "lr", above=0)
        self.rho = _arguments.number(self.rho, "rho", least=0, below=1)
        self.eps = _arguments.number(self.eps, "eps", above=0)

    def step(self, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """As in `Optimizer`."""
        s = 0 if state is None else state
        s = self.rho * s + (1 - self.rho) * g**2
        return -self.lr * g / (np.sqrt(s) + self.eps), s


@dataclass
class Adam:
    """Momentum and RMSProp, both corrected for their start at 0.

    Parameters
    ----------
    lr : float
        η > 0 (α in the paper).
    beta1, beta2 : float
        0 ≤ β < 1, of the mean slope m and of the mean squared slope v.
    eps : float
        ε > 0, outside the root.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    Kingma and Ba, *Adam* (ICLR 2015), algorithm 1. The state is (m, v, t) with t the number of
    steps so far.
    """

    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def __post_init__(self) -> None:
        self.lr = _arguments.number(self.lr, "lr", above=0)
        self.beta1 = _arguments.number(self.beta1, "beta1", least=0, below=1)
        self.beta2 = _arguments.number(self.beta2, "beta2", least=0, below=1)
        self.eps = _arguments.number(self.eps, "eps", above=0)

    def step(self, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """As in `Optimizer`."""
        m, v, t = (0, 0, 0) if state is None else state
        t = t + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat, v_hat = m / (1 - self.beta1**t), v / (1 - self.beta2**t)
        return -self.lr * m_hat / (np.sqrt(v_hat) + self.eps), (m, v, t)
