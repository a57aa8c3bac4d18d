"""The simulated cluster: against what can be said without it, and its recorded table."""

import json
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
RECORD = json.loads((BENCHMARKS / "results" / "many_machines.json").read_text())


@pytest.fixture(autouse=True)
def script(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)


def simulated(machines: int, tasks: np.ndarray, s: float) -> float:
    import many_machines

    return many_machines.simulated(machines, tasks, s)


def stragglers(recorded: np.ndarray, tasks: int) -> list[np.ndarray]:
    import many_machines

    return list(many_machines.stragglers(recorded, tasks))


@pytest.mark.parametrize("k", [1, 2, 7, 100])
def test_equal_tasks_one_for_each_machine_end_one_after_the_other(k: int):
    assert simulated(k, np.full(k, 5.0), 0.1) == pytest.approx(0.1 * k + 5)


def test_one_machine_does_all_in_turn():
    assert simulated(1, np.array([1.0, 2.0, 4.0]), 0.5) == pytest.approx(7 + 3 * 0.5)


def test_machines_without_a_task_change_nothing():
    tasks = np.array([3.0, 1.0])
    assert simulated(1000, tasks, 0.25) == simulated(2, tasks, 0.25) == 3.25


def test_whoever_is_free_takes_the_next_task():
    """Two machines, no overhead: 4 and 1, then 1, 1, 1 all go to the second."""
    assert simulated(2, np.array([4.0, 1, 1, 1, 1]), 0.0) == 4


def test_a_busy_scheduler_is_a_limit():
    """However many machines: n tasks take at least n s, and the last one's time."""
    assert simulated(10_000, np.full(5000, 1e-9), 0.002) == pytest.approx(5000 * 0.002)


def test_no_schedule_beats_the_work_shared_out_evenly():
    for factors in stragglers(np.array([0.9, 1.1]), 300):
        assert simulated(30, factors, 0.0) >= factors.sum() / 30


def test_about_one_task_in_a_hundred_is_slow():
    drawn = np.array(stragglers(np.array([1.0]), 10_000))
    assert set(np.unique(drawn)) == {1.0, 3.0}
    assert np.mean(drawn > 1) == pytest.approx(0.01, rel=0.1)


def test_the_recorded_table_is_that_of_the_model():
    s, t = RECORD["scheduler_seconds_per_task"], RECORD["seconds_per_pass"]
    assert RECORD["files_changed_since_commit"] == []
    for row in RECORD["table"]:
        k, work = row["machines"], RECORD["passes"] * t / row["machines"]
        assert row["model_seconds"] == pytest.approx(k * s + work)
        assert row["simulated_seconds"] == pytest.approx(simulated(k, np.full(k, work), s))
    fastest = min(row["with_stragglers_seconds"] for row in RECORD["table"])
    assert fastest > 100 * RECORD["backprop_seconds"]
