"""The script for a GPU: what it times is compared first, and without a GPU it says so."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import bpcore as bp

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
RECORDED = BENCHMARKS / "results" / "gpu.json"
SIZES = [5, 4, 3, 2]  # 47 parameters
DTYPES = ["float64", "float32"]


@pytest.fixture
def gpu(monkeypatch, tmp_path):
    """The script, for a small network and without patience; its result goes to tmp_path."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    import gpu

    monkeypatch.setattr(gpu, "RESULT", tmp_path / "results" / "gpu.json")
    monkeypatch.setattr(gpu, "SIZES", SIZES)
    monkeypatch.setattr(gpu, "BATCHES", (1, 6))
    monkeypatch.setattr(gpu, "BUDGET", 0.0)
    return gpu


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="needs pip install -e .[peers]")
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    yield torch
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision(precision)


def run(gpu, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["benchmarks/gpu.py", *map(str, arguments)])
    gpu.main()


class Array(np.ndarray):
    """As much of a tensor as the equations need."""

    def sigmoid(self):
        return 1 / (1 + np.exp(-self))

    def cpu(self):
        return self

    def numpy(self):
        return np.asarray(self)


def arrays(device, array):
    return array.view(Array)


def problem(gpu, dtype, m=6):
    net, x, y = gpu.problem(SIZES, m, dtype)
    rng = np.random.default_rng(3)
    for l in net.b:
        net.b[l] = rng.standard_normal(net.b[l].shape)
    return net, x, y


