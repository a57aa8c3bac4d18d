"""Training, against the published XOR run and independent loops; and what a failure leaves."""

import pickle
from math import exp

import numpy as np
import pytest
from oracles import OBJECTIVES, autograd_gradient, distance, random_network, random_problem

import bpcore as bp

SIZES, M = [3, 4, 2], 7


def problem(**names):
    return random_problem(SIZES, M, **names)


def parameters(net):
    """All weights, then all biases, in the order of `flat`; a copy."""
    return np.concatenate([part[l].ravel() for part in (net.w, net.b) for l in net.w])


def set_parameters(net, theta):
    for part in (net.w, net.b):
        for l in part:
            values, theta = np.split(theta, [part[l].size])
            part[l] = values.reshape(part[l].shape)


def weights_only(net):
    """`parameters` with 0 for the biases."""
    n_weights = sum(w.size for w in net.w.values())
    return np.where(np.arange(net.n_parameters) < n_weights, parameters(net), 0)


class Spy:
    """An optimizer that notes all slopes and changes nothing, unless it is to fail at one call."""

    def __init__(self, fails_at=None, error=None):
        self.slopes, self.fails_at, self.error = [], fails_at, error

    def step(self, g, state):
        self.slopes.append(g)
        if len(self.slopes) == self.fails_at:
            raise self.error
        return np.zeros_like(g), state


class FailingSGD(Spy):
    """Descends until it is to fail."""

    def step(self, g, state):
        super().step(g, state)
        return -0.5 * g, state


class TestPublishedXor:
    """Heaton adds up the slopes of his four samples; his error is the mean of (a − y)², 2·C."""

    def history(self, epochs):
        net = bp.examples.xor_network()
        optimizer = bp.SGD(lr=4 * 0.7, momentum=0.3)
        return net, bp.train(net, *bp.examples.xor_data(), optimizer=optimizer, epochs=epochs)

    def scalar_run(self, epochs):
        """The errors before each update, and the weights after the last."""
        v = dict(bp.examples.XOR_PUBLISHED["weight"])
        change, errors = dict.fromkeys(v, 0.0), []
        for _ in range(epochs):
            error, slope = 0.0, dict.fromkeys(v, 0.0)
            for i1, i2, ideal in ((1, 0, 1), (0, 0, 0), (0, 1, 1), (1, 1, 0)):
                h1 = 1 / (1 + exp(-(v["I1→H1"] * i1 + v["I2→H1"] * i2 + v["B1→H1"])))
                h2 = 1 / (1 + exp(-(v["I1→H2"] * i1 + v["I2→H2"] * i2 + v["B1→H2"])))
                o1 = 1 / (1 + exp(-(v["H1→O1"] * h1 + v["H2→O1"] * h2 + v["B2→O1"])))
                error += (ideal - o1) ** 2 / 4
                d_o1 = (ideal - o1) * o1 * (1 - o1)
                d_h1, d_h2 = (
                    d_o1 * v[f"{h}→O1"] * a * (1 - a) for h, a in (("H1", h1), ("H2", h2))
                )
                for end, delta, starts in (
                    ("O1", d_o1, {"H1": h1, "H2": h2, "B2": 1}),
                    ("H1", d_h1, {"I1": i1, "I2": i2, "B1": 1}),
                    ("H2", d_h2, {"I1": i1, "I2": i2, "B1": 1}),
                ):
                    for start, a in starts.items():
                        slope[f"{start}→{end}"] += delta * a
            errors.append(error)
            for name in v:
                change[name] = 0.7 * slope[name] + 0.3 * change[name]
                v[name] += change[name]
        return errors, v

    def test_first_error(self):
        _, history = self.history(1)
        assert 2 * history.cost[0] == pytest.approx(0.3100155809627523, rel=1e-15)

    def test_error_falls_below_one_hundredth_at_epoch_579(self):
        _, history = self.history(600)
        error_of_epoch = dict(enumerate(2 * history.cost, start=1))
        assert min(e for e, error in error_of_epoch.items() if error < 0.01) == 579

    def test_whole_run_is_the_scalar_loop(self):
        net, history = self.history(600)
        errors, v = self.scalar_run(600)
        np.testing.assert_allclose(2 * history.cost[:-1], errors, rtol=1e-9)
        for computed, names in (
            (net.w[2], [["I1→H1", "I2→H1"], ["I1→H2", "I2→H2"]]),
            (net.b[2], [["B1→H1"], ["B1→H2"]]),
            (net.w[3], [["H1→O1", "H2→O1"]]),
            (net.b[3], [["B2→O1"]]),
        ):
            np.testing.assert_allclose(computed, [[v[n] for n in row] for row in names], rtol=1e-9)


