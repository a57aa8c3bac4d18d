"""Published mistakes, the formulas written anew: those kept aside while it learnt from the first.

Each function is a case of cases.json, which names its source and says what is wrong.
"""

import numpy as np
from real_mistakes.problem import leaky, relu, rows, sig, softmax


def dlai_31965_z_squared(net, x, y):
    m = x.shape[1]
    z2 = net.w[2] @ x + net.b[2]
    h = np.tanh(z2)
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    d2 = (1 - z2**2) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def stats_464262(net, x, y):
    rate, m = 0.1, x.shape[1]
    h = sig(net.w[2] * x + net.b[2])
    o = sig(net.w[3] * h + net.b[3])
    g_o = 2 * (o - y)
    g_h = g_o * net.w[3]
    e3, e2 = rate * g_o * o * (1 - o), rate * g_h * h * (1 - h)
    return {
        "w": {2: rows(e2 * net.w[2]) / m, 3: rows(e3 * net.w[3]) / m},
        "b": {2: rows(e2) / m, 3: rows(e3) / m},
    }


def grokking_relu2deriv(net, x, y):
    h = relu(net.w[2] @ x + net.b[2])
    o = net.w[3] @ h + net.b[3]
    d3 = y - o
    d2 = (net.w[3].T @ d3) * (h >= 0)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def libnd4j_softmax(net, x, y):
    m = x.shape[1]
    p = softmax(net.w[2] @ x + net.b[2])
    d = (p - y) * p * (1 - p)
    return {"w": {2: d @ x.T / m}, "b": {2: rows(d) / m}, "delta": {2: d}}


