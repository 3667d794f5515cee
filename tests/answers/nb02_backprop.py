"""Answers to the exercises of notebook 2, as the body of the function: right in odd ways, and wrong in ways that look right."""

RIGHT = {
    "add_backward": ["return dout, dout", "return [dout, dout]", "return np.array([dout, dout])", "yield dout; yield dout", "return (1 * dout,) * 2", "dx = dy = dout; return dx, dy"],
    "multiply_backward": ["return dout * y, dout * x", "return [y * dout, x * dout]", "return np.multiply(dout, [y, x])", "return tuple(dout * v for v in (y, x))"],
    "linear_backward": [
        "return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)",
        "return np.einsum('nh,dh->nd', dZ, W), np.einsum('nd,nh->dh', X, dZ), np.einsum('nh->h', dZ)",
        "return [(W @ dZ.T).T, (dZ.T @ X).T, np.ones(len(dZ), dZ.dtype) @ dZ]",
        "dW = sum(np.outer(x, dz) for x, dz in zip(X, dZ)); return np.dot(dZ, W.T), dW, sum(dZ)",
        "dX = np.zeros_like(X); dW = np.zeros_like(W); db = np.zeros(W.shape[1])\n    for n in range(len(X)):\n        for h in range(W.shape[1]):\n            db[h] += dZ[n, h]\n            for d in range(len(W)):\n                dX[n, d] += dZ[n, h] * W[d, h]; dW[d, h] += X[n, d] * dZ[n, h]\n    return dX, dW, db",
        "return [[[sum(a * b for a, b in zip(r, w)) for w in W] for r in dZ], X.T @ dZ, [float(sum(c)) for c in dZ.T]]",
        "return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0) * len(dZ)",
        "db = np.zeros(W.shape[1])\n    for dz in dZ:\n        db += dz\n    return dZ @ W.T, X.T @ dZ, db",
    ],
    "relu_backward": [
        "return dA * (Z > 0)",
        "return np.where(Z > 0, dA, 0)",
        "dZ = dA.copy(); dZ[Z <= 0] = 0; return dZ",
        "dZ = np.array(dA, copy=True); dZ[Z <= 0] = 0; return dZ",
        "return dA * np.heaviside(Z, 0)",
        "return dA * (np.maximum(Z, 0) > 0)",
        "return [[g if z > 0 else 0.0 for g, z in zip(a, b)] for a, b in zip(dA, Z)]",
        "return np.multiply(dA, np.sign(Z) > 0)",
        "return dA * (np.sign(Z) + np.abs(np.sign(Z))) / 2",
        "return np.where(np.maximum(Z, 0), dA, 0)",
    ],
    "sigmoid_backward": [
        "return dA * A * (1 - A)",
        "return dA * (A - A**2)",
        "return np.einsum('nh,nh,nh->nh', dA, A, 1 - A)",
        "return dA * (0.25 - (A - 0.5) ** 2)",
        "return [[g * a * (1 - a) for g, a in zip(r, s)] for r, s in zip(dA, A)]",
    ],
    "softmax_cross_entropy_backward": [
        "E = np.exp(logits - logits.max(1, keepdims=True)); P = E / E.sum(1, keepdims=True); P[np.arange(len(y)), y] -= 1; return P / len(y)",
        "E = np.exp(logits - logits.max(1, keepdims=True)); P = E / E.sum(1, keepdims=True); return (P - np.eye(P.shape[1])[y]) / len(y)",
        "from scipy.special import softmax; return (softmax(logits, axis=1) - (np.arange(logits.shape[1]) == y[:, None])) / len(logits)",
        "out = []\n    for z, label in zip(logits, y):\n        e = np.exp(z - z.max()); p = e / e.sum(); p[label] -= 1; out.append(p / len(y))\n    return out",
        "for z, label in zip(logits, y):\n        e = np.exp(z - z.max()); p = e / e.sum() / len(y); p[label] -= 1 / len(y); yield p",
        "P = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)); Y = np.zeros_like(P); Y[np.arange(len(y)), y] = 1; return (P - Y) * (1 / P.shape[0])",
    ],
    "mlp_backward": [
        "dA1 = dlogits @ params['W2'].T; dZ1 = dA1 * (cache['Z1'] > 0); return {'W1': cache['X'].T @ dZ1, 'b1': dZ1.sum(0), 'W2': cache['A1'].T @ dlogits, 'b2': dlogits.sum(0)}",
        "dZ1 = np.where(cache['A1'] > 0, dlogits @ params['W2'].T, 0); return dict(b2=sum(dlogits), W2=cache['A1'].T @ dlogits, b1=sum(dZ1), W1=cache['X'].T @ dZ1)",
        "cache = dict(cache); cache['dA1'] = mine.linear_backward(dlogits, cache['A1'], params['W2'])[0]; dZ1 = mine.relu_backward(cache['dA1'], cache['Z1']); return {'W1': cache['X'].T @ dZ1, 'b1': dZ1.sum(0), 'W2': cache['A1'].T @ dlogits, 'b2': dlogits.sum(0)}",
        "grads = dict(params); dZ1 = (dlogits @ params['W2'].T) * (cache['Z1'] > 0); grads['W1'] = cache['X'].T @ dZ1; grads['b1'] = dZ1.sum(0); grads['W2'] = cache['A1'].T @ dlogits; grads['b2'] = dlogits.sum(0); return grads",
        "dZ1 = (dlogits @ params['W2'].T) * (cache['Z1'] > 0); G = {'W1': cache['X'].T @ dZ1, 'b1': dZ1.sum(0), 'W2': cache['A1'].T @ dlogits, 'b2': dlogits.sum(0)}; return G | {f'd{k}': g for k, g in G.items()}",
        "dZ1 = (dlogits @ params['W2'].T) * np.sign(cache['A1']); return {'W1': np.einsum('nd,nh->dh', cache['X'], dZ1), 'b1': dZ1.sum(0), 'W2': np.einsum('nh,nc->hc', cache['A1'], dlogits), 'b2': dlogits.sum(0), 'X': dZ1 @ params['W1'].T}",
    ],
}

