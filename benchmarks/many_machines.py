"""How far machines carry the numerical method: a model, a simulation of it, and what it rests on.

The time of a pass and of backprop are those of the recorded run. What it takes a dask scheduler to
hand out one task is measured here. From these follow the seconds of one gradient of a million
weights on k machines; the simulation lets up to 10,000 of them ask one scheduler for their work,
and some of them be slow. Prints one table and writes it to results/many_machines.json.
"""

import heapq
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
from machine import machine, origin
from threadpoolctl import threadpool_limits

RESULTS = Path(__file__).parent / "results"
MACHINES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
TASKS_TIMED, REPEATS, DRAWS = 2000, 5, 11
SLOW_SHARE, SLOW_FACTOR = 0.01, 3.0  # assumed: one task in a hundred takes three times as long


def main() -> int:
    record = json.loads((RESULTS / "one_million_and_one.json").read_text())
    passes = record["passes"]
    t = record["wall_seconds"] / passes
    backprop = float(np.mean(list(record["backprop_seconds"].values())))
    spread = np.array(record["cpu_seconds_per_percent"])
    s = seconds_of_a_task()

    table = []
    for k in MACHINES:
        seconds = passes * t / k  # for a machine, of work

        def among_stragglers(tasks_each: int, k: int = k, seconds: float = seconds) -> float:
            times = [
                simulated(k, seconds / tasks_each * factors, s)
                for factors in stragglers(spread / spread.mean(), k * tasks_each)
            ]
            return float(np.median(times))

        table.append(
            {
                "machines": k,
                "perfect_seconds": seconds,
                "model_seconds": k * s + seconds,
                "simulated_seconds": simulated(k, np.full(k, seconds), s),
                "with_stragglers_seconds": among_stragglers(1),
                "in_ten_tasks_each_seconds": among_stragglers(10),
            }
        )
    result = {
        "passes": passes,
        "seconds_per_pass": t,
        "backprop_seconds": backprop,
        "break_even_machines": passes * t / backprop,
        "scheduler_seconds_per_task": s,
        "fastest_machines": (passes * t / s) ** 0.5,
        "fastest_seconds": 2 * (passes * t * s) ** 0.5,
        "spread": float(spread.std() / spread.mean()),
        "slow": {"share": SLOW_SHARE, "factor": SLOW_FACTOR},
        "machine": machine(),
        **origin(),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in result.items()]
    rows = ",\n".join(json.dumps(row) for row in table)
    path = RESULTS / "many_machines.json"
    path.write_text("{\n" + ",\n".join(lines) + f',\n"table": [\n{rows}\n]\n}}\n')
    print(*lines, sep="\n")
    for row in table:
        print(*(f"{name} {value:,.4g}" for name, value in row.items()), sep="   ")
    return 0


def simulated(machines: int, tasks: np.ndarray, s: float) -> float:
    """Let machines ask one scheduler for tasks until all are done; give the seconds.

    Parameters
    ----------
    machines : int
        All are there from the start, and equal.
    tasks : ndarray, shape (n,)
        The seconds of each task, in the order in which they are handed out.
    s : float
        The seconds for which the scheduler is busy with each; one after the other.
    """
    free_at = [0.0] * machines
    scheduler_free_at = end = 0.0
    for seconds in tasks:
        scheduler_free_at = max(scheduler_free_at, heapq.heappop(free_at)) + s
        heapq.heappush(free_at, scheduler_free_at + seconds)
        end = max(end, scheduler_free_at + seconds)
    return end


def stragglers(recorded: np.ndarray, tasks: int) -> Iterator[np.ndarray]:
    """Draw factors for the times of all tasks: recorded ones, and now and then a slow machine's."""
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        is_slow = rng.random(tasks) < SLOW_SHARE
        yield rng.choice(recorded, tasks) * np.where(is_slow, SLOW_FACTOR, 1.0)


def seconds_of_a_task() -> float:
    """Time tasks that do nothing, on two workers of this machine; the median of some runs."""
    from distributed import Client, LocalCluster

    here = {"host": "127.0.0.1", "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    each = []
    with LocalCluster(n_workers=2, **here) as cluster, Client(cluster) as client:
        for _ in range(1 + REPEATS):  # the first one warms up
            began = perf_counter()
            client.gather(client.map(abs, range(TASKS_TIMED), pure=False))
            each.append((perf_counter() - began) / TASKS_TIMED)
    return float(np.median(each[1:]))


if __name__ == "__main__":
    with threadpool_limits(limits=1):
        sys.exit(main())
