"""The time of one gradient: bpcore beside other libraries.

Each library has a process of its own, in which bpcore and the library take turns. Processor time is
counted: on one thread it is the time of a machine that does nothing else.

Prints one table and writes it, with the machine's description, to results/peers.json. One thread
everywhere. A library that is not installed is reported as missing. Every gradient is compared with
bpcore's before it is timed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from machine import machine, origin
from threadpoolctl import threadpool_limits

import bpcore as bp

RESULT = Path(__file__).parent / "results" / "peers.json"

XOR, DIGITS = [2, 2, 1], [784, 30, 10]
WIDE, DEEP = [999, 999, 1], [784, 410, 410, 410, 410, 410, 10]  # 1,000,000 parameters each
CASES = [(XOR, 4), (DIGITS, 10), *((sizes, m) for sizes in (WIDE, DEEP) for m in (1, 32, 256))]
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}
DTYPES = ("float64", "float32")
LARGEST_ERROR = {"float64": 1e-12, "float32": 1e-4}

ROUND = 2e-3  # seconds of calls in a row, before the other side's turn
BUDGET = 2.0  # seconds for one case
FEWEST_ROUNDS = 5

Gradients = list[np.ndarray]  # dC/dw of the layers 2 to L, then dC/db


def pytorch(net: bp.Network, x: np.ndarray, y: np.ndarray) -> Callable:
    import torch

    torch.set_num_threads(1)
    w = [torch.tensor(w_l, requires_grad=True) for w_l in net.w.values()]
    b = [torch.tensor(b_l, requires_grad=True) for b_l in net.b.values()]
    x, y = torch.tensor(x), torch.tensor(y)

    def gradient():
        a = x
        for w_l, b_l in zip(w, b, strict=True):
            a = torch.sigmoid(w_l @ a + b_l)
        C = ((y - a) ** 2).sum() / (2 * x.shape[1])
        return torch.autograd.grad(C, [*w, *b])

    return gradient


def jax(net: bp.Network, x: np.ndarray, y: np.ndarray) -> Callable:
    import jax

    jax.config.update("jax_enable_x64", True)

    def C(w, b, x, y):
        a = x
        for w_l, b_l in zip(w, b, strict=True):
            a = jax.nn.sigmoid(w_l @ a + b_l)
        return ((y - a) ** 2).sum() / (2 * x.shape[1])

    compiled = jax.jit(jax.grad(C, argnums=(0, 1)))
    arguments = jax.device_put((list(net.w.values()), list(net.b.values()), x, y))

    def gradient():
        dC_dw, dC_db = jax.block_until_ready(compiled(*arguments))
        return [*dC_dw, *dC_db]

    return gradient


def autograd(net: bp.Network, x: np.ndarray, y: np.ndarray) -> Callable:
    import autograd.numpy as anp
    from autograd import grad

    def C(parameters):
        w, b = parameters
        a = x
        for w_l, b_l in zip(w, b, strict=True):
            a = 1 / (1 + anp.exp(-(anp.dot(w_l, a) + b_l)))
        return anp.sum((y - a) ** 2) / (2 * x.shape[1])

    parameters = list(net.w.values()), list(net.b.values())
    slope = grad(C)

    def gradient():
        dC_dw, dC_db = slope(parameters)
        return [*dC_dw, *dC_db]

    return gradient


def plain(net: bp.Network, x: np.ndarray, y: np.ndarray) -> Callable:
    """All samples as matrices, with nothing checked and nothing handed out but the slopes."""
    w, b, m = list(net.w.values()), list(net.b.values()), x.shape[1]

    def gradient():
        a = [x]
        for w_l, b_l in zip(w, b, strict=True):
            a.append(1 / (1 + np.exp(-(w_l @ a[-1] + b_l))))
        delta = (a[-1] - y) * a[-1] * (1 - a[-1])
        dC_dw, dC_db = [delta @ a[-2].T / m], [delta.sum(axis=1, keepdims=True) / m]
        for i in range(len(w) - 1, 0, -1):
            delta = (w[i].T @ delta) * a[i] * (1 - a[i])
            dC_dw.insert(0, delta @ a[i - 1].T / m)
            dC_db.insert(0, delta.sum(axis=1, keepdims=True) / m)
        return [*dC_dw, *dC_db]

    return gradient


def loop_over_samples(net: bp.Network, x: np.ndarray, y: np.ndarray) -> Callable:
    """One sample after the other, as in the program of Nielsen's chapter 2."""
    w, b = list(net.w.values()), list(net.b.values())
    samples = [(x[:, i : i + 1], y[:, i : i + 1]) for i in range(x.shape[1])]

    def sigma(z):
        return 1 / (1 + np.exp(-z))

    def of_one_sample(x, y):
        activations, slopes = [x], []
        for w_l, b_l in zip(w, b, strict=True):
            a = sigma(np.dot(w_l, activations[-1]) + b_l)
            activations.append(a)
            slopes.append(a * (1 - a))
        deltas = [(activations[-1] - y) * slopes[-1]]
        for w_next, slope in zip(w[:0:-1], slopes[-2::-1], strict=True):
            deltas.insert(0, np.dot(w_next.T, deltas[0]) * slope)
        dC_dw = [np.dot(d, a.T) for d, a in zip(deltas, activations[:-1], strict=True)]
        return [*dC_dw, *deltas]

    def gradient():
        total = [np.zeros_like(array) for array in (*w, *b)]
        for x_i, y_i in samples:
            total = [t + g for t, g in zip(total, of_one_sample(x_i, y_i), strict=True)]
        return [t / len(samples) for t in total]

    return gradient


