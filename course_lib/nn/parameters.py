"""What a network learns: parameters, and the one flat vector they all live in during training.

    ParameterVector.values     | W1 ........... | W2 .... | b1 .. | b2 |      one array, so that an optimiser is a few
    ParameterVector.gradients  | dW1 .......... | dW2 ... | db1 . | db2|      vector operations, however many layers
                               '---- weights ------------'
                                    (L2 acts here)

A Parameter's `value` and `grad` are views of these two arrays: when a layer writes dW into `W.grad`, it stands in the
vector.
"""

from collections.abc import Sequence

import numpy as np

from .arrays import Array


class Parameter:
    """One array of a layer: its `value`, and `grad`, the gradient of the loss, which `backward` overwrites.

    name            "W", "b", ...; the network adds the number: "W1"
    is_weight       L2 acts on weights alone, not on biases, scales and shifts
    requires_grad   False: frozen, no optimiser touches it. Takes effect when the next training run starts.
    """

    def __init__(self, name: str, value: Array, *, is_weight: bool = False, requires_grad: bool = True) -> None:
        self.name, self.value, self.grad = name, value, np.zeros_like(value)
        self.is_weight, self.requires_grad = is_weight, requires_grad

    def __repr__(self) -> str:
        frozen = "" if self.requires_grad else ", frozen"
        return f"Parameter({self.name!r}, {self.value.shape}, {self.value.dtype}{frozen})"


class ParameterVector:
    """Moves all trainable parameters into one array, weights first, and their gradients into another.

    values, gradients    (P,), of the parameters' dtype
    weight_count         the first so many elements belong to weights
    """

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        trainable = [p for p in parameters if p.requires_grad]
        trainable.sort(key=lambda p: not p.is_weight)  # a stable sort: otherwise in the order of the layers
        if not trainable:
            raise ValueError("There is nothing to train: every parameter is frozen (requires_grad is False).")
        self.values: Array = np.concatenate([p.value.ravel() for p in trainable])
        self.gradients: Array = np.zeros_like(self.values)
        self.weight_count = sum(p.value.size for p in trainable if p.is_weight)
        self.parameters = trainable
        start = 0
        for p in trainable:
            stop, shape = start + p.value.size, p.value.shape
            p.value, p.grad = self.values[start:stop].reshape(shape), self.gradients[start:stop].reshape(shape)
            start = stop

    def holds_parameters(self) -> bool:
        """Whether the parameters still live here. When another training run starts, they move into its vector."""
        return all(p.value.base is self.values for p in self.parameters)
