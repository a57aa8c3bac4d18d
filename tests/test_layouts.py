"""What people return is read in the form that they have it in, and said to be so."""

from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest
from learners import Backward, problem

import bpcore as bp
from bpcore.checker.layouts import read_layout
from bpcore.checker.student import NotJudged, ask

SIZES = [[3, 4, 4, 2], [4, 4, 4], [2, 3, 1], [3, 2]]
ROWS = "one row for each sample"
THETA = "Ng's Θ: column 0 of each array is b"


class Parts:
    """The parts of a learner's gradient, in the ways that people put them together."""

    def __init__(self, sizes, slips=None, m=5):
        self.problem = problem(sizes, "tanh", ("quadratic", "sigmoid"), m, 0.0)
        self.net, x, y, kind = self.problem
        learner = Backward(self.net, x, y, **kind, slips=slips)
        self.w, self.b, self.delta = learner.dw, learner.db, learner.delta
        self.z, self.a, self.layers = learner.z, learner.a, range(2, len(sizes) + 1)

    def listed(self, *parts):
        return tuple([by_layer[l] for l in self.layers] for by_layer in parts)

    def named(self, first, **parts):
        return {
            f"{name}{l - 2 + first}": by_layer[l]
            for name, by_layer in parts.items()
            for l in self.layers
        }

    def numbered(self, first):
        parts = {"w": self.w, "b": self.b, "delta": self.delta}
        return {
            part: {l - 2 + first: by_layer[l] for l in self.layers}
            for part, by_layer in parts.items()
        }

    def thetas(self):
        return [np.hstack([self.b[l], self.w[l]]) for l in self.layers]


def turned(by_layer):
    return {l: array.T for l, array in by_layer.items()}


def flat(by_layer):
    return {l: array.ravel() for l, array in by_layer.items()}


Slopes = namedtuple("Slopes", "b w")