def loop(net, x, y, *, batches, epochs, l2, lr, momentum, **definition):
    """Descent along autograd's slopes; the parameters after each epoch."""
    theta, change, after = parameters(net), 0, []
    for _ in range(epochs):
        for batch in batches:
            g = autograd_gradient(net, x[:, batch], y[:, batch], l2=0, **definition)
            g = g + l2 / x.shape[1] * weights_only(net)
            change = momentum * change - lr * g
            theta = theta + change
            set_parameters(net, theta)
        after.append(theta)
    return after


BATCHES = {
    1: [[0], [1], [2], [3], [4], [5], [6]],
    3: [[0, 1, 2], [3, 4, 5], [6]],
    4: [[0, 1, 2, 3], [4, 5, 6]],
    7: [[0, 1, 2, 3, 4, 5, 6]],
    None: [[0, 1, 2, 3, 4, 5, 6]],
}
every_batch_size = pytest.mark.parametrize("batch_size", BATCHES)


@every_batch_size
@pytest.mark.parametrize(("cost", "output"), [("quadratic", "tanh"), *OBJECTIVES[-2:]])
@pytest.mark.parametrize("l2", [0, 0.7])
def test_every_batch_size_is_the_loop(batch_size, cost, output, l2):
    net, x, y = problem(hidden="tanh", output=output)
    rates, after = dict(lr=0.3, momentum=0.5), []
    bp.train(
        net,
        x,
        y,
        optimizer=bp.SGD(**rates),
        epochs=4,
        cost=cost,
        l2=l2,
        batch_size=batch_size,
        shuffle=False,
        after_epoch=lambda e, net: after.append(parameters(net)),
    )
    again, _, _ = problem(hidden="tanh", output=output)
    definition = dict(hidden="tanh", output=output, cost=cost, l2=l2, **rates)
    expected = loop(again, x, y, batches=BATCHES[batch_size], epochs=4, **definition)
    for ours, theirs in zip(after[1:], expected, strict=True):
        assert distance(ours, theirs) <= 1e-12


@pytest.mark.parametrize(
    "optimizer", [bp.AdaGrad(lr=0.1), bp.RMSProp(lr=0.1), bp.Adam(lr=0.1)], ids=repr
)
def test_every_parameter_has_a_state_of_its_own(optimizer):
    net, x, y = problem()
    bp.train(net, x, y, optimizer=optimizer, epochs=5)
    again, _, _ = problem()
    states = {}
    for _ in range(5):
        slopes = bp.backprop(again, x, y)
        for name in ("w", "b"):
            for l, g in getattr(slopes, name).items():
                change, states[name, l] = optimizer.step(g, states.get((name, l)))
                getattr(again, name)[l] = getattr(again, name)[l] + change
    np.testing.assert_array_equal(parameters(net), parameters(again))


def samples_seen(*, m=10, epochs=3, **options):
    """By epoch, the samples of each batch: with x = 1, a sample is a column of ∂C/∂w."""
    net, spy = bp.Network([m, 1]), Spy()
    bp.train(net, np.eye(m), np.ones((1, m)), optimizer=spy, epochs=epochs, **options)
    batches = [np.flatnonzero(g).tolist() for g in spy.slopes if g.shape == (1, m)]
    steps = len(batches) // epochs
    return [batches[i : i + steps] for i in range(0, len(batches), steps)]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(
    ("batch_size", "sizes"),
    [(None, [10]), (10, [10]), (9, [9, 1]), (4, [4, 4, 2]), (5, [5, 5]), (1, [1] * 10)],
)
def test_each_epoch_sees_each_sample_once(batch_size, sizes, shuffle):
    for batches in samples_seen(batch_size=batch_size, shuffle=shuffle):
        assert [len(batch) for batch in batches] == sizes
        assert sorted(np.concatenate(batches)) == list(range(10))


