"""What a reader's code stops with is said in the text's words, and code without end is stopped."""

import linecache
import signal
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from learners import problem

from bpcore.checker import stops
from bpcore.checker.stops import is_open, what_stopped
from bpcore.checker.student import ask

NET, X, Y, _ = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)
PLACES = SimpleNamespace(w={2: np.ones((4, 3))}, δ=np.ones((4, 5)), l=2, a=np.ones((3, 5)))
LEFT, RIGHT = "a .T on the left one would fit", "a .T on the right one would fit"


def in_place(p):
    b = {2: np.zeros((4, 1))}
    b[2] += p.δ


def in_place_of_wrong_size(p):
    b = np.zeros((4, 1))
    b += np.ones((3, 1))


def in_place_turned(p):
    w = np.zeros((4, 3))
    w += p.w[2].T


def put(p):
    p.w[2][...] = np.ones((3, 4))


def put_of_wrong_size(p):
    p.w[2][...] = np.ones((5, 5))


def over_two_lines(p):
    return (
        p.a.T
        @ (
            p.w[p.l]  # a comment with a ) in it
        )
    )


def nested(p):
    return np.ones(3) * (p.δ @ p.w[2]) * p.a


class Hidden:
    """Nothing that is looked at twice."""

    def __init__(self):
        self.looks = 0

    @property
    def w(self):
        self.looks += 1
        if self.looks > 1:
            raise ZeroDivisionError
        return np.ones((4, 3))


def only_once(p):
    hidden = Hidden()
    return p.δ @ hidden.w


