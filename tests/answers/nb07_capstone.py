"""Answers to the exercises of notebook 7, as the body of the function: right in odd ways, and wrong in ways that look right."""

RIGHT = {
    "predict": [
        "from course_lib.checkpoints import mine; return mine.mlp_forward(X, params)[0].argmax(axis=1)",
        "from course_lib.checkpoints import mine; return mine.softmax(mine.mlp_forward(X, params)[0]).argmax(axis=-1)",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); return np.argmax(A @ params['W2'] + params['b2'], axis=1)",
        "A = (X @ params['W1'] + params['b1']).clip(0); return [int(np.argmax(z)) for z in A @ params['W2'] + params['b2']]",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0)\n    for z in A @ params['W2'] + params['b2']:\n        yield max(range(len(z)), key=lambda c: z[c])",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return np.argsort(Z, axis=1)[:, -1]",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return np.argmin(-Z, axis=1).astype(np.int8)",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return np.argmax(Z, axis=1).astype(float)",
        "A = np.maximum(np.einsum('nd,dh->nh', X, params['W1']) + params['b1'], 0); Z = params['W2'].T @ A.T + params['b2'][:, None]; return Z.argmax(axis=0)",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return np.where(Z == Z.max(axis=1, keepdims=True))[1]",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); return [list(z).index(max(z)) for z in A @ params['W2'] + params['b2']]",
        "out = np.empty(len(X), dtype=int)\n    for n, x in enumerate(X):\n        a = np.maximum(x @ params['W1'] + params['b1'], 0); out[n] = (a @ params['W2'] + params['b2']).argmax()\n    return out",
        "Z = mine.mlp_forward(X, params)[0]; best = np.zeros(len(X), int); top = Z[:, 0].copy()\n    for c in range(1, Z.shape[1]):\n        m = Z[:, c] > top; best[m] = c; top[m] = Z[m, c]\n    return best",
        "return np.concatenate([mine.mlp_forward(X[i:i+4], params)[0].argmax(axis=1) for i in range(0, len(X), 4)])",
        "Z, _ = mine.mlp_forward(X, params); O = (Z == Z.max(axis=1, keepdims=True)); return O @ np.arange(Z.shape[1])",
    ],
}

WRONG = {
    "predict": [
        "return np.zeros(len(X), dtype=int)",
        "A = np.maximum(X @ params['W1'], 0); return (A @ params['W2'] + params['b2']).argmax(axis=1)",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return Z.argmax(axis=1)[:, None]",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return np.argsort(Z, axis=1)[:, -2]",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = np.maximum(A @ params['W2'] + params['b2'], 0); return Z.argmax(axis=1)",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); Z = A @ params['W2'] + params['b2']; return np.where(Z == Z.max(axis=1, keepdims=True))",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); return (A @ params['W2'] + params['b2']).argsort(axis=1)",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); return (A @ params['W2'] + params['b2']).argmax(axis=1).mean()",
        "A = np.maximum(X @ params['W1'] + params['b1'], 0); return (A @ params['W2'] + params['b2']).argmax(axis=1), {'A1': A}",
        "Z = X @ params['W1'] + params['b1']; A = np.where(Z > 0, Z, 0.01 * Z); return (A @ params['W2'] + params['b2']).argmax(axis=1)",
        "A = np.clip(X @ params['W1'] + params['b1'], 0, 6); return (A @ params['W2'] + params['b2']).argmax(axis=1)",
        "A = np.tanh(X @ params['W1'] + params['b1']); return (A @ params['W2'] + params['b2']).argmax(axis=1)",
        "P = mine.softmax(mine.mlp_forward(X, params)[0]); return np.array([np.flatnonzero(p > 0.5)[0] if (p > 0.5).any() else 0 for p in P])",
        'A = np.maximum(X @ params["W1"], 0) + params["b1"]; return (A @ params["W2"] + params["b2"]).argmax(axis=1)',
        "Z, _ = mine.mlp_forward(X, params); E = np.exp(Z); return (E / E.sum(axis=1, keepdims=True)).argmax(axis=1)",
        "Z, _ = mine.mlp_forward(X, params); out = []\n    for z in Z:\n        best, top = 0, 0\n        for c, v in enumerate(z):\n            if v > top: best, top = c, v\n        out.append(best)\n    return out",
    ],
}
