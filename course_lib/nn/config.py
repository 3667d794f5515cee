"""A network and its training as a YAML file: what `python -m course_lib train` reads.

    dataset: mnist
    hidden: [128]
    lr: 0.05
    schedule: cosine

Every setting has a default (see Config), and nothing is guessed: a key or a value that is not right is a ConfigError,
which names the line, the key, and the nearest right one. YAML is read with the safe loader.
"""

import difflib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import yaml

from .initializers import he_init, small_init, xavier_init
from .layers import ReLU, Sigmoid, Tanh
from .network import Network, mlp
from .optimizers import SGD, Adam, Optimizer, RMSprop
from .schedules import Schedule, constant, cosine_decay, exponential_decay, step_decay, warm_up
from .unscaled_shrink import UnscaledShrink

ACTIVATIONS = {"relu": ReLU, "sigmoid": Sigmoid, "tanh": Tanh}
INITIALIZERS = {"he": he_init, "xavier": xavier_init, "small": small_init}
OPTIMIZERS: dict[str, type[Optimizer]] = {"rmsprop": RMSprop, "adam": Adam, "unscaled-shrink": UnscaledShrink}


class ConfigError(ValueError):
    """A configuration that cannot be used. The message names the file, the line, the key, and what is right."""


@dataclass(frozen=True)
class Config:
    """The settings of a run, and their defaults."""

    dataset: Literal["digits", "mnist", "fashion-mnist"] = "digits"
    test: float | None = None  # fraction of all images, drawn anew; null: the dataset's own test images
    validation: float = 0.1  # fraction of the training images that is kept for validation
    # One mean and std for all pixels, or for each its own; none: pixels from 0 to 1; bytes: from 0 to 255.
    standardize: Literal["none", "all", "pixels", "bytes"] = "all"
    hidden: tuple[int, ...] = (64,)  # widths of the hidden layers
    activation: Literal["relu", "sigmoid", "tanh"] = "relu"
    init: Literal["he", "xavier", "small"] = "he"
    batch_norm: bool = False
    dropout: tuple[float, ...] = ()  # fraction dropped of the input and of each hidden layer
    optimizer: Literal["sgd", "rmsprop", "adam", "unscaled-shrink"] = "sgd"  # the last is wrong on purpose
    momentum: float = 0.0  # of sgd
    nesterov: bool = False  # of sgd
    lam: float = 0.0  # L2, weights only
    lr: float = 0.1
    schedule: Literal["constant", "step", "exponential", "cosine"] = "constant"
    decay_epochs: float = 1.0  # step and exponential: in so many epochs lr is multiplied by decay_factor
    decay_factor: float = 0.5
    warm_up_epochs: float = 0.0
    clip: float | None = None  # largest length of the gradient
    batch_size: int = 64
    epochs: int = 10
    patience: int | None = None  # early stopping: epochs without a lower validation loss
    seed: int = 0

    def make_network(self, D: int, C: int, rng: np.random.Generator) -> Network:
        """The network, untrained, for D input features and C classes."""
        return mlp(
            (D, *self.hidden, C),
            rng=rng,
            activation=ACTIVATIONS[self.activation],
            init=INITIALIZERS[self.init],
            batch_norm=self.batch_norm,
            dropout=self.dropout,
        )

    def make_optimizer(self) -> Optimizer:
        if self.optimizer == "sgd":  # which has settings of its own
            return SGD(momentum=self.momentum, nesterov=self.nesterov, lam=self.lam)
        return OPTIMIZERS[self.optimizer](lam=self.lam)

    def make_schedule(self, N: int) -> Schedule:
        """lr as a function of the step, when an epoch has N examples."""
        steps = math.ceil(N / self.batch_size)  # in an epoch
        decay_steps = max(1, round(self.decay_epochs * steps))
        schedules: dict[str, Schedule] = {
            "constant": partial(constant, self.lr),
            "step": partial(step_decay, self.lr, every=decay_steps, factor=self.decay_factor),
            "exponential": partial(exponential_decay, self.lr, rate=self.decay_factor ** (1 / decay_steps)),
            "cosine": partial(cosine_decay, self.lr, total=self.epochs * steps),
        }
        return warm_up(schedules[self.schedule], round(self.warm_up_epochs * steps))

    def to_yaml(self) -> str:
        """All settings as YAML, which `parse` reads back."""
        settings = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
        return yaml.safe_dump(settings, sort_keys=False)


# The smallest and the largest value; numbers that have no row may be anything finite.
RANGES: dict[str, tuple[float, float]] = {
    "test": (0.001, 0.9),
    "validation": (0, 0.9),
    "hidden": (1, 1e6),
    "dropout": (0, 0.99),
    "momentum": (0, 0.9999),
    "lam": (0, math.inf),
    "lr": (1e-12, math.inf),
    "decay_epochs": (1e-6, math.inf),
    "decay_factor": (1e-6, 1),
    "warm_up_epochs": (0, math.inf),
    "clip": (1e-12, math.inf),
    "batch_size": (1, math.inf),
    "epochs": (1, math.inf),
    "patience": (1, math.inf),
    "seed": (0, math.inf),
}


