"""The numerical method, really run: one forward pass for every weight and bias, and one more.

The network [999, 999, 1] has exactly 1,000,000 weights and biases. This script nudges one after the
other, runs the whole forward pass, puts the parameter back, and so needs 1,000,001 passes for one
gradient (Nielsen, ch. 2, eq. 46). It compares that gradient and its time with backpropagation's.

It may be stopped at any time, by Ctrl-C or harder; the same command goes on where it stopped. With
--cluster, the passes are spread over the workers of a dask.distributed cluster, a thousand at a
time; what a worker had when it died is done again by another.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, perf_counter, thread_time
from typing import Any, NamedTuple

import machine
import numpy as np
from threadpoolctl import threadpool_limits

import bpcore as bp
from bpcore._progress import progress
from bpcore.costs import COSTS, mean_cost
from bpcore.forward_pass import propagate

RESULT = Path(__file__).parent / "results" / "one_million_and_one.json"
BLOCK = 1000  # nudges between two looks at the clock and at Ctrl-C; what a worker is given at once
SAVE_AFTER = 1.0  # seconds
PATIENCE = 10.0  # seconds for a scheduler to answer, and for the first worker


class Problem(NamedTuple):
    """A network and one sample."""

    net: bp.Network
    x: np.ndarray
    y: np.ndarray


class Measured(NamedTuple):
    """The slopes of one block, and what they took: seconds, and bytes at most."""

    block: int
    slopes: np.ndarray
    wall: float
    cpu: float
    peak_memory: int


def main() -> int:
    run = parsed_arguments()
    problem = the_problem(run.sizes, run.dtype, run.seed)
    theta, C = as_one_vector(problem)
    N, C_0 = len(theta), C()
    blocks = -(-N // BLOCK)

    run.result.parent.mkdir(parents=True, exist_ok=True)
    unfinished = run.result.with_suffix(".unfinished.npz")
    this_run = identity(run, theta, problem)
    state = resumed(unfinished, this_run) or {
        "identity": this_run,
        "slopes": np.zeros(N),
        "seconds": np.zeros((2, blocks)),  # wall and CPU, of each block
        "is_done": np.zeros(blocks, bool),
        "elapsed": 0.0,
        "peak_memory": 0,
        "origin": machine.origin(),
        "before": one_gradient_and_one_pass(problem),
    }

    stop = Stop()
    to_do = np.flatnonzero(~state["is_done"]).tolist()
    with on_cluster(run.cluster) as client:
        if client is None:
            arriving = (measure(problem, block, C_0, run.eps) for block in to_do)
        else:
            arriving = from_workers(client, run, to_do, C_0, stop)
            state["cluster"] = described(client, this_run)
        last_saved = monotonic()
        bar = progress(range(blocks - len(to_do), blocks), "thousand nudges")
        for _, measured in zip(bar, arriving, strict=False):
            first = measured.block * BLOCK
            state["slopes"][first : first + BLOCK] = measured.slopes
            state["seconds"][:, measured.block] = measured.wall, measured.cpu
            state["is_done"][measured.block] = True
            state["peak_memory"] = max(state["peak_memory"], measured.peak_memory)
            if stop.asked or monotonic() > last_saved + SAVE_AFTER:
                state["elapsed"] += monotonic() - last_saved
                last_saved = monotonic()
                save(unfinished, state)
            if stop.asked:
                break
        state["elapsed"] += monotonic() - last_saved
        arriving.close()
        bar.close()  # wipes the bar
    if not state["is_done"].all():
        save(unfinished, state)
        done = min(BLOCK * int(state["is_done"].sum()), N)
        print(f"stopped after {done:,} of {N:,} nudges; nothing is lost", flush=True)
        return 130

    result = compared(state, problem, one_gradient_and_one_pass(problem))
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
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS|local",
        help="of a dask scheduler, such as tcp://127.0.0.1:8786; local: one worker a core, here",
    )
    return parser.parse_args()


def the_problem(sizes: list[int], dtype: str, seed: int) -> Problem:
    """Make the network and its sample; the same ones wherever it is called."""
    net = bp.Network(sizes, seed=seed, dtype=dtype)
    rng = np.random.default_rng(seed + 1)  # with the weights' seed, x would be a row of w[2]
    return Problem(net, rng.standard_normal((sizes[0], 1)), rng.random((sizes[-1], 1)))


def measure(problem: Problem, block: int, C_0: float, eps: float) -> Measured:
    """Measure the slopes of the block-th thousand of parameters, here or on a worker."""
    theta, C = as_one_vector(problem)
    first = block * BLOCK
    slopes = np.empty(min(BLOCK, len(theta) - first))
    with threadpool_limits(limits=1):
        began = perf_counter(), thread_time()
        for i, theta_i in enumerate(theta[first : first + BLOCK].copy(), start=first):
            theta[i] = theta_i + eps
            slopes[i - first] = (C() - C_0) / eps
            theta[i] = theta_i
        wall, cpu = perf_counter() - began[0], thread_time() - began[1]
    return Measured(block, slopes, wall, cpu, peak_memory())


@contextmanager
def on_cluster(address: str | None) -> Iterator[Any]:
    """Give the client of a dask cluster that has a worker; None without an address."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        sys.exit("--cluster needs dask.distributed: pip install distributed")
    with ExitStack() as stack:
        where = address
        if address == "local":
            here = {
                "host": "127.0.0.1",
                "threads_per_worker": 1,
                "dashboard_address": "127.0.0.1:0",
            }
            where = stack.enter_context(LocalCluster(n_workers=os.cpu_count(), **here))
        try:
            client = stack.enter_context(Client(where, timeout=PATIENCE))
        except (OSError, ValueError) as error:
            sys.exit(f"no scheduler answers at {address}: {error}")
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            sys.exit(f"the scheduler at {address} has no worker")
        yield client


