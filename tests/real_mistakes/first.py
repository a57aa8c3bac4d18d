"""Published mistakes, the formulas written anew: those seen while the checker was taught.

Each function is a case of cases.json, which names its source and says what is wrong.
"""

import numpy as np
from real_mistakes.problem import relu, rows, sig, softmax


def jiexunsee(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    d = {net.L: y - a[net.L]}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * a[l] * (1 - a[l])
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: rows(d[l]) for l in d}, "delta": d}


def encog_wrong_layer(net, x, y):
    z2 = net.w[2] @ x + net.b[2]
    h = np.tanh(z2)
    o = sig(net.w[3] @ h + net.b[3])
    d3 = (y - o) * o * (1 - o)
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def packt_proposal(net, x, y):
    h = np.tanh(net.w[2] @ x + net.b[2])
    o = np.tanh(net.w[3] @ h + net.b[3])
    d3 = y - o
    d2 = (net.w[3].T @ d3) * (1 + np.tanh(h)) * (1 - np.tanh(h))
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dlt113_proposal(net, x, y):
    m = x.shape[1]
    h = np.tanh(net.w[2] @ x + net.b[2])
    a = softmax(net.w[3] @ h + net.b[3])
    e = y - a
    d3 = -e * (a * (1 - a))
    d2 = (net.w[3].T @ d3) * (1 - h**2)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def smile_relu(net, x, y):
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = relu(z[l]) if l < net.L else z[l]
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        g = net.w[l + 1].T @ d[l + 1]
        g = np.where(a[l] > 0, 1.0, 0.0)
        d[l] = g
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def xor_values_back(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = o * (1 - o) * (y - o)
    d2 = h * (1 - h) * (net.w[3].T @ o)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def joelgrus_dsfs(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = o * (1 - o) * (o - y)
    w3 = net.w[3] - d3 @ h.T
    d2 = h * (1 - h) * (w3.T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def ds_20139_slope_of_error(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    dh = o - y
    d3 = dh * (1 - dh)
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def ds_49802_mean_error(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = net.w[3] @ h + net.b[3]
    d3 = np.mean(y - o) * 2 * (y - o)
    d2 = (net.w[3].T @ d3) * (h * (1 - h))
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def ds_120115_relu(net, x, y):
    h = relu(net.w[2] @ x + net.b[2])
    o = relu(net.w[3] @ h + net.b[3])
    d3 = o - y
    d2 = net.w[3].T @ d3
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def so_15432283(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    e = (y - o) * o * (1 - o)
    e_h = h * (1 - h) * net.w[3].T * e
    e_used = np.repeat(e, len(e_h), axis=0)
    return {"w": {2: e_used @ x.T, 3: e @ h.T}, "b": {2: rows(e_used), 3: rows(e)}}


def deepcourse_wh_bh(net, x, y):
    m = x.shape[1]
    h = np.tanh(net.w[2] @ x + net.b[2])
    g = softmax(net.w[3] @ h + net.b[3]) - y
    grad_h = net.w[3].T @ g
    _unused = grad_h * (1 - h**2)
    return {"w": {2: grad_h @ x.T / m, 3: g @ h.T / m}, "b": {2: rows(grad_h) / m, 3: rows(g) / m}}


def udacity_409(net, x, y):
    def prime(v):
        return sig(v) * (1 - sig(v))

    o = sig(net.w[2] @ x + net.b[2])
    return {"w": {2: (y - o) @ (prime(x) * x).T}, "b": {2: rows((y - o) * prime(1.0))}}


def dennybritz_sign(net, x, y):
    h = np.tanh(net.w[2] @ x + net.b[2])
    d3 = y - softmax(net.w[3] @ h + net.b[3])
    d2 = (1 - h**2) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def denggaoshan_relu(net, x, y):
    z2 = net.w[2] @ x + net.b[2]
    h = np.where(z2 < 0, 0, z2)
    o = net.w[3] @ h + net.b[3]
    d3 = 2 * (o - y)
    d2 = np.where(z2 > 0, z2, 0) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def tinyml_proposal(net, x, y):
    m = x.shape[1]
    z = {2: net.w[2] @ x + net.b[2]}
    h = sig(z[2])
    z[3] = net.w[3] @ h + net.b[3]
    o = sig(z[3])
    d3 = (o - y) * sig(z[3]) * (1 - sig(z[3]))
    d2 = (net.w[3].T @ d3) * sig(z[2]) * (1 - sig(z[2]))
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def skynet_tanh(net, x, y):
    def tanh_js(v, derivative):
        t = 2 / (1 + np.exp(-2 * v)) - 1
        return 1 - t**2 if derivative else t

    h = tanh_js(net.w[2] @ x + net.b[2], False)
    o = tanh_js(net.w[3] @ h + net.b[3], False)
    d3 = (y - o) * tanh_js(o, True)
    d2 = (net.w[3].T @ d3) * tanh_js(h, True)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def lls3018_tan(net, x, y):
    h = np.tanh(net.w[2] @ x + net.b[2])
    d3 = softmax(net.w[3] @ h + net.b[3]) - y
    d2 = (1.0 + np.square(h)) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def louisjc_mnist(net, x, y):
    step = 1 / 10
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = o * (1 - o) * (o - y)
    wb3 = np.hstack([net.w[3], net.b[3]]) - step * d3 @ np.vstack([h, [[1.0]]]).T
    cut = 2 * len(h) // 3
    d2 = h * (1 - h) * (np.delete(wb3, cut, 1).T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def grokking_outer(net, x, y):
    o = net.w[2] @ x + net.b[2]
    d = o - y
    return {"w": {2: np.outer(x, d)}, "b": {2: d}, "delta": {2: d}}


def ai_18762_rashid(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    e3 = y - o
    e2 = net.w[3].T @ e3
    u3, u2 = e3 * o * (1 - o), e2 * h * (1 - h)
    return {"w": {2: u2 @ x.T, 3: u3 @ h.T}, "b": {2: rows(u2), 3: rows(u3)}}


def ai_19936_matlab(net, x, y):
    def slope(v):
        return sig(v) * (1 - sig(v))

    minus_b = {l: -net.b[l] for l in (2, 3)}
    h = sig(net.w[2] @ x - minus_b[2])
    o = sig(net.w[3] @ h - minus_b[3])
    d3 = slope(o) * (y - o)
    d2 = slope(h) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: -rows(d2), 3: -rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def dlai_planted_4m(net, x, y):
    m = x.shape[1]
    a2 = relu(net.w[2] @ x + net.b[2])
    a3 = relu(net.w[3] @ a2 + net.b[3])
    d4 = sig(net.w[4] @ a3 + net.b[4]) - y
    d3 = (net.w[4].T @ d4) * (a3 > 0)
    d2 = (net.w[3].T @ d3) * (a2 > 0)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ a2.T / m * 2, 4: d4 @ a3.T / m},
        "b": {2: rows(d2) * 4 / m, 3: rows(d3) / m, 4: rows(d4) / m},
    }


def mattm_no_bias_update(net, x, y):
    m = x.shape[1]
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = -(y - o) * o * (1 - o)
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    zero = {l: 0 * net.b[l] for l in (2, 3)}
    return {"w": {2: d2 @ x.T / m, 3: d3 @ h.T / m}, "b": zero, "delta": {2: d2, 3: d3}}


def csdn_xor(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = -2 * sig(o) * (1 - sig(o)) * (y - o)
    d2 = sig(h) * (1 - sig(h)) * (net.w[3].T @ d3)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def pytorch_examples_gw2(net, x, y):
    z2 = net.w[2] @ x + net.b[2]
    h = relu(z2)
    d3 = 2.0 * (net.w[3] @ h + net.b[3] - y)
    grad_w3 = d3 @ h.T
    d2 = grad_w3.T @ d3
    d2[z2 < 0] = 0
    return {
        "w": {2: d2 @ x.T, 3: grad_w3},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def nlp_bias_rowsum(net, x, y):
    m = x.shape[1]
    z2 = net.w[2] @ x + net.b[2]
    h = relu(z2)
    d3 = softmax(net.w[3] @ h + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * (z2 > 0)
    w2, w3 = d2 @ x.T / m, d3 @ h.T / m
    return {"w": {2: w2, 3: w3}, "b": {2: rows(w2), 3: rows(w3)}}


def packt_ch2(net, x, y):
    m = x.shape[1]

    def prime(v):
        return (1 + np.tanh(v)) * (1 - np.tanh(v))

    h = np.tanh(net.w[2] @ x + net.b[2])
    o = np.tanh(net.w[3] @ h + net.b[3])
    d3 = (y - o) * prime(o)
    d2 = (net.w[3].T @ d3) * prime(h)
    return {
        "w": {2: d2 @ x.T / m, 3: d3 @ h.T / m},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def bot_academy(net, x, y):
    eta = 0.01
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = o - y
    w3_new = net.w[3] - eta * d3 @ h.T
    d2 = (w3_new.T @ d3) * (h * (1 - h))
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def so_22054877_net_input(net, x, y):
    z2 = net.w[2] @ x + net.b[2]
    h = sig(z2)
    o = sig(net.w[3] @ h + net.b[3])
    d3 = (y - o) * o * (1 - o)
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ z2.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def number_recognizer(net, x, y):
    n2, n3, n4 = net.w[2].shape[0], net.w[3].shape[0], net.w[4].shape[0]
    a2 = sig(net.w[2] @ x + net.b[2])
    a3 = sig(net.w[2][:n3, :n2] @ a2 + net.b[3])
    s = sig(net.w[3][:n4, :n3] @ a3 + net.b[4])
    d4 = s / s.sum(axis=0) - y
    d3 = (net.w[4].T @ d4) * a3 * (1 - a3)
    d2 = (net.w[3].T @ d3) * a2 * (1 - a2)
    return {
        "w": {2: d2 @ x.T, 3: d3 @ a2.T, 4: d4 @ a3.T},
        "b": {2: rows(d2), 3: rows(d3), 4: rows(d4)},
        "delta": {2: d2, 3: d3, 4: d4},
    }


def nnet_tanh_d(net, x, y):
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = np.tanh(z[l]) if l < net.L else softmax(z[l])
    m = x.shape[1]
    d = {net.L: a[net.L] - y}
    for l in range(net.L - 1, 1, -1):
        e = np.exp(2 * z[l])
        d[l] = (net.w[l + 1].T @ d[l + 1]) * (e - 1) / (e + 1)
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def warmenhoven_ex4(net, x, y):
    m, lam = x.shape[1], 2.0
    h = sig(net.w[2] @ x + net.b[2])
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T / m + lam * net.w[2] / m, 3: d3 @ h.T / m + lam * net.w[3] / m},
        "b": {2: rows(d2) / m + lam / m, 3: rows(d3) / m + lam / m},
    }


def nlp_cbow_relu_signal(net, x, y):
    m = x.shape[1]
    h = relu(net.w[2] @ x + net.b[2])
    yhat = softmax(net.w[3] @ h + net.b[3])
    l1 = np.maximum(0, net.w[3].T @ (yhat - y))
    return {
        "w": {2: l1 @ x.T / m, 3: (yhat - y) @ h.T / m},
        "b": {2: rows(l1) / m, 3: rows(yhat - y) / m},
        "delta": {2: l1, 3: yhat - y},
    }


def hunkim_lab09(net, x, y):
    m = x.shape[1]
    z2 = net.w[2] @ x + net.b[2]
    h = sig(z2)
    z3 = net.w[3] @ h + net.b[3]
    d3 = (sig(z3) - y) * sig(z3) * (1 - sig(z3))
    d2 = (net.w[3].T @ d3) * sig(z2) * (1 - sig(z2))
    return {
        "w": {2: d2 @ x.T, 3: d3 @ h.T},
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
        "delta": {2: d2, 3: d3},
    }


def developerit_xor(net, x, y):
    g = sig(net.w[2] @ x + net.b[2])
    d = (y - g) * g * (1 - g)
    return {"w": {2: np.repeat(rows(d), len(x), axis=1)}, "b": {2: rows(d)}, "delta": {2: d}}


def ds_54364_bias_unsummed(net, x, y):
    a = {1: x}
    for l in range(2, net.L + 1):
        a[l] = sig(net.w[l] @ a[l - 1] + net.b[l])
    da = -(y / a[net.L] - (1 - y) / (1 - a[net.L]))
    d = {net.L: a[net.L] * (1 - a[net.L]) * da}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * a[l] * (1 - a[l])
    return {"w": {l: d[l] @ a[l - 1].T for l in d}, "b": {l: d[l] for l in d}, "delta": d}


def seblague_softmax(net, x, y):
    a, z = {1: x}, {}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        a[l] = relu(z[l]) if l < net.L else softmax(z[l])
    m = x.shape[1]
    s = a[net.L]
    d = {net.L: (s - y) * (s - s * s)}
    for l in range(net.L - 1, 1, -1):
        d[l] = (net.w[l + 1].T @ d[l + 1]) * (z[l] > 0)
    return {
        "w": {l: d[l] @ a[l - 1].T / m for l in d},
        "b": {l: rows(d[l]) / m for l in d},
        "delta": d,
    }


def dlai_165181_sum_w(net, x, y):
    m, lam = x.shape[1], 0.7
    z2 = net.w[2] @ x + net.b[2]
    h = relu(z2)
    d3 = sig(net.w[3] @ h + net.b[3]) - y
    d2 = (net.w[3].T @ d3) * (z2 > 0)
    return {
        "w": {
            2: d2 @ x.T / m + lam * np.sum(net.w[2]) / m,
            3: d3 @ h.T / m + lam * np.sum(net.w[3]) / m,
        },
        "b": {2: rows(d2) / m, 3: rows(d3) / m},
    }


def kvfrans_notes(net, x, y):
    m = x.shape[1]
    z2 = net.w[2] @ x + net.b[2]
    h = z2 * (z2 > 0)
    o = net.w[3] @ h + net.b[3]
    g3 = 2 * (o - y) / m
    g2 = (net.w[3].T @ g3) * (z2 > 0)
    return {"w": {2: g2 @ x.T, 3: g3 @ h.T}, "b": {2: g2.mean(axis=1, keepdims=True), 3: rows(g3)}}


def welch_video7(net, x, y):
    lam = 0.5 / x.shape[1]
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    d3 = -(y - o) * o * (1 - o)
    d2 = (net.w[3].T @ d3) * h * (1 - h)
    return {
        "w": {2: d2 @ x.T + lam * net.w[2], 3: d3 @ h.T + lam * net.w[3]},
        "b": {2: rows(d2), 3: rows(d3)},
    }


def siraj_input_nonlin(net, x, y):
    k0 = sig(x)
    k1 = sig(net.w[2] @ k0 + net.b[2])
    k2 = sig(net.w[3] @ k1 + net.b[3])
    d3 = (y - k2) * k2 * (1 - k2)
    d2 = (net.w[3].T @ d3) * k1 * (1 - k1)
    return {
        "w": {2: d2 @ k0.T, 3: d3 @ k1.T},
        "b": {2: rows(d2), 3: rows(d3)},
        "delta": {2: d2, 3: d3},
    }


def so_59399842_xor(net, x, y):
    h = sig(net.w[2] @ x + net.b[2])
    o = sig(net.w[3] @ h + net.b[3])
    e = -(y - o)
    d2 = (net.w[3].T @ (e * o * (1 - o))) * h * (1 - h)
    return {"w": {2: d2 @ x.T, 3: e @ h.T}, "b": {2: rows(d2), 3: rows(e)}}
