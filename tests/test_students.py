"""`diagnose` on code that does not work: a finding in one sentence, and never an exception."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import partial
from threading import Barrier

import numpy as np
import pytest
from learners import Backward, problem

import bpcore as bp
from bpcore.checker.student import ask

NET, X, Y, KIND = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)


def right_gradient():
    return Backward(NET, X, Y, **KIND).gradient()


def with_part(part, by_layer):
    return lambda net, x, y: right_gradient() | {part: by_layer}


def with_entry(part, l, value):
    def student(net, x, y):
        gradient = right_gradient()
        gradient[part][l] = value(gradient[part][l]) if callable(value) else value
        return gradient

    return student


def renumbered(first):
    def student(net, x, y):
        return {
            part: {l - 2 + first: array for l, array in by_layer.items()}
            for part, by_layer in right_gradient().items()
        }

    return student


def raising(error):
    def student(net, x, y):
        raise error

    return student


def divides(net, x, y):
    return 1 / (net.L - 4)


def helper(v):
    return v["no such key"]


def calls_helper(net, x, y):
    return helper({})


def calls_numpy(net, x, y):
    return np.linalg.inv(np.zeros((2, 2)))


def looks_ahead(net, x, y):
    return {}[3]


def multiplies(net, x, y):
    return net.w[3] @ x


def adds(net, x, y):
    return net.b[2] + y


def uses_open_entry(net, x, y):
    delta = {4: ...}
    return net.w[4].T @ delta[4]


def open_helper(w):
    nabla = ...
    return w.T @ nabla


def calls_open_helper(net, x, y):
    return open_helper(net.w[4])


def never_ends(net, x, y):
    return never_ends(net, x, y)


def quits(net, x, y):
    sys.exit()


def generates(net, x, y):
    yield right_gradient()


class Touchy:
    def __getattr__(self, name):
        raise ZeroDivisionError("do not touch")


class TouchyMapping(dict):
    def get(self, *key):
        raise ZeroDivisionError("do not touch")

    __getitem__ = __iter__ = __len__ = get


class TouchyArray:
    def __array__(self, *args, **kwargs):
        raise ZeroDivisionError("do not touch")


class Unspeakable(Exception):
    def __str__(self):
        raise ZeroDivisionError("do not print")


class Quitting:
    def __array__(self, *args, **kwargs):
        raise SystemExit

    w = property(__array__)


class QuitsAtEachName:
    def __getattr__(self, name):
        raise SystemExit


class OwnStop(BaseException):
    pass


class WorksOnce:
    def __init__(self, then):
        self.calls, self.then = 0, then

    def __call__(self, net, x, y):
        self.calls += 1
        return right_gradient() if self.calls == 1 else self.then(net, x, y)


def masked(values):
    return np.ma.masked_array(values, mask=np.arange(values.size).reshape(values.shape) % 2)


BAD = {
    "raises": (divides, "raises"),
    "raises in a helper": (calls_helper, "raises"),
    "raises in numpy": (calls_numpy, "raises"),
    "raises without a word": (raising(ValueError()), "raises"),
    "raises many lines": (raising(ValueError("one\ntwo\nthree")), "raises"),
    "raises a long line": (raising(ValueError("word " * 5000)), "raises"),
    "raises what cannot be printed": (raising(Unspeakable()), "raises"),
    "raises StopIteration": (raising(StopIteration()), "raises"),
    "lambda raises": (lambda net, x, y: 1 / 0, "raises"),
    "partial raises": (partial(lambda k, net, x, y: 1 / 0, 1), "raises"),
    "raises GeneratorExit": (raising(GeneratorExit()), "raises"),
    "raises no Exception": (raising(OwnStop("so it is")), "raises"),
    "a property quits": (lambda net, x, y: Quitting(), "wrong_return"),
    "a name quits": (lambda net, x, y: QuitsAtEachName(), "wrong_return"),
    "an array quits": (with_entry("w", 2, Quitting()), "wrong_return"),
    "an array of z quits": (with_part("z", {2: Quitting(), 3: 1}), None),
    "never ends": (never_ends, "raises"),
    "quits": (quits, "raises"),
    "open entry": (uses_open_entry, "not_tried"),
    "open helper": (calls_open_helper, "not_tried"),
    "not implemented": (raising(NotImplementedError()), "not_tried"),
    "nothing": (lambda net, x, y: None, "returns_nothing"),
    "ellipsis": (lambda net, x, y: ..., "returns_nothing"),
    "string": (lambda net, x, y: "w", "wrong_return"),
    "tuple": (lambda net, x, y: (right_gradient()["w"], -1), None),
    "list": (lambda net, x, y: [1, 2], "wrong_return"),
    "array": (lambda net, x, y: np.zeros(3), "wrong_return"),
    "generator": (generates, "wrong_return"),
    "b only": (lambda net, x, y: {"b": right_gradient()["b"]}, "wrong_return"),
    "other names": (lambda net, x, y: {1: 2, "slopes": 3}, "wrong_return"),
    "dW is a number": (lambda net, x, y: {1: 2, "dW": 3}, "layer_numbers"),
    "two arguments": (lambda net, x: None, "wrong_arguments"),
    "four arguments": (lambda net, x, y, z: None, "wrong_arguments"),
    "not callable": ({"w": 1}, "not_a_function"),
    "None instead": (None, "not_a_function"),
    "touchy attributes": (lambda net, x, y: Touchy(), None),
    "touchy mapping": (lambda net, x, y: TouchyMapping(), None),
    "touchy w": (with_part("w", TouchyMapping()), None),
    "touchy w without names": (with_part("w", Touchy()), None),
    "touchy array": (with_entry("w", 2, TouchyArray()), None),
    "w is a number": (with_part("w", 3.0), None),
    "w is a numpy number": (with_part("w", np.float64(3)), None),
    "w is an array of no axis": (with_part("w", np.array(3.0)), None),
    "w is a string": (with_part("w", "weights"), None),
    "w is a set": (with_part("w", {1, 2}), None),
    "w is a generator": (with_part("w", (k for k in range(3))), None),
    "w is a function": (with_part("w", len), None),
    "w is empty": (with_part("w", {}), None),
    "w has mixed keys": (with_part("w", {"a": 1, 2: 2, None: 3}), None),
    "w from -1": (renumbered(-1), "missing"),
    "w from 1, one layer further": (
        with_part("w", {1: np.ones((7, 7)), 2: NET.w[2], 3: NET.w[3]}),
        "layer_numbers",
    ),
    "w has the keys of text": (with_part("w", {"2": 1, "3": 2, "4": 3}), None),
    "w lacks a layer": (with_part("w", {k: NET.w[k] for k in (2, 3)}), None),
    "delta is a string": (with_part("delta", "error"), None),
    "NaN": (with_entry("w", 3, np.nan * NET.w[3]), "not_finite"),
    "infinite": (with_entry("b", 3, np.inf * abs(NET.b[3])), "not_finite"),
    "NaN in delta": (with_entry("delta", 3, np.full((4, 5), np.nan)), "not_finite"),
    "too large for a float": (with_entry("w", 3, np.full((4, 4), np.longdouble("1e4000"))), None),
    "huge": (with_entry("w", 3, np.full((4, 4), 1e308)), "unknown"),
    "wrong shape": (with_entry("w", 3, np.ones((7, 7))), "wrong_shape"),
    "no axis": (with_entry("b", 3, 1.0), "wrong_axis"),
    "one for each sample": (with_entry("b", 4, np.ones(5)), "wrong_axis"),
    "one for each sample, in a row": (with_entry("b", 4, np.ones((1, 5))), "wrong_axis"),
    "a[l] for a[l−1]": (with_entry("w", 4, np.ones((2, 2))), "a_of_wrong_layer"),
    "four axes": (with_entry("w", 3, np.ones((1, 1, 4, 4))), "wrong_shape"),
    "no entries": (with_entry("w", 3, []), "wrong_shape"),
    "transposed": (with_entry("w", 4, np.ones((4, 2))), "transposed"),
    "not summed": (with_entry("b", 4, np.ones((2, 5))), "not_summed"),
    "ellipsis entry": (with_entry("w", 3, ...), "not_tried"),
    "ellipsis part": (with_part("delta", ...), "not_tried"),
    "None entry": (with_entry("b", 2, None), "not_tried"),
    "ragged": (with_entry("w", 3, [[1, 2], [3]]), "wrong_shape"),
    "complex": (with_entry("w", 3, lambda right: right + 0j), "not_numbers"),
    "text": (with_entry("w", 3, "four"), "not_numbers"),
    "objects": (with_entry("w", 3, lambda right: right.astype(object)), None),
    "large integers": (with_entry("w", 3, [[10**400] * 4] * 4), None),
    "booleans": (with_entry("w", 3, lambda right: right > 0), "unknown"),
    "dates": (with_entry("b", 3, np.full((4, 1), np.datetime64("2020-01-01"))), "not_numbers"),
    "masked": (with_entry("w", 3, masked), None),
    "a second call raises": (WorksOnce(divides), None),
    "a second call returns nothing": (WorksOnce(lambda net, x, y: None), None),
    "a second call is NaN": (WorksOnce(with_entry("w", 3, np.nan * NET.w[3])), None),
    "noise": (
        lambda net, x, y: Backward(net, x + np.random.rand(*x.shape), y, **KIND).gradient(),  # noqa: NPY002
        "not_repeatable",
    ),
    "empties the network": (lambda net, x, y: net.__dict__.clear() or right_gradient(), None),
    "renames the network": (lambda net, x, y: vars(net).update(w={}) or right_gradient(), None),
}


@pytest.mark.parametrize("bad", BAD)
def test_code_that_does_not_work_is_a_finding_and_never_an_error(bad):
    student, slip = BAD[bad]
    report = bp.diagnose(student, NET, X, Y, **KIND)
    if bad not in ("masked", "objects", "an array of z quits"):
        assert not report.ok
    slips = [finding.slip for finding in report.findings]
    assert slip is None or slip in slips, report
    assert len(report.lines()) >= len({f.sentence for f in report.findings})
    for finding in report.findings:
        assert "\n" not in finding.sentence
        assert 10 < len(finding.sentence) < 500
        assert not finding.sentence.endswith(".")
    str(report), report._repr_html_()


@pytest.mark.parametrize(
    ("student", "line"),
    [
        (divides, "`return 1 / (net.L - 4)`: ZeroDivisionError: division by zero"),
        (calls_helper, "`return v[\"no such key\"]`: KeyError: 'no such key'"),
        (calls_numpy, "`return np.linalg.inv(np.zeros((2, 2)))`: LinAlgError: Singular matrix"),
        (never_ends, "`return never_ends(net, x, y)`: RecursionError"),
        (quits, "`sys.exit()`: SystemExit"),
        (looks_ahead, "`return {}[3]`: there is no entry 3 yet"),
        (
            multiplies,
            "`return net.w[3] @ x`: the shapes do not fit: @ needs as many columns on its "
            "left as rows on its right, here 4 and 3. Here net.w[3] is (4, 4), x is (3, 5). The",
        ),
        (adds, "`return net.b[2] + y`: the shapes (4,1) and (2,5) do not fit: entry by "),
    ],
)
def test_the_line_that_stops_is_quoted(student, line):
    (finding,) = bp.diagnose(student, NET, X, Y, **KIND).findings
    assert line in finding.sentence


@pytest.mark.parametrize(
    ("part", "shape", "hint"),
    [
        ("w", (2, 1), "expected (2, 4): are w and b swapped?"),
        ("b", (2, 4), "expected (2, 1): are w and b swapped?"),
        ("w", (4, 2), "it is transposed, and should be δ[l] a[l−1]ᵀ"),
        ("b", (1, 2), "it is transposed"),
        ("delta", (5, 2), "it is transposed"),
    ],
)
def test_a_wrong_shape_gets_a_hint(part, shape, hint):
    (finding,) = bp.diagnose(with_entry(part, 4, np.ones(shape)), NET, X, Y, **KIND).findings
    assert finding.sentence.endswith(hint)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_another_last_digit_in_each_call_is_rounding(dtype):
    """The same code on the same numbers rounds otherwise elsewhere in memory."""
    calls = itertools.count()

    def student(net, x, y):
        up = np.inf if next(calls) % 2 else -np.inf
        return {
            part: {l: np.nextafter(array.astype(dtype), dtype(up)) for l, array in layers.items()}
            for part, layers in right_gradient().items()
        }

    assert bp.diagnose(student, NET, X, Y, **KIND).ok


def test_flat_weights_are_not_a_column():
    net, x, y, kind = problem([1, 3, 1], "tanh", ("quadratic", "sigmoid"), 5, 0.0)

    def student(net, x, y):
        gradient = Backward(net, x, y, **kind).gradient()
        gradient["w"][2] = gradient["w"][2].ravel()
        return gradient

    (finding,) = bp.diagnose(student, net, x, y, **kind).findings
    assert (finding.layer, finding.slip) == (2, "wrong_shape")


def test_unreadable_delta_is_reported_from_the_output_back_and_not_inferred():
    unreadable = {l: np.ones(7) for l in (2, 3, 4)}
    report = bp.diagnose(with_part("delta", unreadable), NET, X, Y, **KIND)
    places = [(finding.equation, finding.layer) for finding in report.findings]
    assert places == [("BP1", 4), ("BP2", 3), ("BP2", 2)]
    assert {equation for equation, _ in report.right} == {"BP3", "BP4"}


def test_right_slopes_are_not_blamed_for_a_wrong_delta():
    student = with_entry("delta", 4, lambda right: right + 1)
    report = bp.diagnose(student, NET, X, Y, **KIND)
    assert {finding.equation for finding in report.findings} == {"BP1", "BP2"}


def test_what_the_function_prints_is_printed_once(capsys):
    bp.diagnose(lambda net, x, y: print("here") or right_gradient(), NET, X, Y, **KIND)
    assert capsys.readouterr().out == "here\n"


def changes_bias(net, x, y):
    net.b[2][0] += 1
    return right_gradient()


def test_changed_biases_are_named():
    (finding,) = bp.diagnose(changes_bias, NET, X, Y, **KIND).findings
    assert finding.slip == "network_changed"
    assert "changes b[2];" in finding.sentence


def changes_data(net, x, y):
    x += 1
    y[0] = 0
    return right_gradient()


def test_data_changed_are_named_and_stay_as_they_were():
    x, y = X.copy(), Y.copy()
    (finding,) = bp.diagnose(changes_data, NET, x, y, **KIND).findings
    assert finding.slip == "data_changed"
    assert np.array_equal(x, X)
    assert np.array_equal(y, Y)


class Secretive:
    def __getattr__(self, name):
        return {}[name]

    def __call__(self, net, x, y):
        return right_gradient()


class OddSignature(Secretive):
    @property
    def __signature__(self):
        raise SystemExit


class Method:
    def backward(self, net, x, y):
        return right_gradient()

    __call__ = backward


def with_options(net, x, y, eta=0.1, **options):
    return right_gradient()


def reusing_its_arrays(kept={}):  # noqa: B006
    def student(net, x, y):
        for part, by_layer in right_gradient().items():
            for l, array in by_layer.items():
                kept.setdefault(part, {}).setdefault(l, array)[...] = array
        return kept

    return student


@pytest.mark.parametrize(
    "student",
    [
        renumbered(0),
        renumbered(1),
        Method(),
        Method().backward,
        with_options,
        reusing_its_arrays(),
        lambda *given: right_gradient(),
        lambda net, x, y: {
            part: {np.int64(l): array for l, array in by_layer.items()}
            for part, by_layer in right_gradient().items()
        },
        lambda net, x, y: {
            part: [None, None, *by_layer.values()]
            for part, by_layer in sorted(right_gradient().items())
            if not by_layer.update({l: by_layer.pop(l) for l in sorted(by_layer)})
        },
        with_entry("w", 3, np.ma.masked_array),
        with_entry("w", 3, lambda right: right.astype(np.longdouble)),
        with_entry("w", 3, np.asfortranarray),
    ],
)
def test_unusual_but_right(student):
    report = bp.diagnose(student, NET, X, Y, **KIND)
    assert report.ok, report


@pytest.mark.parametrize("kind", [Secretive, OddSignature])
def test_a_function_that_does_not_tell_what_it_takes_is_called(kind):
    assert bp.diagnose(kind(), NET, X, Y, **KIND).ok


def test_many_threads_at_once():
    """Every look at a parameter leaves a copy in the network, which others are copying."""
    start = Barrier(8)

    def diagnosed(net):
        start.wait()
        return bp.diagnose(lambda *given: right_gradient(), net, X, Y, **KIND).ok

    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            net = deepcopy(NET)
            assert all(pool.map(diagnosed, [net] * 8))


def test_the_network_can_be_copied_while_others_look_at_it():
    net = bp.Network([2] * 300)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = [pool.submit(ask, quits, net, X[:2], Y) for _ in range(8)]
            assert [answer.result().findings[0].slip for answer in answers] == ["raises"] * 8
    finally:
        sys.setswitchinterval(interval)
