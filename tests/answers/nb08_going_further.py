"""Answers to the exercises of notebook 8, as the body of the function: right in odd ways, and wrong in ways that look right."""

RIGHT = {
    "rmsprop_step": [
        "for k in params:\n        state[k] = rho * state[k] + (1 - rho) * grads[k] ** 2; params[k] -= lr * grads[k] / (np.sqrt(state[k]) + eps)",
        "for w, g, s in zip(params.values(), grads.values(), state.values()):\n        s *= rho; s += (1 - rho) * np.square(g); w -= lr * g / (s**0.5 + eps)",
        "for k, g in grads.items():\n        s = rho * state[k] + (1 - rho) * g * g; state.update({k: s}); params[k] = params[k] - lr / (eps + np.sqrt(s)) * g\n    return params",
        "for k in sorted(params):\n        state[k] += (1 - rho) * (grads[k] ** 2 - state[k]); params.update({k: params[k] - lr * np.divide(grads[k], np.sqrt(state[k]) + eps)})\n    return params, state",
        "for k in params:\n        for i in np.ndindex(params[k].shape):\n            g = grads[k][i]; state[k][i] = rho * state[k][i] + (1 - rho) * g * g; params[k][i] -= lr * g / (math.sqrt(state[k][i]) + eps)",
        "for k, g in grads.items():\n        np.add(rho * state[k], (1 - rho) * g**2, out=state[k]); root = np.hypot(np.sqrt(state[k]), 0); np.subtract(params[k], lr * g / (root + eps), out=params[k])",
        "new = {k: rho * state[k] + (1 - rho) * np.abs(g) ** 2 for k, g in grads.items()}; state.clear(); state.update(new)\n    for k in params:\n        params[k][...] = params[k] - lr * grads[k] / (new[k] ** 0.5 + eps)",
    ],
    "adam_step": [
        "m, v = state['m'], state['v']\n    for k in params:\n        m[k] = beta1 * m[k] + (1 - beta1) * grads[k]; v[k] = beta2 * v[k] + (1 - beta2) * grads[k] ** 2\n        params[k] -= lr * (m[k] / (1 - beta1**t)) / (np.sqrt(v[k] / (1 - beta2**t)) + eps)",
        "for k, g in grads.items():\n        m, v = state['m'][k], state['v'][k]; m *= beta1; m += (1 - beta1) * g; v *= beta2; v += (1 - beta2) * g * g\n        params[k] = params[k] - lr * m / (1 - beta1**t) / (np.sqrt(v) / np.sqrt(1 - beta2**t) + eps)",
        # The shortcut of Kingma and Ba, with eps added before the correction.
        "size = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)\n    for k, g in grads.items():\n        state['m'][k] += (1 - beta1) * (g - state['m'][k]); state['v'][k] += (1 - beta2) * (g**2 - state['v'][k]); params[k] -= size * state['m'][k] / (np.sqrt(state['v'][k]) + eps)",
        "state['m'] = {k: beta1 * state['m'][k] + (1 - beta1) * grads[k] for k in grads}; state['v'] = {k: beta2 * state['v'][k] + (1 - beta2) * grads[k] ** 2 for k in grads}\n    params.update({k: params[k] - lr * state['m'][k] / (1 - math.pow(beta1, t)) / (np.sqrt(state['v'][k] / (1 - math.pow(beta2, t))) + eps) for k in params})\n    return params",
        "c1, c2 = (-math.expm1(t * math.log(b)) for b in (beta1, beta2))\n    for w, g, m, v in zip(params.values(), grads.values(), state['m'].values(), state['v'].values()):\n        for i in np.ndindex(w.shape):\n            m[i] = beta1 * m[i] + (1 - beta1) * g[i]; v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2; w[i] -= lr * m[i] / c1 / ((v[i] / c2) ** 0.5 + eps)",
        "def mean(old, new, beta):\n        return (1 - beta) * new + beta * old\n    for k in list(params):\n        m = mean(state['m'][k], grads[k], beta1); v = mean(state['v'][k], grads[k] ** 2, beta2); state['m'][k], state['v'][k] = m, v\n        params[k] = params[k] + -lr * (m / (1 - beta1**t)) * (1 / (np.sqrt(v / (1 - beta2**t)) + eps))\n    return params, state",
    ],
    "he_init": [
        "return np.sqrt(2 / D) * rng.standard_normal((D, H))",
        "return rng.normal(0, np.sqrt(2 / D), (D, H))",
        "return rng.normal(scale=(2 / D) ** 0.5, size=(D, H))",
        "return (rng.standard_normal((H, D)) * math.sqrt(2 / D)).T",
        "return rng.standard_normal((D, H), dtype=np.float32) * np.float32(np.sqrt(2 / D))",
        "return [[rng.normal() * math.sqrt(2 / D) for _ in range(H)] for _ in range(D)]",
        "return rng.standard_normal(D * H).reshape(D, H) / np.sqrt(D / 2)",
        "W = np.empty((D, H))\n    for h in range(H):\n        W[:, h] = rng.normal(0.0, 1.0, D)\n    W *= np.sqrt(2.0 / D); return W",
        "u, v = 1 - rng.random((D, H)), rng.random((D, H)); return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v) * np.sqrt(2 / D)",
        "own = np.random.default_rng(rng.integers(2**32)); return own.normal(size=(D, H)) * np.sqrt(2 / D)",
        "return rng.permuted(rng.normal(size=(D, H)), axis=0) * (2 / D) ** 0.5",
    ],
    "xavier_init": [
        "return np.sqrt(2 / (D + H)) * rng.standard_normal((D, H))",
        "return rng.normal(0, np.sqrt(2 / (D + H)), size=(D, H))",
        "return rng.standard_normal((D, H)) / np.sqrt((D + H) / 2)",
        "return np.stack([rng.normal(0, (2 / (D + H)) ** 0.5, H) for _ in range(D)])",
        "return rng.standard_normal((H, D)).T * math.sqrt(2) / math.sqrt(H + D)",
        "return (np.sqrt(2 / (D + H)) * rng.standard_normal((D, H))).astype(np.float32)",
    ],
    "batchnorm_forward": [
        "mean, var = X.mean(axis=0), X.var(axis=0); std = np.sqrt(var + eps); X_hat = (X - mean) / std; return gamma * X_hat + beta, {'X_hat': X_hat, 'std': std, 'gamma': gamma}",
        "C = X - X.mean(0, keepdims=True); std = np.sqrt((C**2).mean(0) + eps); X_hat = C / std; return X_hat * gamma + beta, dict(gamma=gamma, std=std, X_hat=X_hat, X=X, beta=beta)",
        "N = len(X); mu = sum(X) / N; std = (sum((x - mu) ** 2 for x in X) / N + eps) ** 0.5; X_hat = np.array([(x - mu) / std for x in X]); return np.array([gamma * x + beta for x in X_hat]), {'X_hat': X_hat, 'std': std, 'gamma': gamma.copy()}",
        "s = (np.std(X, axis=0) ** 2 + eps) ** 0.5; Z = (X - np.average(X, axis=0)) * (1 / s); return [np.einsum('d,nd->nd', gamma, Z) + beta, {'X_hat': Z, 'std': s, 'gamma': gamma}]",
        "var = np.einsum('nd,nd->d', X, X) / len(X) - X.mean(0) ** 2; std = np.sqrt(np.maximum(var, 0) + eps); X_hat = (X - X.mean(0)) / std; return beta + X_hat * gamma, {'std': std, 'X_hat': X_hat, 'gamma': gamma}",
        "X_hat, std = X.copy(), []\n    for d in range(X.shape[1]):\n        c = X_hat[:, d]; c -= c.mean(); s = math.sqrt((c * c).mean() + eps); c /= s; std.append(s)\n    return gamma * X_hat + beta, {'X_hat': X_hat, 'std': std, 'gamma': list(gamma)}",
    ],
    "batchnorm_backward": [
        "X_hat = cache['X_hat']; d = cache['gamma'] * dout; dX = (d - d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0)) / cache['std']; return dX, (dout * X_hat).sum(axis=0), dout.sum(axis=0)",
        "X_hat, std, gamma = cache['X_hat'], cache['std'], cache['gamma']; N = len(dout); dgamma, dbeta = np.sum(dout * X_hat, 0), np.sum(dout, 0); return gamma / (N * std) * (N * dout - dbeta - X_hat * dgamma), dgamma, dbeta",
        # Node by node through the graph, with X - mean = X_hat std.
        "X_hat, std = cache['X_hat'], cache['std']; N = len(dout); d = dout * cache['gamma']; C = X_hat * std; dstd = -(d * C).sum(0) / std**2; dvar = dstd / (2 * std); dC = d / std + 2 * C * dvar / N; return dC - dC.sum(0) / N, (dout * X_hat).sum(0), dout.sum(0)",
        # The whole Jacobian, feature by feature.
        "X_hat, std, gamma = cache['X_hat'], cache['std'], cache['gamma']; N, D = dout.shape; dX = np.zeros((N, D))\n    for k in range(D):\n        h = X_hat[:, k]; J = (np.eye(N) - 1 / N - np.outer(h, h) / N) / std[k]; dX[:, k] = J.T @ (gamma[k] * dout[:, k])\n    return dX, [sum(a) for a in (dout * X_hat).T], sum(dout)",
        "X_hat = cache['X_hat']; d = dout * cache['gamma']; N = dout.shape[0]; return (d - np.ones((N, N)) @ d / N - X_hat * np.einsum('nd,nd->d', d, X_hat) / N) / cache['std'], np.einsum('nd,nd->d', dout, X_hat), np.einsum('nd->d', dout)",
    ],
}  # fmt: skip

