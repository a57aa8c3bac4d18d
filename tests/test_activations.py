"""The activation functions and their slopes, against 60-digit arithmetic and the complex step."""

from decimal import Decimal

import numpy as np
import pytest
from oracles import EXACT, HIDDEN

from bpcore import ACTIVATIONS

MAGNITUDES = [1e-9, 0.1, 1.0, 3.7, 20.0, 40.0, 88.0, 700.0, 745.0, 1e6]
Z = np.array([[0.0, -0.0, *MAGNITUDES, *(-z for z in MAGNITUDES)]])

# Below 1e-300 doubles lose digits, then vanish: there only the absolute size is compared.
close = dict(rtol=1e-12, atol=1e-300)


def exactly(function):
    return np.array([[float(function(Decimal(z))) for z in Z[0]]])


@pytest.mark.parametrize("name", HIDDEN)
def test_value_is_the_definition(name):
    np.testing.assert_allclose(ACTIVATIONS[name](Z), exactly(EXACT[name][0]), **close)


@pytest.mark.parametrize("name", HIDDEN)
def test_slope_is_the_definition_to_twelve_digits(name):
    """At |z| = 40 the textbook forms a(1 − a) and 1 − a² have no digit left."""
    np.testing.assert_allclose(ACTIVATIONS[name].prime(Z), exactly(EXACT[name][1]), **close)


@pytest.mark.parametrize("name", HIDDEN)
def test_slope_is_the_complex_step_derivative(name):
    """Also at the kink: the complex step and BP2 must take the same side there."""
    step = ACTIVATIONS[name](Z + 1e-20j).imag / 1e-20
    np.testing.assert_allclose(ACTIVATIONS[name].prime(Z), step, **close)


@pytest.mark.parametrize(("name", "slope"), [("relu", 0), ("leaky_relu", 0.01), ("elu", 1)])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_slope_at_the_kink_is_that_of_the_left_side(name, slope, zero):
    assert ACTIVATIONS[name].prime(np.array([[zero]])) == slope


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_float32_stays_float32(name):
    z = np.vstack([Z, Z / 2]).astype(np.float32)
    for function in (ACTIVATIONS[name], ACTIVATIONS[name].prime):
        assert function(z).dtype == np.float32
        np.testing.assert_allclose(function(z), function(z.astype(float)), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_batch_is_its_columns_and_z_is_left_alone(name):
    sigma, z = ACTIVATIONS[name], np.random.default_rng(0).normal(size=(3, 4))
    before = z.copy()
    for function in (sigma, sigma.prime):
        columns = [function(z[:, [i]]) for i in range(4)]
        np.testing.assert_array_equal(function(z), np.concatenate(columns, axis=-1))
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_lists_are_taken_as_arrays(name):
    z = [[1.0, -2.0], [0.5, 3.0]]
    for function in (ACTIVATIONS[name], ACTIVATIONS[name].prime):
        np.testing.assert_array_equal(function(z), function(np.array(z)))


SOFTMAX_COLUMNS = [[0.3, -1.2, 2.0], [0, 0, 0], [5.0], [1e6, 0, -1e6], [745, 0, 1], [1e6, 1e6, 0]]


@pytest.mark.parametrize("z", SOFTMAX_COLUMNS, ids=str)
def test_softmax_is_the_definition(z):
    e = [Decimal(z_j).exp() for z_j in z]
    a = [[float(e_j / sum(e))] for e_j in e]
    np.testing.assert_allclose(ACTIVATIONS["softmax"](np.c_[z].astype(float)), a, **close)


@pytest.mark.parametrize("z", SOFTMAX_COLUMNS, ids=str)
def test_softmax_slopes_are_the_complex_step_table(z):
    z, n = np.c_[z].astype(float), len(z)
    table = ACTIVATIONS["softmax"].prime(z)
    assert table.shape == (n, n, 1)
    for j in range(n):
        nudge = 1e-20j * np.eye(n)[:, [j]]
        step = ACTIVATIONS["softmax"](z + nudge).imag / 1e-20
        np.testing.assert_allclose(table[:, j], step, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.bool_])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_whole_numbers_of_any_size_give_what_floats_give(name, dtype):
    """−128 has no opposite among 8-bit integers, and 2·100 is no such integer."""
    z = np.array([[-128, -1, 0, 1, 100, 127]]).astype(dtype)
    sigma = ACTIVATIONS[name]
    np.testing.assert_array_equal(sigma(z), sigma(z.astype(float)))
    np.testing.assert_array_equal(sigma.prime(z), sigma.prime(z.astype(float)))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_sigmoid_ends_at_the_smallest_normal_number_of_each_type(dtype):
    a = ACTIVATIONS["sigmoid"](np.array([-60_000, 0, 60_000], dtype))
    assert a.dtype == dtype
    assert 0 <= a[0] <= 1.01 * np.finfo(dtype).tiny
    np.testing.assert_array_equal(a[1:], [0.5, 1])


@pytest.mark.parametrize("name", HIDDEN)
def test_a_number_alone_is_accepted(name):
    sigma = ACTIVATIONS[name]
    assert sigma(2) == sigma(np.array([[2.0]]))
    assert sigma.prime(2) == sigma.prime(np.array([[2.0]]))
