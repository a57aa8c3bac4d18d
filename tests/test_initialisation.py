"""Initial weights: normal, with the variance of each paper; biases 0."""

import numpy as np
import pytest

import bpcore as bp

VARIANCES = {
    "lecun": lambda n_in, n_out: 1 / n_in,
    "glorot": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
}
every_scheme = pytest.mark.parametrize("scheme", VARIANCES)


def initialised(sizes, scheme, seed=0, **options):
    net = bp.Network(sizes, seed=99, **options)
    for l in net.b:
        net.b[l] = np.ones_like(net.b[l])
    assert bp.initialise(net, scheme, seed=seed) is None
    return net


def assert_same(left, right):
    for l in left.w:
        np.testing.assert_array_equal(left.w[l], right.w[l])
        np.testing.assert_array_equal(left.b[l], right.b[l])


@every_scheme
def test_weights_are_normal_with_the_papers_variance(scheme):
    """Bounds of 5 standard errors; n_in and n_out differ, so that neither passes for the other."""
    sizes = [200, 500, 100]
    net = initialised(sizes, scheme)
    for l, w in net.w.items():
        n_in, n_out = sizes[l - 2], sizes[l - 1]
        assert w.shape == (n_out, n_in)
        standard = w / np.sqrt(VARIANCES[scheme](n_in, n_out))
        for power, moment, variance in ((1, 0, 1), (2, 1, 2), (4, 3, 96)):
            assert abs((standard**power).mean() - moment) <= 5 * np.sqrt(variance / w.size)


@every_scheme
def test_biases_become_0(scheme):
    for b in initialised([3, 4, 2], scheme).b.values():
        np.testing.assert_array_equal(b, np.zeros_like(b))


@every_scheme
def test_weights_come_from_the_seed_alone(scheme):
    net = initialised([3, 4, 2], scheme, seed=7)
    again = bp.Network([3, 4, 2], activation="relu", seed=1)
    bp.initialise(again, scheme, seed=7)
    assert_same(net, again)
    assert (net.w[2] != initialised([3, 4, 2], scheme, seed=8).w[2]).all()


def test_schemes_differ_by_a_factor_only():
    nets = {scheme: initialised([3, 4, 2], scheme, seed=7) for scheme in VARIANCES}
    for scheme, net in nets.items():
        for l, (n_in, n_out) in {2: (3, 4), 3: (4, 2)}.items():
            factor = np.sqrt(VARIANCES[scheme](n_in, n_out) * n_in)
            np.testing.assert_allclose(net.w[l], factor * nets["lecun"].w[l], rtol=1e-14)


def test_layers_of_the_same_shape_get_different_weights():
    net = initialised([3, 3, 3], "he")
    assert (net.w[2] != net.w[3]).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_new_network_is_initialised_with_lecun(seed, dtype):
    net = bp.Network([3, 4, 2], seed=seed, dtype=dtype)
    assert_same(net, initialised([3, 4, 2], "lecun", seed=seed, dtype=dtype))


def test_the_seed_is_0_by_default():
    net = bp.Network([3, 4, 2], seed=5)
    bp.initialise(net, "lecun")
    assert_same(net, initialised([3, 4, 2], "lecun", seed=0))


@every_scheme
def test_float32_is_the_rounded_float64(scheme):
    single = initialised([3, 4, 2], scheme, dtype=np.float32)
    double = initialised([3, 4, 2], scheme)
    for l in single.w:
        assert single.w[l].dtype == single.b[l].dtype == np.float32
        np.testing.assert_array_equal(single.w[l], double.w[l].astype(np.float32))


def test_a_layer_of_one_neuron():
    assert initialised([1, 1], "glorot").w[2].shape == (1, 1)


@pytest.mark.parametrize(
    ("scheme", "seed", "exception", "message"),
    [
        ("LeCun", 0, ValueError, "^unknown scheme 'LeCun'; known are 'lecun', 'glorot', 'he'$"),
        ("", 0, ValueError, "^unknown scheme ''"),
        (None, 0, TypeError, "^scheme is a name, one of 'lecun', 'glorot', 'he'; got NoneType"),
        (["he"], 0, TypeError, "^scheme is a name, .*; got list"),
        ("he", -1, ValueError, "^seed must be at least 0, got -1"),
        ("he", 1.0, TypeError, "^seed must be a whole number, got float"),
        ("he", True, TypeError, "^seed must be a whole number, got True"),
        ("he", None, TypeError, "^seed must be a whole number, got NoneType"),
    ],
)
def test_bad_arguments_leave_the_network(scheme, seed, exception, message):
    net = bp.examples.xor_network()
    with pytest.raises(exception, match=message):
        bp.initialise(net, scheme, seed=seed)
    assert_same(net, bp.examples.xor_network())


@pytest.mark.parametrize("bad", [None, "net", [2, 2, 1]])
def test_net_that_is_no_network(bad):
    with pytest.raises(TypeError, match=r"^net must be a Network, got "):
        bp.initialise(bad, "he")