WRONG = {
    "rmsprop_step": [
        "for k, g in grads.items():\n        state[k] = rho * state[k] + (1 - rho) * g**2; params[k] -= lr * g / np.sqrt(state[k] + eps**2 * 100)",
        "for k, g in grads.items():\n        state[k] = rho * state[k] + (1 - rho) * g**2; params[k] -= lr * g / np.maximum(np.sqrt(state[k]), eps)",
        "for k, g in grads.items():\n        state[k] = rho * state[k] + (1 - rho) * g**2; params[k] -= lr * np.sign(g)",
        "for k in ('W1', 'b1', 'W2', 'b2'):\n        if k in params:\n            state[k] = rho * state[k] + (1 - rho) * grads[k] ** 2; params[k] -= lr * grads[k] / (np.sqrt(state[k]) + eps)",
        "for k, g in grads.items():\n        state[k] = rho * state[k] + (1 - rho) * g**2; state[k] = rho * state[k] + (1 - rho) * g**2; params[k] -= lr * g / (np.sqrt(state[k]) + eps)",
        "for k, g in grads.items():\n        state[k] = rho * state[k] + (1 - rho) * g**2; params[k] -= lr * g / (np.sqrt(state[k] / (1 - rho)) + eps)",
        "return params",
    ],
    "adam_step": [
        "for k, g in grads.items():\n        state['m'][k] = beta1 * state['m'][k] + (1 - beta1) * g; state['v'][k] = beta2 * state['v'][k] + (1 - beta2) * g**2; params[k] -= lr * np.sign(state['m'][k])",
        "for k, g in grads.items():\n        m = state['m'][k] = beta1 * state['m'][k] + (1 - beta1) * g; v = state['v'][k] = np.maximum(beta2 * state['v'][k], g**2); params[k] -= lr * m / (1 - beta1**t) / (np.sqrt(v) + eps)",
        "for k, g in grads.items():\n        m = state['m'][k] = beta1 * state['m'][k] + (1 - beta1) * g; v = state['v'][k] = beta2 * state['v'][k] + (1 - beta2) * g**2; params[k] -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta1**t)) + eps)",
        "for k, g in grads.items():\n        m = state['m'][k] = beta1 * state['m'][k] + (1 - beta1) * g; v = state['v'][k] = beta2 * state['v'][k] + (1 - beta2) * g**2; params[k] -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + 1e-3)",
        "return None",
    ],
    "he_init": [
        "return np.zeros((D, H))",
        "return rng.standard_normal((D, H)) * np.sqrt(2 / D) + 0.2 * np.sqrt(2 / D)",
        "return rng.choice([-1.0, 1.0], (D, H)) * np.sqrt(2 / D)",
        "return np.broadcast_to(rng.standard_normal(H) * np.sqrt(2 / D), (D, H))",
        "return np.random.default_rng(0).standard_normal((D, H)) * np.sqrt(2 / D)",
        "np.random.seed(1); return np.random.randn(D, H) * np.sqrt(2 / D)",
        "return rng.standard_normal(D * H) * np.sqrt(2 / D)",
        "return rng.standard_normal((D, H)) * np.sqrt(1.5 / D)",
        "return np.abs(rng.standard_normal((D, H))) * np.sqrt(2 / D)",
        "return rng.standard_normal((D, H)) * np.sqrt(2 / D) / 0",
    ],
    "xavier_init": [
        "return rng.standard_normal((D, H)) * np.sqrt(6 / (D + H))",
        "return rng.standard_normal((D, H)) * np.sqrt(2 / np.sqrt(D * H)) * 0.8",
        "return rng.laplace(size=(D, H)) * np.sqrt(1 / (D + H))",
        "return np.random.default_rng(0).normal(size=(D, H)) * np.sqrt(2 / (D + H))",
    ],
    "batchnorm_forward": [
        "X_hat = (X - X.mean(0)) / np.sqrt(X.var(0) + eps); return gamma * X_hat + beta",
        "std = np.sqrt(X.var(0) + eps); X_hat = (X - np.median(X, axis=0)) / std; return gamma * X_hat + beta, {'X_hat': X_hat, 'std': std, 'gamma': gamma}",
        "std = np.sqrt(X.var(0) + eps); X_hat = (X - X.mean(0)) / std; return gamma * X_hat + beta, {'X_hat': X_hat, 'std': std}",
        "std = np.maximum(X.std(0), np.sqrt(eps)); X_hat = (X - X.mean(0)) / std; return gamma * X_hat + beta, {'X_hat': X_hat, 'std': std, 'gamma': gamma}",
        "std = np.sqrt(X.var(0) + eps); X_hat = (X - X.mean(0)) / std; return gamma * X_hat + beta, {'X_hat': X_hat, 'std': std, 'gamma': np.ones_like(gamma)}",
    ],
    "batchnorm_backward": [
        "return dout, (dout * cache['X_hat']).sum(0), dout.sum(0)",
        "X_hat = cache['X_hat']; d = cache['gamma'] * dout; return (d - d.mean(0) - X_hat * (d * X_hat).sum(0) / max(len(d) - 1, 1)) / cache['std'], (dout * X_hat).sum(0), dout.sum(0)",
        "X_hat = cache['X_hat']; d = cache['gamma'] * dout; return np.zeros_like(d), (dout * X_hat).sum(0), dout.sum(0)",
    ],
}  # fmt: skip
