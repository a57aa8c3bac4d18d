"""The numerical method, really run: one forward pass for every weight and bias, and one more.

The network [999, 999, 1] has exactly 1,000,000 weights and biases. This script nudges one after the
other, runs the whole forward pass, puts the parameter back, and so needs 1,000,001 passes for one
gradient (Nielsen, ch. 2, eq. 46). It compares that gradient and its time with backpropagation's.

It may be stopped at any time, by Ctrl-C or harder; the same command goes on where it stopped.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter, process_time

import numpy as np
from machine import machine, origin
from threadpoolctl import threadpool_limits

import bpcore as bp
from bpcore._progress import progress
from bpcore.costs import COSTS, mean_cost
from bpcore.forward_pass import propagate

RESULT = Path(__file__).parent / "results" / "one_million_and_one.json"
BLOCK = 1000  # passes between two looks at the clock and at Ctrl-C
SAVE_AFTER = 1.0  # seconds


def main() -> int:
    run = parsed_arguments()
    net = bp.Network(run.sizes, seed=run.seed, dtype=run.dtype)
    rng = np.random.default_rng(run.seed + 1)  # with the weights' seed, x would be a row of w[2]
    x, y = rng.standard_normal((run.sizes[0], 1)), rng.random((run.sizes[-1], 1))

    theta, w, b = as_one_vector(net)
    N = len(theta)
    C = COSTS["quadratic"]
    x_typed, y_typed = x.astype(net.dtype), y.astype(net.dtype)

    def C_now() -> float:
        z, a = propagate(w, b, net.sigma, x_typed)
        return mean_cost(C, z, a, y_typed, net.sigma, w, 0.0)

    run.result.parent.mkdir(parents=True, exist_ok=True)
    unfinished = run.result.with_suffix(".unfinished.npz")
    this_run = identity(run, theta, x, y)
    state = resumed(unfinished, this_run) or {
        "identity": this_run,
        "slopes": np.zeros(N),
        "seconds": np.zeros((2, -(-N // BLOCK))),  # wall and CPU, of each block
        "done": 0,
        "peak_memory": 0,
        "origin": origin(),
        "before": one_gradient_and_one_pass(net, x, y),
    }

    stop = Stop()
    last_saved = monotonic()
    C_0 = C_now()
    blocks = progress(range(state["done"], N, BLOCK), "nudges")
    for first in blocks:
        began = perf_counter(), process_time()
        for i in range(first, min(first + BLOCK, N)):
            theta_i = theta[i]
            theta[i] = theta_i + run.eps
            state["slopes"][i] = (C_now() - C_0) / run.eps
            theta[i] = theta_i
        state["seconds"][:, first // BLOCK] = perf_counter() - began[0], process_time() - began[1]
        state["done"] = min(first + BLOCK, N)
        state["peak_memory"] = max(state["peak_memory"], peak_memory())
        if stop.asked or monotonic() > last_saved + SAVE_AFTER:
            save(unfinished, state)
            last_saved = monotonic()
        if stop.asked:
            blocks.close()  # wipes the bar
            print(f"stopped after {state['done']:,} of {N:,} nudges; nothing is lost", flush=True)
            return 130

    result = compared(state, net, x, y, one_gradient_and_one_pass(net, x, y))
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in result.items()]
    run.result.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    unfinished.unlink(missing_ok=True)
    print(*lines[:-1], sep="\n")
    return 0


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[999, 999, 1])
    parser.add_argument("--dtype", choices=("float64", "float32"), default="float64")
    parser.add_argument("--eps", type=float, default=1e-6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--result", type=Path, default=RESULT)
    return parser.parse_args()


def as_one_vector(net: bp.Network) -> tuple[np.ndarray, dict, dict]:
    """Return all parameters as one vector θ, and w and b by layer as views into it."""
    arrays = [*net.w.values(), *net.b.values()]
    theta = np.concatenate([array.ravel() for array in arrays])
    ends = np.cumsum([array.size for array in arrays])[:-1]
    views = [
        part.reshape(array.shape) for part, array in zip(np.split(theta, ends), arrays, strict=True)
    ]
    half = len(views) // 2
    return (
        theta,
        dict(zip(net.w, views[:half], strict=True)),
        dict(zip(net.b, views[half:], strict=True)),
    )


def identity(run: argparse.Namespace, theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> dict:
    """Say what must be the same if an unfinished run is to go on."""
    digest = hashlib.sha256(b"".join(array.tobytes() for array in (theta, x, y))).hexdigest()
    return {
        "sizes": run.sizes,
        "dtype": run.dtype,
        "eps": run.eps,
        "seed": run.seed,
        "parameters_and_sample_sha256": digest,
        **machine(),
    }


def resumed(unfinished: Path, expected: dict) -> dict | None:
    """Load an unfinished run, or stop if it belongs to another network, ε, dtype or machine."""
    if not unfinished.exists():
        return None
    with np.load(unfinished) as stored:
        state = json.loads(str(stored["state"]))
        state |= {"slopes": stored["slopes"], "seconds": stored["seconds"]}
    other = [key for key in expected if state["identity"][key] != expected[key]]
    if other:
        differences = "; ".join(
            f"{key} {state['identity'][key]}, now {expected[key]}" for key in other
        )
        sys.exit(
            f"{unfinished.name} holds an unfinished run of something else ({differences}). "
            "Finish that one, or delete the file."
        )
    return state


def save(unfinished: Path, state: dict) -> None:
    """Write the state so that a kill at any moment leaves the old file or the new one."""
    arrays = {key: value for key, value in state.items() if isinstance(value, np.ndarray)}
    rest = json.dumps({key: value for key, value in state.items() if key not in arrays})
    fresh = unfinished.with_suffix(".fresh.npz")
    np.savez(fresh, state=rest, **arrays)
    os.replace(fresh, unfinished)


class Stop:
    """Turn Ctrl-C and `kill` into a wish that the loop grants at the end of a block."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