LAYOUTS = {
    "Nielsen": (lambda p: p.listed(p.b, p.w), "Nielsen's lists: nabla_b first, then nabla_w"),
    "Nielsen, b flat": (lambda p: p.listed(flat(p.b), p.w), "Nielsen's lists"),
    "Nielsen, with the network": (lambda p: (p.net, *p.listed(p.b, p.w)), "Nielsen's lists"),
    "Nielsen, with the cost": (lambda p: (0.7, *p.listed(p.b, p.w)), "Nielsen's lists"),
    "lists, w first": (lambda p: list(p.listed(p.w, p.b)), "the first as w and the second as b"),
    "lists, δ too": (
        lambda p: p.listed(p.w, p.b, p.delta),
        "the first as w, the second as b and the third as delta",
    ),
    "lists, δ first": (
        lambda p: p.listed(p.delta, p.w, p.b),
        "the first as delta, the second as w and the third as b",
    ),
    "two dicts": (lambda p: (p.w, p.b), "the first as w and the second as b"),
    "lists in a dict": (
        lambda p: dict(zip(("w", "b"), p.listed(p.w, p.b), strict=True)),
        "read the numbers 0 to 2 of w and b as the layers 2 to 4",
    ),
    "arrays of objects": (
        lambda p: {
            part: np.array([None, *entries, None], dtype=object)[1:-1]
            for part, entries in zip(("w", "b"), p.listed(p.w, p.b), strict=True)
        },
        "read the numbers 0 to 2 of w and b as the layers 2 to 4",
    ),
    "lists in an object": (
        lambda p: SimpleNamespace(dW=p.listed(p.w)[0], db=p.listed(p.b)[0]),
        "read dW as w, db as b",
    ),
    "a named tuple": (
        lambda p: Slopes(*p.listed(p.b, p.w)),
        "read the numbers 0 to 2 of w and b as the layers 2 to 4",
    ),
    "Ng": (
        lambda p: p.named(1, dW=p.w, db=p.b, dZ=p.delta) | p.named(1, dA=p.a),
        "read dW1 to dW3 as w[2] to w[4]",
    ),
    "Ng, and the cost": (
        lambda p: (0.7, p.named(1, dW=p.w, db=p.b)),
        "read dW1 to dW3 as w[2] to w[4]",
    ),
    "W and b": (lambda p: p.named(1, W=p.w, b=p.b), "read W1 to W3 as w[2] to w[4]"),
    "from 0": (
        lambda p: p.named(0, dw_=p.w, db_=p.b, delta=p.delta),
        "read dw_0 to dw_2 as w[2] to w[4]",
    ),
    "from 2": (lambda p: p.named(2, d_w=p.w, d_b=p.b), "read d_w2 to d_w4 as w[2] to w[4]"),
    "with the weights": (
        lambda p: p.named(1, W=p.net.w, b=p.net.b, grad_W=p.w, grad_b=p.b),
        "read grad_W1 to grad_W3 as w[2] to w[4]",
    ),
    "an object with its weights": (
        lambda p: SimpleNamespace(weights=p.net.w, biases=p.net.b, grad_w=p.w, grad_b=p.b),
        "read grad_w as w and grad_b as b",
    ),
    "an object with its grads": (
        lambda p: SimpleNamespace(weights=p.net.w, b=p.net.b, grads=p.named(1, dW=p.w, db=p.b)),
        "read dW1 to dW3 as w[2] to w[4]",
    ),
    "keys from 0": (
        lambda p: p.numbered(0),
        "read the numbers 0 to 2 of w, b and delta as the layers 2 to 4",
    ),
    "keys from 1": (
        lambda p: p.numbered(1),
        "read the numbers 1 to 3 of w, b and delta as the layers 2 to 4",
    ),
    "keys as text": (lambda p: {"w": {str(l): w for l, w in p.w.items()}, "b": p.b}, None),
    "δ of the input": (
        lambda p: {"w": p.w, "b": p.b, "delta": {1: np.ones_like(p.a[1])} | p.delta},
        None,
    ),
    "Θ": (lambda p: p.thetas(), THETA),
    "Θ, and the cost": (lambda p: (0.7, p.thetas()), THETA),
    "Θ by number": (lambda p: dict(enumerate(p.thetas(), 1)), THETA),
    "Θ as w": (lambda p: {"w": dict(enumerate(p.thetas(), 2))}, THETA),
    "Θ as D": (lambda p: {"D": p.thetas()}, THETA),
    "Θ by name": (lambda p: {f"Theta{k}_grad": t for k, t in enumerate(p.thetas(), 1)}, THETA),
    "rows": (lambda p: {"w": turned(p.w), "b": turned(p.b), "delta": turned(p.delta)}, ROWS),
    "rows in lists": (lambda p: p.listed(turned(p.w), turned(p.b)), ROWS),
    "rows by name": (
        lambda p: p.named(1, dW=turned(p.w), db=flat(p.b), dZ=turned(p.delta)),
        ROWS,
    ),
    "one after the other": (
        lambda p: tuple(part[l] for l in p.layers for part in (p.w, p.b)),
        None,
    ),
    "first all w": (lambda p: [part[l] for part in (p.w, p.b) for l in p.layers], None),
    "pairs": (lambda p: [(p.w[l], p.b[l]) for l in p.layers], None),
    "a dict for each layer": (lambda p: {l: {"dW": p.w[l], "db": p.b[l]} for l in p.layers}, None),
    "an object for each layer": (
        lambda p: [SimpleNamespace(w=p.net.w[l], dw=p.w[l], db=p.b[l]) for l in p.layers],
        None,
    ),
}


def asked(parts, returned):
    net, x, y, _ = parts.problem
    return ask(lambda net, x, y: returned, net, x, y)


def are_equal(read, given):
    return read.keys() == given.keys() and all(np.array_equal(read[l], given[l]) for l in given)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_gradient_is_read_in_any_layout(layout, sizes):
    parts = Parts(sizes)
    form, sentence = LAYOUTS[layout]
    answer = asked(parts, form(parts))
    assert answer.findings == answer.not_judged == []
    assert are_equal(answer.w, parts.w)
    assert are_equal(answer.b, parts.b)
    assert not answer.delta or are_equal(answer.delta, parts.delta)
    if sentence and sizes == [3, 4, 4, 2]:  # the numbers in it are those of this network
        assert sentence in ", ".join(answer.understood)
    assert bool(answer.understood) == (layout not in ("keys as text", "δ of the input"))
    assert all(each.startswith("read ") for each in answer.understood)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_slip_is_named_in_any_layout(layout):
    parts = Parts([3, 4, 4, 2], {("BP3", 2): "sign"})
    net, x, y, kind = parts.problem
    report = bp.diagnose(lambda net, x, y: LAYOUTS[layout][0](parts), net, x, y, **kind)
    assert [(f.equation, f.layer, f.slip) for f in report.findings] == [("BP3", 2, "sign")]
    assert bp.diagnose(lambda *given: LAYOUTS[layout][0](Parts([3, 4, 4, 2])), net, x, y, **kind).ok