def described(client: Any, expected: dict) -> dict:
    """Say what cluster this is; refuse workers whose results would not be the same to the bit.

    Workers that join later are taken to be like the others.
    """
    import cloudpickle
    import distributed

    cloudpickle.register_pickle_by_value(machine)  # no worker has this file
    try:
        machines = client.run(machine.machine)
    except ModuleNotFoundError as error:
        sys.exit(f"a worker cannot do this: {error}")
    for worker, found in machines.items():
        arithmetic = {key: found[key] for key in ("numpy", "blas")}
        refuse_others(f"the worker {worker} would compute other last digits", arithmetic, expected)
    threads = client.nthreads()
    return {
        "workers": len(threads),
        "threads": sum(threads.values()),
        "distributed": distributed.__version__,
    }


def from_workers(
    client: Any, run: argparse.Namespace, blocks: Iterable[int], C_0: float, stop: "Stop"
) -> Iterator[Measured]:
    """Give the blocks as the workers bring them, in any order, until a stop is asked for."""
    problem = client.submit(the_problem, run.sizes, run.dtype, run.seed)
    arrived = SimpleQueue()
    futures = [client.submit(measure, problem, block, C_0, run.eps, pure=False) for block in blocks]
    for future in futures:
        future.add_done_callback(arrived.put)
    try:
        for _ in futures:
            future = None
            while future is None and not stop.asked:
                try:
                    future = arrived.get(timeout=0.2)
                except Empty:  # also without any worker, Ctrl-C must be heard
                    continue
            if future is None:
                return
            yield future.result()
    finally:
        client.cancel(futures)


def as_one_vector(problem: Problem) -> tuple[np.ndarray, Callable[[], float]]:
    """Return a copy of all parameters as one vector θ, and the cost as a function of its state."""
    net, x, y = problem
    arrays = [*net.w.values(), *net.b.values()]
    theta = np.concatenate([array.ravel() for array in arrays])
    ends = np.cumsum([array.size for array in arrays])[:-1]
    views = [
        part.reshape(array.shape) for part, array in zip(np.split(theta, ends), arrays, strict=True)
    ]
    half = len(views) // 2
    w = dict(zip(net.w, views[:half], strict=True))
    b = dict(zip(net.b, views[half:], strict=True))
    x, y = x.astype(net.dtype), y.astype(net.dtype)

    def C() -> float:
        z, a = propagate(w, b, net.sigma, x)
        return mean_cost(COSTS["quadratic"], z, a, y, net.sigma, w, 0.0)

    return theta, C


def identity(run: argparse.Namespace, theta: np.ndarray, problem: Problem) -> dict:
    """Say what must be the same if an unfinished run is to go on."""
    return {
        "sizes": run.sizes,
        "dtype": run.dtype,
        "eps": run.eps,
        "seed": run.seed,
        "parameters_and_sample_sha256": sha256(theta, problem.x, problem.y),
        **machine.machine(),
    }


def sha256(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def resumed(unfinished: Path, expected: dict) -> dict | None:
    """Load an unfinished run, or stop if it belongs to another network, ε, dtype or machine."""
    if not unfinished.exists():
        return None
    with np.load(unfinished) as stored:
        state = json.loads(str(stored["state"]))
        state |= {name: stored[name] for name in stored if name != "state"}
    holds = f"{unfinished.name} holds an unfinished run of something else"
    refuse_others(holds, state["identity"], expected, "Finish that one, or delete the file.")
    return state


def refuse_others(what: str, found: dict, expected: dict, remedy: str = "") -> None:
    """Stop if something found is not what was expected, and say what differs."""
    other = [key for key in found if found[key] != expected[key]]
    if other:
        differences = "; ".join(f"{key} {found[key]}, now {expected[key]}" for key in other)
        sys.exit(f"{what} ({differences}). {remedy}".strip())


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


def one_gradient_and_one_pass(problem: Problem) -> dict:
    """Time backprop and the forward pass, each many times in a row; medians, in seconds."""
    net, x, y = problem
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


def compared(state: dict, problem: Problem, after: dict) -> dict:
    """Put the measured gradient beside backprop's, and both prices beside each other."""
    g = bp.backprop(*problem)
    exact = np.concatenate([array.ravel() for array in (*g.w.values(), *g.b.values())])
    difference = np.abs(state["slopes"] - exact)
    wall, cpu = state["seconds"].sum(axis=1)
    described = dict(state["identity"])
    return {
        **{key: described.pop(key) for key in ("sizes", "dtype", "eps", "seed")},
        "parameters_and_sample_sha256": described.pop("parameters_and_sample_sha256"),
        "parameters": len(exact),
        "passes": len(state["slopes"]) + 1,
        "wall_seconds": round(wall, 3),  # of all blocks, whoever did them
        "cpu_seconds": round(cpu, 3),
        "elapsed_seconds": round(state["elapsed"], 3),
        **{key: state[key] for key in ["cluster"] if key in state},
        "slopes_sha256": sha256(state["slopes"]),
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
