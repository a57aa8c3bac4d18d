"""The four equations on a GPU, in PyTorch, and the numerical method there, many passes at once.

The network [999, 999, 1] has exactly 1,000,000 weights and biases. The same PyTorch code runs on
the GPU and on the CPU, and bpcore beside it; on the CPU with one thread, and with as many as
PyTorch takes by itself. Every gradient is compared with bpcore's before it is timed. In float32 the
GPU's shortcut TF32, which keeps 10 bits of 23 when it multiplies, is off.

    python benchmarks/gpu.py                 on the GPU and on the CPU, into results/gpu.json
    python benchmarks/gpu.py --device cpu    on the CPU alone, to see that it works

Needs PyTorch: pip install -e '.[peers]'.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from machine import machine, origin
from peers import DTYPES, WIDE, problem
from threadpoolctl import threadpool_limits

import bpcore as bp

try:
    import torch
except ModuleNotFoundError:
    torch = None  # `main` says so

RESULT = Path(__file__).parent / "results" / "gpu.json"

SIZES = WIDE
BATCHES = (1, 4, 16, 64, 256, 1024, 4096)

# Rounding alone puts two right gradients of this network up to 2e-15 or 5e-7 apart. With factors
# rounded to TF32's bits it is 3e-4: float32's limit would notice if TF32 were on.
LARGEST_ERROR = {"float64": 1e-12, "float32": 1e-5}

WARM_UP = 3  # calls: the first ones load the GPU's code and take memory
FEWEST = 5  # timings, of which the median is taken
BUDGET = 0.3  # seconds for one median
PASSES_BUDGET = 10.0  # seconds for the passes with one number of copies

EPS = {"float64": 1e-6, "float32": 1e-2}
AT_ONCE = (1, 8, 64, 512, 4096)  # nudged networks at once, and then as many as fit
GPU_SHARE = 0.8  # of its free memory, for the copies
CPU_MEMORY = 1 << 30  # bytes for the copies: more than a cache holds, and so enough

Tensors = dict[int, "torch.Tensor"]  # by layer


def sigma(z: "torch.Tensor") -> "torch.Tensor":
    return z.sigmoid()


def sigma_prime(z: "torch.Tensor") -> "torch.Tensor":
    return sigma(z) * (1 - sigma(z))


def forward(w: Tensors, b: Tensors, x: "torch.Tensor") -> tuple[Tensors, Tensors]:
    z, a = {}, {1: x}
    for l in w:
        z[l] = w[l] @ a[l - 1] + b[l]
        a[l] = sigma(z[l])
    return z, a


def backprop(
    w: Tensors, b: Tensors, x: "torch.Tensor", y: "torch.Tensor"
) -> tuple[Tensors, Tensors]:
    """Compute ∂C/∂w and ∂C/∂b of the quadratic cost, the mean over m samples."""
    z, a = forward(w, b, x)
    L, m = max(w), y.shape[1]
    delta, dC_dw, dC_db = {}, {}, {}
    delta[L] = (a[L] - y) * sigma_prime(z[L])  # BP1
    for l in range(L - 1, 1, -1):
        delta[l] = (w[l + 1].T @ delta[l + 1]) * sigma_prime(z[l])  # BP2
    for l in range(2, L + 1):
        dC_db[l] = (delta[l] / m).sum(axis=1, keepdims=True)  # BP3
        dC_dw[l] = delta[l] / m @ a[l - 1].T  # BP4
    return dC_dw, dC_db


def on(device: str, array: np.ndarray) -> "torch.Tensor":
    return torch.tensor(array, device=device)


def compared(dC_dw: Tensors, dC_db: Tensors, g: bp.Gradient, dtype: str) -> float:
    """The relative error of a gradient, with bpcore's as the right one.

    Raises
    ------
    AssertionError
        If it is above `LARGEST_ERROR`, or a slope has another dtype.
    """
    w, b = (
        bp.Layers(name, {l: slopes.cpu().numpy() for l, slopes in part.items()})
        for name, part in (("w", dC_dw), ("b", dC_db))
    )
    error = bp.relative_error(bp.Gradient(w, b), g)
    of_dtype = all(slopes.dtype == dtype for part in (w, b) for slopes in part.values())
    if not (of_dtype and error < LARGEST_ERROR[dtype]):
        raise AssertionError(f"the gradients differ in {dtype}: relative error {error:.1e}")
    return error


def timed(call: Callable, device: str) -> tuple[float, Any]:
    """The seconds of one call, to the end of all that it asks of the GPU, and what it gives."""
    wait_for(device)
    began = perf_counter()
    given = call()
    wait_for(device)
    return perf_counter() - began, given


def wait_for(device: str) -> None:
    if device == "cuda":  # there a call returns as soon as its work stands in the queue
        torch.cuda.synchronize()


def median_seconds(call: Callable, device: str) -> float:
    """Each call is waited for: with few samples a GPU's time is that of giving it its work."""
    for _ in range(WARM_UP):
        call()
    seconds, began = [], perf_counter()
    while len(seconds) < FEWEST or perf_counter() < began + BUDGET:
        seconds.append(timed(call, device)[0])
    return median(seconds)