@pytest.mark.parametrize(
    ("code", "said", "advice"),
    [
        (lambda p: p.w[p.l] @ p.δ, "here 3 and 4. Here p.w[p.l] is (4, 3), p.δ is (4, 5)", LEFT),
        (lambda p: p.δ @ p.w[2], "here 5 and 4. Here p.δ is (4, 5), p.w[2] is (4, 3)", LEFT),
        (
            lambda p: p.a @ p.a,
            "here 5 and 3. Here p.a is (3, 5)",
            f"{LEFT}, or {RIGHT}, or should it be *?",
        ),
        (lambda p: p.a @ p.w[2].T, "p.a is (3, 5), p.w[2].T is (3, 4)", LEFT),
        (lambda p: p.w[2] @ p.a.T, "p.w[2] is (4, 3), p.a.T is (5, 3)", RIGHT),
        (lambda p: p.δ @ p.a, "here 5 and 3. Here p.δ is (4, 5), p.a is (3, 5)", RIGHT),
        (lambda p: p.a.T @ p.w[2].T.T, "here 3 and 4. Here p.a.T is (5, 3)", RIGHT),
        (lambda p: p.a.T @ (p.w[2] * 1), "here 3 and 4. Here p.a.T is (5, 3)", None),
        (over_two_lines, "here 3 and 4. Here p.a.T is (5, 3), p.w[p.l] is (4, 3)", RIGHT),
        (nested, "here 5 and 4. Here p.δ is (4, 5), p.w[2] is (4, 3)", LEFT),
        (only_once, "here 5 and 4. The", None),
        (lambda p: p.w[2].T @ np.ones((3, 3)), "here 4 and 3. Here p.w[2].T is (3, 4)", None),
        (lambda p: p.w[2] @ np.ones(5), "here 3 and 5. Here p.w[2] is (4, 3). The", None),
        (lambda p: np.matmul(p.w[2], p.δ), "@ needs as many columns", LEFT),
        (lambda p: 2 @ p.δ, "one side is a single number. Here p.δ is", "should it be *?"),
        (
            lambda p: np.dot(p.w[2], p.δ),
            "the shapes (4,3) and (4,5) do not fit: the product needs as many columns on its left "
            "as rows on its right, here 3 and 4. Here p.w[2] is (4, 3), p.δ is (4, 5)",
            LEFT,
        ),
        (lambda p: p.w[2].dot(p.δ * 1), "(4,3) and (4,5) do not fit", LEFT),
        (lambda p: p.δ.dot(p.a * 1), "(4,5) and (3,5) do not fit", RIGHT),
        (lambda p: p.δ.T.dot(p.a.T.T), "(5,4) and (3,5) do not fit", "a .T on both would fit"),
        (lambda p: np.dot(p.w[2], np.ones((7, 2))), "(4,3) and (7,2) do not fit", None),
        (lambda p: np.dot(p.w[2], np.ones(4)), "(4,3) and (4,) do not fit", LEFT),
        (lambda p: np.inner(p.δ, p.w[2]), "(4,5) and (3,4) do not fit", "a .T on both would fit"),
        (lambda p: p.δ * p.a, "(4,5) and (3,5) do not fit: entry by entry each", None),
        (
            lambda p: p.w[2] - p.w[2].T,
            "(4,3) and (3,4) do not fit",
            f"{LEFT}, or {RIGHT}, or should it be @?",
        ),
        (lambda p: p.w[2] * p.a, "(4,3) and (3,5) do not fit", "should it be @?"),
        (lambda p: p.a - np.ones((5, 1)), "(3,5) and (5,1) do not fit", f"{LEFT}, or {RIGHT}"),
        (lambda p: p.a - np.ones((5, 3)), "(3,5) and (5,3) do not fit", f"{LEFT}, or {RIGHT}"),
        (lambda p: p.a * p.l * np.ones((4, 1)), "(3,5) and (4,1) do not fit", None),
        (in_place_turned, "(4,3) and (3,4) do not fit", f"{RIGHT}. The"),
        (lambda p: p.a + np.ones(3), "(3,5) and (3,) do not fit", "as a column, with the shape"),
        (lambda p: np.add(p.a, p.δ), "(3,5) and (4,5) do not fit", None),
        (lambda p: np.where(p.a > 0, p.a, p.δ), "(3,5) and (4,5) do not fit", None),
        (lambda p: np.outer(p.a, p.δ, out=p.δ), "(15,1), (1,20), (4,5) do not fit", None),
        (
            in_place,
            "the result has the shape (4,5), and the array that it is written into, as by +=, the "
            "shape (4,1). Here b[2] is (4, 1), p.δ is (4, 5)",
            "the mean over the samples, axis=1 with keepdims=True, would fit",
        ),
        (in_place_of_wrong_size, "the shapes (4,1) and (3,1) do not fit", None),
        (put, "an array of shape (3,4) is put in a place of shape (4,3)", "a .T would fit"),
        (put_of_wrong_size, "an array of shape (5,5) is put in a place of shape (4,3)", None),
        (
            lambda p: np.einsum("ij,jk->ik", p.w[2], p.δ),
            "the shapes (4,3), (4,5) do not fit: each letter of einsum must stand for one length",
            None,
        ),
        (
            lambda p: np.einsum("ij,jk,k->ik", p.w[2], p.δ, np.ones(5), optimize=True),
            "the letter j of einsum stands for the lengths 4 and 3",
            None,
        ),
    ],
)
def test_shapes_that_do_not_fit(code, said, advice):
    def student(net, x, y):
        return code(PLACES)

    (finding,) = ask(student, NET, X, Y).findings
    assert said in finding.sentence
    assert finding.sentence.endswith("The cause may be in a line before it")
    assert len(finding.sentence) < 500
    if advice:
        assert f"; {advice}" in finding.sentence
    else:
        assert all(hint not in finding.sentence for hint in ("would fit", "?"))


def test_another_error_is_left_as_it_is():
    error = ValueError("cannot reshape array of size 4 into shape (3,)")
    assert what_stopped(error) == f"your code stops: ValueError: {error}"


@pytest.mark.parametrize(
    "message", ["shapes () and () not aligned", f"shapes ({'9' * 5000},) and (1,) not aligned"]
)
def test_an_error_that_only_looks_like_numpys_is_left_as_it_is(message):
    assert what_stopped(ValueError(message)).startswith("your code stops: ValueError: shapes (")


class Touchy(Exception):
    def __str__(self):
        raise SystemExit

    __class__ = args = property(__str__)


def test_an_error_that_cannot_be_looked_at_has_its_name():
    assert what_stopped(Touchy()) == "your code stops: Touchy"
    assert not is_open(Touchy())


class Cache(dict):
    values = ()


class Closed(dict):
    def __getattribute__(self, name):
        raise SystemExit


class NoClass:
    @property
    def __class__(self):
        raise ZeroDivisionError


@pytest.mark.parametrize("kind", [Cache, Closed, NoClass])
def test_the_readers_variables_are_looked_at_without_asking_them(kind):
    def student(net, x, y):
        kept = kind()  # noqa: F841
        raise ValueError("so it is")

    (finding,) = ask(student, NET, X, Y).findings
    assert finding.sentence.endswith("ValueError: so it is")