def peak_memory() -> int:
    """Return the largest memory this process has had, in bytes; 0 where it is not known."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def one_gradient_and_one_pass(net: bp.Network, x: np.ndarray, y: np.ndarray) -> dict:
    """Time backprop and the forward pass, each many times in a row; medians, in seconds."""
    return {
        "backprop": median_seconds(lambda: bp.backprop(net, x, y)),
        "forward": median_seconds(lambda: bp.forward(net, x)),
    }


def median_seconds(call: Callable) -> float:
    seconds = []
    for _ in range(201):
        began = perf_counter()
        call()
        seconds.append(perf_counter() - began)
    return float(np.median(seconds))


def compared(state: dict, net: bp.Network, x: np.ndarray, y: np.ndarray, after: dict) -> dict:
    """Put the measured gradient beside backprop's, and both prices beside each other."""
    g = bp.backprop(net, x, y)
    exact = np.concatenate([array.ravel() for array in (*g.w.values(), *g.b.values())])
    difference = np.abs(state["slopes"] - exact)
    wall, cpu = state["seconds"].sum(axis=1)
    described = dict(state["identity"])
    return {
        **{key: described.pop(key) for key in ("sizes", "dtype", "eps", "seed")},
        "parameters_and_sample_sha256": described.pop("parameters_and_sample_sha256"),
        "parameters": len(exact),
        "passes": state["done"] + 1,
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
        "backprop_seconds": {"before": state["before"]["backprop"], "after": after["backprop"]},
        "forward_seconds": {"before": state["before"]["forward"], "after": after["forward"]},
        "difference": {
            "largest": float(difference.max()),
            "median": float(np.median(difference)),
            "relative_norm": float(np.linalg.norm(difference) / np.linalg.norm(exact)),
            "slopes_measured_as_exactly_0": int(np.count_nonzero(state["slopes"] == 0)),
        },
        "peak_memory_bytes": state["peak_memory"],
        "machine": described,
        **state["origin"],
        "cpu_seconds_per_percent": [
            round(float(part.sum()), 4) for part in np.array_split(state["seconds"][1], 100)
        ],
    }


if __name__ == "__main__":
    with threadpool_limits(limits=1):
        sys.exit(main())