def test_x_and_y_are_shuffled_together():
    """The outputs are 0, which is wrong for the samples of class 1 only."""
    net, spy = bp.Network([2, 1], activation="linear"), Spy()
    net.w[2] = [[0, 0]]
    x, y = np.repeat(np.eye(2), 5, axis=1), np.repeat([[0, 1]], 5, axis=1)
    bp.train(net, x, y, optimizer=spy, epochs=3, batch_size=1)
    slopes = [g.tolist() for g in spy.slopes if g.shape == (1, 2)]
    assert sorted(slopes) == [[[0, -1]]] * 15 + [[[0, 0]]] * 15


def test_without_shuffling_the_order_is_the_given_one():
    for batches in samples_seen(batch_size=4, shuffle=False):
        assert batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_shuffling_takes_a_new_order_each_epoch_by_default():
    first, second, third = samples_seen(batch_size=1)
    given = [[i] for i in range(10)]
    assert all(first != other for other in (second, third, given))
    assert second != third


def test_the_order_comes_from_the_seed_alone():
    assert samples_seen(batch_size=1) == samples_seen(batch_size=1, seed=0)
    assert samples_seen(batch_size=1, seed=5) == samples_seen(batch_size=1, seed=5)
    assert samples_seen(batch_size=1, seed=5) != samples_seen(batch_size=1, seed=6)


def test_same_seed_same_training():
    results = []
    for seed in (3, 3, 4):
        net, x, y = problem()
        history = bp.train(net, x, y, optimizer=bp.Adam(lr=0.1), epochs=3, batch_size=2, seed=seed)
        results.append([*parameters(net), *history.cost])
    assert results[0] == results[1] != results[2]


@every_batch_size
def test_seed_and_shuffle_do_nothing_to_the_whole_batch_alone(batch_size):
    results = []
    for options in (dict(seed=1), dict(seed=2), dict(shuffle=False)):
        net, x, y = problem()
        bp.train(net, x, y, optimizer=bp.SGD(lr=0.5), epochs=3, batch_size=batch_size, **options)
        results.append(parameters(net))
    same = all(np.array_equal(results[0], other) for other in results[1:])
    assert same == (batch_size in (None, M))


@every_batch_size
def test_penalty_of_a_batch_is_lambda_over_the_m_of_all_samples(batch_size):
    """Weighted with their sizes, the batches of an epoch add up to m times the whole gradient."""
    spies = {}
    for l2 in (0, 0.7):
        net, x, y = problem()
        spies[l2] = Spy()
        options = dict(batch_size=batch_size, shuffle=False, l2=l2)
        bp.train(net, x, y, optimizer=spies[l2], epochs=1, **options)
    batches = BATCHES[batch_size]
    slopes = {
        l2: np.split(np.concatenate([g.ravel() for g in spy.slopes]), len(batches))
        for l2, spy in spies.items()
    }
    penalty = [with_l2 - without for with_l2, without in zip(slopes[0.7], slopes[0], strict=True)]
    for part in penalty:
        np.testing.assert_allclose(part, 0.7 / M * weights_only(net), rtol=1e-12, atol=1e-15)
    whole = bp.backprop(net, x, y, l2=0.7)
    expected = np.concatenate([g[l].ravel() for g in (whole.w, whole.b) for l in net.w])
    mean = np.average(slopes[0.7], axis=0, weights=[len(batch) for batch in batches])
    assert distance(mean, expected) <= 1e-13


@pytest.mark.parametrize(
    "optimizer",
    [bp.SGD(lr=1), bp.SGD(lr=0.5, momentum=0.9), bp.AdaGrad(0.5), bp.RMSProp(0.05), bp.Adam(0.1)],
    ids=repr,
)
def test_softmax_with_cross_entropy_learns_three_classes(optimizer):
    rng = np.random.default_rng(0)
    x = np.repeat([[0, 2, -2], [2, -1, -1]], 10, axis=1) + rng.normal(size=(2, 30)) / 4
    y = np.repeat(np.eye(3), 10, axis=1)
    net = bp.Network([2, 5, 3], activation="tanh", output_activation="softmax")
    history = bp.train(
        net, x, y, optimizer=optimizer, epochs=40, cost="cross_entropy", batch_size=8
    )
    assert history.cost[0] > 0.7
    assert history.cost[-1] < 0.05
    np.testing.assert_array_equal(bp.forward(net, x).a[3].argmax(axis=0), y.argmax(axis=0))