@pytest.mark.parametrize(
    "form", [dict, lambda w: [*w.values()], lambda w: (None, None, *w.values())]
)
def test_a_network_without_biases_is_no_failure(form):
    parts = Parts([3, 4, 4, 2])
    w = {l: parts.w[l] for l in parts.layers}
    answer = asked(parts, {"w": form(w), "b": None})
    assert are_equal(answer.w, w)
    assert answer.b == {}
    assert answer.findings == []
    assert answer.not_judged == [NotJudged("BP3", None, "no b was returned")]


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ("w W dw dW d_w weights Weights dweights grad_w w_grad nabla_w delta_nabla_w", "w"),
        ("gradW W_gradients dC_dW dL_dw dJdW delta_w ∂w ∇w coefs_ coef_grads theta D grad", "w"),
        ("b B db d_B bias biases grad_b b_grad nabla_b dC_db dbias intercept_grads ΔB", "b"),
        ("delta deltas Delta δ dz dZ d_z dzs grad_z dC_dz", "delta"),
        ("z Z zs weighted_inputs", "z"),
        ("a A activations As", "a"),
        ("x cost da dA grad_a dw_old window bad zebra alpha beta sigma", None),
    ],
)
def test_names(names, part):
    size = {"w": (1, 2), "b": (1, 1)}.get(part, (1, 7))
    for name in names.split():
        returned = {"w": {2: np.zeros((1, 2))}} if part != "w" else {}
        layout = read_layout(returned | {name: {2: np.ones(size)}}, (2, 1), 7)
        found = {key for key, entries in layout.parts.items() if np.any(entries[2])}
        assert found == ({part} if part else set()), name


@pytest.mark.parametrize(
    ("sizes", "form", "sentence"),
    [
        ([1, 1, 1], lambda p: p.listed(p.b, p.w), "Nielsen's lists: nabla_b first, then nabla_w"),
        ([1, 1], lambda p: p.listed(p.b, p.w), "Nielsen's lists: nabla_b first, then nabla_w"),
        ([1, 1, 1], lambda p: (p.w, p.b), "the first as w and the second as b"),
        ([1, 1, 1], lambda p: (p.w, p.b, p.delta), "the second as b and the third as delta"),
        ([1, 1], lambda p: [p.w[2], p.b[2]], "the first as w and the second as b"),
        ([1, 1], lambda p: [(p.w[2], p.b[2])], "a pair (w, b) for each layer"),
        ([1, 1, 1], lambda p: [(p.w[l], p.b[l]) for l in p.layers], "a pair (w, b)"),
        ([1, 1, 1], lambda p: {l: (p.w[l], p.b[l]) for l in p.layers}, "a pair (w, b)"),
    ],
)
def test_shapes_that_do_not_decide_are_read_as_is_usual(sizes, form, sentence):
    parts = Parts(sizes, m=1)
    answer = asked(parts, form(parts))
    assert are_equal(answer.w, parts.w)
    assert are_equal(answer.b, parts.b)
    read, ambiguous = answer.understood
    assert sentence in read
    assert ambiguous.startswith("read so, though the shapes allow another way")


@pytest.mark.parametrize("m", [1, 2, 4])
@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (lambda p: [(p.w[l], p.b[l]) for l in p.layers], "a pair (w, b)"),
        (lambda p: [(p.b[l], p.w[l]) for l in p.layers], "a pair (b, w)"),
        (lambda p: [p.w[2], p.w[3], p.b[2], p.b[3]], "the order w, …, b, …"),
        (lambda p: [p.w[2], p.b[2], p.w[3], p.b[3]], "the order w, b, w, b, …"),
        (lambda p: p.listed(p.w, p.b), "the first as w and the second as b"),
    ],
)
def test_what_fits_as_in_the_text_is_not_transposed(form, sentence, m):
    """On the sizes of the XOR network all of it would fit in another way, if transposed."""
    parts = Parts([2, 2, 1], m=m)
    answer = asked(parts, form(parts))
    assert are_equal(answer.w, parts.w)
    assert are_equal(answer.b, parts.b)
    assert sentence in answer.understood[0]
    assert ROWS not in "".join(answer.understood)