def load_config(path: str | Path) -> Config:
    """The configuration in a YAML file. Raises ConfigError."""
    return parse(read_text(path), name=str(path))


def read_text(path: str | Path) -> str:
    """The text in a file. Raises ConfigError."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None


def parse(text: str, name: str = "configuration") -> Config:
    """The configuration in a YAML text; `name` is what error messages call it. Raises ConfigError."""
    values, lines = read(text, name)
    if "search" in values:
        raise ConfigError(f"{name}, line {lines['search']}: a search is for `python -m course_lib tune`.")
    return make_config(check_settings(values, lines, name), lines, name)


def read(text: str, name: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The values in a YAML text, unchecked, and the line of each key; of a key inside `search`, "search.key"."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{name}{where}: this is not YAML: {getattr(error, 'problem', error)}.") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{name}: a configuration is a list of settings such as `lr: 0.1`, one a line.")
    lines: dict[str, int] = {}
    _find_lines(node, "", lines, name)
    return values, lines


def _find_lines(node: yaml.Node | None, inside: str, lines: dict[str, int], name: str) -> None:
    for key_node, value_node in node.value if isinstance(node, yaml.MappingNode) else []:
        key, line = f"{inside}{key_node.value}", key_node.start_mark.line + 1
        if key in lines:
            raise ConfigError(f"{name}, line {line}: {key} is set twice, in line {lines[key]} too; remove one of them.")
        lines[key] = line
        _find_lines(value_node, f"{key}.", lines, name)


def check_settings(values: Mapping[str, Any], lines: Mapping[str, int], name: str) -> dict[str, Any]:
    """The settings in the types that Config wants, each right on its own. Raises ConfigError."""
    settings = {}
    for key, value in values.items():
        try:
            settings[key] = checked(key, value)
        except ValueError as error:
            raise ConfigError(f"{name}, line {lines.get(str(key), 1)}: {error}") from None
    return settings


def make_config(settings: Mapping[str, Any], lines: Mapping[str, int], name: str) -> Config:
    """The Config with these settings, which go together. Raises ConfigError."""
    config = Config(**settings)
    for key, problem in _contradictions(config).items():
        raise ConfigError(f"{name}, line {lines.get(key, 1)}: {problem}")
    return config


def checked(key: str, value: Any) -> Any:
    """The value in the type that Config wants; ValueError says what is wrong with it."""
    types = get_type_hints(Config)
    if key not in types:
        raise ValueError(f"there is no setting {key!r}; {nearest(str(key), list(types))}")
    wanted = types[key]
    if get_origin(wanted) is Literal:
        if value not in get_args(wanted):
            raise ValueError(f"{key} cannot be {value!r}; {nearest(str(value), list(get_args(wanted)))}")
        return value
    if get_origin(wanted) is tuple:
        if not isinstance(value, list):
            example = "[128, 64]" if key == "hidden" else "[0.1, 0.3]"
            raise ValueError(f"{key} must be a list such as {example}, not {value!r}.")
        return tuple(_number(key, element, get_args(wanted)[0]) for element in value)
    if wanted is bool:
        if not isinstance(value, bool):
            raise ValueError(f"{key} must be true or false, not {value!r}.")
        return value
    if value is None and type(None) in get_args(wanted):
        return None
    return _number(key, value, wanted if wanted in (int, float) else get_args(wanted)[0])


def _number(key: str, value: Any, wanted: type) -> int | float:
    low, high = RANGES[key]
    kind = "a whole number" if wanted is int else "a number"
    if wanted is float and isinstance(value, str):  # YAML 1.1 takes 1e-4, without a dot, for a text
        try:
            value = float(value)
        except ValueError:
            pass
    if isinstance(value, bool) or not isinstance(value, (int, float) if wanted is float else int):
        raise ValueError(f"{key} must be {kind}, not {value!r}.")
    if not (low <= value <= high and math.isfinite(value)):
        limits = f"at least {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
        raise ValueError(f"{key} must be {limits}, not {value!r}.")
    return wanted(value)  # type: ignore[no-any-return]


def _contradictions(config: Config) -> Mapping[str, str]:
    """Settings that do not go together: the key to change -> why."""
    problems = {}
    if config.optimizer != "sgd" and config.momentum:
        problems["momentum"] = f"momentum belongs to the optimizer sgd, and this one is {config.optimizer}."
    if config.nesterov and not config.momentum:
        problems["nesterov"] = "nesterov looks ahead along the momentum, so set momentum too, for example to 0.9."
    if config.patience is not None and config.validation == 0:
        problems["patience"] = "early stopping (patience) needs validation images, so set validation above 0."
    if config.dropout and len(config.dropout) != len(config.hidden) + 1:
        wanted = f"{len(config.hidden) + 1} fractions, for the input and each hidden layer"
        problems["dropout"] = f"dropout takes {wanted}, not {len(config.dropout)}."
    return problems


def nearest(text: str, right: list[str]) -> str:
    near = difflib.get_close_matches(text.lower(), right, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"it can be {', '.join(right)}."