def gradient(gpu, on, net, x, y):
    w, b = ({l: on("cpu", v) for l, v in part.items()} for part in (net.w, net.b))
    return gpu.backprop(w, b, on("cpu", x), on("cpu", y))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_equations_give_bpcores_gradient_on_arrays(gpu, dtype):
    net, x, y = problem(gpu, dtype)
    error = gpu.compared(*gradient(gpu, arrays, net, x, y), bp.backprop(net, x, y), dtype)
    assert error < {"float64": 1e-14, "float32": 1e-6}[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_equations_give_bpcores_gradient_on_tensors(gpu, torch, dtype):
    net, x, y = problem(gpu, dtype)
    error = gpu.compared(*gradient(gpu, gpu.on, net, x, y), bp.backprop(net, x, y), dtype)
    assert error < {"float64": 1e-14, "float32": 1e-6}[dtype]


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("l", [2, 3, 4])
def test_a_wrong_gradient_is_refused(gpu, part, l):
    net, x, y = problem(gpu, "float64")
    wrong = gradient(gpu, arrays, net, x, y)
    wrong[part][l] = wrong[part][l] * (1 + 1e-9)
    with pytest.raises(AssertionError, match="the gradients differ in float64"):
        gpu.compared(*wrong, bp.backprop(net, x, y), "float64")


def test_a_gradient_of_another_dtype_is_refused(gpu):
    right = gradient(gpu, arrays, *problem(gpu, "float64"))
    with pytest.raises(AssertionError, match="the gradients differ in float32"):
        gpu.compared(*right, bp.backprop(*problem(gpu, "float32")), "float32")


def test_tf32_would_be_noticed(gpu):
    """On the network that is timed, where each factor loses 13 of its 23 bits."""

    class TF32(Array):
        def __matmul__(self, other):
            return (cut(self) @ cut(other)).view(TF32)

    def cut(factor):
        bits = np.ascontiguousarray(factor).view(np.uint32)
        return (bits + 0x1000 & ~np.uint32(0x1FFF)).view(np.float32)

    net, x, y = gpu.problem(gpu.WIDE, 1, "float32")
    g = bp.backprop(net, x, y)
    gpu.compared(*gradient(gpu, arrays, net, x, y), g, "float32")
    with pytest.raises(AssertionError, match=r"relative error [1-9].\de-04"):
        gpu.compared(*gradient(gpu, lambda device, v: v.view(TF32), net, x, y), g, "float32")


def test_what_is_wrong_is_neither_timed_nor_written(gpu, torch, monkeypatch, tmp_path, capsys):
    right = gpu.backprop

    def wrong(w, b, x, y):
        dC_dw, dC_db = right(w, b, x, y)
        return dC_dw, {l: 2 * slopes for l, slopes in dC_db.items()}

    monkeypatch.setattr(gpu, "backprop", wrong)
    monkeypatch.setattr(gpu, "timed", lambda *_: pytest.fail("it was timed"))
    with pytest.raises(AssertionError, match="the gradients differ"):
        run(gpu, monkeypatch, "--device", "cpu", "--result", tmp_path / "r.json")
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("K", [1, 8, 47])
@pytest.mark.parametrize("dtype", DTYPES)
def test_nudged_side_by_side_they_measure_what_they_measure_one_by_one(gpu, torch, dtype, K):
    net, x, y = problem(gpu, dtype, m=1)
    eps = gpu.EPS[dtype]
    theta = torch.tensor(gpu.as_one_vector(net.w, net.b))
    copies = theta.repeat(K, 1)
    order = torch.arange(46, -1, -1)
    slopes, seconds = gpu.nudge_in_turn(copies, net, torch.tensor(x), torch.tensor(y), order, eps)
    assert len(seconds) == -(-47 // K)
    assert torch.equal(copies, theta.repeat(K, 1))  # every nudge has been taken back
    one_by_one = bp.finite_difference(net, x, y, eps=eps)
    one_by_one = gpu.as_one_vector(one_by_one.w, one_by_one.b)[::-1]
    rounding = 4 * np.finfo(dtype).eps / eps  # of costs up to 1
    assert np.allclose(slopes, one_by_one, rtol=0, atol=rounding)
    assert np.abs(one_by_one).max() > 100 * rounding


def test_the_passes_end_with_the_budget(gpu, torch, monkeypatch):
    monkeypatch.setattr(gpu, "PASSES_BUDGET", 0.0)
    passes = gpu.time_passes("cpu", "float64")
    assert [(row["at_once"], row["nudges"]) for row in passes] == [(1, 5), (8, 40), (47, 47)]


def test_the_copies_are_as_many_as_memory_holds(gpu, torch, monkeypatch):
    monkeypatch.setattr(gpu, "CPU_MEMORY", 8 * 47 * 8 + 8)
    at_once = {dtype: [row["at_once"] for row in gpu.time_passes("cpu", dtype)] for dtype in DTYPES}
    assert at_once == {"float64": [1, 8], "float32": [1, 8, 16]}


def test_the_figures_of_the_passes(gpu, torch, monkeypatch):
    def measured(copies, net, x, y, order, eps):
        g = bp.backprop(net, x.numpy(), y.numpy())
        return 1.1 * gpu.as_one_vector(g.w, g.b)[order[:24]], [0.5, 0.1, 0.2]

    monkeypatch.setattr(gpu, "nudge_in_turn", measured)
    row = gpu.time_passes("cpu", "float64")[1]
    assert row == pytest.approx(
        {
            "dtype": "float64",
            "eps": 1e-6,
            "at_once": 8,
            "nudges": 24,
            "seconds": 0.8,
            "seconds_per_pass": 0.2 / 8,
            "extrapolated_seconds": 48 * 0.2 / 8,
            "relative_error": 0.1,
        }
    )


def laid_out(result, device):
    """What has been timed on this device, once for each number of threads."""
    assert result["parameters"] == bp.Network(result["sizes"]).n_parameters
    for row in result["passes"]:
        assert row["nudges"] <= result["parameters"]
        all_of_them = (result["parameters"] + 1) * row["seconds_per_pass"]
        assert row["extrapolated_seconds"] == pytest.approx(all_of_them)
    return [
        sorted(
            tuple(row[key] for key in keys)
            for row in result[part]
            if row["device"] == device and row["threads"] == threads
        )
        for threads in sorted({row["threads"] for row in result["rows"] if row["device"] == device})
        for part, keys in (("rows", ("code", "dtype", "batch")), ("passes", ("dtype", "at_once")))
    ]


OF_THE_EQUATIONS = {
    code: [(code, dtype, m) for dtype in sorted(DTYPES) for m in (1, 6)]
    for code in ("bpcore", "torch")
}
OF_THE_PASSES = [(dtype, K) for dtype in sorted(DTYPES) for K in (1, 8, 47)]
ON_THE_CPU = [OF_THE_EQUATIONS["bpcore"] + OF_THE_EQUATIONS["torch"], OF_THE_PASSES]


def test_on_the_cpu_alone_it_writes_only_where_it_is_told_to(
    gpu, torch, monkeypatch, tmp_path, capsys
):
    torch.set_num_threads(1)
    run(gpu, monkeypatch, "--device", "cpu")
    assert not list(tmp_path.iterdir())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(OF_THE_PASSES) + 8
    assert "batch    1 by torch   forward " in lines[0]
    assert sum("(extrapolated)" in line for line in lines) == len(OF_THE_PASSES)

    torch.set_num_threads(2)
    run(gpu, monkeypatch, "--device", "cpu", "--result", tmp_path / "r.json")
    result = json.loads((tmp_path / "r.json").read_text())
    assert laid_out(result, "cpu") == ON_THE_CPU * 2
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert result["device"]["name"] is None


def test_with_a_gpu_it_times_both_and_writes_the_result(gpu, torch, monkeypatch):
    """The CPU plays the GPU here: what is asked of CUDA is counted, tensors stay where they are."""
    waited = []
    monkeypatch.setattr(gpu, "on", lambda device, array: torch.tensor(array))
    for name, answer in {
        "is_available": True,
        "empty_cache": None,
        "mem_get_info": (20 * 47 * 8, 10**9),
        "get_device_name": "a GPU",
        "get_device_properties": SimpleNamespace(total_memory=10**9),
    }.items():
        monkeypatch.setattr(torch.cuda, name, lambda *_, answer=answer: answer)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waited.append(1))
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("high")  # with TF32
    run(gpu, monkeypatch)
    result = json.loads(gpu.RESULT.read_text())
    passes = [(dtype, K) for dtype, fit in (("float32", 32), ("float64", 16)) for K in (1, 8, fit)]
    assert laid_out(result, "cuda") == [OF_THE_EQUATIONS["torch"], passes]
    assert laid_out(result, "cpu") == ON_THE_CPU
    assert result["device"]["name"] == "a GPU"
    assert result["device"]["float32_matmul_precision"] == "highest"
    assert len(waited) >= 2 * gpu.FEWEST * 8


def test_a_call_ends_when_the_gpu_has_done_its_work(gpu, monkeypatch):
    clock, queue = [0.0], []

    def synchronize():
        clock[0] += sum(queue)
        queue.clear()

    monkeypatch.setattr(
        gpu, "torch", SimpleNamespace(cuda=SimpleNamespace(synchronize=synchronize))
    )
    monkeypatch.setattr(gpu, "perf_counter", lambda: clock[0])
    assert gpu.median_seconds(lambda: queue.append(0.005), "cuda") == pytest.approx(0.005)


def test_without_a_gpu_it_says_so_and_times_nothing(gpu, monkeypatch, tmp_path, capsys):
    cuda = SimpleNamespace(is_available=lambda: False)
    monkeypatch.setattr(gpu, "torch", SimpleNamespace(__version__="2.9", cuda=cuda))
    with pytest.raises(SystemExit) as ended:
        run(gpu, monkeypatch)
    assert ended.value.code == (
        "PyTorch 2.9 finds no GPU here, so nothing was timed; "
        "with --device cpu it is timed on the CPU alone."
    )
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("arguments", [[], ["--device", "cpu"]])
def test_without_pytorch_it_says_how_to_get_it(gpu, monkeypatch, arguments):
    monkeypatch.setattr(gpu, "torch", None)
    with pytest.raises(SystemExit, match="torch not installed: pip install"):
        run(gpu, monkeypatch, *arguments)


def test_the_recorded_run_is_of_a_gpu_and_right(gpu):
    if not RECORDED.exists():
        pytest.skip("no recorded run yet")
    result = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert result["parameters"] == 1_000_000
    assert result["device"]["name"]
    assert result["files_changed_since_commit"] == []
    equations, passes = laid_out(result, "cuda")
    batches = (1, 4, 16, 64, 256, 1024, 4096)
    assert equations == [("torch", dtype, m) for dtype in sorted(DTYPES) for m in batches]
    assert {dtype for dtype, _ in passes} == set(DTYPES)
    assert all(
        row["relative_error"] < gpu.LARGEST_ERROR[row["dtype"]]
        for row in result["rows"]
        if row["code"] == "torch"
    )
    for row in result["passes"]:
        assert row["relative_error"] < {"float64": 1e-5, "float32": 1e-1}[row["dtype"]]
