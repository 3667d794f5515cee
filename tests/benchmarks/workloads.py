"""What is trained in a benchmark: ReLU networks, softmax cross-entropy, SGD with momentum and L2, float32."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.data import load

LR, MOMENTUM, LAM = 0.05, 0.9, 1e-4


@dataclass(frozen=True)
class Workload:
    """A network, its batches, and how many epochs make one measurement."""

    dataset: str
    sizes: tuple[int, ...]
    batch: int
    epochs: int

    def __str__(self) -> str:
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs"
        return f"{self.dataset} {'-'.join(map(str, self.sizes))}, batch {self.batch}, {epochs}"

    def data(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """X (N, D) float32 and y (N,) of the training part."""
        dataset = load(self.dataset)
        return dataset.X_train, dataset.y_train


WORKLOADS = {
    "A": Workload("mnist", (784, 128, 10), 64, 1),
    "B": Workload("mnist", (784, 256, 128, 10), 64, 1),
    "C": Workload("mnist", (784, 400, 10), 16, 1),
    "D": Workload("mnist", (784, 128, 10), 256, 1),
    "E": Workload("digits", (64, 64, 10), 32, 30),
}