def dl500_tanh_table(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        z = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = np.tanh(z) if l < net.L else z
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * -(a[l] ** 2)
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def yizt_tanh(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        z = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = np.tanh(z) if l < net.L else z
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = 1 - np.square(np.tanh(net.w[l + 1].T @ d[l + 1]))
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def contrary_own_layer(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    da = -(y / a[net.L] - (1 - y) / (1 - a[net.L]))
    d, w, b = {}, {}, {}
    for l in range(net.L, 1, -1):
        d[l] = da * a[l] * (1 - a[l])
        m = net.w[l].shape[1]
        w[l] = d[l] @ a[l].T / m
        b[l] = rows(d[l]) / m
        da = net.w[l].T @ d[l]
    return {"w": w, "b": b, "delta": d}


def gophernet(net, x, y):
    def prime(v):
        return sig(v) * (1 - sig(v))

    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = (y - o) * prime(o)
    d2 = (net.w[3].T @ d3) * prime(h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def bighuang_checking(net, x, y):
    m = x.shape[1]
    a2 = relu(net.w[2] @ x + net.b[2])
    a3 = relu(net.w[3] @ a2 + net.b[3])
    d4 = sig(net.w[4] @ a3 + net.b[4]) - y
    d3 = (net.w[4].T @ d4) * (a3 > 0)
    d2 = (net.w[3].T @ d3) * (a2 > 0)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ a2.T / m * 2, 4: d4 @ a3.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m, 4: rows(d4) / m},
    }


def agh_tutorial(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    d = {net.L: y - a[net.L]}
    for l in range(net.L - 1, 1, -1):
        d[l] = net.w[l + 1].T @ d[l + 1]
    u = {l: d[l] * a[l] * (1 - a[l]) for l in d}
    return {"w": {l: u[l] @ a[l - 1].T for l in d}, "b": {l: rows(u[l]) for l in d}, "delta": d}


def so_75378819_output(net, x, y):
    m = x.shape[1]
    o = softmax(net.w[2] @ x + net.b[2])
    d = (o - y) * o
    return {"w": {2: d @ x.T / m}, "b": {2: rows(d) / m}, "delta": {2: d}}


def fanghao_dAL(net, x, y):
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = relu(z[l]) if l < net.L else sig(z[l])
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    dA = net.w[net.L].T @ d[net.L]
    for l in range(net.L - 1, 1, -1):
        d[l] = dA * (z[l] > 0)
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def cankorkut_rate_twice(net, x, y):
    n = 5
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = (y - o) * o * (1 - o) * n
    d2 = h * (1 - h) * (net.w[3].T @ d3) * n
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def encog_dotnet_relu(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        z = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = relu(z) if l < net.L else z
    d = {net.L: y - a[net.L]}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * a[l] * (1 - a[l])
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}


def kim_marcel(net, x, y):
    eta = 0.1
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    e, d, dw = y - a[net.L], {}, {}
    for l in range(net.L, 1, -1):
        d[l] = eta * a[l] * (1 - a[l]) * e
        dw[l] = d[l] @ a[l - 1].T
        e = (net.w[l] + dw[l]).T @ e
    return {"w": dw, "b": {l: rows(d[l]) for l in d}, "delta": d}


def stats_550353(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        z = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = sig(z) if l < net.L else softmax(z)
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = net.w[l + 1].T @ d[l + 1]
        if l < net.L - 1:
            d[l] = d[l] * a[l] * (1 - a[l])
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}


def fkb_leaky(net, x, y):
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = leaky(z[l]) if l < net.L else z[l]
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * np.where(z[l] > 0, 1, 0)
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def ai_16675_bias_slope(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    e3 = y - o
    d3 = e3 * o * (1 - o)
    e2 = net.w[3].T @ d3
    d2 = e2 * h * (1 - h)
    b2, b3 = net.b[2], net.b[3]
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(e2 * b2 * (1 - b2)), 3: rows(e3 * b3 * (1 - b3))},
    }


def mathse_paths(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    m = x.shape[1]
    d = {net.L: (a[net.L] - y) * a[net.L] * (1 - a[net.L])}
    for l in range(net.L - 1, 1, -1):
        d[l] = a[l] * (1 - a[l]) * d[l + 1].sum(axis=0, keepdims=True)
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def neural2d_tanh(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = np.tanh(net.w[l] @ a[l - 1] + net.b[l])
    d = {net.L: (y - a[net.L]) * (1 - np.tanh(a[net.L]) ** 2)}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * (1 - np.tanh(a[l]) ** 2)
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}


def skynet_pr_order(net, x, y):
    rate = 1.0
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = (y - o) * o * (1 - o)
    w3 = net.w[3] + rate * d3 @ h.T
    d2 = (w3.T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dl4j_364_inplace(net, x, y):
    a, zs = {1: x}, {}
    for l in range(2, net.L + 1):
        zs[l] = net.w[l] @ a[l - 1] + net.b[l]
        zs[l][...] = sig(zs[l]) if l < net.L else softmax(zs[l])
        a[l] = zs[l]
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * sig(zs[l]) * (1 - sig(zs[l]))
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def techfeed_468648(net, x, y):
    def prime(v):
        return sig(v) * (1 - sig(v))

    m = x.shape[1]
    h = sig(net.w[2] * x + net.b[2])
    o = sig(net.w[3] * h + net.b[3])
    e3 = o - y
    e2 = prime(e3) * net.w[3]
    return {
        "w": {2: rows(e2 * prime(e2) * net.w[2]) / m, 3: rows(e3 * prime(e3) * net.w[3]) / m},
        "b": {2: 0 * net.b[2], 3: 0 * net.b[3]},
    }


def interviews_ai(net, x, y):
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = sig(z[l]) if l < net.L else z[l]
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = z[l] * (1 - z[l]) * (net.w[l + 1].T @ d[l + 1])
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def mlfs_neurons(net, x, y):
    z2 = net.w[2] @ x + net.b[2]
    h = leaky(z2)
    d3 = softmax(net.w[3] @ h + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * np.where(z2 >= 0, 1, 0.01)
    return {
        "w": {2: d2 @ x.T / len(d2), 3: d3 @ h.T / len(d3)},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dragen_no_bias_update(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    d = {net.L: (y - a[net.L]) * a[net.L] * (1 - a[net.L])}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * a[l] * (1 - a[l])
    return {
        "w": {l: d[l] @ a[l - 1].T for l in d},
        "b": {l: np.zeros_like(net.b[l]) for l in d},
        "delta": d,
    }


def farzaa_mlp(net, x, y):
    o = sig(net.w[2] @ x + net.b[2])
    d = (y - o) * sig(o) * (1 - sig(o))
    return {"w": {2: d @ x.T}, "b": {2: rows(d)}, "delta": {2: d}}


def casper_hansen(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        z = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = sig(z) if l < net.L else softmax(z)
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * a[l] * (1 - a[l])
    return {
        "w": {l: np.full(net.w[l].shape, np.dot(d[l].ravel(), a[l].ravel())) for l in d},
        "b": {l: rows(d[l]) for l in d},
        "delta": d,
    }


def rasbt_softmax_bias(net, x, y):
    p = softmax(net.w[2] @ x + net.b[2])
    return {"w": {2: -(y - p) @ x.T}, "b": {2: np.full((len(p), 1), -np.sum(y - p))}}


def dlai_402919_dw2(net, x, y):
    m = x.shape[1]
    h = np.tanh(net.w[2] @ x + net.b[2])
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    w3 = d3 @ h.T / m
    d2 = (w3.T @ d3) * (1 - h**2)
    return {
        "w": {2: d2 @ x.T / m, 3: w3},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def zig_relu(net, x, y):
    m = x.shape[1]
    z2 = net.w[2] @ x + net.b[2]
    h = leaky(z2)
    d3 = softmax(net.w[3] @ h + net.b[3]) - y
    g = net.w[3].T @ d3
    d2 = np.zeros_like(g)
    d2[z2 >= 0] = g[z2 >= 0]
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def dlt32_bias_penalty(net, x, y):
    m = x.shape[1]
    pen = 1.2 / m
    W = {l: np.hstack([net.b[l], net.w[l]]) for l in (2, 3)}
    one = np.ones((1, m))
    h = np.tanh(W[2] @ np.vstack([one, x]))
    d3 = -(y - W[3] @ np.vstack([one, h]))
    d2 = (net.w[3].T @ d3) * (1 - h**2)
    g = {
        2: d2 @ np.vstack([one, x]).T / m + pen * W[2],
        3: d3 @ np.vstack([one, h]).T / m + pen * W[3],
    }
    return {"w": {l: g[l][:, 1:] for l in g}, "b": {l: g[l][:, :1] for l in g}}


def neuroph_softmax(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = softmax(net.w[3] @ h + net.b[3])
    d3 = (y - o) * (1.0 * (1.0 - o))
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dlai_402919_all_dots(net, x, y):
    m = x.shape[1]
    h = np.tanh(net.w[2] @ x + net.b[2])
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    d2 = np.dot(np.dot(net.w[3].T, d3), 1 - np.dot(h.T, h))
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def yizt_sigmoid(net, x, y):
    m = x.shape[1]
    h = sig(net.w[2] @ x + net.b[2])
    d3 = net.w[3] @ h + net.b[3] - y
    d2 = sig(1 - sig(net.w[3].T @ d3))
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def dlai_63071_twice_m(net, x, y):
    m = x.shape[1]
    h = np.tanh(net.w[2] @ x + net.b[2])
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * (1 - h**2) / m
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def deepcourse_bh(net, x, y):
    m = x.shape[1]
    h = np.tanh(net.w[2] @ x + net.b[2])
    g = softmax(net.w[3] @ h + net.b[3]) - y
    grad_h = net.w[3].T @ g
    grad_ht = grad_h * (1 - h**2)
    return {"w": {2: grad_ht @ x.T / m, 3: g @ h.T / m}, "b": {2: rows(grad_h) / m, 3: rows(g) / m}}


def stats_415679_stale(net, x, y):
    h, o = np.zeros((net.sizes[1], 1)), np.zeros((net.sizes[2], 1))
    w = {l: 0 * net.w[l] for l in (2, 3)}
    b = {l: 0 * net.b[l] for l in (2, 3)}
    d = {2: [], 3: []}
    for i in range(x.shape[1]):
        xi, yi = x[:, i : i + 1], y[:, i : i + 1]
        h = sig(h + net.w[2] @ xi + net.b[2])
        o = sig(o + net.w[3] @ h + net.b[3])
        d3 = (o - yi) * o * (1 - o)
        d2 = (net.w[3].T @ d3) * h * (1 - h)
        w = {2: w[2] + d2 @ xi.T, 3: w[3] + d3 @ h.T}
        b = {2: b[2] + d2, 3: b[3] + d3}
        d[2].append(d2)
        d[3].append(d3)
    return {"w": w, "b": b, "delta": {l: np.hstack(d[l]) for l in d}}


def toy_nn_js_tanh(net, x, y):
    eta = 0.01
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = np.tanh(net.w[l] @ a[l - 1] + net.b[l])
    e, d, dw = y - a[net.L], {}, {}
    for l in range(net.L, 1, -1):
        d[l] = eta * e / np.cosh(a[l]) ** 2
        dw[l] = d[l] @ a[l - 1].T
        e = (net.w[l] + dw[l]).T @ e
    return {"w": dw, "b": {l: rows(d[l]) for l in d}, "delta": d}


def nnet_decay_sign(net, x, y):
    m = x.shape[1]
    decay = 1.5 / m
    z2 = net.w[2] @ x + net.b[2]
    h = relu(z2)
    d3 = -(y - softmax(net.w[3] @ h + net.b[3]))
    d2 = (net.w[3].T @ d3) * (z2 > 0)
    return {
        "w": {2: d2 @ x.T / m - decay * net.w[2], 3: d3 @ h.T / m - decay * net.w[3]},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
    }


def chaht01_proposal(net, x, y):
    m = x.shape[1]
    h = sig(net.w[2] @ x + net.b[2])
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def so_76450489(net, x, y):
    m = x.shape[1]
    z2 = net.w[2] @ x + net.b[2]
    h = relu(z2)
    e = np.exp(net.w[3] @ h + net.b[3])
    d3 = e / e.sum(axis=1, keepdims=True) - y
    d2 = (net.w[3].T @ d3) * (z2 > 0)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def prelu_lr_inside(net, x, y):
    rate = 1e-2
    o = leaky(net.w[2] @ x + net.b[2])
    d = (y - o) * np.where(o > 0, 1, 0.01) * rate
    return {"w": {2: d @ x.T}, "b": {2: rows(d)}, "delta": {2: d}}
