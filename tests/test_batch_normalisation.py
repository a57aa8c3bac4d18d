"""Batch normalisation, against a loop over rows and, backwards, autograd and the complex step."""

from math import fsum, sqrt

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from oracles import distance

import bpcore as bp

SHAPES = [(1, 2), (3, 2), (1, 3), (4, 7), (7, 4), (2, 50)]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
every_eps = pytest.mark.parametrize("eps", [1e-5, 0.1])


def random_rows(shape, seed=0):
    """z whose rows differ in mean and size, γ of both signs, and β."""
    n, m = shape
    rng = np.random.default_rng([seed, n, m])
    z = rng.normal(size=shape) * rng.uniform(0.2, 3, size=(n, 1)) + rng.normal(size=(n, 1))
    return z, rng.normal(size=(n, 1)), rng.normal(size=(n, 1))


@every_shape
@every_eps
def test_forward_is_the_loop_over_rows(shape, eps):
    z, gamma, beta = random_rows(shape)
    normalised = bp.batch_norm(z, gamma, beta, eps=eps)
    assert normalised.value.shape == normalised.z_hat.shape == shape
    assert normalised.s.shape == (shape[0], 1)
    for j, row in enumerate(z.tolist()):
        mu = fsum(row) / len(row)
        s = sqrt(fsum((z_i - mu) ** 2 for z_i in row) / len(row) + eps)
        z_hat = [(z_i - mu) / s for z_i in row]
        value = [gamma[j, 0] * z_hat_i + beta[j, 0] for z_hat_i in z_hat]
        np.testing.assert_allclose(normalised.s[j, 0], s, rtol=1e-13)
        np.testing.assert_allclose(normalised.z_hat[j], z_hat, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(normalised.value[j], value, rtol=1e-12, atol=1e-14)


@every_shape
def test_rows_have_mean_0_and_variance_1(shape):
    z, gamma, beta = random_rows(shape)
    normalised = bp.batch_norm(z, gamma, beta, eps=1e-12)
    for values, mean, size in ((normalised.z_hat, 0, 1), (normalised.value, beta, np.abs(gamma))):
        np.testing.assert_allclose(values.mean(axis=1, keepdims=True) - mean, 0, atol=1e-13)
        np.testing.assert_allclose(values.std(axis=1, keepdims=True) - size, 0, atol=1e-9)


def test_eps_is_1e_5_by_default():
    z, gamma, beta = random_rows((4, 7))
    default, named = bp.batch_norm(z, gamma, beta), bp.batch_norm(z, gamma, beta, eps=1e-5)
    np.testing.assert_array_equal(default.value, named.value)


def test_shift_and_scale_of_the_input_are_lost():
    z, gamma, beta = random_rows((4, 7))
    moved = bp.batch_norm(5 * z - 3, gamma, beta, eps=25e-5)
    np.testing.assert_allclose(moved.value, bp.batch_norm(z, gamma, beta).value, rtol=1e-12)


def objective(z, gamma, beta, eps, weights):
    """The sum of the samples' costs, of which the batch sees every column."""
    m = z.shape[1]
    mu = anp.sum(z, axis=1, keepdims=True) / m
    variance = anp.sum((z - mu) ** 2, axis=1, keepdims=True) / m
    value = gamma * (z - mu) / anp.sqrt(variance + eps) + beta
    return anp.sum(weights * (anp.sin(value) + value**3 / 5))


def backward_problem(shape, eps):
    """Arguments of `objective`, the normalised z, and δ = ∂C/∂value."""
    z, gamma, beta = random_rows(shape)
    weights = np.random.default_rng(1).normal(size=shape)
    normalised = bp.batch_norm(z, gamma, beta, eps=eps)
    delta = weights * (np.cos(normalised.value) + 3 * normalised.value**2 / 5)
    return (z, gamma, beta, eps, weights), normalised, delta


@every_shape
@every_eps
def test_backward_is_autograds(shape, eps):
    """Of the sum for z, of the mean for γ and β; m = 2 leaves but a small rest for z."""
    arguments, normalised, delta = backward_problem(shape, eps)
    of_z, of_gamma, of_beta = autograd.grad(objective, argnum=(0, 1, 2))(*arguments)
    gamma, m = arguments[1], shape[1]
    delta_z, dC_dgamma, dC_dbeta = bp.batch_norm_backward(delta, gamma, normalised)
    scale = np.abs(gamma / normalised.s * delta).max()
    np.testing.assert_allclose(delta_z, of_z, rtol=1e-11, atol=1e-14 * scale)
    np.testing.assert_allclose(dC_dgamma, of_gamma / m, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(dC_dbeta, of_beta / m, rtol=1e-11, atol=1e-14)
    assert dC_dgamma.shape == dC_dbeta.shape == (shape[0], 1)


@every_shape
@every_eps
def test_delta_z_is_the_complex_step(shape, eps):
    (z, gamma, *rest), normalised, delta = backward_problem(shape, eps)
    delta_z, _, _ = bp.batch_norm_backward(delta, gamma, normalised)
    step = np.empty(shape)
    for place in np.ndindex(shape):
        nudged = z.astype(complex)
        nudged[place] += 1e-30j
        step[place] = objective(nudged, gamma, *rest).imag / 1e-30
    scale = np.abs(gamma / normalised.s * delta).max()
    np.testing.assert_allclose(delta_z, step, rtol=1e-11, atol=1e-14 * scale)


@every_shape
def test_delta_z_has_no_part_along_a_shift_of_the_batch(shape):
    arguments, normalised, delta = backward_problem(shape, 1e-5)
    delta_z, _, _ = bp.batch_norm_backward(delta, arguments[1], normalised)
    scale = np.abs(arguments[1] / normalised.s * delta).max()
    np.testing.assert_allclose(delta_z.sum(axis=1), 0, atol=1e-13 * scale)


def test_a_row_that_does_not_vary_becomes_beta():
    z = [[0.5, 0.5, 0.5, 0.5], [1.0, 2.0, 3.0, 4.0]]
    gamma, beta, delta = [[2.0], [1.0]], [[0.7], [0.0]], [[1.0, 2.0, 3.0, 6.0], [0.0] * 4]
    normalised = bp.batch_norm(z, gamma, beta, eps=1e-4)
    np.testing.assert_array_equal(normalised.z_hat[0], 0)
    np.testing.assert_array_equal(normalised.value[0], 0.7)
    delta_z, dC_dgamma, dC_dbeta = bp.batch_norm_backward(delta, gamma, normalised)
    np.testing.assert_allclose(delta_z[0], [-400, -200, 0, 600], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal([dC_dgamma[0, 0], dC_dbeta[0, 0]], [0, 3])


def test_float32_stays_float32():
    arguments, normalised, delta = backward_problem((4, 7), 1e-5)
    z, gamma, beta, delta_single = (v.astype(np.float32) for v in (*arguments[:3], delta))
    single = bp.batch_norm(z, gamma, beta)
    backward = bp.batch_norm_backward(delta_single, gamma, single)
    left = [single.value, single.z_hat, single.s, *backward]
    right = [normalised.value, normalised.z_hat, normalised.s]
    right += bp.batch_norm_backward(delta, arguments[1], normalised)
    for narrow, wide in zip(left, right, strict=True):
        assert (narrow.dtype, wide.dtype) == (np.float32, np.float64)
        assert distance(narrow, wide) <= 1e-5


def test_lists_and_whole_numbers_become_float64():
    normalised = bp.batch_norm([[1, 3], [0, 4]], [[1], [2]], [[0], [1]], eps=1e-12)
    np.testing.assert_allclose(normalised.value, [[-1, 1], [-1, 3]], rtol=1e-11)
    for array in (normalised, *bp.batch_norm_backward([[1, 0], [0, 1]], [[1], [2]], normalised)):
        assert getattr(array, "value", array).dtype == np.float64


def test_nothing_given_is_changed():
    arguments, _, delta = backward_problem((4, 7), 1e-5)
    given = [*arguments[:3], delta]
    before = [array.copy() for array in given]
    normalised = bp.batch_norm(*given[:3])
    after = [getattr(normalised, name).copy() for name in ("value", "z_hat", "s")]
    bp.batch_norm_backward(delta, given[1], normalised)
    given += [normalised.value, normalised.z_hat, normalised.s]
    for array, copy in zip(given, before + after, strict=True):
        np.testing.assert_array_equal(array, copy)


Z, GAMMA, BETA = random_rows((2, 3))
NORMALISED = bp.batch_norm(Z, GAMMA, BETA)

NOT_REAL = [
    ([[1, 2], [3]], ValueError, "has rows of different lengths"),
    ([["1", "2"]], TypeError, "must hold real numbers, got text"),
    (None, TypeError, "must hold real numbers, got NoneType"),
    ([[1j, 2]], TypeError, "must hold real numbers, got complex numbers"),
    ([[1.0, np.nan]], ValueError, r"must be finite in float64, but entry \[0, 1\] is nan"),
    ([[np.inf, 0.0]], ValueError, r"must be finite in float64, but entry \[0, 0\] is inf"),
]
BAD_MATRICES = [
    *NOT_REAL,
    (0.5, ValueError, r"has shape \(\); expected \(n, m\)"),
    ([1.0, 2.0], ValueError, r"has shape \(2,\); expected \(n, m\), one column a sample"),
    (np.zeros((2, 3, 1)), ValueError, r"has shape \(2, 3, 1\); expected \(n, m\)"),
]
BAD_COLUMNS = [
    *NOT_REAL,
    (1.0, ValueError, r"has shape \(\); expected \(2, 1\)"),
    ([1.0, 1.0], ValueError, r"has shape \(2,\); expected \(2, 1\)"),
    ([[1.0, 1.0]], ValueError, r"has shape \(1, 2\); expected \(2, 1\)"),
    ([[1.0]], ValueError, r"has shape \(1, 1\); expected \(2, 1\)"),
    (np.ones((2, 3)), ValueError, r"has shape \(2, 3\); expected \(2, 1\)"),
]


def table(rows):
    return pytest.mark.parametrize(
        ("bad", "exception", "message"), rows, ids=[f"{bad!r:.24}" for bad, *_ in rows]
    )


@table(BAD_MATRICES)
def test_bad_z_and_delta(bad, exception, message):
    with pytest.raises(exception, match="^z " + message):
        bp.batch_norm(bad, GAMMA, BETA)
    with pytest.raises(exception, match="^delta " + message):
        bp.batch_norm_backward(bad, GAMMA, NORMALISED)


@table(BAD_COLUMNS)
def test_bad_gamma_and_beta(bad, exception, message):
    with pytest.raises(exception, match="^gamma " + message):
        bp.batch_norm(Z, bad, BETA)
    with pytest.raises(exception, match="^beta " + message):
        bp.batch_norm(Z, GAMMA, bad)
    with pytest.raises(exception, match="^gamma " + message):
        bp.batch_norm_backward(Z, bad, NORMALISED)


@pytest.mark.parametrize("m", [0, 1])
def test_too_few_samples(m):
    with pytest.raises(ValueError, match=f"^z needs at least 2 samples .*, got {m}$"):
        bp.batch_norm(np.ones((2, m)), GAMMA, BETA)


@pytest.mark.parametrize("shape", [(2, 2), (2, 1), (1, 3), (3, 2)], ids=str)
def test_delta_of_another_shape(shape):
    message = rf"^delta has shape \({shape[0]}, {shape[1]}\); expected that of z, \(2, 3\)$"
    with pytest.raises(ValueError, match=message):
        bp.batch_norm_backward(np.ones(shape), GAMMA, NORMALISED)


@table(
    [
        (0, ValueError, "greater than 0, got 0"),
        (-1e-5, ValueError, "greater than 0, got -1e-05"),
        (np.nan, ValueError, "finite, got nan"),
        (np.inf, ValueError, "finite, got inf"),
        (True, TypeError, "a real number, got bool"),
        ("1e-5", TypeError, "a real number, got str"),
        (None, TypeError, "a real number, got NoneType"),
    ]
)
def test_bad_eps(bad, exception, message):
    with pytest.raises(exception, match="^eps must be " + message):
        bp.batch_norm(Z, GAMMA, BETA, eps=bad)


def test_an_eps_that_float32_cannot_hold_is_refused():
    """It would be 0, and a neuron that does not vary would be divided by it."""
    z, one = np.ones((1, 4), np.float32), np.ones((1, 1), np.float32)
    with pytest.raises(ValueError, match=r"^eps must fit into float32, got 1e-50"):
        bp.batch_norm(z, one, one, eps=1e-50)
    with pytest.raises(ValueError, match=r"^eps must fit into float32, got 1e\+50"):
        bp.batch_norm(z, one, one, eps=1e50)
    np.testing.assert_array_equal(bp.batch_norm(z, one, one, eps=1e-37).z_hat, 0 * z)
    assert bp.batch_norm(z.astype(float), one, one, eps=1e-50).s == pytest.approx(1e-25)
