"""The script that runs the numerical method to the end: stopped, resumed, refused, compared."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

import bpcore as bp

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "one_million_and_one.py"
RECORDED = SCRIPT.parent / "results" / "one_million_and_one.json"
UNFINISHED = "r.unfinished.npz"
SMALL = ["--sizes", "399", "399", "1"]  # 160,000 parameters: some seconds


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, SCRIPT, *arguments, "--result", folder / "r.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder, *arguments):
    process = start(folder, *arguments)
    output, errors = process.communicate(timeout=120)
    return process.returncode, output + errors


def result(folder):
    return json.loads((folder / "r.json").read_text())


def wait_for(path):
    give_up = monotonic() + 60
    while not path.exists():
        assert monotonic() < give_up, f"{path} does not appear"
        sleep(0.01)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    code, output = finish(folder, *SMALL)
    assert code == 0, output
    return result(folder)


def test_a_complete_run_measures_every_parameter(uninterrupted):
    assert uninterrupted["parameters"] == 160_000
    assert uninterrupted["passes"] == 160_001
    assert uninterrupted["difference"]["relative_norm"] < 1e-5
    assert len(uninterrupted["cpu_seconds_per_percent"]) == 100


def test_its_gradient_is_that_of_finite_difference(tmp_path):
    """On a small network, where `bp.finite_difference` can do the same."""
    assert finish(tmp_path, "--sizes", "7", "5", "2", "--seed", "3")[0] == 0
    net, rng = bp.Network([7, 5, 2], seed=3), np.random.default_rng(4)
    x, y = rng.standard_normal((7, 1)), rng.random((2, 1))
    measured, exact = bp.finite_difference(net, x, y, eps=1e-6), bp.backprop(net, x, y)
    largest = max(
        np.abs(getattr(measured, part)[l] - getattr(exact, part)[l]).max()
        for part in ("w", "b")
        for l in (2, 3)
    )
    assert result(tmp_path)["difference"]["largest"] == pytest.approx(largest, rel=1e-3)


def test_the_recorded_run_is_complete_and_small():
    record = json.loads(RECORDED.read_text())
    assert (record["parameters"], record["passes"]) == (1_000_000, 1_000_001)
    assert record["files_changed_since_commit"] == []
    assert record["peak_memory_bytes"] < 300e6


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_and_started_again_it_loses_nothing(tmp_path, uninterrupted, how):
    process = start(tmp_path, *SMALL)
    wait_for(tmp_path / UNFINISHED)
    process.send_signal(how)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == (130 if how != signal.SIGKILL else -signal.SIGKILL), output
    with np.load(tmp_path / UNFINISHED) as stored:
        done = json.loads(str(stored["state"]))["done"]
        first_percent = stored["seconds"][1, :2].sum()  # 2 of the 160 blocks
    assert 2000 <= done < 160_000

    code, output = finish(tmp_path, *SMALL)
    assert code == 0, output
    assert result(tmp_path)["difference"] == uninterrupted["difference"]
    assert result(tmp_path)["passes"] == 160_001
    assert result(tmp_path)["cpu_seconds_per_percent"][0] == pytest.approx(first_percent, abs=1e-4)
    assert not list(tmp_path.glob("*.npz"))


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unfinished")
    process = start(folder, *SMALL)
    wait_for(folder / UNFINISHED)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return folder


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (["--sizes", "399", "398", "1"], "sizes [399, 399, 1], now [399, 398, 1]"),
        ([*SMALL, "--eps", "1e-5"], "eps 1e-06, now 1e-05"),
        ([*SMALL, "--dtype", "float32"], "dtype float64, now float32"),
        ([*SMALL, "--seed", "1"], "seed 0, now 1"),
    ],
)
def test_it_does_not_go_on_with_something_else(unfinished, other, named):
    kept = (unfinished / UNFINISHED).read_bytes()
    code, output = finish(unfinished, *other)
    assert code == 1
    assert named in output
    assert "Traceback" not in output
    assert (unfinished / UNFINISHED).read_bytes() == kept
