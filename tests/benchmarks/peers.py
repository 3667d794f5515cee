"""Who is measured. Each function gets a workload and its data, and returns a Trainer of `workload.epochs` epochs.

All do the same mathematics: mean cross-entropy, v <- mu v + gradient + lam w, w <- w - lr v, a fresh order every epoch.
Each is written as its library is used at its best on one thread. An ImportError means: this peer is not installed.
"""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from course_lib.nn import SGD, Training, mlp

from .workloads import LAM, LR, MOMENTUM, Workload

Array = np.ndarray[Any, Any]


class Trainer(NamedTuple):
    """`run()` trains once more; `predict(X)` gives labels (N,), so that a test can see that training took place."""

    run: Callable[[], None]
    predict: Callable[[Array], Array]


def course(workload: Workload, X: Array, y: Array) -> Trainer:
    """course_lib.nn as it is."""
    rng = np.random.default_rng(0)
    optimizer = SGD(momentum=MOMENTUM, lam=LAM)
    network = mlp(workload.sizes, rng=rng)
    training = Training(network, X, y, epochs=10**9, batch_size=workload.batch, lr=LR, optimizer=optimizer, rng=rng)
    epochs = training.epochs_left()

    def run() -> None:
        for _ in range(workload.epochs):
            next(epochs)

    return Trainer(run, network.predict)


