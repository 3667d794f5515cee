"""Answers to the exercises of notebook 3, as the body of the function: right in odd ways, and wrong in ways that look right."""

RIGHT = {
    "numerical_gradient": [
        "g = np.zeros_like(x)\n    for i in np.ndindex(x.shape):\n        e = np.zeros_like(x); e[i] = h; g[i] = (f(x + e) - f(x - e)) / (2 * h)\n    return g",
        "g = np.zeros(x.shape)\n    it = np.nditer(x, flags=['multi_index'])\n    for _ in it:\n        i = it.multi_index; old = x[i]; x[i] = old + h; a = f(x); x[i] = old - h; b = f(x); x[i] = old; g[i] = (a - b) / (2 * h)\n    return g",
        "flat = x.ravel().copy(); g = []\n    for i in range(flat.size):\n        u, v = flat.copy(), flat.copy(); u[i] += h; v[i] -= h; g.append((f(u.reshape(x.shape)) - f(v.reshape(x.shape))) / (2 * h))\n    return np.array(g).reshape(x.shape)",
        "g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n        y, z = x.copy(), x.copy(); y[i] += h; z[i] -= h; g[i] = (f(y) - f(z)) / (2 * h)\n    return g",
        "y = x.copy().reshape(-1); g = []\n    for k in range(len(y)):\n        old = y[k]; y[k] = old + h; up = f(y.reshape(x.shape)); y[k] = old - h; down = f(y.reshape(x.shape)); y[k] = old; g.append((up - down) / (2 * h))\n    return np.reshape(g, x.shape)",
        "rows = [old.copy() for old in np.atleast_2d(x)]; g = []\n    for r, row in enumerate(rows):\n        for c in range(len(row)):\n            p, m = [k.copy() for k in rows], [k.copy() for k in rows]; p[r][c] += h; m[r][c] -= h; g.append((f(np.reshape(p, x.shape)) - f(np.reshape(m, x.shape))) / 2 / h)\n    return np.reshape(g, x.shape)",
        "E = np.eye(x.size).reshape(-1, *x.shape) * h; return np.array([(f(x + e) - f(x - e)) / (2 * h) for e in E]).reshape(x.shape)",
        "return np.reshape([0.5 * (f(x + h * e) - f(x - h * e)) / h for e in np.eye(x.size).reshape((-1,) + x.shape)], x.shape)",
    ],
    "relative_error": [
        "return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8))",
        "return (abs(a - b) / np.fmax(np.fmax(abs(a), abs(b)), 1e-8)).max()",
        "return max(abs(p - q) / max(abs(p), abs(q), 1e-8) for p, q in zip(a.ravel(), b.ravel()))",
        "return float(np.max(np.abs(a - b) / np.max([np.abs(a), np.abs(b), np.full(a.shape, 1e-8)], axis=0)))",
    ],
    "directional_check": [
        "v = rng.standard_normal(x.shape); n = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5; g = np.sum(grad * v); return abs(n - g) / max(abs(n), abs(g), 1e-8)",
        "v = rng.normal(size=x.shape); v /= np.linalg.norm(v); h = 1e-5; n = (f(x + h * v) - f(x - h * v)) / (2 * h); g = (grad * v).sum(); return abs(n - g) / max(abs(n), abs(g), 1e-8)",
        "v = rng.standard_normal(x.size).reshape(x.shape); n = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5; return mine.relative_error(np.array(n), np.dot(grad.ravel(), v.ravel()))",
        "f(x); v = np.sign(rng.standard_normal(x.shape)); h = 1e-5; n, g = (f(x + h * v) - f(x - h * v)) / (2 * h), np.einsum('i,i', grad.ravel(), v.ravel()); return max(n - g, g - n) / max(n, -n, g, -g, 1e-8)",
        "v = rng.choice([-1.0, 1.0], size=x.shape); n = mine.numerical_gradient(lambda t: f(x + t * v), np.array(0.0)); return mine.relative_error(n, np.sum(grad * v))",
        "v = rng.uniform(-1, 1, x.shape); h = 1e-5; n = (f(x + h * v) - f(x - h * v)) / (2 * h); g = np.vdot(grad, v); return float(abs(n - g) / max(abs(n), abs(g), 1e-8))",
    ],
    "gradient_check": [
        "out = {}\n    for k in params:\n        p = params[k]; g = np.zeros_like(p)\n        for i in np.ndindex(p.shape):\n            old = p[i]; p[i] = old + h; a = loss(params); p[i] = old - h; b = loss(params); p[i] = old; g[i] = (a - b) / (2 * h)\n        out[k] = np.max(np.abs(g - grads[k]) / np.maximum(np.maximum(np.abs(g), np.abs(grads[k])), 1e-8))\n    return out",
        "from course_lib.nn.gradient_check import numerical_gradient, relative_error\n    return {k: relative_error(numerical_gradient(lambda p: loss(dict(params, **{k: p})), params[k], h), grads[k]) for k in sorted(grads)}",
        "functions = {name: (lambda p, name=name: loss({**params, name: p})) for name in params}; return {name: mine.relative_error(grads[name], mine.numerical_gradient(f, params[name], h)) for name, f in functions.items()}",
        "own = {name: p.copy() for name, p in params.items()}; out = {}\n    for name in own:\n        def f(p):\n            kept = own[name]; own[name] = p; L = loss(own); own[name] = kept\n            return L\n        out[name] = mine.relative_error(grads[name], mine.numerical_gradient(f, params[name], h))\n    return out",
        "out = {}\n    for name in params:\n        def f(p):\n            kept = params[name]; params[name] = p; L = loss(params); params[name] = kept\n            return L\n        out[name] = mine.relative_error(grads[name], mine.numerical_gradient(f, params[name], h))\n    return out",
        "return {name: mine.relative_error(grads[name], mine.numerical_gradient(lambda p: loss(params | {name: p, 'extra': 0}), params[name], h)) for name in params}",
    ],
}

WRONG = {
    "numerical_gradient": [
        "g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n        e = np.zeros(x.shape); e[i] = h; g[i] = (f(x) - f(x - e)) / h\n    return g",
        "g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n        e = np.zeros(x.shape); e[i] = 1e-5; g[i] = (f(x + e) - f(x - e)) / 2e-5\n    return g",
        "g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n        g[i] = (f(x[i] + h) - f(x[i] - h)) / (2 * h)\n    return g",
        "return np.zeros(x.shape)",
    ],
    "relative_error": ["return np.max(np.abs(a - b)) / max(np.abs(a).max(), np.abs(b).max(), 1e-8)", "return np.median(np.abs(a - b) / np.maximum(np.maximum(abs(a), abs(b)), 1e-8))"],
    "directional_check": ["return 1e-9", "v = rng.standard_normal(x.shape); return float(np.sum(grad * v))", "v = rng.standard_normal(x.shape); return mine.relative_error(np.sum(mine.numerical_gradient(f, x) * v), np.sum(grad * v))", "v = rng.random(x.shape); n = (f(x + 1e-5 * v) - f(x)) / 1e-5; return mine.relative_error(n, np.sum(grad * v))"],
    "gradient_check": ["return {name: 1e-9 for name in params}", "return {name: float(np.abs(grads[name]).max()) for name in params}"],
}
