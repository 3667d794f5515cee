"""The five write-ups this course grew from: what they claim, which run measures it, and what was wrong in them.

A claim is a row of a table. Its cells say which number (a field of `Run`) of which run: a file of
course_lib/configs/claims, perhaps with some settings changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from course_lib.nn.config import Config, load_config

CONFIGS = Path(__file__).parents[1] / "configs" / "claims"


@dataclass(frozen=True)
class Cell:
    """One number of one run."""

    file: str
    quantity: str = "test_accuracy"
    changes: Mapping[str, Any] = field(default_factory=dict)

    def config(self, seed: int) -> Config:
        return replace(load_config(CONFIGS / f"{self.file}.yaml"), **self.changes, seed=seed)


@dataclass(frozen=True)
class Claim:
    """What a write-up says, in its own terms, and a cell for each column of its table.

    at_least, at_most    the first cell between these reaches the claim; without either, nothing is judged
    """

    what: str
    claimed: str
    cells: tuple[Cell, ...]
    at_least: float | None = None
    at_most: float | None = None

    def reached(self, value: float) -> bool | None:
        """Whether a number reaches the claim; None if the claim is a number to compare, not a bound."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True)
class WriteUp:
    """One of the five: its name, its network and training, its claims, its mistakes, and what our numbers say."""

    title: str
    setting: str
    claims: tuple[Claim, ...]
    wrong: tuple[str, ...]
    verdict: str
    columns: tuple[str, ...] = ("measured",)


def _report_row(what: str, claimed: str, **changes: Any) -> Claim:
    """A row of the two-layer report's tables, in every form."""
    close = {**changes, "init": "small", "lr": 4 * changes.get("lr", 1e-4)}
    return Claim(
        what,
        claimed,
        (
            Cell("s3-as-printed", "test_accuracy", changes),
            Cell("s3-as-printed", "last_test_accuracy", changes),
            Cell("s3-as-printed", "test_accuracy", close),
            Cell("s3-mended", "last_test_accuracy", changes),
        ),
    )


def _homework_row(what: str, file: str) -> Claim:
    return Claim(what, "86.45%", (Cell(file), Cell(file, changes={"lr": 0.01})), at_least=0.8645)


# Momentum, early stopping, and a lower learning rate every 20 epochs.
_S0_WISHES = {"validation": 0.1, "momentum": 0.9, "schedule": "step", "decay_epochs": 20.0, "patience": 5}