def products(workload: Workload, X: Array, y: Array) -> Trainer:
    """Only the matrix products of the steps, float32, into arrays that are there: the limit for NumPy."""
    rng = np.random.default_rng(0)
    A = [rng.random((workload.batch, width), np.float32) for width in workload.sizes]
    W = [rng.random(shape, np.float32) for shape in zip(workload.sizes[:-1], workload.sizes[1:], strict=True)]
    out, dA, dW = ([np.empty_like(a) for a in arrays] for arrays in (A, A, W))
    dZ = [rng.random(a.shape, np.float32) for a in A]

    def run() -> None:
        for _ in range(workload.epochs * (len(X) // workload.batch)):
            for i in range(len(W)):
                np.dot(A[i], W[i], out=out[i + 1])
            for i in reversed(range(len(W))):
                np.dot(A[i].T, dZ[i + 1], out=dW[i])
                if i > 0:
                    np.dot(dZ[i + 1], W[i].T, out=dA[i])

    return Trainer(run, lambda X: np.zeros(len(X)))  # it learns nothing


def naive(workload: Workload, X: Array, y: Array) -> Trainer:
    """The formulas written down in NumPy's default float64, a new array for every result."""
    rng, X, Y = np.random.default_rng(0), X.astype(np.float64), np.eye(workload.sizes[-1])[y]
    layers = list(zip(workload.sizes[:-1], workload.sizes[1:], strict=True))
    W = [rng.normal(size=(D, H)) * np.sqrt(2 / D) for D, H in layers]
    b = [np.zeros(H) for _, H in layers]
    vW, vb = [np.zeros_like(w) for w in W], [np.zeros_like(v) for v in b]

    def forward(X: Array) -> list[Array]:
        A = [X]
        for w, v in zip(W, b, strict=True):
            A.append(np.maximum(A[-1] @ w + v, 0) if w is not W[-1] else A[-1] @ w + v)
        return A

    def step(X: Array, Y: Array) -> None:
        A = forward(X)
        P = np.exp(A[-1] - A[-1].max(axis=1, keepdims=True))
        dZ = (P / P.sum(axis=1, keepdims=True) - Y) / len(Y)
        for i in reversed(range(len(W))):
            dW, db = A[i].T @ dZ + LAM * W[i], dZ.sum(axis=0)
            dZ = (dZ @ W[i].T) * (A[i] > 0)
            vW[i], vb[i] = MOMENTUM * vW[i] + dW, MOMENTUM * vb[i] + db
            W[i], b[i] = W[i] - LR * vW[i], b[i] - LR * vb[i]

    def run() -> None:
        for _ in range(workload.epochs):
            order = rng.permutation(len(X))
            for start in range(0, len(X), workload.batch):
                rows = order[start : start + workload.batch]
                step(X[rows], Y[rows])

    return Trainer(run, lambda X: forward(X)[-1].argmax(axis=1))


def scikit_learn(workload: Workload, X: Array, y: Array) -> Trainer:
    """MLPClassifier, which divides alpha by the batch size itself."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    classifier = MLPClassifier(
        workload.sizes[1:-1],
        solver="sgd",
        alpha=LAM * workload.batch,
        batch_size=workload.batch,
        learning_rate_init=LR,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        max_iter=workload.epochs,
        tol=0,
        n_iter_no_change=10**9,
        random_state=0,
    )

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(X, y)

    return Trainer(run, classifier.predict)


def pytorch(workload: Workload, X: Array, y: Array) -> Trainer:
    """Eager PyTorch in its fastest form: the data one tensor, no DataLoader, the fused optimiser."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    layers: list[Any] = []
    for D, H in zip(workload.sizes[:-1], workload.sizes[1:], strict=True):
        layers += [torch.nn.Linear(D, H), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=LAM, fused=True)
    images, labels = torch.from_numpy(X), torch.from_numpy(y)

    def run() -> None:
        for _ in range(workload.epochs):
            for rows in torch.randperm(len(images)).split(workload.batch):
                loss = torch.nn.functional.cross_entropy(model(images[rows]), labels[rows])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()

    return Trainer(run, lambda X: model(torch.from_numpy(X)).detach().numpy().argmax(axis=1))


def jax(workload: Workload, X: Array, y: Array) -> Trainer:
    """JAX with the whole epoch compiled: jit round a scan over the batches, the data an argument of the function."""
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    params = []
    for D, H in zip(workload.sizes[:-1], workload.sizes[1:], strict=True):
        params.append((jnp.asarray(rng.normal(size=(D, H)) * np.sqrt(2 / D), jnp.float32), jnp.zeros(H, jnp.float32)))

    def forward(params: Any, X: Any) -> Any:
        for W, b in params[:-1]:
            X = jnp.maximum(X @ W + b, 0)
        W, b = params[-1]
        return X @ W + b

    def loss(params: Any, X: Any, y: Any) -> Any:
        log_P = jax.nn.log_softmax(forward(params, X))
        return -jnp.take_along_axis(log_P, y[:, None], axis=1).mean()

    def step(images: Any, labels: Any, state: Any, rows: Any) -> Any:
        params, velocity = state
        gradients = jax.grad(loss)(params, images[rows], labels[rows])
        velocity = jax.tree.map(lambda v, g, w: MOMENTUM * v + g + LAM * w, velocity, gradients, params)
        params = jax.tree.map(lambda w, v: w - LR * v, params, velocity)
        return (params, velocity), None

    @partial(jax.jit, donate_argnums=0)
    def epoch(state: Any, images: Any, labels: Any, batches: Any) -> Any:
        return jax.lax.scan(partial(step, images, labels), state, batches)[0]

    images, labels = jnp.asarray(X), jnp.asarray(y)
    state = (params, jax.tree.map(jnp.zeros_like, params))
    count = len(X) // workload.batch  # the last partial batch would be another shape to compile: left out

    def run() -> None:
        nonlocal state
        for _ in range(workload.epochs):
            batches = rng.permutation(len(X))[: count * workload.batch].reshape(count, -1)
            state = epoch(state, images, labels, batches)
        jax.block_until_ready(state)

    return Trainer(run, lambda X: np.asarray(forward(state[0], X)).argmax(axis=1))


PEERS: dict[str, Callable[[Workload, Array, Array], Trainer]] = {
    "products": products,
    "course_lib": course,
    "JAX": jax,
    "scikit-learn": scikit_learn,
    "PyTorch": pytorch,
    "naive float64": naive,
}