def test_the_shapes_of_usual_networks_decide():
    for sizes in SIZES:
        parts = Parts(sizes)
        for form, _ in LAYOUTS.values():
            assert "another way" not in "".join(asked(parts, form(parts)).understood)


def test_lists_in_the_order_of_nielsens_loop_with_all_he_has():
    parts = Parts([3, 4, 4, 2])
    returned = (*parts.listed(parts.b, parts.w), [*parts.a.values()], [*parts.z.values()])
    answer = asked(parts, returned)
    assert answer.delta == {}
    assert are_equal(answer.a, parts.a)
    assert are_equal(answer.z, parts.z)


@pytest.mark.parametrize(
    "form",
    [
        lambda p: {"a": p.a, "z": p.z},
        lambda p: {"activations": [*p.a.values()], "zs": [*p.z.values()]},
        lambda p: {f"A{l - 1}": a for l, a in p.a.items()} | p.named(1, Z=p.z),
    ],
)
def test_activations_and_weighted_inputs_are_read_too(form):
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": parts.w, "b": parts.b} | form(parts))
    assert are_equal(answer.a, parts.a)
    assert are_equal(answer.z, parts.z)
    assert answer.findings == answer.understood == []


def test_with_rows_the_activations_are_rows():
    parts = Parts([3, 4, 4, 2])
    gradient = {"w": turned(parts.w), "b": turned(parts.b), "a": turned(parts.a)}
    answer = asked(parts, gradient | {"z": turned(parts.z)})
    assert are_equal(answer.a, parts.a)
    assert are_equal(answer.z, parts.z)


class Untouchable:
    def __array__(self, *args, **kwargs):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "bad",
    [
        "text",
        np.ones(3),
        [],
        [[1, 2], [3]],
        7,
        {2: "text", 3: None, 4: np.ones((2, 4))},
        {2: np.full((4, 5), 1j), 3: Untouchable(), 4: [[1, 2], [3]]},
        {2: np.full((4, 5), np.nan)},
    ],
)
def test_other_things_in_their_place_are_left_out(bad):
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": parts.w, "b": parts.b, "a": bad, "z": bad})
    assert answer.a == answer.z == {}
    assert answer.findings == []


def shifted(p, l):
    """One transposed w among right ones."""
    return {"w": p.w | {l: p.w[l].T}, "b": p.b}


@pytest.mark.parametrize(
    ("sizes", "change", "slips"),
    [
        ([3, 4, 4, 2], lambda p: shifted(p, 4), {4: "transposed"}),
        ([3, 4, 4, 2], lambda p: shifted(p, 4) | {"b": flat(p.b)}, {4: "transposed"}),
        ([4, 4, 4, 2], lambda p: shifted(p, 4), {4: "transposed"}),
        ([4, 4, 4, 2], lambda p: {"w": shifted(p, 4)["w"]}, {4: "transposed"}),
        ([2, 1], lambda p: shifted(p, 2), {2: "transposed"}),
        (
            [3, 4, 2],
            lambda p: {"w": turned(p.w), "b": p.b},
            {2: "transposed", 3: "transposed"},
        ),
        (
            [3, 4, 2],
            lambda p: {"w": turned(p.w), "b": p.delta},
            {2: "transposed", 3: "transposed"},
        ),
    ],
)
def test_a_transposed_w_among_columns_stays_a_finding(sizes, change, slips):
    parts = Parts(sizes)
    answer = asked(parts, change(parts))
    found = {f.layer: f.slip for f in answer.findings if f.equation == "BP4"}
    assert found == slips
    assert answer.understood == []


def test_of_square_weights_alone_none_is_transposed():
    parts = Parts([4, 4, 4])
    assert are_equal(asked(parts, {"w": parts.w, "b": flat(parts.b)}).w, parts.w)
    answer = asked(parts, {"w": turned(parts.w), "b": flat(parts.b), "delta": turned(parts.delta)})
    assert are_equal(answer.w, parts.w)


