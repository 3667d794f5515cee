"""batchnorm_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb08_going_further.batchnorm_forward import norm_cases
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

Step = Callable[..., Any]

BACKWARD = "08#7. Batch norm, backward"


def _norm_back_cases() -> list[Case]:
    three = np.array([[0.0], [2.0], [4.0]]), np.array([2.0]), np.array([1.0])
    forward = [three, *norm_cases()[1:]]
    upstream = [np.array([[1.0], [0.0], [0.0]]), *(normal(70 + k, *X.shape) for k, (X, *_) in enumerate(forward[1:]))]
    return [
        (dout.astype(X.dtype), functional.batchnorm_forward(X, *rest)[1])
        for dout, (X, *rest) in zip(upstream, forward, strict=True)
    ]


batchnorm_backward = Exercise(
    "batchnorm_backward",
    reference=functional.batchnorm_backward,
    cases=_norm_back_cases,
    returns=("dX", "dgamma", "dbeta"),
    sizes=lambda dout, cache: {"N": len(dout), "D": dout.shape[1]},
    points=3,
    hints=(
        "dgamma and dbeta are like the gradients of a weight and of a bias: gamma and beta are used once by every "
        "example. Write these two first.",
        "dgamma = sum over n of dout X_hat, and dbeta = sum over n of dout. For dX go over X_hat: dX_hat = gamma dout. "
        "Then take off two means over the batch, that of dX_hat, and X_hat times that of dX_hat X_hat, and divide by "
        "std.",
        "Nearly the code: `dX_hat = dout * gamma`, `dX = (dX_hat - dX_hat.mean(axis=0) - X_hat * (...).mean(axis=0)) / "
        "std`, `dgamma = (...).sum(axis=0)`, `dbeta = dout.sum(axis=0)`.",
    ),
)


Back = tuple[Array, Array, Array]


def _back(dout: Array, cache: Params, dX: Callable[[Array, Array], Array]) -> Back:
    """Right but for dX, which is worked out from dX_hat and X_hat and then divided by std."""
    _, dgamma, dbeta = functional.batchnorm_backward(dout, cache)
    return dX(cache["gamma"] * dout, cache["X_hat"]) / cache["std"], dgamma, dbeta


@batchnorm_backward.misconception("treats mean and std as constants", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**dX holds the mean and the std still.** But each example moves them a little, and with them all the others. Two
    terms are missing: mean(dX_hat), and X_hat mean(dX_hat X_hat)."""
    return _back(dout, cache, lambda d, X_hat: d)