@every_batch_size
@pytest.mark.parametrize(("cost", "output"), OBJECTIVES)
@pytest.mark.parametrize("l2", [0, 0.7])
def test_history_is_the_cost_over_all_samples_after_each_epoch(batch_size, cost, output, l2):
    net, x, y = problem(output=output)
    given, epochs, costs = net, [], []

    def after_epoch(e, net):
        assert net is given
        epochs.append(e)
        costs.append(bp.cost(net, x, y, cost=cost, l2=l2))

    history = bp.train(
        net,
        x,
        y,
        optimizer=bp.SGD(lr=0.1),
        epochs=3,
        cost=cost,
        batch_size=batch_size,
        l2=l2,
        after_epoch=after_epoch,
    )
    assert epochs == [0, 1, 2, 3]
    assert history.cost.tolist() == costs
    assert len(set(costs)) == 4


def test_no_epochs():
    net, x, y = problem()
    before, called = parameters(net), []
    history = bp.train(
        net, x, y, optimizer=bp.Adam(), epochs=0, after_epoch=lambda e, _: called.append(e)
    )
    assert history.cost.tolist() == [bp.cost(net, x, y)]
    assert called == [0]
    np.testing.assert_array_equal(parameters(net), before)


def test_one_sample_may_be_one_dimensional():
    nets = [bp.examples.xor_network() for _ in range(2)]
    bp.train(nets[0], [1, 0], [1], optimizer=bp.SGD(lr=0.5), epochs=2)
    bp.train(nets[1], [[1], [0]], [[1]], optimizer=bp.SGD(lr=0.5), epochs=2, batch_size=1)
    np.testing.assert_array_equal(*map(parameters, nets))


def test_only_the_network_is_changed():
    net, x, y = problem()
    optimizer, kept = bp.Adam(lr=0.1), [x.copy(), y.copy()]
    bp.train(net, x, y, optimizer=optimizer, epochs=3, batch_size=2, l2=0.7)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])
    again, _, _ = problem()
    bp.train(again, x, y, optimizer=optimizer, epochs=3, batch_size=2, l2=0.7)
    np.testing.assert_array_equal(parameters(net), parameters(again))


@pytest.mark.parametrize(
    "optimizer", [bp.SGD(lr=0.5, momentum=0.5), bp.AdaGrad(), bp.RMSProp(), bp.Adam()], ids=repr
)
def test_float32_stays_float32(optimizer):
    net, x, y = problem()
    single = random_network(SIZES, dtype=np.float32)
    costs = [
        bp.train(network, x, y, optimizer=optimizer, epochs=5, batch_size=3).cost
        for network in (net, single)
    ]
    assert parameters(single).dtype == np.float32
    assert distance(parameters(single), parameters(net)) <= 1e-5
    np.testing.assert_allclose(*costs, rtol=1e-5)


def linear_problem(dtype=np.float64):
    """C is quadratic in w, so that too large a learning rate takes it to infinity."""
    net = bp.Network([1, 1], activation="linear", dtype=dtype)
    net.w[2], net.b[2] = [[1]], [0.5]
    return net, np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, 1.0, 3.0]])


def diverge(net, x, y, **options):
    """Train until it diverges; the error, and the parameters after each epoch before it."""
    after = []
    with pytest.raises(bp.DivergenceError) as caught:
        bp.train(net, x, y, **options, after_epoch=lambda e, net: after.append(parameters(net)))
    return caught.value, after


