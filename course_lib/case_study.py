"""The case study of notebook 5: a report whose accuracy falls from epoch to epoch, and the one line that does it.

    784-400-10 with ReLU on MNIST, pixels from 0 to 255, batches of 16, lr 1e-4 halved every 5,000 steps

    printed    W <- (1 - lam) W - lr dW         shrinks by lam at every step, however small lr has become
    mended     W <- (1 - lr lam) W - lr dW      gradient descent on the loss + (lam / 2) * sum of W^2

`recorded` gives real runs of both, from case_study.json, which `python -m course_lib.case_study` makes anew (a few
minutes, with MNIST). `reproduce` trains a smaller network of the same report with a step of the learner's own.
"""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from course_lib.data import Dataset, at_hand, load
from course_lib.nn import SGD, Network, Optimizer, evaluate, mlp, train
from course_lib.nn.arrays import Params
from course_lib.nn.schedules import step_decay
from course_lib.nn.unscaled_shrink import UnscaledShrink

RECORD = Path(__file__).with_suffix(".json")
HIDDEN, BATCH_SIZE, LR, HALVED_EVERY = 400, 16, 1e-4, 5000
LAMS = (0.01, 0.001, 0.0001, 0.0)  # the report's table
OTHER_LAMS = (1.0, 10.0)  # for the mended rule, which needs larger ones to do anything in such a short training
EPOCHS, SEED = 8, 0

StepFunction = Callable[[Params, Params, float, float], object]
"""step(params, grads, lr, lam) changes params in place."""


class LearnersStep(Optimizer):
    """A step function on dicts of arrays, such as a learner's, in place of an optimiser of the course."""

    def __init__(self, network: Network, step: StepFunction, *, lam: float) -> None:
        super().__init__(lam=lam)
        self.network, self.function = network, step

    def step(self, lr: float) -> None:
        params = self.network.named_parameters()
        grads = {name: p.grad for name, p in zip(params, self.network.parameters, strict=True)}
        self.function(params, grads, lr, self.lam)
        for name, p in zip(params, self.network.parameters, strict=True):
            if params[name] is not p.value:  # a new array was put into the dict
                p.value[...] = params[name]


FORMS: dict[str, type[Optimizer]] = {"printed": UnscaledShrink, "mended": SGD}


@dataclass(frozen=True)
class Epoch:
    """What the network is like after an epoch: loss in nats and accuracy on all training and all test images, and the
    mean size of a weight of the first layer."""

    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    weight_size: float


@dataclass(frozen=True)
class Run:
    """One training: the form of its update, "printed" or "mended", its lam, and its epochs."""

    form: str
    lam: float
    epochs: tuple[Epoch, ...]

    def curve(self, what: str) -> list[float]:
        """One number of every epoch, for example "test_accuracy"."""
        return [getattr(epoch, what) for epoch in self.epochs]


def first_network(hidden: int, rng: np.random.Generator) -> Network:
    """784-hidden-10 with He's first weights; which ones the report took, it does not say."""
    return mlp((784, hidden, 10), rng=rng)


def trained(
    network: Network, optimizer: Optimizer, images: Dataset, *, epochs: int, rng: np.random.Generator
) -> Iterator[Epoch]:
    """Train as the report did; an Epoch after every epoch."""
    X, X_test = 255 * images.X_train, 255 * images.X_test
    lr = partial(step_decay, LR, every=HALVED_EVERY)
    for _ in train(
        network, X, images.y_train, epochs=epochs, rng=rng, batch_size=BATCH_SIZE, lr=lr, optimizer=optimizer
    ):
        yield Epoch(
            *evaluate(network, X, images.y_train),
            *evaluate(network, X_test, images.y_test),
            weight_size=float(np.abs(network.named_parameters()["W1"]).mean()),
        )


def recorded() -> dict[tuple[str, float], Run]:
    """The recorded runs by form and lam: recorded()["printed", 0.001]."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    runs = {}
    for run in record["runs"]:
        epochs = tuple(Epoch(**dict(zip(record["columns"], row, strict=True))) for row in run["epochs"])
        runs[run["form"], run["lam"]] = Run(run["form"], run["lam"], epochs)
    return runs


def reproduce(step: StepFunction, lam: float = 0.001, *, hidden: int = 100, epochs: int = 3) -> None:
    """Train the report's smaller network on real MNIST with `step`, and print a line after every epoch.

    Nothing is fetched: if MNIST is not on this machine, it says how to get it, and that is all.
    """
    if not at_hand("mnist"):
        print("MNIST is not on this machine yet. load('mnist') fetches it, 11 MB; then run this cell again.")
        return
    rng = np.random.default_rng(SEED)
    network = first_network(hidden, rng)
    optimizer = LearnersStep(network, step, lam=lam)
    print(f"784-{hidden}-10 on MNIST, lam = {lam:g}, {epochs} epochs:", flush=True)
    for number, epoch in enumerate(trained(network, optimizer, load("mnist"), epochs=epochs, rng=rng), start=1):
        print(
            f"epoch {number}   training images {epoch.train_accuracy:.3f}   test images {epoch.test_accuracy:.3f}   "
            f"mean size of a weight in W1 {epoch.weight_size:.5f}",
            flush=True,
        )


def main(arguments: Sequence[str]) -> int:
    """Make all runs and write the record. Returns the exit code, 0."""
    parser = argparse.ArgumentParser(
        prog="python -m course_lib.case_study",
        description="Train the networks of notebook 5's case again on MNIST, for a few minutes, and write what they "
        "reach into course_lib/case_study.json, in place of the record before. There is nothing to set.",
    )
    parser.parse_args(arguments)
    images = load("mnist")
    runs = []
    for form, lam in [(form, lam) for form in FORMS for lam in LAMS] + [("mended", lam) for lam in OTHER_LAMS]:
        epochs: list[list[float]] = []
        rng = np.random.default_rng(SEED)
        network = first_network(HIDDEN, rng)
        for epoch in trained(network, FORMS[form](lam=lam), images, epochs=EPOCHS, rng=rng):
            epochs.append([float(f"{value:.5g}") for value in asdict(epoch).values()])
            print(f"{form}, lam {lam:g}, epoch {len(epochs)}: test accuracy {epoch.test_accuracy:.4f}", flush=True)
        runs.append({"form": form, "lam": lam, "epochs": epochs})
    record = {
        "about": "Real runs on MNIST, made by: python -m course_lib.case_study",
        "made": f"{date.today()}, NumPy {np.__version__}, {platform.machine()}",
        "network": f"784-{HIDDEN}-10, ReLU, He's first weights, float32, seed {SEED}; pixels from 0 to 255",
        "training": f"{EPOCHS} epochs, batch size {BATCH_SIZE}, lr {LR:g} halved every {HALVED_EVERY} steps",
        "columns": list(Epoch.__dataclass_fields__),
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in record.items()]
    rows = ",\n".join(f"    {json.dumps(run)}" for run in runs)
    RECORD.write_text("\n".join(["{", *lines, '  "runs": [', rows, "  ]", "}", ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