WRITE_UPS = {
    "S0": WriteUp(
        title="multi-layer experiment",
        setting="MNIST, all 70,000 images divided 80 to 20; 784-256-128-10, SGD with lr 0.01 and L2, 50 epochs",
        claims=(
            Claim("test accuracy", "about 96%", (Cell("s0"),), at_least=0.96),
            Claim("with what it asks for", "about 96%", (Cell("s0", changes=_S0_WISHES),), at_least=0.96),
        ),
        wrong=(
            "The gradient of the loss is called without the labels.",
            "ReLU's mask comes from the layer's input. It must come from the pre-activation Z.",
            "The examples are never shuffled.",
            "The one-hot encoder is fitted on all data before the split.",
        ),
        verdict="Reached and passed. The momentum, early stopping and step decay that it asks for bring more, sooner.",
    ),
    "S1": WriteUp(
        title="hands-on project",
        setting="MNIST; 784-128-10, 101,770 parameters, SGD with lr 0.1 and cosine decay, 10 epochs",
        claims=(
            Claim("training accuracy", "> 98%", (Cell("s1", "train_accuracy"),), at_least=0.98),
            Claim("test accuracy", "> 95%", (Cell("s1"),), at_least=0.95),
            Claim("ten epochs", "< 5 minutes", (Cell("s1", "seconds"),), at_most=300),
            Claim("error of the gradient", "< 1e-7", (Cell("s1", "gradient_error"),), at_most=1e-7),
            Claim("first loss", "2.3026", (Cell("s1", "first_loss"),), at_least=2.29, at_most=2.31),
            Claim(
                "first loss, weights of sd 0.01",
                "2.3026",
                (Cell("s1", "first_loss", {"init": "small"}),),
                at_least=2.29,
                at_most=2.31,
            ),
        ),
        wrong=(
            "The test images choose the best epoch and stop the training, so they no longer test anything. Here 5,000 "
            "of the training images do that.",
            "When the download fails, random noise with random labels takes the place of MNIST, and training goes on.",
            "The images are cached as a pickle file. Opening a stranger's pickle runs the stranger's code.",
            "The last, smaller batch of an epoch is dropped.",
        ),
        verdict="All is reached but the first loss. 2.3026 is ln 10, the loss of a network that thinks all ten digits "
        "equally likely, so it takes first weights near 0. He's weights, which the project uses, start higher.",
    ),
    "S2": WriteUp(
        title="fully connected notes",
        setting="MNIST; layers as objects, weights of sd 0.01, SGD with lr 0.1, batches of 20",
        claims=(Claim("test accuracy", "about 98%", (Cell("s2"),), at_least=0.975),),
        wrong=(
            "ReLU's backward writes into the gradient that it was handed, so whoever still holds that array holds "
            "another one.",
            "It sets the gradient to 0 where Z < 0, so a unit at exactly 0 lets its gradient pass.",
        ),
        verdict="Reached. The notes give neither width nor lambda; these were chosen on validation images.",
    ),
    "S3": WriteUp(
        title="two-layer report",
        setting="MNIST, pixels from 0 to 255; 784-400-10, batches of 16, lr 1e-4 halved every 5,000 steps, L2 0.001",
        columns=("printed: best epoch", "last epoch", "4 x gradient: best", "mended: last epoch"),
        claims=(
            _report_row("lr 0.01", "10%", lr=1e-2),
            _report_row("lr 0.001", "88%", lr=1e-3),
            _report_row("lr 0.0001", "92.2%"),
            _report_row("hidden 100", "91.5%", hidden=(100,)),
            _report_row("hidden 400", "92.2%"),
            _report_row("hidden 800", "91.9%", hidden=(800,)),
            _report_row("decay 0.01", "75.9%", lam=1e-2),
            _report_row("decay 0.001", "92.2%"),
            _report_row("decay 0.0001", "96.8%", lam=1e-4),
            _report_row("decay 0", "97.1%", lam=0.0),
        ),
        wrong=(
            "The weights shrink by lambda at every step, and not by lr lambda.",
            "The derivative of softmax and cross-entropy is printed as y - p. It is p - y.",
            "dW is printed as X dY. It is X^T dY.",
            "The penalty is printed as lambda / 2 times the norm of W. It is the norm squared.",
        ),
        verdict="As printed, the accuracy falls from epoch to epoch, on the training images too. lr is halved again "
        "and again and the shrink is not, so the weights die. That is under-fitting; the report takes it for "
        "over-fitting. With the one line mended it does not fall, and a lambda of this size hardly matters. An lr of "
        "0.01 is too large for pixels up to 255, in either form. The report does not say how its first weights are "
        "drawn, nor whether the gradients of a batch are added or averaged. With weights of sd 0.01 and gradients 4 "
        "times as large, its table of decays comes out closer.",
    ),
    "S4": WriteUp(
        title="three-layer homework",
        columns=("lr 0.1", "lr 0.01"),
        setting="Fashion-MNIST; 784-128-10 and 784-64-10, SGD with lr x 0.95 an epoch and L2 0.001, 50 epochs",
        claims=(
            _homework_row("test accuracy, 128 units", "s4-128"),
            _homework_row("test accuracy, 64 units", "s4-64"),
        ),
        wrong=(
            "The gradients are used before backward is called, so a step takes those of the batch before.",
            "In the grid search the loop over the hidden sizes is missing, and the best is chosen after the loops, so "
            "only the last setting competes.",
            "The best parameters are kept as a shallow copy, which changes as the training goes on.",
        ),
        verdict="Reached with lr 0.1, which was chosen on validation images. With lr 0.01 the same networks end below "
        "the number that is reported: a search that keeps its last setting instead of its best can end anywhere.",
    ),
}