WRONG = {
    "add_backward": ["return dout, 2 * dout", "return dout", "return dout, 1", "return 1, dout", "return 1, 1"],
    "multiply_backward": ["return dout * y, dout * y", "return dout / y, dout / x", "return dout, dout"],
    "linear_backward": ["return dZ @ W.T, X.T @ dZ, dZ[0]", "return dZ @ W.T, X.T @ dZ / 2, dZ.sum(0)", "return dZ @ W.T, X.T @ dZ, dZ.max(0)", "return dZ @ W.T, X.T @ dZ, dZ.sum(0) * len(W)"],
    "relu_backward": ["return dA * (Z > 1e-2)", "return dA * (Z > 1e-3) * 0.999", "return dA * np.sign(Z)", "return dA * (np.abs(Z) > 0)", "return dA * Z > 0", "return np.where(Z > 0, Z, 0)"],
    "sigmoid_backward": ["return dA * A * (1 - dA)", "return dA / 4"],
    "softmax_cross_entropy_backward": [
        "P = np.exp(logits - logits.max()); P /= P.sum(1, keepdims=True); P[np.arange(len(y)), y] -= 1; return P / (len(y) - 1 + 1e-9)",
        "Y = np.eye(logits.shape[1])[y]; return (logits - Y) / len(y)",
        "return (mine.softmax(logits) - np.eye(logits.shape[1])[y]) / logits.shape[1]",
        "return mine.softmax(logits) - np.eye(logits.shape[1])[y] / len(y)",
    ],
    "mlp_backward": [
        "dA1 = dlogits @ params['W2'].T; dZ1 = dA1 * (cache['Z1'] > 0); return {'W1': cache['X'].T @ dA1, 'b1': dZ1.sum(0), 'W2': cache['A1'].T @ dlogits, 'b2': dlogits.sum(0)}",
    ],
}
