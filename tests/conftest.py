"""Shared by all tests."""

import os

import pytest

pytest.register_assert_rewrite("pictures")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep together what shares something that takes long: a file, or the reader of a notebook."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            return test.partition("[")[2] if file.endswith("test_notebook_runs.py") else file

    return Scheduling(config, log)


@pytest.fixture(scope="module")
def browser():
    """A Chromium; in CI there must be one."""
    from lab import chromium

    with chromium() as browser:
        if browser is None:
            if os.environ.get("CI"):
                pytest.fail("no Chromium: these tests must run here")
            pytest.skip("no Chromium")
        yield browser
