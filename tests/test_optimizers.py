"""Optimizers, against the papers' formulas in plain Python and, where it is there, PyTorch."""

import copy
from math import sqrt

import numpy as np
import pytest
from oracles import distance

import bpcore as bp

OPTIMIZERS = [
    bp.SGD(lr=0.1),
    bp.SGD(lr=3, momentum=0.9),
    bp.SGD(lr=2.8, momentum=0.3),
    bp.AdaGrad(),
    bp.AdaGrad(lr=0.5, eps=0.1),
    bp.RMSProp(),
    bp.RMSProp(lr=0.1, rho=0.0, eps=1e-3),
    bp.RMSProp(lr=2, rho=0.99, eps=1e-6),
    bp.Adam(),
    bp.Adam(lr=0.1, beta1=0.5, beta2=0.9, eps=0.1),
    bp.Adam(lr=1, beta1=0.0, beta2=0.99, eps=1e-3),
    bp.Adam(lr=0.01, beta1=0.9, beta2=0.0),
]
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)


def random_slopes(steps=100, shape=(3, 2)):
    """Slopes that change sign, and size by some orders of magnitude."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(steps, *shape)) * 10 ** rng.uniform(-3, 3, size=(steps, 1, 1))


def run(optimizer, slopes):
    changes, state = [], None
    for g in slopes:
        change, state = optimizer.step(g, state)
        changes.append(change.copy())
    return np.array(changes)


def sgd(slopes, *, lr, momentum):
    change = 0.0
    for g in slopes:
        change = momentum * change - lr * g
        yield change


def adagrad(slopes, *, lr, eps):
    total = 0.0
    for g in slopes:
        total += g * g
        yield -lr / (eps + sqrt(total)) * g


def rmsprop(slopes, *, lr, rho, eps):
    mean_square = 0.0
    for g in slopes:
        mean_square = rho * mean_square + (1 - rho) * g * g
        yield -lr / (sqrt(mean_square) + eps) * g


def adam(slopes, *, lr, beta1, beta2, eps):
    m = v = 0.0
    for t, g in enumerate(slopes, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        yield -lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)


PAPERS = {bp.SGD: sgd, bp.AdaGrad: adagrad, bp.RMSProp: rmsprop, bp.Adam: adam}


@every_optimizer
def test_steps_are_the_papers_float_by_float(optimizer):
    slopes, paper = random_slopes(), PAPERS[type(optimizer)]
    changes = run(optimizer, slopes)
    assert changes.shape == slopes.shape
    for j, k in np.ndindex(slopes.shape[1:]):
        expected = list(paper(slopes[:, j, k].tolist(), **vars(optimizer)))
        np.testing.assert_allclose(changes[:, j, k], expected, rtol=1e-12, atol=0)


def torch_optimizer(torch, optimizer, parameter):
    h = vars(optimizer)
    match optimizer:
        case bp.SGD():
            return torch.optim.SGD([parameter], lr=h["lr"], momentum=h["momentum"])
        case bp.AdaGrad():
            return torch.optim.Adagrad([parameter], lr=h["lr"], eps=h["eps"])
        case bp.RMSProp():
            return torch.optim.RMSprop([parameter], lr=h["lr"], alpha=h["rho"], eps=h["eps"])
        case bp.Adam():
            betas = (h["beta1"], h["beta2"])
            return torch.optim.Adam([parameter], lr=h["lr"], betas=betas, eps=h["eps"])


def torch_change(torch, optimizer, parameter, g):
    """What torch adds to a parameter that is 0."""
    with torch.no_grad():
        parameter.zero_()
    parameter.grad = torch.from_numpy(g.copy())
    optimizer.step()
    return parameter.detach().numpy().copy()


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="needs the peers: pip install -e .[peers]")


@every_optimizer
def test_steps_are_pytorchs(torch, optimizer):
    slopes = random_slopes()
    parameter = torch.zeros(slopes.shape[1:], dtype=torch.float64, requires_grad=True)
    theirs = torch_optimizer(torch, optimizer, parameter)
    for change, g in zip(run(optimizer, slopes), slopes, strict=True):
        assert distance(change, torch_change(torch, theirs, parameter, g)) <= 1e-12


def test_pytorchs_momentum_differs_once_the_learning_rate_changes(torch):
    """Ours keeps the last change, theirs the slopes, which a new rate then scales as well."""
    first, second = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    parameter = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    theirs = torch.optim.SGD([parameter], lr=0.4, momentum=0.9)
    change, state = bp.SGD(lr=0.4, momentum=0.9).step(first, None)
    np.testing.assert_allclose(change, torch_change(torch, theirs, parameter, first), rtol=1e-15)

    theirs.param_groups[0]["lr"] = 0.1
    ours, _ = bp.SGD(lr=0.1, momentum=0.9).step(second, state)
    np.testing.assert_allclose(ours, 0.9 * change - 0.1 * second, rtol=1e-14)
    np.testing.assert_allclose(
        torch_change(torch, theirs, parameter, second),
        0.1 / 0.4 * 0.9 * change - 0.1 * second,
        rtol=1e-14,
    )


def test_momentum_keeps_the_last_change_whatever_the_learning_rate_becomes():
    first, second = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    _, state = bp.SGD(lr=0.4, momentum=0.9).step(first, None)
    change, _ = bp.SGD(lr=0.1, momentum=0.9).step(second, state)
    np.testing.assert_allclose(change, 0.9 * -0.4 * first - 0.1 * second, rtol=1e-14)


def state_arrays(state):
    return [np.asarray(part) for part in (state if isinstance(state, tuple) else (state,))]


@every_optimizer
def test_step_changes_nothing_and_repeats_itself(optimizer):
    state = None
    for g in random_slopes(steps=5):
        given, kept = [g, *state_arrays(state)], copy.deepcopy([g, *state_arrays(state)])
        change, after = copy.deepcopy(optimizer.step(g, state))
        again, state = optimizer.step(g, state)
        for array, before in zip(given, kept, strict=True):
            np.testing.assert_array_equal(array, before)
        np.testing.assert_array_equal(change, again)
        for array, repeated in zip(state_arrays(after), state_arrays(state), strict=True):
            np.testing.assert_array_equal(array, repeated)


@every_optimizer
def test_parameters_of_their_own_do_not_meet(optimizer):
    """Two parameters in turn, each with its state: as if each were alone."""
    slopes, states, together = random_slopes(steps=20), [None, None], [[], []]
    for i, g in enumerate(slopes):
        change, states[i % 2] = optimizer.step(g, states[i % 2])
        together[i % 2].append(change.copy())
    for i in (0, 1):
        np.testing.assert_array_equal(together[i], run(optimizer, slopes[i::2]))


@every_optimizer
def test_float32_stays_float32(optimizer):
    slopes, state = random_slopes(steps=20), None
    for g, expected in zip(slopes, run(optimizer, slopes), strict=True):
        change, state = optimizer.step(g.astype(np.float32), state)
        assert change.dtype == np.float32
        assert all(array.dtype == change.dtype for array in state_arrays(state) if array.ndim)
        assert distance(change, expected) <= 1e-4


@pytest.mark.parametrize("optimizer", PAPERS)
def test_float32_stays_float32_with_a_numpy_learning_rate(optimizer):
    change, _ = optimizer(lr=np.float64(0.1)).step(np.ones(2, np.float32), None)
    assert change.dtype == np.float32


@every_optimizer
def test_a_slope_that_is_0_changes_nothing(optimizer):
    np.testing.assert_array_equal(run(optimizer, np.zeros((3, 2, 2))), 0)


@pytest.mark.parametrize("lr", [1e-3, 0.5, 20])
@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0, 0), (0.5, 0.99)])
def test_first_step_of_adam_has_the_size_of_the_learning_rate(lr, beta1, beta2):
    g = np.array([[1e-3, -0.2], [7.0, -1e6]])
    change, _ = bp.Adam(lr=lr, beta1=beta1, beta2=beta2, eps=1e-12).step(g, None)
    np.testing.assert_allclose(change, -lr * np.sign(g), rtol=1e-8)


BAD = [
    (np.nan, ValueError, "finite, got nan"),
    (np.inf, ValueError, "finite, got inf"),
    (-np.inf, ValueError, "finite, got -inf"),
    (10**400, ValueError, "finite"),
    (-0.1, ValueError, "(greater than|at least) 0, got -0.1"),
    (True, TypeError, "a real number, got bool"),
    ("0.1", TypeError, "a real number, got str"),
    (None, TypeError, "a real number, got NoneType"),
    (0.1j, TypeError, "a real number, got complex"),
    ([0.1], TypeError, "a real number, got list"),
    (np.array(0.1), TypeError, "a real number, got ndarray"),
]
NOT_POSITIVE = [
    (0, ValueError, "greater than 0, got 0"),
    (0.0, ValueError, "greater than 0, got 0"),
    (-1e-300, ValueError, "greater than 0, got -1e-300"),
]
NOT_A_FRACTION = [
    (1, ValueError, "less than 1, got 1"),
    (1.5, ValueError, "less than 1, got 1.5"),
    (-1e-300, ValueError, "at least 0, got -1e-300"),
]
ARGUMENTS = [
    (bp.SGD, "lr", NOT_POSITIVE),
    (bp.SGD, "momentum", NOT_A_FRACTION),
    (bp.AdaGrad, "lr", NOT_POSITIVE),
    (bp.AdaGrad, "eps", NOT_POSITIVE),
    (bp.RMSProp, "lr", NOT_POSITIVE),
    (bp.RMSProp, "rho", NOT_A_FRACTION),
    (bp.RMSProp, "eps", NOT_POSITIVE),
    (bp.Adam, "lr", NOT_POSITIVE),
    (bp.Adam, "beta1", NOT_A_FRACTION),
    (bp.Adam, "beta2", NOT_A_FRACTION),
    (bp.Adam, "eps", NOT_POSITIVE),
]
every_argument = pytest.mark.parametrize(
    ("optimizer", "argument", "limits"),
    ARGUMENTS,
    ids=[f"{optimizer.__name__} {argument}" for optimizer, argument, _ in ARGUMENTS],
)


@every_argument
def test_bad_arguments(optimizer, argument, limits):
    for bad, exception, message in BAD + limits:
        with pytest.raises(exception, match=f"^{argument} must be {message}"):
            optimizer(**{"lr": 0.1, argument: bad})


@every_argument
def test_good_arguments_at_the_limits_pass(optimizer, argument, limits):
    good = [0, 0.0, np.nextafter(1, 0)] if limits is NOT_A_FRACTION else [5e-324, 1, 1e300]
    for value in good:
        assert getattr(optimizer(**{"lr": 0.1, argument: value}), argument) == value


def test_defaults_are_those_of_the_docstrings():
    assert vars(bp.SGD(lr=1)) == {"lr": 1, "momentum": 0}
    assert vars(bp.AdaGrad()) == {"lr": 0.01, "eps": 1e-10}
    assert vars(bp.RMSProp()) == {"lr": 0.001, "rho": 0.9, "eps": 1e-8}
    assert vars(bp.Adam()) == {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    with pytest.raises(TypeError, match="lr"):
        bp.SGD()
