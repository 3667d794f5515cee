"""The whole bank: references pass, every misconception fails and is named, none is confused, right answers pass."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics  # noqa: F401  imported here so that no forked child has to
import sklearn.preprocessing  # noqa: F401

from course_lib.checkpoints import judge
from course_lib.checkpoints.exercise import exercises, notebooks
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
    assert {np.dtype(np.float32), np.dtype(np.float64)} <= dtypes or exercise.name == "one_hot"
    batches = {exercise.sizes(*case)["N"] for case in trial_of(exercise).cases}
    assert len(batches) >= 3


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
    "relu": ["return np.maximum(Z, 1e-3)", "return np.where(Z > 1, Z, 0)", "return np.round(np.maximum(Z, 0), 2)"],
    "sigmoid": ["return 1 / (1 + np.exp(-np.clip(Z, -5, 5)))", "return np.clip(0.5 + Z / 4, 0, 1)"],
    "softmax": [
        "E = np.exp(np.clip(Z, -50, 50)); return E / E.sum(axis=1, keepdims=True)",
        "E = np.exp(Z - Z.mean(axis=1, keepdims=True)); return E / E.sum(axis=1, keepdims=True)",
        "E = 2 ** (Z - Z.max(axis=1, keepdims=True)); return E / E.sum(axis=1, keepdims=True)",
        "E = np.exp(Z - Z.max(axis=1, keepdims=True)); return E / (E.sum(axis=1, keepdims=True) + 1e-3)",
    ],
    "cross_entropy": [
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