@pytest.mark.parametrize("sizes", [[3, 3, 3], [2, 2]])
def test_rows_of_b_make_rows_certain_where_all_is_square(sizes):
    parts = Parts(sizes, m=sizes[0])
    w, b, delta = turned(parts.w), turned(parts.b), turned(parts.delta)
    answer = asked(parts, {"w": w, "b": b, "delta": delta})
    assert are_equal(answer.w, parts.w)
    assert are_equal(answer.delta, parts.delta)
    assert answer.findings == []
    answer = asked(parts, {"w": parts.w, "b": flat(parts.b), "delta": parts.delta})
    assert are_equal(answer.w, parts.w)  # nothing tells, and nothing is turned
    assert answer.understood == []


WRONG = {2: np.ones((4, 3)), 3: np.ones((4, 4)), 4: np.ones((2, 4))}
OFF = {2: np.ones((4, 5)), 3: np.ones((4, 5)), 4: np.ones((2, 5))}


@pytest.mark.parametrize(
    ("beside", "chosen"),
    [
        (lambda p: {"dz": p.delta, "delta": OFF}, "dz and not delta"),
        (lambda p: {"delta": p.delta, "deltas": OFF}, "deltas and not delta"),
        (lambda p: p.named(1, dW=WRONG), "dW1 to dW3 and not w"),
        (lambda p: {"dw": p.w} | p.named(1, dW=WRONG), "dw and not dW1 to dW3, and dw and not w"),
        (lambda p: {"w": p.w | {"2": WRONG[2]}}, "w['2'] and not w[2]"),
        (lambda p: {"w": {"2": WRONG[2]} | p.w}, "w[2] and not w['2']"),
        (lambda p: {"grads": {"w": WRONG, "b": p.b}}, "grads and not w"),
    ],
)
def test_of_two_candidates_it_is_said_which_was_read(beside, chosen):
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": parts.w, "b": parts.b} | beside(parts))
    (said,) = [each for each in answer.understood if each.endswith("of two that are there")]
    assert said.startswith(f"read {chosen.split(', and ')[0]}")


@pytest.mark.parametrize(
    "beside",
    [
        lambda p: {"dw": dict(p.w), "dz": p.delta, "delta": p.listed(p.delta)[0]},
        lambda p: p.named(1, dW=p.w),
        lambda p: {"w": p.w | {"2": p.w[2].copy()}},
        lambda p: {"cost": 0.7, "dA": p.a, "z": p.z, "a": p.a},
    ],
)
def test_of_two_copies_nothing_is_said(beside):
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": parts.w, "b": parts.b} | beside(parts))
    assert are_equal(answer.w, parts.w)
    assert "of two" not in "".join(answer.understood)


def test_what_belongs_to_no_layer_is_left_out_and_said_to_be():
    parts = Parts([3, 4, 4, 2])
    w = {1: np.ones((3, 3)), 5: np.ones((1, 2))} | parts.w
    answer = asked(parts, {"w": w, "b": [None, np.ones((3, 1)), *parts.listed(parts.b)[0]]})
    assert are_equal(answer.w, parts.w)
    assert answer.understood == ["did not look at w[1], w[5] and b[1], outside layers 2 to 4"]
    answer = asked(parts, {"b": parts.b} | parts.named(2, W=parts.w) | {"W7": np.ones((1, 2))})
    assert answer.understood[-1] == "did not look at W7, outside layers 2 to 4"


def test_where_there_is_a_b_w_is_not_taken_apart():
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": parts.thetas(), "b": parts.b})
    assert [(f.equation, f.layer) for f in answer.findings] == [("BP4", l) for l in (4, 3, 2)]
    assert answer.w == {}
    assert are_equal(answer.b, parts.b)


def test_what_stands_for_the_input_is_left_out():
    parts = Parts([3, 4, 4, 2])
    returned = {"w": [0, *parts.thetas()], "z": [parts.a[1], *parts.z.values()]}
    answer = asked(parts, returned)
    assert are_equal(answer.w, parts.w)
    assert are_equal(answer.z, parts.z)
    assert answer.findings == []