DIVERGING = {
    "cost in a late epoch": (bp.SGD(lr=10), 0),
    "cost in epoch 1": (bp.SGD(lr=1e200), 0),
    "cost in epoch 2": (bp.SGD(lr=1e100), 0),
    "z": (bp.SGD(lr=1e308 / 6), 0),
    "step": (bp.SGD(lr=1e308), 0),
    "with momentum": (bp.SGD(lr=10, momentum=0.9), 0),
    "penalty": (bp.SGD(lr=1e150), 1e10),
    "rmsprop": (bp.RMSProp(lr=1e160), 0),
    "adam": (bp.Adam(lr=1e300), 0),
}


@pytest.mark.parametrize("batch_size", [None, 1, 2])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("optimizer", "l2"), DIVERGING.values(), ids=DIVERGING)
def test_divergence_leaves_the_last_epoch_with_a_finite_cost(optimizer, l2, batch_size, dtype):
    net, x, y = linear_problem(dtype)
    options = dict(optimizer=optimizer, epochs=1000, batch_size=batch_size, l2=l2)
    error, after = diverge(net, x, y, **options)
    epochs = len(after) - 1
    assert isinstance(error, OverflowError)
    assert isinstance(error.__cause__, OverflowError)
    message = str(error)
    assert message.startswith(f"training diverged in epoch {epochs + 1}: {error.__cause__}.")
    assert "learning rate" in message
    assert repr(optimizer) in message
    assert f"as it was after epoch {epochs}, with cost {error.history.cost[-1]:.4g}" in message
    np.testing.assert_array_equal(parameters(net), after[-1])
    assert len(error.history.cost) == len(after)
    assert np.isfinite(error.history.cost).all()
    assert error.history.cost[-1] == bp.cost(net, x, y, l2=l2)


def test_divergence_in_the_first_and_in_a_later_epoch_are_told_apart():
    starts = []
    for lr in (1e308, 1e100, 10):
        error, _ = diverge(*linear_problem(), optimizer=bp.SGD(lr=lr), epochs=1000)
        starts.append(int(str(error).split(":")[0].removeprefix("training diverged in epoch ")))
    assert starts[:2] == [1, 2]
    assert starts[2] > 10


