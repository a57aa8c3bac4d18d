"""The script that runs the numerical method to the end: stopped, resumed, refused, compared.

And the same on a cluster, whose workers and clients are killed.
"""

import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from distributed import Client, LocalCluster

import bpcore as bp

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "one_million_and_one.py"
RECORDED = SCRIPT.parent / "results" / "one_million_and_one.json"
UNFINISHED = "r.unfinished.npz"
HERE = {"host": "127.0.0.1", "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
SMALL = ["--sizes", "99", "99", "1"]  # 10,000 parameters: ten blocks

# The same script, but it saves after each of five blocks, and waits for a line in the sixth.
WAITING = """
import sys
from threadpoolctl import threadpool_limits
import one_million_and_one as script

propagate, passes = script.propagate, iter(range(10_001))

def waiting(*arguments):
    if next(passes) == 5500:
        script.SAVE_AFTER = 1e9
        print("waiting", flush=True)
        input()
    return propagate(*arguments)

script.SAVE_AFTER, script.propagate = -1, waiting
with threadpool_limits(limits=1):
    sys.exit(script.main())
"""


def start(folder, *command):
    return subprocess.Popen(
        [sys.executable, *command, "--result", folder / "r.json"],
        cwd=SCRIPT.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder, *arguments):
    process = start(folder, SCRIPT, *arguments)
    output, errors = process.communicate(timeout=120)
    return process.returncode, output + errors


def result(folder):
    return json.loads((folder / "r.json").read_text())


def stop_in_the_middle(folder, how):
    process = start(folder, "-c", WAITING, *SMALL)
    assert process.stdout.readline() == "waiting\n", process.communicate()
    process.send_signal(how)
    output, _ = process.communicate("\n", timeout=120)
    return process.returncode, output


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    code, output = finish(folder, *SMALL)
    assert code == 0, output
    return result(folder)


def test_a_complete_run_measures_every_parameter(uninterrupted):
    assert uninterrupted["parameters"] == 10_000
    assert uninterrupted["passes"] == 10_001
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


@pytest.mark.parametrize(
    ("how", "code", "done"),
    [  # asked to stop it ends its block; killed it has what it saved before
        (signal.SIGINT, 130, 6000),
        (signal.SIGTERM, 130, 6000),
        (signal.SIGKILL, -signal.SIGKILL, 5000),
    ],
    ids=["SIGINT", "SIGTERM", "SIGKILL"],
)
def test_stopped_and_started_again_it_loses_nothing(tmp_path, uninterrupted, how, code, done):
    stopped_with, output = stop_in_the_middle(tmp_path, how)
    assert stopped_with == code
    assert ("stopped after 6,000 of 10,000 nudges" in output) == (code == 130)
    assert mark_first_block(tmp_path / UNFINISHED, seconds=1234.5) == done

    code, output = finish(tmp_path, *SMALL)
    assert code == 0, output
    assert result(tmp_path)["slopes_sha256"] == uninterrupted["slopes_sha256"]
    assert result(tmp_path)["difference"] == uninterrupted["difference"]
    assert result(tmp_path)["passes"] == 10_001
    assert result(tmp_path)["cpu_seconds_per_percent"][0] == 1234.5  # it is not run again
    assert not list(tmp_path.glob("*.npz"))


def mark_first_block(unfinished, seconds):
    """Let the first block have taken so long; give how many nudges are done."""
    with np.load(unfinished) as stored:
        arrays = dict(stored)
    arrays["seconds"][1, 0] = seconds
    np.savez(unfinished, **arrays)
    return 1000 * np.count_nonzero(arrays["is_done"])


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unfinished")
    stop_in_the_middle(folder, signal.SIGINT)
    return folder


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (["--sizes", "99", "98", "1"], "sizes [99, 99, 1], now [99, 98, 1]"),
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


# The same script as the client of a cluster: it saves after each block, and waits after the third.
# (What runs under its own name, and not as a module, is sent to the workers whole.)
WAITING_CLIENT = """
__file__ = "one_million_and_one.py"
exec(open(__file__, encoding="utf-8").read().partition("if __name__")[0])
at_once, saved, SAVE_AFTER = save, [], -1

def save(*arguments):
    at_once(*arguments)
    saved.append(arguments)
    if len(saved) == 3:
        print("waiting", flush=True)
        input()

with threadpool_limits(limits=1):
    sys.exit(main())
"""


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, **HERE) as cluster:
        yield cluster