def test_columns_beside_rows_are_no_layout():
    parts = Parts([4, 4, 4])
    answer = asked(parts, {"w": parts.w, "b": parts.b, "delta": turned(parts.delta)})
    assert are_equal(answer.w, parts.w)
    assert [(f.equation, f.slip) for f in answer.findings] == [
        ("BP1", "transposed"),
        ("BP2", "transposed"),
    ]


@pytest.mark.parametrize(
    ("sizes", "b"), [([3, 4, 4, 2], flat), ([3, 4, 4, 2], lambda b: None), ([4, 4, 2], flat)]
)
def test_rows_are_recognised_from_w_alone(sizes, b):
    """Also where only one is not square, if b leaves it open."""
    parts = Parts(sizes)
    answer = asked(parts, {"w": turned(parts.w), "b": b(parts.b)})
    assert are_equal(answer.w, parts.w)
    assert answer.findings == []
    assert ROWS in answer.understood[0]


def test_in_rows_the_mean_is_over_axis_0():
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": turned(parts.w), "b": turned(parts.delta)})
    assert {f.slip for f in answer.findings} == {"not_summed"}
    assert all("axis=0" in f.sentence for f in answer.findings)


@pytest.mark.parametrize(
    ("w", "got"),
    [
        (lambda w: {1: np.ones((7, 7)), 2: w[2], 3: w[3]}, "the keys 1, 2, 3"),
        (lambda w: {0: np.ones((7, 7)), 1: np.ones((7, 7)), 2: w[2]}, "the keys 0, 1, 2"),
        (lambda w: [w[2], w[3]], "a list with 2 entries"),
        (lambda w: 3.0, "a float"),
    ],
)
def test_numbers_that_do_not_fit_the_layers_are_a_finding(w, got):
    parts = Parts([3, 4, 4, 2])
    answer = asked(parts, {"w": w(parts.w), "b": parts.b})
    (finding,) = answer.findings
    assert (finding.equation, finding.slip) == ("BP4", "layer_numbers")
    assert finding.sentence.endswith(f"got {got}")
    assert are_equal(answer.b, parts.b)


def test_one_wrong_shape_does_not_hide_the_numbers():
    parts = Parts([3, 4, 4, 2])
    w = {1: parts.w[2], 2: np.ones((7, 7)), 3: parts.w[4]}
    answer = asked(parts, {"w": w, "b": parts.b})
    assert [(f.layer, f.slip) for f in answer.findings] == [(3, "wrong_shape")]
    assert are_equal(answer.w, {2: parts.w[2], 4: parts.w[4]})


def test_what_is_still_open_has_its_layer():
    parts = Parts([3, 4, 4, 2])
    w = {1: parts.w[2], 2: ..., 3: parts.w[4]}
    answer = asked(parts, {"w": w, "b": {l: ... for l in (1, 2, 3)}})
    assert [(f.equation, f.layer, f.slip) for f in answer.findings] == [
        *(("BP3", l, "not_tried") for l in (4, 3, 2)),
        ("BP4", 3, "not_tried"),
    ]


@pytest.mark.parametrize(
    "returned",
    [
        (),
        [],
        {},
        (0.7,),
        (None, None),
        ("w", "b"),
        np.zeros((3, 4)),
        np.array(3.0),
        np.zeros((3, 4, 5, 6)),
        [[1, 2], [3]],
        [np.zeros(3)] * 40,
        ({}, {}),
        {"b": {2: 1}},
        {"delta": {2: 1}},
        {"grads": {"grads": {}}},
        {("w", 2): 1},
        SimpleNamespace(x=1),
        object,
        int,
        np,
    ],
    ids=lambda returned: str(returned)[:20],
)
def test_what_is_no_gradient_is_a_finding(returned):
    (finding,) = asked(Parts([3, 4, 4, 2]), returned).findings
    assert finding.slip == "wrong_return"


@pytest.mark.parametrize("slopes", [{f"slope {k}": k for k in range(900)}, {"w": {"x" * 999: 1}}])
def test_of_many_keys_some_are_said(slopes):
    (*_, finding) = asked(Parts([3, 4, 4, 2]), slopes).findings
    assert len(finding.sentence) < 200


def test_a_thing_that_holds_itself():
    loop = [0.7]
    loop.append(loop)
    (finding,) = asked(Parts([3, 4, 4, 2]), tuple(loop)).findings
    assert finding.slip == "wrong_return"