def time_equations(device: str, dtype: str, batch: int) -> list[dict]:
    """Time the forward pass alone, and with the four equations; on the CPU also bpcore's."""
    net, x, y = problem(SIZES, batch, dtype)
    w, b = ({l: on(device, v) for l, v in part.items()} for part in (net.w, net.b))
    there = on(device, x), on(device, y)
    error = compared(*backprop(w, b, *there), bp.backprop(net, x, y), dtype)
    calls = {"torch": (partial(forward, w, b, there[0]), partial(backprop, w, b, *there))}
    if device == "cpu":
        calls["bpcore"] = (partial(bp.forward, net, x), partial(bp.backprop, net, x, y))
    return [
        {
            "code": code,
            "dtype": dtype,
            "batch": batch,
            "forward_seconds": median_seconds(forward_pass, device),
            "backprop_seconds": median_seconds(gradient, device),
            "relative_error": error if code == "torch" else None,
        }
        for code, (forward_pass, gradient) in calls.items()
    ]


def time_passes(device: str, dtype: str) -> list[dict]:
    """Time the numerical method's passes, by how many of them run at once.

    A pass for one sample multiplies matrices by a vector, and a GPU has done that before Python has
    asked for the next. The trick is to let K nudged networks stand side by side. Each is a row of
    `copies`, (K, N), with all N parameters, of which one is nudged, in each row another one. Seen
    as (K, n_l, n_{l−1}) the rows are K weight matrices, and `w[l] @ a[l - 1]` in `forward`, as it
    stands, is one batched product of them all (`torch.bmm`).

    These are K whole passes, and each reads all of its own parameters. So memory is the limit: a
    copy of a million takes 8 MB in float64, and 80 GB hold 10,000. One copy would be enough if one
    used that a nudge ε of w^l_jk changes z^l_j alone, by ε a^{l−1}_k. But that is the first step of
    deriving the equations, and this is to show the price of doing without them.
    """
    net, x, y = problem(SIZES, 1, dtype)
    g = bp.backprop(net, x, y)
    theta, exact = as_one_vector(net.w, net.b), as_one_vector(g.w, g.b)
    N = len(theta)
    order = np.random.default_rng(2).permutation(N)  # the first ones are a sample of all
    fit = min(memory_for_copies(device) // theta.nbytes, N)
    copies = on(device, theta).repeat(fit, 1)
    there = on(device, x), on(device, y), on(device, order)
    results = []
    for K in [*(few for few in AT_ONCE if few < fit), fit]:
        slopes, seconds = nudge_in_turn(copies[:K], net, *there, EPS[dtype])
        right = exact[order[: len(slopes)]]
        seconds_per_pass = median(seconds) / K
        results.append(
            {
                "dtype": dtype,
                "eps": EPS[dtype],
                "at_once": K,
                "nudges": len(slopes),
                "seconds": sum(seconds),
                "seconds_per_pass": seconds_per_pass,
                "extrapolated_seconds": (N + 1) * seconds_per_pass,
                "relative_error": float(np.linalg.norm(slopes - right) / np.linalg.norm(right)),
            }
        )
    return results


def as_one_vector(w: bp.Layers, b: bp.Layers) -> np.ndarray:
    return np.concatenate([v.ravel() for part in (w, b) for v in part.values()])


def memory_for_copies(device: str) -> int:
    """How much the copies may take, in bytes."""
    if device == "cpu":
        return CPU_MEMORY
    torch.cuda.empty_cache()  # what the dtype before has left
    free, _ = torch.cuda.mem_get_info()
    return int(GPU_SHARE * free)


def nudge_in_turn(
    copies: "torch.Tensor",
    net: bp.Network,
    x: "torch.Tensor",
    y: "torch.Tensor",
    order: "torch.Tensor",
    eps: float,
) -> tuple[np.ndarray, list[float]]:
    """Measure ∂C/∂θ_i for i in this order, K at once, to the end or to that of the budget.

    copies is (K, N), the network's parameters in each row; so it is again after each nudge.

    Returns
    -------
    ndarray, list of float
        The slopes, as many as there was time for; and the seconds of each K passes, in which the
        nudges and taking them back are included.
    """
    K, device = len(copies), copies.device.type
    theta, rows = copies[0].clone(), on(device, np.arange(K))
    arrays = [*net.w.values(), *net.b.values()]
    columns = copies.split([v.size for v in arrays], dim=1)
    views = [part.view(K, *v.shape) for part, v in zip(columns, arrays, strict=True)]
    half = len(views) // 2
    w, b = (dict(zip(net.w, part, strict=True)) for part in (views[:half], views[half:]))

    def C() -> "torch.Tensor":
        _, a = forward(w, b, x.expand(K, -1, -1))
        return (y - a[net.L]).square().sum(axis=(1, 2)) / 2

    C_0 = C()  # by the same batched product, and so with the same rounding

    def slopes_of(i: "torch.Tensor") -> "torch.Tensor":
        k = rows[: len(i)]
        copies[k, i] += eps
        dC = C() - C_0
        copies[k, i] = theta[i]
        return dC[: len(i)] / eps

    slopes_of(order[:K])  # warm-up
    slopes, seconds, began = [], [], perf_counter()
    for first in range(0, len(order), K):
        taken, part = timed(partial(slopes_of, order[first : first + K]), device)
        slopes.append(part)
        seconds.append(taken)
        if len(seconds) >= FEWEST and perf_counter() > began + PASSES_BUDGET:
            break
    return torch.cat(slopes).cpu().numpy(), seconds


def described(device: str) -> dict:
    on_gpu = device == "cuda"
    return {
        "name": torch.cuda.get_device_name() if on_gpu else None,
        "memory_bytes": torch.cuda.get_device_properties(0).total_memory if on_gpu else None,
        "torch": str(torch.__version__),
        "cuda": torch.version.cuda,
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--result", type=Path, help="default: results/gpu.json; for cpu no file")
    run = parser.parse_args()
    if torch is None:
        sys.exit("torch not installed: pip install -e '.[peers]'")
    if run.device == "cuda" and not torch.cuda.is_available():
        sys.exit(
            f"PyTorch {torch.__version__} finds no GPU here, so nothing was timed; "
            "with --device cpu it is timed on the CPU alone."
        )
    torch.set_float32_matmul_precision("highest")  # no TF32
    places = [("cpu", threads) for threads in sorted({1, torch.get_num_threads()})]
    if run.device == "cuda":
        places.insert(0, ("cuda", 1))
    rows, passes = [], []
    for device, threads in places:
        place = {"device": device, "threads": threads}
        torch.set_num_threads(threads)
        with threadpool_limits(limits=threads):
            for dtype in DTYPES:
                for batch in BATCHES:
                    for row in time_equations(device, dtype, batch):
                        rows.append(place | row)
                        show(rows[-1])
                for row in time_passes(device, dtype):
                    passes.append(place | row)
                    show(passes[-1])
    path = run.result or (RESULT if run.device == "cuda" else None)
    if path:
        result = {
            "sizes": SIZES,
            "parameters": bp.Network(SIZES).n_parameters,
            "rows": rows,
            "passes": passes,
            "device": described(run.device),
            "machine": machine(),
            **origin(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n")


def show(row: dict) -> None:
    if "code" in row:
        timing = (
            f"batch {row['batch']:4} by {row['code']:6}  forward {row['forward_seconds']:.2e} s, "
            f"with the equations {row['backprop_seconds']:.2e} s"
        )
    else:
        timing = (
            f"{row['at_once']:5} passes at once  {row['seconds_per_pass']:.2e} s a pass, "
            f"all {row['extrapolated_seconds']:.2e} s (extrapolated)"
        )
    error = "" if row["relative_error"] is None else f", relative error {row['relative_error']:.1e}"
    print(
        f"{row['device']:>4}, threads {row['threads']}, {row['dtype']}  {timing}{error}", flush=True
    )


if __name__ == "__main__":
    main()
