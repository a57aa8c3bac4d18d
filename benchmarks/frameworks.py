"""The gradients of two small networks by PyTorch and by JAX, to be compared with bpcore's.

Prints how far apart they are and writes them, with versions, machine and the code that made them,
to results/frameworks.json. Notebook 11 shows the same code and reads the result where PyTorch and
JAX are not installed. Needs both: pip install -e '.[peers]'.
"""

import inspect
import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from machine import machine, origin

import bpcore as bp

RESULT = Path(__file__).parent / "results" / "frameworks.json"
LARGEST_ERROR = 1e-12


def by_pytorch(net, x, y, cost):
    import torch

    w = {l: torch.tensor(net.w[l], requires_grad=True) for l in net.w}
    b = {l: torch.tensor(net.b[l], requires_grad=True) for l in net.b}
    a = torch.tensor(x)
    for l in w:
        z = w[l] @ a + b[l]
        a = torch.sigmoid(z)
    if cost == "quadratic":
        loss = ((a - torch.tensor(y)) ** 2).sum() / (2 * x.shape[1])
    else:  # takes the last z, does softmax itself, and has a row for each sample
        loss = torch.nn.functional.cross_entropy(z.T, torch.tensor(y.T))
    loss.backward()
    return {"w": {l: w[l].grad for l in w}, "b": {l: b[l].grad for l in b}}


def by_jax(net, x, y, cost):
    import jax

    jax.config.update("jax_enable_x64", True)  # otherwise single precision

    def loss(w, b):
        a = x
        for l in w:
            z = w[l] @ a + b[l]
            a = jax.nn.sigmoid(z)
        if cost == "quadratic":
            return ((a - y) ** 2).sum() / (2 * x.shape[1])
        return -(y * jax.nn.log_softmax(z, axis=0)).sum() / x.shape[1]

    w, b = ({l: v[l] for l in v} for v in (net.w, net.b))
    dC_dw, dC_db = jax.grad(loss, argnums=(0, 1))(w, b)
    return {"w": dC_dw, "b": dC_db}


FRAMEWORKS: dict[str, Callable] = {"torch": by_pytorch, "jax": by_jax}
Problem = tuple[bp.Network, np.ndarray, np.ndarray, str]


def problems() -> dict[str, Problem]:
    """The networks by name, each with its samples and its cost."""
    three = bp.Network([3, 4, 3, 2], output_activation="softmax", seed=4)
    rng = np.random.default_rng(4)
    for l in three.b:
        three.b[l] = rng.standard_normal(three.b[l].shape)
    x, y = rng.random((3, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
    return {
        "2-2-1": (bp.examples.xor_network(), *bp.examples.xor_data(), "quadratic"),
        "3-4-3-2": (three, x, y, "cross_entropy"),
    }


def as_lists(g: dict) -> dict:
    """A gradient as JSON can hold it: by "w" and "b", then by layer."""
    return {part: {str(l): np.asarray(g[part][l]).tolist() for l in g[part]} for part in "wb"}


def distance(stored: dict, problem: Problem) -> float:
    """The relative error of a stored gradient, with bpcore's as the right one."""
    net, x, y, cost = problem
    w, b = (
        bp.Layers(part, {int(l): np.array(rows) for l, rows in stored[part].items()})
        for part in "wb"
    )
    return bp.relative_error(bp.Gradient(w, b), bp.backprop(net, x, y, cost=cost))


def record(frameworks: dict[str, Callable], versions: dict[str, str]) -> dict:
    """Run all problems by all frameworks; raise if one of them differs from bpcore.

    Parameters
    ----------
    frameworks : dict of str to callable
        By name; each takes the network, x, y and the cost, and gives slopes by "w" and "b".
    versions : dict of str to str
        By the same names.

    Raises
    ------
    AssertionError
        If a relative error is above `LARGEST_ERROR`.
    """
    gradients: dict[str, dict] = {}
    for name, gradient_of in frameworks.items():
        gradients[name] = {}
        for sizes, problem in problems().items():
            stored = as_lists(gradient_of(*problem))
            error = distance(stored, problem)
            print(f"{name:>6} {versions[name]:<12} {sizes:>8}  relative error {error:.1e}")
            if not error < LARGEST_ERROR:
                raise AssertionError(f"{name} and bpcore differ on {sizes}: {error:.1e}")
            gradients[name][sizes] = stored
    code = {name: inspect.getsource(gradient_of) for name, gradient_of in frameworks.items()}
    return {"versions": versions, "code": code, "gradients": gradients}


def main() -> None:
    missing = [name for name in FRAMEWORKS if find_spec(name) is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} not installed: pip install -e '.[peers]'")
    made = record(FRAMEWORKS, {name: version(name) for name in FRAMEWORKS})
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({**machine(), **origin(), **made}, indent=1) + "\n")


if __name__ == "__main__":
    main()
