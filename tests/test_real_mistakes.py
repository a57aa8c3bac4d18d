"""Mistakes that real people published: most are named, and none is certified."""

import json
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from real_mistakes.problem import build

import bpcore as bp

CASES = json.loads(
    Path(__file__).with_name("real_mistakes").joinpath("cases.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_published_mistake_is_named(case):
    """By the slips that `named` lists; where it lists none, it is only found to be wrong."""
    student = getattr(import_module(f"real_mistakes.{case['group']}"), case["id"])
    net, x, y, kind = build(case)
    report = bp.diagnose(student, net, x, y, **kind)
    assert not report.ok
    named = {
        f"{finding.equation or 'all'} {slip}"
        for finding in report.findings
        for slip in (finding.slip, *finding.also)
    }
    assert set(case["named"]) <= named, report


def test_most_of_each_group_are_named():
    of_group = Counter(case["group"] for case in CASES)
    named = Counter(case["group"] for case in CASES if case["named"])
    assert sum(of_group.values()) >= 120
    for group, number in of_group.items():
        assert named[group] >= 0.8 * number, group