def forward_pass(net: bp.Network, x: np.ndarray, y: np.ndarray) -> Callable:
    return lambda: bp.forward(net, x)


PEERS = {
    "forward": forward_pass,
    "plain": plain,
    "torch": pytorch,
    "jax": jax,
    "autograd": autograd,
    "loop": loop_over_samples,
}


def problem(sizes: list[int], m: int, dtype: str) -> tuple[bp.Network, np.ndarray, np.ndarray]:
    net, rng = bp.Network(sizes, dtype=dtype), np.random.default_rng(1)
    x, y = rng.standard_normal((sizes[0], m)), rng.random((sizes[-1], m))
    return net, x.astype(dtype), y.astype(dtype)


def seconds(call: Callable, repeats: int) -> float:
    began = process_time()
    for _ in range(repeats):
        call()
    return (process_time() - began) / repeats


def by_turns(ours: Callable, theirs: Callable) -> dict:
    """Time both by turns; medians, in seconds, and the median of their ratios."""
    calls = (ours, theirs)
    for call in calls:
        call()  # warm up
    repeats = [max(1, int(ROUND / seconds(call, 1))) for call in calls]
    rounds, began = [], process_time()
    while len(rounds) < FEWEST_ROUNDS or process_time() < began + BUDGET:
        rounds.append([seconds(call, n) for call, n in zip(calls, repeats, strict=True)])
    return {
        "bpcore": median(ours for ours, _ in rounds),
        "peer": median(theirs for _, theirs in rounds),
        "ratio": median(theirs / ours for ours, theirs in rounds),
    }


def against(peer: str) -> list[dict]:
    """Time all cases beside one peer, in this process."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # some threads heed no variable
    timings = []
    for sizes, m in CASES:
        for dtype in DTYPES:
            net, x, y = problem(sizes, m, dtype)
            theirs = PEERS[peer](net, x, y)
            if peer != "forward":
                check(theirs(), bp.backprop(net, x, y), dtype)
            timing = by_turns(lambda: bp.backprop(net, x, y), theirs)  # noqa: B023, called at once
            timings.append({"sizes": sizes, "batch": m, "dtype": dtype, **timing})
    return timings


def check(theirs: Gradients, g: bp.Gradient, dtype: str) -> None:
    arrays = [np.asarray(slopes) for slopes in theirs]
    half = len(arrays) // 2
    w = bp.Layers("w", dict(zip(g.w, arrays[:half], strict=True)))
    b = bp.Layers("b", dict(zip(g.b, arrays[half:], strict=True)))
    error = bp.relative_error(bp.Gradient(w, b), g)
    if not error < LARGEST_ERROR[dtype] or any(array.dtype != dtype for array in arrays):
        raise AssertionError(f"the gradients differ: relative error {error:.1e}")


def law(sizes: list[int]) -> float:
    """Multiplications of backprop, forward pass included, per multiplication of a forward pass."""
    products = [n * k for n, k in zip(sizes[1:], sizes, strict=False)]
    return 3 - products[0] / sum(products)


def table(timings: dict[str, list[dict]]) -> str:
    head = f"{'network':>22} {'batch':>5} {'dtype':>8} {'bpcore, µs':>11}"
    head += "".join(f"{peer + ' ×':>11}" for peer in timings if peer != "forward")
    lines = [head + f"{'in forward passes':>19} {'law':>5}"]
    for i, alone in enumerate(timings["forward"]):
        sizes = "-".join(map(str, alone["sizes"])).replace("410-410-410-410-410", "5×410")
        line = f"{sizes:>22} {alone['batch']:5} {alone['dtype']:>8} {alone['bpcore'] * 1e6:11.1f}"
        for peer, results in timings.items():
            if peer != "forward":
                line += f"{results[i]['ratio']:11.2f}" if results else f"{'–':>11}"
        lines.append(line + f"{1 / alone['ratio']:19.2f} {law(alone['sizes']):5.2f}")
    return "\n".join(lines)


def main() -> None:
    timings = {}
    for peer in PEERS:
        print(f"bpcore and {peer} by turns …", file=sys.stderr)
        run = subprocess.run(
            [sys.executable, __file__, peer],
            capture_output=True,
            text=True,
            env=os.environ | ONE_THREAD,
        )
        missing = f"No module named '{peer}'" in run.stderr
        if run.returncode and not missing:
            sys.exit(run.stderr)
        timings[peer] = [] if missing else json.loads(run.stdout)
        if missing:
            print(f"{peer} is not installed: pip install -e '.[peers]'", file=sys.stderr)
    print("\nTime of one gradient, and that of the others in bpcore's; one thread.\n")
    print(table(timings))
    versions = {peer: version(peer) for peer in ("torch", "jax", "autograd") if timings[peer]}
    with threadpool_limits(limits=1):
        described = machine()
    result = {**described, **origin(), "versions": versions, "timings": timings}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(against(sys.argv[1])))
    else:
        main()
