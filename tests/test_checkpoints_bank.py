"""The whole bank: references pass, every misconception fails and is named, none is confused, right answers pass."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics  # noqa: F401  imported here so that no forked child has to
import sklearn.preprocessing  # noqa: F401

from course_lib.checkpoints import judge
from course_lib.checkpoints.exercise import exercises, notebook_of, notebooks
from course_lib.checkpoints.learner import rebuild
from course_lib.checkpoints.trial import trial_of

MISCONCEPTIONS = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{index}-{mistake.name}")
    for exercise in exercises().values()
    for index, mistake in enumerate(exercise.misconceptions)
]


def named(function, name):
    def wrapper(*arguments):
        return function(*arguments)

    wrapper.__name__ = name
    return wrapper


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_the_reference_passes(exercise):
    verdict = judge(named(exercise.reference, exercise.name))
    assert verdict.passed
    assert verdict.text == "Passed."


@pytest.mark.parametrize(("exercise", "mistake"), MISCONCEPTIONS)
def test_every_misconception_fails_and_is_named(exercise, mistake):
    verdict = judge(named(mistake.made_in(exercise.reference), exercise.name))
    assert not verdict.passed
    assert verdict.misconceptions == (mistake.name,)


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_a_stub_is_not_started(exercise):
    source = f'def {exercise.name}({", ".join(exercise.parameters)}):\n    """Doc."""\n    raise NotImplementedError\n'
    assert judge(rebuild(source, exercise.name)).status == "not started"


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_an_exercise_is_complete(exercise):
    assert len({mistake.name for mistake in exercise.misconceptions}) >= 3
    assert len(exercise.hints) == 3
    assert all(mistake.says.startswith("**") for mistake in exercise.misconceptions)
    dtypes = {array.dtype for case in trial_of(exercise).cases for array in arrays_in(case)}
    no_float32 = exercise.name == "one_hot" or notebook_of(exercise).name.startswith("03") or not dtypes
    assert {np.dtype(np.float32), np.dtype(np.float64)} <= dtypes or no_float32
    batches = {exercise.sizes(*case).get("N") for case in trial_of(exercise).cases}
    assert len(batches) >= 3 or batches == {None}


def arrays_in(case):
    for argument in case:
        if isinstance(argument, np.ndarray):
            yield argument
        elif isinstance(argument, dict):
            yield from argument.values()


def test_cases_come_smallest_first():
    for exercise in exercises().values():
        sizes = [sum(array.size for array in arrays_in(case)) for case in trial_of(exercise).cases]
        assert sizes[0] == min(sizes), exercise.name


def test_names_are_unique_and_in_course_order():
    names = [exercise.name for notebook in notebooks() for exercise in notebook.exercises]
    assert len(names) == len(set(names))
    assert [notebook.name[:2] for notebook in notebooks()] == sorted(notebook.name[:2] for notebook in notebooks())


# Odd but right: each of these must pass, whatever it looks like.
RIGHT = {
    "one_hot": [
        "return np.eye(C)[y]",
        "return np.eye(C, dtype=np.float16)[y]",
        "from decimal import Decimal\n    return [[Decimal(int(c == label)) for c in range(C)] for label in y]",
        "return np.eye(C, dtype=int)[y]",
        "return np.arange(C) == y[:, None]",
        "return (y[:, None] == np.arange(C)).astype(np.float32)",
        "return [[1 if c == label else 0 for c in range(C)] for label in y]",
        "return ([float(c == label) for c in range(C)] for label in y)",
        "Y = np.zeros((len(y), C)); Y[np.arange(len(y)), y] = 1; return Y",
        "Y = np.zeros((len(y), C)); np.put_along_axis(Y, y[:, None].astype(int), 1, axis=1); return Y",
        "return np.stack([np.eye(C)[label] for label in y])",
        "return map(lambda label: np.eye(C)[label], y)",
        "return np.asfortranarray(np.eye(C)[y])",
    ],
    "standardize": [
        "m, s = X_train.mean(axis=0), X_train.std(axis=0); return (X - m) / np.where(s == 0, 1, s)",
        "m, s = X_train.mean(0), X_train.std(0); s[s == 0] = 1; return (X - m) / s",
        "m, s = X_train.mean(0), X_train.std(0); return (X - m) / (s + 1e-8)",
        "m, s = X_train.mean(0), X_train.std(0); return (X - m) / (s + 1e-6)",
        "m, s = X_train.mean(0), X_train.std(0); return np.nan_to_num((X - m) / s)",
        "m, s = X_train.mean(0), X_train.std(0); return np.divide(X - m, s, out=np.zeros_like(X), where=s > 0)",
        "cols = []\n    for j in range(X.shape[1]):\n        c = X_train[:, j]; s = c.std(); cols.append((X[:, j] - c.mean()) / s if s > 0 else 0 * X[:, j])\n    return np.stack(cols, axis=1)",
        "m = X_train.sum(axis=0) / len(X_train); v = ((X_train - m) ** 2).sum(axis=0) / len(X_train)\n    return [[(x - a) / s if s > 0 else 0.0 for x, a, s in zip(row, m, np.sqrt(v))] for row in X]",
        "X = X.astype(np.float32); X_train = X_train.astype(np.float32); s = X_train.std(0); return (X - X_train.mean(0)) / np.where(s > 0, s, 1)",
        "from sklearn.preprocessing import StandardScaler; return StandardScaler().fit(X_train).transform(X)",
    ],
    "linear_forward": [
        "return X @ W + b",
        "return np.dot(X, W) + b",
        "return np.einsum('nd,dh->nh', X, W) + b",
        "return (W.T @ X.T).T + b",
        "return np.add(np.matmul(X, W), b[None, :])",
        "Z = np.zeros((len(X), W.shape[1]))\n    for n in range(len(X)):\n        for h in range(W.shape[1]):\n            for d in range(len(W)):\n                Z[n, h] += X[n, d] * W[d, h]\n            Z[n, h] += b[h]\n    return Z",
        "return [[sum(x * w for x, w in zip(row, col)) + bias for col, bias in zip(W.T, b)] for row in X]",
        "return np.hstack([X, np.ones((len(X), 1))]) @ np.vstack([W, b])",
        "return (x @ W + b for x in X)",
        "Z = X @ W; Z += b; return Z",
        "return np.matrix(X) * np.matrix(W) + b",
        "return np.tensordot(X, W, axes=1) + b",
    ],
    "relu": [
        "return np.maximum(Z, 0)",
        "return np.maximum(0.0, Z)",
        "return Z * (Z > 0)",
        "return np.where(Z > 0, Z, 0)",
        "return np.where(Z < 0, 0.0, Z)",
        "return (Z + np.abs(Z)) / 2",
        "return np.clip(Z, 0, None)",
        "A = Z.copy(); A[A < 0] = 0; return A",
        "return [[max(0.0, z) for z in row] for row in Z]",
        "return np.array([[max(0.0, z) for z in row] for row in Z])",
        "return np.vectorize(lambda z: z if z > 0 else 0.0)(Z)",
        "return np.fmax(Z, 0)[::-1][::-1]",
        "return Z.clip(min=0)",
        "for row in Z:\n        yield [z if z > 0 else 0 for z in row]",
    ],
    "sigmoid": [
        "E = np.exp(-np.abs(Z)); return np.where(Z >= 0, 1, E) / (1 + E)",
        "return 0.5 * (1 + np.tanh(Z / 2))",
        "return 1 / (1 + np.exp(-Z))",
        "return np.exp(-np.logaddexp(0, -Z))",
        "A = np.empty_like(Z); p = Z >= 0; A[p] = 1 / (1 + np.exp(-Z[p])); e = np.exp(Z[~p]); A[~p] = e / (1 + e); return A",
        "return [[1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z)) for z in row] for row in Z.tolist()]",
        "return 1 / (1 + np.exp(-np.clip(Z, -500, 500)))",
        "from scipy.special import expit; return expit(Z)",
        "return np.reciprocal(1 + np.exp(-Z))",
    ],
    "softmax": [
        "E = np.exp(Z - Z.max(axis=1, keepdims=True)); return E / E.sum(axis=1, keepdims=True)",
        "E = np.exp(Z - Z.max(axis=-1)[:, None]); return E / np.einsum('nc->n', E)[:, None]",
        "return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))",
        "return np.array([np.exp(z - z.max()) / np.exp(z - z.max()).sum() for z in Z])",
        "return [[math.exp(z - max(row)) / sum(math.exp(k - max(row)) for k in row) for z in row] for row in Z.tolist()]",
        "P = np.empty_like(Z)\n    for n, z in enumerate(Z):\n        e = np.exp(z - np.max(z)); P[n] = e / e.sum()\n    return P",
        "for z in Z:\n        e = np.exp(z - z.max()); yield e / e.sum()",
        "from scipy.special import softmax as s; return s(Z, axis=1)",
        "E = np.exp((Z.T - Z.max(axis=1)).T); return (E.T / E.sum(axis=1)).T",
        "D = Z[:, None, :] - Z[:, :, None]; return 1 / np.exp(np.minimum(D, 700 if Z.dtype == np.float64 else 85)).sum(axis=2)",
        "Z = Z.astype(np.float32); E = np.exp(Z - Z.max(1, keepdims=True)); return E / E.sum(1, keepdims=True)",
    ],
    "cross_entropy": [
        "Z = logits - logits.max(axis=1, keepdims=True); return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y])",
        "return float(np.mean(np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(y)), y]))",
        "from scipy.special import log_softmax; return -log_softmax(logits, axis=1)[np.arange(len(y)), y].mean()",
        "total = 0.0\n    for z, label in zip(logits, y):\n        m = max(z); total += m + math.log(sum(math.exp(k - m) for k in z)) - z[label]\n    return total / len(y)",
        "Z = logits - logits.max(1, keepdims=True); Y = np.eye(Z.shape[1])[y]; return -(Y * (Z - np.log(np.exp(Z).sum(1, keepdims=True)))).sum() / len(y)",
        "Z = logits - np.take_along_axis(logits, y[:, None].astype(int), axis=1); m = Z.max(1); return np.mean(m + np.log(np.exp(Z - m[:, None]).sum(1)))",
        "Z = logits - logits.max(axis=1, keepdims=True); return np.array(np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]))",
        "logits = logits.astype(np.float32); m = logits.max(1); return np.mean(m + np.log(np.exp(logits - m[:, None]).sum(1)) - logits[np.arange(len(y)), y])",
    ],
    "mlp_forward": [
        "Z1 = X @ params['W1'] + params['b1']; A1 = np.maximum(Z1, 0); return A1 @ params['W2'] + params['b2'], {'X': X, 'Z1': Z1, 'A1': A1}",
        "Z1 = X @ params['W1'] + params['b1']; A1 = Z1 * (Z1 > 0); return [A1 @ params['W2'] + params['b2'], dict(X=X, Z1=Z1, A1=A1)]",
        "W1, b1, W2, b2 = params.values(); Z1 = X @ W1 + b1; A1 = np.maximum(Z1, 0); L = A1 @ W2 + b2; return L, {'A1': A1, 'Z1': Z1, 'X': X, 'logits': L}",
        "Z1 = np.einsum('nd,dh->nh', X, params['W1']) + params['b1']; A1 = Z1.clip(0); yield A1 @ params['W2'] + params['b2']; yield {'X': X.copy(), 'Z1': Z1, 'A1': A1}",
    ],
    "accuracy": [
        "return float(np.mean(logits.argmax(axis=1) == y))",
        "return np.mean(logits.argmax(1) == y)",
        "return (np.argmax(logits, axis=-1) == y).sum() / len(y)",
        "return sum(int(max(range(len(z)), key=lambda c: z[c]) == label) for z, label in zip(logits, y)) / len(y)",
        "return np.count_nonzero(logits.argmax(1) == y) / len(y)",
        "return 1 - np.mean(logits.argmax(1) != y)",
        "return np.float32((logits.argmax(1) == y).mean())",
        "from fractions import Fraction; return Fraction(int((logits.argmax(1) == y).sum()), len(y))",
        "return np.mean(logits[np.arange(len(y)), y] >= logits.max(axis=1))",
        "from sklearn.metrics import accuracy_score; return accuracy_score(y, logits.argmax(1))",
    ],
    "add_backward": ["return dout, dout", "return [dout, dout]", "return np.array([dout, dout])", "yield dout; yield dout", "return (1 * dout,) * 2"],
    "multiply_backward": ["return dout * y, dout * x", "return [y * dout, x * dout]", "return np.multiply(dout, [y, x])", "return tuple(dout * v for v in (y, x))"],
    "linear_backward": [
        "return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)",
        "return np.einsum('nh,dh->nd', dZ, W), np.einsum('nd,nh->dh', X, dZ), np.einsum('nh->h', dZ)",
        "return [(W @ dZ.T).T, (dZ.T @ X).T, np.ones(len(dZ), dZ.dtype) @ dZ]",
        "dW = sum(np.outer(x, dz) for x, dz in zip(X, dZ)); return np.dot(dZ, W.T), dW, sum(dZ)",
        "dX = np.zeros_like(X); dW = np.zeros_like(W); db = np.zeros(W.shape[1])\n    for n in range(len(X)):\n        for h in range(W.shape[1]):\n            db[h] += dZ[n, h]\n            for d in range(len(W)):\n                dX[n, d] += dZ[n, h] * W[d, h]; dW[d, h] += X[n, d] * dZ[n, h]\n    return dX, dW, db",
        "return [[[sum(a * b for a, b in zip(r, w)) for w in W] for r in dZ], X.T @ dZ, [float(sum(c)) for c in dZ.T]]",
        "return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0) * len(dZ)",
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
        "dZ1 = (dlogits @ params['W2'].T) * np.sign(cache['A1']); return {'W1': np.einsum('nd,nh->dh', cache['X'], dZ1), 'b1': dZ1.sum(0), 'W2': np.einsum('nh,nc->hc', cache['A1'], dlogits), 'b2': dlogits.sum(0), 'X': dZ1 @ params['W1'].T}",
    ],
    "numerical_gradient": [
        "g = np.zeros_like(x)\n    for i in np.ndindex(x.shape):\n        e = np.zeros_like(x); e[i] = h; g[i] = (f(x + e) - f(x - e)) / (2 * h)\n    return g",
        "g = np.zeros(x.shape)\n    it = np.nditer(x, flags=['multi_index'])\n    for _ in it:\n        i = it.multi_index; old = x[i]; x[i] = old + h; a = f(x); x[i] = old - h; b = f(x); x[i] = old; g[i] = (a - b) / (2 * h)\n    return g",
        "flat = x.ravel().copy(); g = []\n    for i in range(flat.size):\n        u, v = flat.copy(), flat.copy(); u[i] += h; v[i] -= h; g.append((f(u.reshape(x.shape)) - f(v.reshape(x.shape))) / (2 * h))\n    return np.array(g).reshape(x.shape)",
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
        "v = rng.uniform(-1, 1, x.shape); h = 1e-5; n = (f(x + h * v) - f(x - h * v)) / (2 * h); g = np.vdot(grad, v); return float(abs(n - g) / max(abs(n), abs(g), 1e-8))",
    ],
    "gradient_check": [
        "out = {}\n    for k in params:\n        p = params[k]; g = np.zeros_like(p)\n        for i in np.ndindex(p.shape):\n            old = p[i]; p[i] = old + h; a = loss(params); p[i] = old - h; b = loss(params); p[i] = old; g[i] = (a - b) / (2 * h)\n        out[k] = np.max(np.abs(g - grads[k]) / np.maximum(np.maximum(np.abs(g), np.abs(grads[k])), 1e-8))\n    return out",
        "from course_lib.nn.gradient_check import numerical_gradient, relative_error\n    return {k: relative_error(numerical_gradient(lambda p: loss(dict(params, **{k: p})), params[k], h), grads[k]) for k in sorted(grads)}",
    ],
}


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in RIGHT.items() for body in bodies])
def test_right_is_right(name, body):
    source = f"import math\nimport numpy as np\ndef {name}({', '.join(exercises()[name].parameters)}):\n    {body}\n"
    verdict = judge(rebuild(source, name))
    assert verdict.passed, verdict


def test_every_exercise_has_odd_but_right_answers_here():
    assert set(RIGHT) >= {exercise.name for exercise in exercises().values()}


# Wrong in ways that look right: each must not pass.
WRONG = {
    "one_hot": ["return np.eye(max(C, 10))[y]", "return np.eye(C)[np.sort(y)]", "return np.ones((len(y), C))"],
    "standardize": [
        "m, s = X_train.mean(0), X_train.std(0); return (X - m) / (s + 1e-4)",
        "m, s = X.mean(0), X_train.std(0); return (X - m) / np.where(s == 0, 1, s)",
    ],
    "linear_forward": ["return X @ W + b.mean()", "return (X @ W + b).clip(0)", "return X @ W + 2 * b"],
    "relu": ["return np.where(Z >= 1e-2, Z, 0)", "return np.maximum(Z, 1e-3)", "return np.where(Z > 1, Z, 0)", "return np.round(np.maximum(Z, 0), 2)"],
    "sigmoid": ["return 1 / (1 + np.exp(-np.clip(Z, -5, 5)))", "return np.clip(0.5 + Z / 4, 0, 1)"],
    "softmax": [
        "E = np.exp(np.clip(Z, -50, 50)); return E / E.sum(axis=1, keepdims=True)",
        "E = np.exp(Z - Z.mean(axis=1, keepdims=True)); return E / E.sum(axis=1, keepdims=True)",
        "E = 2 ** (Z - Z.max(axis=1, keepdims=True)); return E / E.sum(axis=1, keepdims=True)",
        "E = np.exp(Z - Z.max(axis=1, keepdims=True)); return E / (E.sum(axis=1, keepdims=True) + 1e-3)",
    ],
    "cross_entropy": [
        "Z = logits - logits.max(1, keepdims=True); return min(700, np.mean(np.log(np.exp(Z).sum(1)) - Z[np.arange(len(y)), y]))",
        "return float(np.log(logits.shape[1]))",
        "E = np.exp(logits - logits.max()); P = E / E.sum(1, keepdims=True); return -np.mean(np.log(P[np.arange(len(y)), y] + 1e-4))",
    ],
    "mlp_forward": [
        "Z1 = X @ params['W1'] + params['b1']; A1 = np.maximum(Z1, 0); return A1 @ params['W2'] + params['b2'], {'X': X, 'Z1': Z1, 'A1': A1 * 0}",
        "Z1 = X @ params['W1'] + params['b1']; A1 = np.tanh(Z1); return A1 @ params['W2'] + params['b2'], {'X': X, 'Z1': Z1, 'A1': A1}",
    ],
    "accuracy": [
        "return 1.0",
        "return round(float(np.mean(logits.argmax(1) == y)), 1)",
        "return np.mean(logits.argmax(1) == y[0])",
    ],
    "add_backward": ["return dout, 2 * dout", "return dout"],
    "multiply_backward": ["return dout * y, dout * y", "return dout / y, dout / x"],
    "linear_backward": ["return dZ @ W.T, X.T @ dZ, dZ[0]", "return dZ @ W.T, X.T @ dZ / 2, dZ.sum(0)", "return dZ @ W.T, X.T @ dZ, dZ.max(0)"],
    "relu_backward": ["return dA * (Z > 1e-2)", "return dA * (Z > 1e-3) * 0.999", "return dA * np.sign(Z)", "return dA * (np.abs(Z) > 0)"],
    "sigmoid_backward": ["return dA * A * (1 - dA)", "return dA / 4"],
    "softmax_cross_entropy_backward": [
        "P = np.exp(logits - logits.max()); P /= P.sum(1, keepdims=True); P[np.arange(len(y)), y] -= 1; return P / (len(y) - 1 + 1e-9)",
        "Y = np.eye(logits.shape[1])[y]; return (logits - Y) / len(y)",
    ],
    "mlp_backward": [
        "dA1 = dlogits @ params['W2'].T; dZ1 = dA1 * (cache['Z1'] > 0); return {'W1': cache['X'].T @ dA1, 'b1': dZ1.sum(0), 'W2': cache['A1'].T @ dlogits, 'b2': dlogits.sum(0)}",
    ],
    "numerical_gradient": [
        "g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n        e = np.zeros(x.shape); e[i] = h; g[i] = (f(x) - f(x - e)) / h\n    return g",
        "g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n        e = np.zeros(x.shape); e[i] = 1e-5; g[i] = (f(x + e) - f(x - e)) / 2e-5\n    return g",
    ],
    "relative_error": ["return np.max(np.abs(a - b)) / max(np.abs(a).max(), np.abs(b).max(), 1e-8)", "return np.median(np.abs(a - b) / np.maximum(np.maximum(abs(a), abs(b)), 1e-8))"],
    "directional_check": ["return 1e-9", "v = rng.standard_normal(x.shape); return float(np.sum(grad * v))"],
    "gradient_check": ["return {name: 1e-9 for name in params}", "return {name: float(np.abs(grads[name]).max()) for name in params}"],
}


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in WRONG.items() for body in bodies])
def test_wrong_is_not_right(name, body):
    source = f"import math\nimport numpy as np\ndef {name}({', '.join(exercises()[name].parameters)}):\n    {body}\n"
    verdict = judge(rebuild(source, name))
    assert verdict.status in ("wrong form", "wrong values"), verdict


def test_every_see_points_to_a_section_that_exists():
    solutions = Path(__file__).parents[1] / "solutions"
    for exercise in exercises().values():
        for mistake in exercise.misconceptions:
            number, heading = mistake.see.split("#")
            (source,) = solutions.glob(f"{number}_*.py")
            assert f"# ## {heading}\n" in source.read_text(encoding="utf-8"), mistake.see


def test_every_exercise_stands_in_its_notebook_with_its_signature():
    solutions = Path(__file__).parents[1] / "solutions"
    for notebook in notebooks():
        source = (solutions / f"{notebook.name}.py").read_text(encoding="utf-8")
        for exercise in notebook.exercises:
            (definition,) = re.findall(rf"tags=\[\"exercise\"\].*\ndef {exercise.name}\((.*)\):\n", source)
            assert tuple(parameter.split("=")[0].strip() for parameter in definition.split(",")) == exercise.parameters
            assert f"\ncheck({exercise.name})\n" in source


def test_every_lesson_can_run_what_its_cards_recommend():
    """A card says `hint(softmax)` or `mine`, so these names must be there."""
    solutions = Path(__file__).parents[1] / "solutions"
    for notebook in notebooks():
        source = (solutions / f"{notebook.name}.py").read_text(encoding="utf-8")
        (imported,) = re.findall(r"from course_lib.checkpoints import (.*)", source)
        assert {"check", "hint", "mine"} <= set(imported.split(", "))
