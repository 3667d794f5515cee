"""Where a training run stands, as arrays: to go on later, to the bit as if it had never stopped.

    at the end of an epoch:   storage.save(path, network, extra=run_state(training))
    some other day:           restore_run(training, storage.load_extra(path)), on a Training with the same settings
"""

import json
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from .arrays import Array
from .layers import Dropout
from .run import Training


def run_state(training: Training) -> dict[str, Array]:
    """Everything a run changes: position, random numbers, optimiser, all parameters, the best ones, the history."""
    history = training.history
    rngs = {name: json.dumps(rng.bit_generator.state, default=np.ndarray.tolist) for name, rng in _rngs(training)}
    return {
        "position": np.array([training.epoch, training.step]),
        **{name: np.array(text) for name, text in rngs.items()},
        "history/best_epoch": np.array(-1 if history.best_epoch is None else history.best_epoch),
        **{f"history/{name}": np.array(getattr(history, name)) for name in _columns(training)},
        **{f"optimizer/{name}": array for name, array in training.optimizer.state.items()},
        **{f"now/{i}": p.value for i, p in enumerate(training.network.parameters)},
        **{f"best/{i}": value for i, value in enumerate(training.best)},
    }


def restore_run(training: Training, state: Mapping[str, Array]) -> None:
    """Put a fresh Training where `run_state` found the other one. KeyError or ValueError if they do not match."""
    wanted, found = _shapes(run_state(training)), _shapes(state)
    for name in {**wanted, **found}:
        if wanted.get(name) != found.get(name):
            there, here = found.get(name, "missing"), wanted.get(name, "missing")
            raise ValueError(f"{name} is {there} there and {here} here: go on with the same network and optimizer.")
    training.epoch, training.step = state["position"].tolist()
    for name, rng in _rngs(training):
        rng.bit_generator.state = json.loads(str(state[name]))
    best_epoch = int(state["history/best_epoch"])
    training.history.best_epoch = None if best_epoch < 0 else best_epoch
    for name in _columns(training):
        setattr(training.history, name, state[f"history/{name}"].tolist())
    for name, array in training.optimizer.state.items():
        array[...] = state[f"optimizer/{name}"]
    parameters = training.network.parameters
    for i, p in enumerate(parameters):
        p.value[...] = state[f"now/{i}"]
    training.best = [state[f"best/{i}"] for i in range(len(parameters))]


def _columns(training: Training) -> list[str]:
    return [f.name for f in fields(training.history) if isinstance(getattr(training.history, f.name), list)]


def _rngs(training: Training) -> list[tuple[str, np.random.Generator]]:
    """The run's generator, and those of the Dropout layers, often the same one."""
    dropouts = (layer for layer in training.network.walk() if isinstance(layer, Dropout))
    return [("rng", training.rng), *((f"rng/{i}", layer.rng) for i, layer in enumerate(dropouts))]


def _shapes(state: Mapping[str, Array]) -> dict[str, str]:
    """What must be the same in the run of before and in the one that goes on: optimiser and parameters."""
    return {name: f"{a.dtype} {a.shape}" for name, a in state.items() if name.startswith(("optimizer/", "now/"))}
