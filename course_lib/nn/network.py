"""A network is a chain of layers, and a layer itself.

    X --> Dense --> ReLU --> Dense --> logits         network = mlp([784, 128, 10], rng=rng)
          Dense <-- ReLU <-- Dense <-- dlogits
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .arrays import Array, Params, check_setting, is_whole
from .initializers import he_init, xavier_init
from .layers import BatchNorm, Dense, Dropout, Initializer, Layer, ReLU
from .parameters import Parameter, ParameterVector


class Network(Layer):
    """Layers one after the other: forward from the first to the last, backward from the last to the first.

    Each is there once: a layer remembers one forward, and a Parameter holds one gradient.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self.first = 0  # the first layer that learns; see flatten
        parts = [*self.walk(), *self.parameters]
        for i, part in enumerate(parts):
            if part in parts[:i]:
                raise ValueError(f"{part} stands in this network twice, and its gradients would be wrong: make two.")

    @property
    def parameters(self) -> list[Parameter]:
        return [p for layer in self.layers for p in layer.parameters]

    def walk(self) -> Iterator[Layer]:
        yield self
        for layer in self.layers:
            yield from layer.walk()

    @property
    def dtype(self) -> np.dtype[np.floating]:
        if not self.parameters:
            raise ValueError(f"{self} has no parameters, so there is nothing to train: give it a Dense layer.")
        return self.parameters[0].value.dtype

    def forward(self, X: Array, *, training: bool = False) -> Array:
        for layer in self.layers:
            X = layer.forward(X, training=training)
        return X

    def backward(self, dout: Array) -> Array:
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def parameter_gradients(self, dout: Array) -> None:
        for layer in self.layers[: self.first : -1]:
            dout = layer.backward(dout)
        self.layers[self.first].parameter_gradients(dout)

    def predict(self, X: ArrayLike) -> Array:
        """The class with the largest logit for each row of X (N, D): labels (N,)."""
        labels: Array = self.forward(np.asarray(X, self.dtype)).argmax(axis=1)
        return labels

    def named_parameters(self) -> Params:
        """The values by name, "W1", "b1", "W2", ... from the input on: views; what functional.py calls `params`."""
        count: dict[str, int] = {}
        named = {}
        for p in self.parameters:
            count[p.name] = count.get(p.name, 0) + 1
            named[f"{p.name}{count[p.name]}"] = p.value
        return named

    def flatten(self) -> ParameterVector:
        """Move the trainable parameters into one vector: what an optimiser works on. Training starts with this."""
        for network in self.walk():
            if isinstance(network, Network):  # this one, and those in it
                learns = [any(p.requires_grad for p in layer.parameters) for layer in network.layers]
                network.first = learns.index(True) if True in learns else 0
        return ParameterVector(self.parameters)

    def __repr__(self) -> str:
        return f"Network([{', '.join(map(repr, self.layers))}])"


def mlp(
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    activation: type[Layer] = ReLU,
    init: Initializer | None = None,
    batch_norm: bool = False,
    dropout: Sequence[float] = (),
    dtype: DTypeLike = np.float32,
) -> Network:
    """A multi-layer perceptron: `sizes` are D, the hidden widths, and C. Dense layers with `activation` between them.

    init         he_init for ReLU and xavier_init for the others, unless you choose
    batch_norm   True: a BatchNorm between each hidden Dense and its activation
    dropout      the fraction dropped of the input and of each hidden layer, for example (0.1, 0.3, 0.3); () for none
    """
    if init is None:
        init = he_init if activation is ReLU else xavier_init
    right = np.ndim(sizes) == 1 and len(sizes) >= 2 and all(map(is_whole, sizes))
    check_setting("sizes", sizes, right, "two or more whole numbers above 0, such as [784, 128, 10]")
    right = np.shape(dropout) in ((0,), (len(sizes) - 1,)) and all(0 <= fraction < 1 for fraction in dropout)
    wanted = f"{len(sizes) - 1} fractions, at least 0 and below 1, for the input and each hidden layer"
    check_setting("dropout", dropout, right, wanted)
    layers: list[Layer] = []
    for i, (D, H) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        if len(dropout) and dropout[i] > 0:
            layers.append(Dropout(1 - dropout[i], rng=rng))
        layers.append(Dense(D, H, rng=rng, init=init, dtype=dtype))
        if i < len(sizes) - 2:
            layers += [BatchNorm(H, dtype=dtype), activation()] if batch_norm else [activation()]
    return Network(layers)
