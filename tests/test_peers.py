"""The benchmarks beside other programs: results are compared first, one may be missing."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import bpcore as bp

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def peers(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import peers

    return peers


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["plain", "loop", "autograd", "torch", "jax"])
def test_every_peer_computes_bpcores_gradient(peers, name, dtype):
    if name in ("torch", "jax"):
        pytest.importorskip(name, reason="needs pip install -e .[peers]")
    net, x, y = peers.problem([5, 4, 3], 6, dtype)
    peers.check(peers.PEERS[name](net, x, y)(), bp.backprop(net, x, y), dtype)


@pytest.mark.parametrize("l", [0, 1, 2, 3])
def test_a_wrong_gradient_is_not_timed(peers, l):
    net, x, y = peers.problem([5, 4, 3], 6, "float64")
    theirs = peers.loop_over_samples(net, x, y)()
    theirs[l] = theirs[l] * (1 + 1e-9)
    with pytest.raises(AssertionError, match="the gradients differ"):
        peers.check(theirs, bp.backprop(net, x, y), "float64")


def test_a_peer_of_another_dtype_is_not_timed(peers):
    net, x, y = peers.problem([5, 4, 3], 6, "float32")
    theirs = [g.astype(np.float64) for g in peers.loop_over_samples(net, x, y)()]
    with pytest.raises(AssertionError, match="the gradients differ"):
        peers.check(theirs, bp.backprop(net, x, y), "float32")


def test_the_cases_have_the_sizes_that_their_names_promise(peers):
    assert bp.Network(peers.WIDE).n_parameters == bp.Network(peers.DEEP).n_parameters == 1_000_000
    assert peers.law(peers.WIDE) == pytest.approx(2.0, abs=0.01)
    assert peers.law(peers.DEEP) == pytest.approx(2.68, abs=0.01)


def test_the_ratio_is_that_of_the_two_times(peers, monkeypatch):
    monkeypatch.setattr(peers, "BUDGET", 0.0)
    clock = [0.0]
    monkeypatch.setattr(peers, "process_time", lambda: clock[0])

    def takes(seconds):
        return lambda: clock.__setitem__(0, clock[0] + seconds)

    timing = peers.by_turns(takes(0.002), takes(0.008))
    assert timing == pytest.approx({"bpcore": 0.002, "peer": 0.008, "ratio": 4.0})


def test_a_missing_library_is_a_dash_in_the_table(peers):
    timing = {"bpcore": 1e-4, "peer": 2e-4, "ratio": 2.0}
    row = {"sizes": [2, 2, 1], "batch": 4, "dtype": "float64", **timing}
    _, line = peers.table({"forward": [row], "torch": [], "loop": [row]}).splitlines()
    assert line.split() == ["2-2-1", "4", "float64", "100.0", "–", "2.00", "0.50", "2.33"]


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_a_missing_library_is_recognised_by_this_message():
    run = subprocess.run(
        [sys.executable, BENCHMARKS / "peers.py", "torch"], capture_output=True, text=True
    )
    assert run.returncode
    assert "No module named 'torch'" in run.stderr  # what `main` looks for


@pytest.fixture
def training(peers):
    import training

    return training


@pytest.mark.parametrize("batch_size", [7, 32])
def test_the_plain_training_takes_bpcores_steps(training, batch_size):
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 40)), np.eye(10)[:, rng.integers(10, size=40)]
    ours, plain = (make(x, y, batch_size) for make in (training.bpcore, training.plain))
    training.check(ours, plain)
    with pytest.raises(AssertionError):
        training.check(ours, training.plain(x, y, batch_size + 1))


def test_the_table_of_the_training_divides_ours_by_theirs(training):
    row = {"batch": 10, "beside": "somebody", "bpcore": 0.08, "peer": 0.04, "ratio": 0.5}
    _, line = training.table([row]).splitlines()
    assert line.split() == ["10", "somebody", "80.0", "40.0", "2.00"]