def paused_client(folder, cluster):
    """Start a run on the cluster, up to where three blocks are saved, and all are measured."""
    process = start(folder, "-c", WAITING_CLIENT, *SMALL, "--cluster", cluster.scheduler_address)
    assert process.stdout.readline() == "waiting\n", process.communicate()
    return process


def test_a_cluster_gives_the_same_to_the_last_bit(tmp_path, cluster, uninterrupted):
    code, output = finish(tmp_path, *SMALL, "--cluster", cluster.scheduler_address)
    assert code == 0, output
    assert result(tmp_path)["slopes_sha256"] == uninterrupted["slopes_sha256"]
    assert result(tmp_path)["cluster"]["workers"] == 2


def test_what_a_killed_worker_had_is_done_again(tmp_path, cluster, uninterrupted):
    process = paused_client(tmp_path, cluster)
    with Client(cluster) as client:
        before = client.run(os.getpid)
        os.kill(next(iter(before.values())), signal.SIGKILL)
        process.communicate("\n", timeout=60)
        client.wait_for_workers(2, timeout=20)
        assert client.run(os.getpid).values() != before.values()
    assert process.returncode == 0
    assert result(tmp_path)["slopes_sha256"] == uninterrupted["slopes_sha256"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_a_stopped_client_goes_on(tmp_path, cluster, uninterrupted, how):
    process = paused_client(tmp_path, cluster)
    process.send_signal(how)
    output, _ = process.communicate("\n", timeout=60)
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    done = mark_first_block(tmp_path / UNFINISHED, seconds=1234.5)
    assert 3000 <= done < 10_000
    assert ("nothing is lost" in output) == (how == signal.SIGINT)

    code, output = finish(tmp_path, *SMALL, "--cluster", cluster.scheduler_address)
    assert code == 0, output
    assert result(tmp_path)["slopes_sha256"] == uninterrupted["slopes_sha256"]
    assert result(tmp_path)["cpu_seconds"] > 1234.5 or done == 3000


def test_what_is_begun_on_a_cluster_is_ended_without_it(tmp_path, cluster, uninterrupted):
    process = paused_client(tmp_path, cluster)
    process.kill()
    process.communicate()
    assert finish(tmp_path, *SMALL)[0] == 0
    assert result(tmp_path)["slopes_sha256"] == uninterrupted["slopes_sha256"]


def test_its_own_cluster_listens_to_this_machine_only(tmp_path):
    process = start(tmp_path, "-c", WAITING_CLIENT, *SMALL, "--cluster", "local")
    assert process.stdout.readline() == "waiting\n", process.communicate()
    client = psutil.Process(process.pid)
    processes = [client, *client.children(recursive=True)]
    open_to = {
        place.laddr.ip
        for process in processes
        for place in process.net_connections()
        if place.status == psutil.CONN_LISTEN
    }
    _, errors = process.communicate("\n", timeout=60)
    assert process.returncode == 0, errors
    assert open_to == {"127.0.0.1"}


def test_a_cluster_that_cannot_be_used_is_refused(tmp_path, cluster):
    script = WAITING_CLIENT.replace("with thread", "PATIENCE = 0.3\nwith thread")
    with LocalCluster(n_workers=0, **HERE) as empty:
        for address, said in {
            "nonsense": "no scheduler answers at nonsense",
            "tcp://127.0.0.1:9": "no scheduler answers at tcp://127.0.0.1:9",
            empty.scheduler_address: "has no worker",
        }.items():
            process = start(tmp_path, "-c", script, *SMALL, "--cluster", address)
            _, errors = process.communicate(timeout=60)
            assert process.returncode == 1
            assert said in errors
            assert "Traceback" not in errors


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="OpenBLAS has one kernel")
def test_workers_that_compute_other_last_digits_are_refused(tmp_path):
    kernels = "OPENBLAS_CORETYPE"
    other = "Haswell" if os.environ.get(kernels) == "Nehalem" else "Nehalem"
    with LocalCluster(n_workers=0, **HERE) as cluster:
        address = cluster.scheduler_address
        command = f"-m dask worker {address} --host 127.0.0.1 --no-nanny"
        worker = subprocess.Popen(
            [sys.executable, *command.split()],
            env={**os.environ, kernels: other},
            stderr=subprocess.DEVNULL,
        )
        code, output = finish(tmp_path, *SMALL, "--cluster", address)
        worker.kill()
        worker.wait()
    assert code == 1
    assert "would compute other last digits (blas openblas" in output
    assert not list(tmp_path.glob("r.*"))