@batchnorm_backward.misconception("treats the std as a constant", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**dX holds the std still.** The way over the mean is there; the one over the std is missing: X_hat mean(dX_hat
    X_hat) must be taken off as well."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0))


@batchnorm_backward.misconception("treats the mean as a constant", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**dX holds the mean still.** The way over the std is there; the one over the mean is missing:
    mean(dX_hat) must be taken off as well."""
    return _back(dout, cache, lambda d, X_hat: d - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("sums where dX needs means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the two terms are sums over the batch; they should be means.** The mean and the variance of the forward
    pass were divided by N, and the N comes back here."""
    return _back(dout, cache, lambda d, X_hat: d - d.sum(axis=0) - X_hat * (d * X_hat).sum(axis=0))


@batchnorm_backward.misconception("sums where dX needs means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with mean(dX_hat) is a sum over the batch.** mu is a mean of all X, so what comes back over it
    is divided by N."""
    return _back(dout, cache, lambda d, X_hat: d - d.sum(axis=0) - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("sums where dX needs means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) is a sum over the batch.** The variance is a mean of squares, so
    what comes back over it is divided by N."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - X_hat * (d * X_hat).sum(axis=0))


@batchnorm_backward.misconception("N is missing before dX_hat", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**All of dX is divided by N; only the two sums should be.** If you take the N out in front of the bracket, dX_hat
    gets one inside: (N dX_hat - sum(dX_hat) - X_hat sum(dX_hat X_hat)) / (N std)."""
    return _back(dout, cache, lambda d, X_hat: (d - d.sum(axis=0) - X_hat * (d * X_hat).sum(axis=0)) / len(d))


@batchnorm_backward.misconception("gamma is missing in the means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the two means are without gamma.** dbeta and dgamma are sums of dout; the means are those of dX_hat =
    gamma dout. If you use dbeta and dgamma here, multiply them by gamma too."""
    return _back(dout, cache, lambda d, X_hat: d - dout.mean(axis=0) - X_hat * (dout * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the way over the std counts twice", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) counts twice.** The 2 of the square goes with the 1/2 of the root:
    dvar = dstd / (2 std)."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - 2 * X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the way over the std counts half", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) is half of what it should be.** The slope of C² is 2 C: dC gets
    2 C / N dvar."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0) / 2)


@batchnorm_backward.misconception("X_hat for C", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**You take X_hat where C = X - mean belongs.** C is X_hat std: multiply X_hat by std where the formulas have C,
    in dstd and in dC."""
    scale = 1 / cache["std"] ** 2
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - scale * X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("X_hat for C", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In one place you take X_hat where C = X - mean belongs.** C is X_hat std. Look at dstd and at dC: where the
    formula has C, multiply X_hat by std."""
    scale = 1 / cache["std"]
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - scale * X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the second mean is without X_hat", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In the last term of dX a factor X_hat is missing under the mean.** It says how dX_hat and X_hat go
    together: X_hat mean(dX_hat X_hat)."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - X_hat * d.mean(axis=0))


@batchnorm_backward.misconception("the last term is not multiplied by X_hat", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In the last term of dX a factor X_hat is missing before the mean.** An example that is far from the mean moves
    the std more than one near it: X_hat mean(dX_hat X_hat)."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the two means are added", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**The two terms in dX have the wrong sign.** Mean and std both work against a
    change: their terms are taken off."""
    return _back(dout, cache, lambda d, X_hat: d + d.mean(axis=0) + X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("one of the two means is added", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with mean(dX_hat) has the wrong sign.** C is X *minus* mu, so what comes back over mu is taken
    off."""
    return _back(dout, cache, lambda d, X_hat: d + d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("one of the two means is added", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) has the wrong sign.** X_hat is C *divided* by std, so dstd has a
    minus, and this term is taken off."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) + X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("brackets missing in dX", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**Brackets are missing.** Only the last term of dX is divided by std. All three are: (... - ... - ...) / std."""
    std = cache["std"]
    return _back(dout, cache, lambda d, X_hat: (d - d.mean(axis=0)) * std - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the means run along the rows", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**The means in dX run over the features of each example.** Forward, each feature was measured over the batch; so
    the means are over the batch here too: `axis=0`."""
    return _back(
        dout,
        cache,
        lambda d, X_hat: d - d.mean(axis=1, keepdims=True) - X_hat * (d * X_hat).mean(axis=1, keepdims=True),
    )


@batchnorm_backward.misconception("the means run over the whole array", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**The means in dX run over everything.** Each feature has its own mean and std, so each has its
    own two means here: `axis=0`."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean() - X_hat * (d * X_hat).mean())


@batchnorm_backward.misconception("gamma is missing in dX", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX starts from dout.** The last step forward was out = gamma X_hat + beta, so the first step
    back is dX_hat = gamma dout."""
    return right(dout, {**cache, "gamma": np.ones_like(cache["gamma"])})


@batchnorm_backward.misconception("dX is not divided by the std", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX is not divided by std.** Forward, X - mean was divided by it; so the gradient is divided by it as well."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX * cache["std"], dgamma, dbeta


@batchnorm_backward.misconception("dX is multiplied by the std", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX is multiplied by std; it should be divided.** If the std is large, X_hat hardly moves when X moves."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX * cache["std"] ** 2, dgamma, dbeta


@batchnorm_backward.misconception("dX is divided by the std twice", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX is divided by std twice.** Forward, X - mean was divided by it once."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX / cache["std"], dgamma, dbeta


@batchnorm_backward.misconception("dgamma and dbeta exchanged", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta have changed places.** gamma is multiplied with X_hat, so its gradient has X_hat in it; beta
    is added, so its gradient is the sum of dout."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dbeta, dgamma


@batchnorm_backward.misconception("dgamma and dbeta are means", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta are too small by exactly N.** They are sums over the batch, like db in a linear layer: the
    mean is inside dout already."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma / len(dout), dbeta / len(dout)


@batchnorm_backward.misconception("dgamma is without X_hat", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma is the sum of dout alone.** That is dbeta. gamma is multiplied with X_hat: sum dout X_hat."""
    dX, _, dbeta = right(dout, cache)
    return dX, dbeta, dbeta


@batchnorm_backward.misconception("dgamma has gamma in it", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma is gamma times what it should be.** The slope of gamma X_hat with respect to gamma is X_hat. Sum
    dout X_hat, not dX_hat X_hat."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma * cache["gamma"], dbeta


@batchnorm_backward.misconception("dbeta has gamma in it", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dbeta is gamma times what it should be.** beta is added after gamma has multiplied: sum dout, not dX_hat."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma, dbeta * cache["gamma"]


@batchnorm_backward.misconception("dgamma and dbeta are taken from dX_hat", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta are gamma times what they should be.** You sum dX_hat, which has gamma in it. Both are
    worked out from dout."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma * cache["gamma"], dbeta * cache["gamma"]


@batchnorm_backward.misconception("dgamma and dbeta are not summed", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta still have a row for each example.** Every example uses the same gamma and beta, so their
    gradients add up over the batch: `axis=0`."""
    dX, _, _ = right(dout, cache)
    return dX, dout * cache["X_hat"], dout


@batchnorm_backward.misconception("dgamma and dbeta along the rows", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta have one number for each example; each feature needs one.** Add
    up over the batch: `axis=0`."""
    dX, _, _ = right(dout, cache)
    return dX, (dout * cache["X_hat"]).sum(axis=1), dout.sum(axis=1)


@batchnorm_backward.misconception("dgamma and dbeta are single numbers", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta became single numbers.** Each feature has a gamma and a beta of its own: add up
    over the batch alone, `axis=0`."""
    dX, _, _ = right(dout, cache)
    return dX, (dout * cache["X_hat"]).sum(), dout.sum()


@batchnorm_backward.misconception("returns dX alone", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**Only dX comes back.** gamma and beta are learned too: return dX, dgamma and dbeta."""
    return right(dout, cache)[0]
