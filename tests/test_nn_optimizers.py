"""The optimisers: by hand, formula against fast form, what L2 touches, and PyTorch where it is installed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from course_lib.nn import SGD, Adam, Optimizer, Parameter, ParameterVector, RMSprop
from course_lib.nn.functional import l2_gradient
from course_lib.nn.optimizers import adam_step, momentum_step, rmsprop_step, sgd_step, weight_decay_step
from course_lib.nn.unscaled_shrink import UnscaledShrink

RNG = np.random.default_rng
SHAPES = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}


def random_params(seed: int, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    rng = RNG(seed)
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in SHAPES.items()}


# ---- the formulas by hand


def test_sgd_step_by_hand_and_in_place() -> None:
    w = np.array([1.0, 2.0])
    sgd_step({"W1": w}, {"W1": np.array([10.0, -10.0])}, lr=0.1)
    np.testing.assert_allclose(w, [0, 3])


def test_weight_decay_step_by_hand_spares_the_biases_and_leaves_the_gradients() -> None:
    params, grads = {"W1": np.array([1.0]), "b1": np.array([1.0])}, {"W1": np.array([2.0]), "b1": np.array([2.0])}
    weight_decay_step(params, grads, lr=0.1, lam=0.5)
    assert (params["W1"][0], params["b1"][0]) == pytest.approx((0.75, 0.8))
    assert grads["W1"][0] == 2


def test_momentum_step_by_hand() -> None:
    params, velocity, grads = {"W1": np.array([1.0])}, {"W1": np.array([0.0])}, {"W1": np.array([2.0])}
    momentum_step(params, grads, velocity, lr=0.1, mu=0.5)
    assert (velocity["W1"][0], params["W1"][0]) == pytest.approx((-0.2, 0.8))
    momentum_step(params, grads, velocity, lr=0.1, mu=0.5)
    assert (velocity["W1"][0], params["W1"][0]) == pytest.approx((-0.3, 0.5))


def test_rmsprop_step_by_hand() -> None:
    params, state = {"W1": np.array([1.0])}, {"W1": np.array([0.0])}
    rmsprop_step(params, {"W1": np.array([2.0])}, state, lr=0.1, rho=0.75)
    assert (state["W1"][0], params["W1"][0]) == pytest.approx((1.0, 0.8))


def test_the_first_step_of_adam_is_lr_whatever_the_size_of_the_gradient() -> None:
    for gradient in (1e-3, 1.0, 1e3):
        params = {"W1": np.array([1.0])}
        state = {"m": {"W1": np.zeros(1)}, "v": {"W1": np.zeros(1)}}
        adam_step(params, {"W1": np.array([gradient])}, state, t=1, lr=0.1)
        assert params["W1"][0] == pytest.approx(0.9, rel=1e-4)


@pytest.mark.parametrize("step", ["sgd", "momentum", "rmsprop", "adam"])
def test_float32_stays_float32_and_gradients_stay_as_they_are(step: str) -> None:
    params, grads, zeros = random_params(0, np.float32), random_params(1, np.float32), random_params(2, np.float32)
    for z in zeros.values():
        z[...] = 0
    before = {name: g.copy() for name, g in grads.items()}
    lr = np.float64(0.1)  # a NumPy number, as a schedule might return it
    if step == "sgd":
        sgd_step(params, grads, lr)
    elif step == "momentum":
        momentum_step(params, grads, zeros, lr, 0.9)
    elif step == "rmsprop":
        rmsprop_step(params, grads, zeros, lr)
    else:
        adam_step(params, grads, {"m": zeros, "v": {name: z.copy() for name, z in zeros.items()}}, 1, lr)
    assert all(p.dtype == np.float32 for p in params.values())
    for name, g in grads.items():
        np.testing.assert_array_equal(g, before[name])


# ---- the fast form does the same as the formula, step by step, with L2 and a changing learning rate


class ByFormula:
    """The functional form of an optimiser."""

    def __init__(self, kind: str, params: dict[str, np.ndarray]) -> None:
        self.kind, self.params, self.t = kind, params, 0
        self.a, self.b = ({name: np.zeros_like(p) for name, p in params.items()} for _ in range(2))

    def step(self, grads: dict[str, np.ndarray], lr: float, lam: float) -> None:
        grads, self.t = l2_gradient(self.params, grads, lam), self.t + 1
        if self.kind == "sgd":
            sgd_step(self.params, grads, lr)
        elif self.kind == "momentum":
            momentum_step(self.params, grads, self.a, lr, 0.9)
        elif self.kind == "nesterov":  # the look-ahead form: one more push by the new velocity
            for name in self.params:
                self.a[name] = 0.9 * self.a[name] - lr * grads[name]
                self.params[name] += 0.9 * self.a[name] - lr * grads[name]
        elif self.kind == "rmsprop":
            rmsprop_step(self.params, grads, self.a, lr)
        else:
            adam_step(self.params, grads, {"m": self.a, "v": self.b}, self.t, lr)


FAST: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "rmsprop": RMSprop,
    "adam": Adam,
}


def fast_form(
    kind: str, params: dict[str, np.ndarray], lam: float
) -> tuple[Optimizer, ParameterVector, dict[str, Any]]:
    parameters = {name: Parameter(name, p.copy(), is_weight=name.startswith("W")) for name, p in params.items()}
    rule = {**FAST, "unscaled-shrink": UnscaledShrink}[kind]
    optimizer, vector = rule(lam=lam), ParameterVector(list(parameters.values()))
    optimizer.attach(vector)
    return optimizer, vector, parameters


@pytest.mark.parametrize("kind", FAST)
@pytest.mark.parametrize("lam", [0.0, 1e-4, 0.3, 5.0])
@pytest.mark.parametrize("block_size", [5, 65536])
def test_the_fast_form_is_the_formula(kind: str, lam: float, block_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Optimizer, "block_size", block_size)  # 5: many blocks, which end in the middle of a matrix
    slow = ByFormula(kind, random_params(3))
    optimizer, _, parameters = fast_form(kind, slow.params, lam)
    for step in range(60):
        lr = 0.02 / (1 + step % 7)  # jumps up and down
        grads = random_params(100 + step)
        for name, p in parameters.items():
            p.grad[...] = grads[name] * optimizer.gradient_scale(lr)
        optimizer.step(lr)
        slow.step(grads, lr, lam)
        for name, p in parameters.items():
            np.testing.assert_allclose(p.value, slow.params[name], rtol=1e-9, atol=1e-11, err_msg=f"step {step}")


@pytest.mark.parametrize("kind", FAST)
def test_l2_shrinks_weights_and_not_biases(kind: str) -> None:
    optimizer, vector, parameters = fast_form(kind, random_params(4), lam=0.1)
    before = vector.values.copy()
    for _ in range(3):
        vector.gradients[:] = 0
        optimizer.step(0.01)
    n = vector.weight_count
    assert (np.abs(vector.values[:n]) < np.abs(before[:n])).all()
    np.testing.assert_array_equal(vector.values[n:], before[n:])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SGD(momentum=1.0),
        lambda: SGD(momentum=-0.5),
        lambda: SGD(lam=-1e-4),
        lambda: SGD(lam=np.nan),
        lambda: RMSprop(rho=2.0),
        lambda: Adam(beta1=1.0),
        lambda: Adam(beta2=1.5),
    ],
)
def test_settings_out_of_their_range_are_refused(wrong: Callable[[], Optimizer]) -> None:
    with pytest.raises(ValueError, match=r"^\w+ must be .*0.*, but it is"):
        wrong()


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(ValueError, match="set momentum too"):
        SGD(nesterov=True)


@pytest.mark.parametrize(("kind", "lr_lam"), [("sgd", 3e-8), ("momentum", 3e-8)])
def test_weak_l2_pulls_as_strongly_in_float32_as_in_float64(kind: str, lr_lam: float) -> None:
    w, lr = RNG(9).normal(scale=0.05, size=2000), 0.1

    def end(dtype: type, lam: float) -> np.ndarray:
        p, optimizer, rng = Parameter("W", w.astype(dtype), is_weight=True), FAST[kind](lam=lam), RNG(10)
        optimizer.attach(ParameterVector([p]))
        for _ in range(500):
            p.grad[...] = rng.normal(scale=0.01, size=w.size).astype(np.float32) * optimizer.gradient_scale(lr)
            optimizer.step(lr)
        return p.value.astype(np.float64)

    pull = end(np.float64, 0) - end(np.float64, lr_lam / lr)
    measured = end(np.float32, 0) - end(np.float32, lr_lam / lr)
    assert measured @ pull / (pull @ pull) == pytest.approx(1, abs=0.1)


def test_the_blocks_share_one_scratch_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Optimizer, "block_size", 5)
    optimizer, vector, _ = fast_form("adam", random_params(5), lam=0.1)
    assert vector.values.size > 5
    assert len({block.tmp.__array_interface__["data"] for block, _, _ in optimizer.blocks}) == 1


def test_attach_starts_afresh() -> None:
    optimizer, vector, _ = fast_form("adam", random_params(5), lam=0.1)
    vector.gradients[:] = 1
    optimizer.step(0.1)
    optimizer.attach(vector)
    assert not any(s.any() for s in optimizer.state.values())


def test_subnormal_state_is_flushed_and_the_rest_is_kept() -> None:
    optimizer, _, _ = fast_form("momentum", random_params(6, np.float32), lam=0.0)
    v = optimizer.state["v"]
    v[:3] = [1e-40, -1e-35, 1e-20]
    optimizer.flush_subnormals()
    np.testing.assert_array_equal(v[:3], np.array([0, 0, 1e-20], np.float32))
    assert optimizer.state["d"] == 1


@pytest.mark.parametrize("kind", FAST)
def test_a_quadratic_valley_is_descended(kind: str) -> None:
    scales = np.array([1.0, 10.0])
    p = Parameter("W", np.array([5.0, 5.0]), is_weight=True)
    optimizer, vector = FAST[kind](), ParameterVector([p])
    optimizer.attach(vector)
    for step in range(400):
        lr = 0.05 if step < 200 else 0.002
        p.grad[...] = scales * p.value * optimizer.gradient_scale(lr)
        optimizer.step(lr)
    np.testing.assert_allclose(p.value, 0, atol=0.01 if kind != "adam" else 0.1)


# ---- the two-layer report's rule, wrong on purpose


def test_the_unscaled_shrink_takes_lam_of_a_weight_at_every_step_whatever_lr_is() -> None:
    W, b = Parameter("W", np.array([2.0]), is_weight=True), Parameter("b", np.array([2.0]))
    optimizer = UnscaledShrink(lam=0.1)
    optimizer.attach(ParameterVector([W, b]))
    for lr, expected_W, expected_b in [(0.5, 2 * 0.9 - 0.5, 1.5), (0.001, 1.3 * 0.9 - 0.001, 1.499)]:
        for p in (W, b):
            p.grad[...] = 1.0 * optimizer.gradient_scale(lr)
        optimizer.step(lr)
        assert (W.value[0], b.value[0]) == pytest.approx((expected_W, expected_b))


def test_the_unscaled_shrink_is_sgd_with_lam_divided_by_lr() -> None:
    printed, _, wrong = fast_form("unscaled-shrink", random_params(8), lam=1e-3)
    for step, lr in enumerate([0.1, 0.1, 0.05, 0.0125]):
        right, _, parameters = fast_form("sgd", {name: p.value for name, p in wrong.items()}, lam=1e-3 / lr)
        for name, g in random_params(300 + step).items():
            wrong[name].grad[...] = parameters[name].grad[...] = g * lr
        printed.step(lr)
        right.step(lr)
        for name, p in wrong.items():
            np.testing.assert_allclose(p.value, parameters[name].value, rtol=1e-12)


# ---- PyTorch


@pytest.mark.parametrize("kind", FAST)
@pytest.mark.parametrize("lam", [0.0, 0.01])
def test_the_same_steps_as_pytorch(kind: str, lam: float) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    params = random_params(7)
    optimizer, _, parameters = fast_form(kind, params, lam)
    tensors = {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
    groups = [
        {"params": [tensors["W1"], tensors["W2"]], "weight_decay": lam},
        {"params": [tensors["b1"], tensors["b2"]], "weight_decay": 0.0},
    ]
    theirs = {
        "sgd": lambda: torch.optim.SGD(groups, lr=0.03),
        "momentum": lambda: torch.optim.SGD(groups, lr=0.03, momentum=0.9),
        "nesterov": lambda: torch.optim.SGD(groups, lr=0.03, momentum=0.9, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(groups, lr=0.03, alpha=0.9, eps=1e-8),
        "adam": lambda: torch.optim.Adam(groups, lr=0.03, eps=1e-8),
    }[kind]()
    for step in range(30):
        grads = random_params(200 + step)
        for name, p in parameters.items():
            p.grad[...] = grads[name] * optimizer.gradient_scale(0.03)
            tensors[name].grad = torch.tensor(grads[name])
        optimizer.step(0.03)
        theirs.step()
        for name, p in parameters.items():
            np.testing.assert_allclose(p.value, tensors[name].detach().numpy(), rtol=1e-9, atol=1e-11)