def test_what_is_open_in_a_dict_is_found_without_asking_it():
    def student(net, x, y):
        kept = Cache(delta=...)  # noqa: F841
        raise ValueError

    (finding,) = ask(student, NET, X, Y).findings
    assert finding.slip == "not_tried"


def test_a_long_line_is_cut():
    line = f"student = lambda net, x, y: 1 / 0  # {'and so on ' * 20}"
    linecache.cache["<cell>"] = (len(line), None, [line], "<cell>")
    names = {}
    exec(compile(line, "<cell>", "exec"), names)
    (finding,) = ask(names["student"], NET, X, Y).findings
    assert "1 / 0  # and so on" in finding.sentence
    assert " …`: ZeroDivisionError: division by zero" in finding.sentence
    assert len(finding.sentence) < 220


def test_the_line_is_said_where_tracebacks_are_short(monkeypatch):
    monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
    (finding,) = ask(lambda net, x, y: net.w[3] @ x, NET, X, Y).findings
    assert "Here net.w[3] is (4, 4), x is (3, 5)" in finding.sentence


def endless(net, x, y):
    while True:
        x = x + 1


def swallows(net, x, y):
    while True:
        try:
            np.sort(np.ones(10_000))
        except Exception:
            continue


def swallows_everything(net, x, y):
    while True:
        try:
            np.sort(np.ones(10_000))
        except:  # noqa: E722
            continue


def helper():
    while True:
        np.sort(np.ones(10_000))


def swallows_all_from_a_helper(net, x, y):
    while True:
        try:
            helper()
        except:  # noqa: E722
            y = 1  # noqa: F841


def never_lets_go(net, x, y):
    while True:
        try:
            np.sort(np.ones(10_000))
        finally:
            continue  # noqa: B012


needs_alarm = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm")


@needs_alarm
@pytest.mark.parametrize(
    "student",
    [endless, swallows, swallows_everything, swallows_all_from_a_helper, never_lets_go],
)
def test_code_without_end_is_stopped(student, monkeypatch):
    monkeypatch.setattr(stops, "SECONDS", 0.2)
    (finding,) = ask(student, NET, X, Y).findings
    assert finding.slip == "too_slow"
    assert finding.sentence.startswith("your code was still running after 0.2 seconds, in line ")
    assert finding.sentence.endswith("`: does the loop ever end?")
    assert "except Exception" not in finding.sentence
    first = student.__code__.co_firstlineno
    line = int(finding.sentence.split(" in line ")[1].split(",")[0])
    assert first < line <= first + 6 or line == helper.__code__.co_firstlineno + 2


@needs_alarm
def test_an_alarm_and_a_tracer_from_before_are_there_again(monkeypatch):
    fired = []

    def mine(number, frame):
        fired.append(number)

    def tracer(frame, event, arg):
        return None

    before, traced = signal.signal(signal.SIGALRM, mine), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, 50, 7)
    sys.settrace(tracer)
    try:
        monkeypatch.setattr(stops, "SECONDS", 0.2)
        for student in (endless, lambda net, x, y: 1 / 0, lambda net, x, y: {}):
            ask(student, NET, X, Y)
            assert signal.getsignal(signal.SIGALRM) is mine
            remaining, interval = signal.getitimer(signal.ITIMER_REAL)
            assert 0 < remaining <= 50
            assert interval == 7
            assert sys.gettrace() is tracer
    finally:
        sys.settrace(traced)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert fired == []


@needs_alarm
def test_an_alarm_that_comes_too_late_does_nothing():
    handlers = []
    ask(lambda net, x, y: handlers.append(signal.getsignal(signal.SIGALRM)), NET, X, Y)
    (handler,) = handlers
    handler(signal.SIGALRM, sys._getframe())


def test_the_readers_own_interrupt_passes():
    def student(net, x, y):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(student, NET, X, Y)


def test_elsewhere_than_in_the_main_thread_there_is_no_limit():
    found = []
    thread = threading.Thread(
        target=lambda: found.extend(ask(lambda net, x, y: 1 / 0, NET, X, Y).findings)
    )
    thread.start()
    thread.join()
    assert ["ZeroDivisionError" in finding.sentence for finding in found] == [True]


def test_without_an_alarm_there_is_no_limit(monkeypatch):
    monkeypatch.delattr(signal, "setitimer", raising=False)
    assert stops.within_time(lambda: 3) == 3