class Gives(Spy):
    """Two good changes, of the w and b of epoch 1; then always the same bad one."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def step(self, g, state):
        super().step(g, state)
        return (-0.01 * g if len(self.slopes) <= 2 else np.full_like(g, self.change)), None


@pytest.mark.parametrize("change", [np.nan, np.inf, -np.inf])
def test_a_change_that_is_not_finite_is_divergence(change):
    net, x, y = linear_problem()
    error, after = diverge(net, x, y, optimizer=Gives(change), epochs=5)
    assert "diverged in epoch 2" in str(error)
    np.testing.assert_array_equal(parameters(net), after[1])


def test_training_can_go_on_after_divergence():
    net, x, y = linear_problem()
    diverge(net, x, y, optimizer=bp.SGD(lr=1e100), epochs=5)
    fresh, _, _ = linear_problem()
    bp.train(fresh, x, y, optimizer=bp.SGD(lr=1e100), epochs=1)
    np.testing.assert_array_equal(parameters(net), parameters(fresh))


def test_float32_diverges_with_a_numpy_learning_rate():
    diverge(*linear_problem(np.float32), optimizer=bp.SGD(lr=np.float64(1e39)), epochs=5)


def test_divergence_error_can_be_pickled():
    error, _ = diverge(*linear_problem(), optimizer=bp.SGD(lr=1e100), epochs=5)
    copy = pickle.loads(pickle.dumps(error))
    np.testing.assert_array_equal(copy.history.cost, error.history.cost)


def test_a_cost_that_is_too_large_before_training_is_no_divergence():
    net, x, y = linear_problem()
    net.w[2] = [[1e200]]
    with pytest.raises(OverflowError, match=r"^the cost is too large for float64") as caught:
        bp.train(net, x, y, optimizer=bp.SGD(lr=1), epochs=1)
    assert not isinstance(caught.value, bp.DivergenceError)


CALLS_PER_STEP = 4  # w and b of layers 2 and 3
STEPS_PER_EPOCH = 4  # 7 samples, 2 at a time


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), ZeroDivisionError("mine")])
@pytest.mark.parametrize(("epochs", "steps", "calls"), [(0, 0, 1), (0, 3, 4), (2, 0, 2), (2, 2, 3)])
def test_an_interruption_leaves_a_whole_epoch(error, epochs, steps, calls):
    fails_at = (epochs * STEPS_PER_EPOCH + steps) * CALLS_PER_STEP + calls
    net, x, y = problem()
    after = []
    with pytest.raises(type(error)) as caught:
        bp.train(
            net,
            x,
            y,
            optimizer=FailingSGD(fails_at, error),
            epochs=5,
            batch_size=2,
            after_epoch=lambda e, net: after.append(parameters(net)),
        )
    assert caught.value is error
    assert len(after) == epochs + 1
    np.testing.assert_array_equal(parameters(net), after[-1])
    whole, _, _ = problem()
    bp.train(whole, x, y, optimizer=FailingSGD(), epochs=epochs, batch_size=2)
    np.testing.assert_array_equal(parameters(net), parameters(whole))


@pytest.mark.parametrize(
    "error", [ValueError("enough"), OverflowError("mine"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("stop", [0, 2])
def test_what_after_epoch_raises_is_passed_on(error, stop):
    def after_epoch(e, net):
        if e == stop:
            raise error

    net, x, y = problem()
    with pytest.raises(type(error)) as caught:
        bp.train(net, x, y, optimizer=bp.SGD(lr=0.5), epochs=5, after_epoch=after_epoch)
    assert caught.value is error
    whole, _, _ = problem()
    bp.train(whole, x, y, optimizer=bp.SGD(lr=0.5), epochs=stop)
    np.testing.assert_array_equal(parameters(net), parameters(whole))


GOOD = dict(x=np.zeros((2, 4)), y=np.ones((1, 4)), optimizer=bp.SGD(lr=0.5), epochs=2)
BAD = [
    ("epochs", -1, ValueError, "^epochs must be at least 0, got -1"),
    ("epochs", 2.0, TypeError, "^epochs must be a whole number, got float"),
    ("epochs", True, TypeError, "^epochs must be a whole number, got True"),
    ("epochs", None, TypeError, "^epochs must be a whole number, got NoneType"),
    ("batch_size", 0, ValueError, "^batch_size must be at least 1, got 0"),
    ("batch_size", -1, ValueError, "^batch_size must be at least 1, got -1"),
    ("batch_size", 5, ValueError, "^batch_size must be at most the number of samples, 4, got 5"),
    ("batch_size", 2.0, TypeError, "^batch_size must be a whole number, got float"),
    ("batch_size", True, TypeError, "^batch_size must be a whole number, got True"),
    ("batch_size", "2", TypeError, "^batch_size must be a whole number, got str"),
    (
        "optimizer",
        "sgd",
        TypeError,
        r"^optimizer must be an object such as SGD\(lr=0.5\), got 'sgd'",
    ),
    ("optimizer", None, TypeError, "^optimizer must be an object such as .*, got None"),
    ("optimizer", 0.5, TypeError, "^optimizer must be an object such as .*, got 0.5"),
    ("shuffle", 1, TypeError, "^shuffle must be True or False, got 1"),
    ("shuffle", None, TypeError, "^shuffle must be True or False, got None"),
    ("seed", -1, ValueError, "^seed must be at least 0, got -1"),
    ("seed", 1.0, TypeError, "^seed must be a whole number, got float"),
    ("seed", None, TypeError, "^seed must be a whole number, got NoneType"),
    ("x", np.zeros((3, 4)), ValueError, r"^x has shape \(3, 4\); expected shape \(2, m\)"),
    ("x", np.zeros((2, 3)), ValueError, "^x has 3 columns and y has 4"),
    ("x", [[np.nan] * 4] * 2, ValueError, "^x must be finite"),
    ("y", np.zeros((2, 4)), ValueError, r"^y has shape \(2, 4\); expected shape \(1, m\)"),
    ("y", None, TypeError, "^y must hold real numbers"),
    ("cost", "best", ValueError, "^unknown cost 'best'; known are "),
    ("cost", None, TypeError, "^cost is a name"),
    ("l2", -1, ValueError, "^l2 must be at least 0, got -1"),
    ("l2", "0", TypeError, "^l2 must be a real number, got str"),
    ("net", None, TypeError, "^net must be a Network, got NoneType"),
]


def assert_refused(exception, message, **bad):
    net = bp.examples.xor_network()
    before = parameters(net)
    with pytest.raises(exception, match=message):
        bp.train(**{"net": net, **GOOD, "after_epoch": lambda *_: pytest.fail("began"), **bad})
    np.testing.assert_array_equal(parameters(net), before)


@pytest.mark.parametrize(
    ("argument", "bad", "exception", "message"),
    BAD,
    ids=[f"{argument}={bad!r:.16}" for argument, bad, *_ in BAD],
)
def test_bad_arguments_leave_the_network(argument, bad, exception, message):
    assert_refused(exception, message, **{argument: bad})


@pytest.mark.parametrize("optimizer", [bp.SGD, bp.AdaGrad, bp.RMSProp, bp.Adam])
def test_an_optimizer_that_is_still_a_class(optimizer):
    assert_refused(TypeError, "^optimizer must be an object such as", optimizer=optimizer)


@pytest.mark.parametrize("bad", [5, "print"])
def test_an_after_epoch_that_cannot_be_called(bad):
    assert_refused(TypeError, "^after_epoch must be", after_epoch=bad)


@pytest.mark.parametrize(
    "options",
    [
        dict(epochs=np.int64(1)),
        dict(batch_size=np.int64(2)),
        dict(batch_size=1),
        dict(batch_size=4),
        dict(seed=np.int64(1), batch_size=2),
        dict(l2=1, cost="cross_entropy"),
    ],
    ids=repr,
)
def test_good_arguments_pass(options):
    net = bp.examples.xor_network()
    before = parameters(net)
    history = bp.train(net, **{**GOOD, **options})
    assert len(history.cost) == 1 + int({**GOOD, **options}["epochs"])
    assert (parameters(net) != before).any()


def test_a_long_training_shows_its_progress(monkeypatch, capsys):
    for name in ("PATIENCE", "REDRAW_AFTER"):
        monkeypatch.setattr(f"bpcore._progress.{name}", 0.0)
    bp.train(bp.examples.xor_network(), *bp.examples.xor_data(), optimizer=bp.SGD(1.0), epochs=4)
    assert "50%, 2 of 4 epochs" in capsys.readouterr().err


def test_numbers_of_eight_bits_are_numbers():
    """uint8 counts 0, 100, 200, 44, …"""
    for options in (dict(batch_size=np.uint8(100)), dict(epochs=np.uint8(3))):
        net, spy = bp.Network([300, 1]), Spy()
        whole = {"epochs": 3, **options}
        bp.train(net, np.eye(300), np.ones((1, 300)), optimizer=spy, **whole)
        assert len(spy.slopes) == 2 * 3 * (3 if "batch_size" in options else 1)


def test_an_optimizer_that_changes_a_shape_is_refused():
    class Wide(Spy):
        def step(self, g, state):
            return np.zeros((7, g.shape[1])), state

    net, x, y = problem()
    before = parameters(net)
    with pytest.raises(ValueError, match=r"shape \(7, 3\) for w\[2\], which has \(4, 3\)"):
        bp.train(net, x, y, optimizer=Wide(), epochs=1)
    np.testing.assert_array_equal(parameters(net), before)


def test_what_after_epoch_has_ruined_is_not_blamed_on_the_learning_rate():
    def ruin(e, net):
        if e == 1:
            net.w[2][0, 0] = np.nan

    net, x, y = problem()
    with pytest.raises(ValueError, match=r"^w\[2\] must be finite .* entry \[0, 0\] is nan"):
        bp.train(net, x, y, optimizer=bp.SGD(lr=0.5), epochs=3, after_epoch=ruin)


def test_an_optimizer_may_return_a_list():
    class Lists(Spy):
        def step(self, g, state):
            return (-0.5 * g).tolist(), state

    nets = [problem() for _ in range(2)]
    for (net, x, y), optimizer in zip(nets, (Lists(), bp.SGD(lr=0.5)), strict=True):
        bp.train(net, x, y, optimizer=optimizer, epochs=2)
    np.testing.assert_array_equal(*(parameters(net) for net, _, _ in nets))
