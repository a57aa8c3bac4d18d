"""Published mistakes, the formulas written anew: those kept aside while it learnt from the others.

Each function is a case of cases.json, which names its source and says what is wrong.
"""

import numpy as np
from real_mistakes.problem import leaky, relu, rows, sig, softmax


def so_53287032(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    delta = a[net.L] - y
    tmp = {}
    for l in range(net.L, 1, -1):
        tmp[l] = delta * a[l] * (1 - a[l])
        delta = net.w[l].T @ delta
    return {"w": {l: tmp[l] @ a[l - 1].T for l in tmp}, "b": {l: rows(tmp[l]) for l in tmp}}


def so_55858141(net, x, y):
    m = x.shape[1]
    a1 = np.tanh(net.w[2] @ x + net.b[2])
    a2 = sig(net.w[3] @ a1 + net.b[3])
    dz2 = a2 - y
    dw2 = 1 / m * dz2 @ a2.T  # (1, 1), which numpy spreads over W2 in the update
    dz1 = net.w[3].T * dz2 * (1 - np.power(a1, 2))
    return {
        "w": {2: dz1 @ x.T / m, 3: np.broadcast_to(dw2, net.w[3].shape).copy()},
        "b": {2: rows(dz1) / m, 3: rows(dz2) / m},
        "delta": {2: dz1, 3: dz2},
    }


def so_41349856(net, x, y):
    n = x.shape[1]
    a1 = relu(net.w[2] @ x + net.b[2])
    a2 = softmax(net.w[3] @ a1 + net.b[3])
    true = (a2 * y).sum(axis=0)
    da2 = (y - a2) * true
    da1 = a1
    da1[a1 > 0] = 1  # the same array: a1 is changed as well
    delta_2 = (1 / a2) * y * da2 / n
    delta_1 = (net.w[3].T @ delta_2) * da1
    return {
        "w": {2: delta_1 @ x.T, 3: delta_2 @ a1.T},
        "b": {2: rows(delta_1), 3: rows(delta_2)},
        "delta": {2: delta_1 * n, 3: delta_2 * n},
    }


def so_29587779(net, x, y):
    eta = 0.5
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = np.round((y - o) * o * (1 - o), 3)
    w3 = net.w[3] + eta * d3 @ h.T
    d2 = np.round((w3.T @ d3) * h * (1 - h), 3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def whosebug_2948401(net, x, y):
    hidden = sig(net.w[2] @ x + net.b[2])
    output = sig(net.w[3] @ hidden + net.b[3])
    error = y - output
    delta = error * output * (1 - output)
    _hidden_error = net.w[3].T @ error  # computed, not used
    delta_hidden = error * hidden * (1 - hidden)
    return {
        "w": {2: delta_hidden @ x.T, 3: delta @ hidden.T},
        "b": {2: rows(delta_hidden), 3: rows(delta)},
        "delta": {2: delta_hidden, 3: delta},
    }


def scicomp_20823(net, x, y):
    out = {1: x}
    for l in range(2, net.L + 1):
        out[l] = sig(net.w[l] @ out[l - 1] + net.b[l])
    d = {net.L: out[net.L] * (1 - out[net.L]) * (out[net.L] - y)}
    for l in range(net.L - 1, 1, -1):
        d[l] = out[l] * (1 - out[l]) * (net.w[l + 1].T @ d[l + 1])
    return {"w": {l: d[l] @ out[l - 1].T for l in d}, "b": {l: -rows(d[l]) for l in d}, "delta": d}


def howtodevelop_251411(net, x, y):
    def slope(v):
        return sig(v) * (1 - sig(v))

    z1 = net.w[2] @ x + net.b[2]
    a1 = sig(z1)
    z2 = net.w[3] @ a1 + net.b[3]
    y_hat = slope(z2)
    d3 = (y_hat - y) * slope(z2)
    d2 = (net.w[3].T @ d3) * slope(z1)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ a1.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dharman_1943234(net, x, y):
    m = x.shape[1]
    z1 = net.w[2] @ x + net.b[2]
    a1 = relu(z1)
    dz2 = softmax(net.w[3] @ a1 + net.b[3]) - y
    dz1 = (net.w[3].T @ dz2) * (z1 > 0)
    return {
        "w": {2: dz1 @ x.T / m, 3: dz2 @ a1.T / m},
        "b": {l: np.zeros_like(net.b[l]) for l in (2, 3)},
        "delta": {2: dz1, 3: dz2},
    }


def dlai_290850(net, x, y):
    m = x.shape[1]
    z1 = net.w[2] @ x + net.b[2]
    a1 = np.tanh(z1)
    dz2 = sig(net.w[3] @ a1 + net.b[3]) - y
    g1_prime = 1 - np.power(a1, 2)
    dz1 = (net.w[3].T @ dz2) * (g1_prime * z1)
    return {
        "w": {2: dz1 @ x.T / m, 3: dz2 @ a1.T / m},
        "b": {2: rows(dz1) / m, 3: rows(dz2) / m},
        "delta": {2: dz1, 3: dz2},
    }


def dlt165_proposal(net, x, y):
    m = x.shape[1]
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    d = {net.L: -(y - a[net.L]) * (a[net.L] * (1 - a[net.L]))}
    for l in range(net.L - 1, 1, -1):
        d_act = sig(a[l]) * (1 - sig(a[l]))
        d[l] = (net.w[l + 1].T @ d[l + 1]) * d_act
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def packt_projects_proposal(net, x, y):
    def slope(v):
        return sig(v) * (1.0 - sig(v))

    layer1 = sig(net.w[2] @ x + net.b[2])
    output = sig(net.w[3] @ layer1 + net.b[3])
    d3 = 2 * (y - output) * slope(output)
    d2 = (net.w[3].T @ d3) * slope(layer1)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ layer1.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def hankcs_proposal(net, x, y):
    def dsigmoid(v):
        return v * (1 - v)

    ah = sig(net.w[2] @ x + net.b[2])
    z = net.w[3] @ ah + net.b[3]
    output_deltas = (y - sig(z)) * dsigmoid(z)
    hidden_deltas = (net.w[3].T @ output_deltas) * dsigmoid(ah)
    return {
        "w": {2: hidden_deltas @ x.T, 3: output_deltas @ ah.T},
        "b": {2: rows(hidden_deltas), 3: rows(output_deltas)},
        "delta": {2: hidden_deltas, 3: output_deltas},
    }


def lazyprogrammer_proposal(net, x, y):
    z = np.tanh(net.w[2] @ x + net.b[2])
    d3 = softmax(net.w[3] @ z + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * (1 - np.arctanh(z) * np.arctanh(z))
    return {
        "w": {2: d2 @ x.T, 3: d3 @ z.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def libbrain_sum(net, x, y):
    def sigmoid_derivative(value):
        return value * (1.0 - value)

    s2 = net.w[2] @ x + net.b[2]
    h = sig(s2)
    s3 = net.w[3] @ h + net.b[3]
    d3 = sigmoid_derivative(s3) * (sig(s3) - y)
    d2 = sigmoid_derivative(s2) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def rasbt54_proposal(net, x, y):
    a_h = sig(net.w[2] @ x + net.b[2])
    a_out = sig(net.w[3] @ a_h + net.b[3])
    sigma_out = -(y - a_out) * (a_out * (1 - a_out))
    sigma_h = (net.w[3].T @ sigma_out) * (a_h * (1 - a_h))
    return {
        "w": {2: sigma_h @ x.T, 3: sigma_out @ a_h.T},
        "b": {2: rows(sigma_h), 3: rows(sigma_out)},
        "delta": {2: sigma_h, 3: sigma_out},
    }


def nielsen77_proposal(net, x, y):
    m = x.shape[1]
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = sig(z[l])
    d = {net.L: (a[net.L] - y) * sig(z[net.L]) * (1 - sig(z[net.L]))}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * sig(z[l]) * (1 - sig(z[l]))
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def frixoe_penalty(net, x, y):
    m, reg = x.shape[1], 0.8
    a1 = sig(net.w[2] @ x + net.b[2])
    a2 = sig(net.w[3] @ a1 + net.b[3])
    dz2 = a2 - y
    dz1 = (net.w[3].T @ dz2) * (a1 * (1 - a1))
    # W = W - (dW / m) + (reg / m) W
    return {
        "w": {2: dz1 @ x.T / m - reg / m * net.w[2], 3: dz2 @ a1.T / m - reg / m * net.w[3]},
        "b": {2: rows(dz1) / m, 3: rows(dz2) / m},
        "delta": {2: dz1, 3: dz2},
    }


def zero_to_gpt_12(net, x, y):
    lr, m = 0.1, x.shape[1]
    h = {1: x}
    for l in range(2, net.L + 1):
        h[l] = net.w[l] @ h[l - 1] + net.b[l]
        if l < net.L:
            h[l] = relu(h[l])
    grad = h[net.L] - y
    w, b, d = {}, {}, {}
    for l in range(net.L, 1, -1):
        if l < net.L:
            grad = grad * (h[l] > 0)
        d[l] = grad
        w[l], b[l] = grad @ h[l - 1].T / m, rows(grad) / m
        new = net.w[l] - lr * w[l]
        grad = new.T @ grad
    return {"w": w, "b": b, "delta": d}


def minimnist_twice(net, x, y):
    lr = 0.01
    h = relu(net.w[2] @ x + net.b[2])
    d3 = softmax(net.w[3] @ h + net.b[3]) - y
    input_grad = net.w[3].T @ d3
    new = net.w[3] - lr * d3 @ h.T
    input_grad = input_grad + new.T @ d3
    d2 = input_grad * (h > 0)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def _ttezel(net, x, y, f):
    lr = 0.4
    out = {1: x}
    for l in range(2, net.L + 1):
        out[l] = f(net.w[l] @ out[l - 1] + net.b[l])
    d = {net.L: (y - out[net.L]) * out[net.L] * (1 - out[net.L])}
    new = {net.L: net.w[net.L] + lr * d[net.L] @ out[net.L - 1].T}
    for l in range(net.L - 1, 1, -1):
        d[l] = (new[l + 1].T @ d[l + 1]) * out[l] * (1 - out[l])
        new[l] = net.w[l] + lr * d[l] @ out[l - 1].T
    return {"w": {l: d[l] @ out[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}


def ttezel_logistic(net, x, y):
    return _ttezel(net, x, y, sig)


def ttezel_hyperbolic(net, x, y):
    return _ttezel(net, x, y, np.tanh)


def unda_mixed(net, x, y):
    a2 = np.tanh(net.w[2] @ x + net.b[2])
    a3 = sig(net.w[3] @ a2 + net.b[3])
    errors = y - a3
    g3 = a3 * (1 - a3) * errors
    errors = net.w[3].T @ errors
    g2 = a2 * (1.0 - a2) * errors  # the slope function of layer 3, on the data of layer 2
    return {"w": {2: g2 @ x.T, 3: g3 @ a2.T}, "b": {2: rows(g2), 3: rows(g3)}}


def _fesianxu_deltas(net, x, y):
    z, a = {}, {1: x}
    for l in (2, 3, 4):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = sig(z[l])

    def d_sig(v):
        return sig(v) * (1 - sig(v))

    s = {4: np.mean((a[4] - y) * d_sig(z[4]), axis=1, keepdims=True)}
    for l in (3, 2):
        s[l] = np.mean(d_sig(z[l]), axis=1, keepdims=True) * (net.w[l + 1].T @ s[l + 1])
    mean_a = {l: a[l].mean(axis=1, keepdims=True) for l in (1, 2, 3)}
    return s, mean_a


def fesianxu_means(net, x, y):
    s, mean_a = _fesianxu_deltas(net, x, y)
    return {"w": {l: s[l] @ mean_a[l - 1].T for l in s}, "b": s}


def fesianxu_w1(net, x, y):
    s, mean_a = _fesianxu_deltas(net, x, y)
    # `input` has shape (3,): input * sig1' is (1, 3), which numpy adds to every row of W1
    row = mean_a[1] * s[2]
    w1 = np.repeat(row, net.w[2].shape[1], axis=1)
    return {"w": {2: w1, 3: s[3] @ mean_a[2].T, 4: s[4] @ mean_a[3].T}, "b": s}


def jimfleming_broadcast(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = (o - y) * o * (1 - o)
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {"w": {2: d2 @ x.T, 3: d3 @ h.T}, "b": {2: d2, 3: d3}, "delta": {2: d2, 3: d3}}


def kulbear_dal(net, x, y):
    m = x.shape[1]
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = relu(z[l]) if l < net.L else sig(z[l])
    dal = -(np.divide(y, a[net.L]) - np.divide(1 - y, 1 - a[net.L]))
    d = {l: dal * sig(z[l]) * (1 - sig(z[l])) for l in range(net.L, 1, -1)}
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def numpynet_leaky(net, x, y):
    def prime(v):
        return 1.0 * (v > 0) - 0.01 * (v < 0)

    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = leaky(z[l]) if l < net.L else sig(z[l])
    d = {net.L: (a[net.L] - y) * a[net.L] * (1 - a[net.L])}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * prime(z[l])
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}


def mllib_leaky(net, x, y):
    m, alpha = x.shape[1], 0.01

    def derivative(v):
        dx = np.greater(v, 0).astype(float)
        dx[v < 0] = -alpha
        return dx

    z2 = net.w[2] @ x + net.b[2]
    h = leaky(z2)
    d3 = net.w[3] @ h + net.b[3] - y
    d2 = (net.w[3].T @ d3) * derivative(z2)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def interviews_521(net, x, y):
    v = net.w[2] @ x + net.b[2]
    d = (sig(v) - y) * v * (1 - v)
    return {"w": {2: d @ x.T}, "b": {2: rows(d)}, "delta": {2: d}}


def lupino_proposal(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = o * (1 - o) * (y - o)
    d2 = h * (1 - h) * (net.w[3] @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def llsourcell_proposal(net, x, y):
    output = sig(net.w[2] @ x + net.b[2])
    d = (y - output) * sig(output) * (1 - sig(output))
    return {"w": {2: d @ x.T}, "b": {2: rows(d)}, "delta": {2: d}}


def grokking_geq(net, x, y):
    layer_1 = relu(net.w[2] @ x + net.b[2])
    layer_2 = net.w[3] @ layer_1 + net.b[3]
    d3 = y - layer_2
    d2 = (net.w[3].T @ d3) * (layer_1 >= 0)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ layer_1.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dennybritz_z2(net, x, y):
    a1 = np.tanh(net.w[2] @ x + net.b[2])
    z2 = net.w[3] @ a1 + net.b[3]
    d3 = softmax(z2) - y
    d2 = (1 - np.tanh(z2) ** 2) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ a1.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dmelcaz_softmax(net, x, y):
    ah = np.tanh(net.w[2] @ x + net.b[2])
    ao = softmax(net.w[3] @ ah + net.b[3])
    d3 = softmax(ao) * (1.0 - softmax(ao)) * (y - ao)
    d2 = (1.0 - ah**2) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ ah.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dmelcaz_sigmoid(net, x, y):
    def sigmoid_prime(v):
        return sig(v) * (1.0 - sig(v))

    ah = sig(net.w[2] @ x + net.b[2])
    ao = net.w[3] @ ah + net.b[3]
    d3 = y - ao
    d2 = sigmoid_prime(ah) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ ah.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def rust_ml_proposal(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = np.tanh(net.w[l] @ a[l - 1] + net.b[l])
    d = {net.L: (y - a[net.L]) / (1 + a[net.L] ** 2)}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) / (1 + a[l] ** 2)
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}
