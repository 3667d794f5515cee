"""A network and its training as a YAML file: what `python -m course_lib train` reads.

    dataset: mnist
    hidden: [128]
    lr: 0.05
    schedule: cosine

Every setting has a default (see Config), and nothing is guessed: a key or a value that is not right is a ConfigError,
which names the line, the key, and the nearest right one. YAML is read with a safe loader.
"""

import difflib
import math
import re
import reprlib
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
    """The settings of a run, and their defaults.

    dataset          digits, mnist or fashion-mnist
    test             fraction of all images, drawn anew; null: the dataset's own test images
    validation       fraction of the training images that is kept for validation
    standardize      all: one mean and std for all pixels; pixels: for each its own; none: pixels from 0 to 1;
                     bytes: from 0 to 255
    hidden           widths of the hidden layers
    activation       relu, sigmoid or tanh
    init             he, xavier or small; null: he for relu, xavier for the others
    batch_norm       true: a BatchNorm between each hidden layer and its activation
    dropout          fraction dropped of the input and of each hidden layer; []: nothing is
    optimizer        sgd, rmsprop, adam, or unscaled-shrink, which is wrong on purpose
    momentum         of sgd
    nesterov         of sgd
    lam              L2, weights only
    lr               the learning rate
    schedule         constant, step, exponential or cosine
    decay_epochs     step and exponential: in so many epochs lr is multiplied by decay_factor
    decay_factor     see decay_epochs
    warm_up_epochs   lr rises from near 0 for so many epochs
    clip             largest length of the gradient; null: any
    batch_size       examples in a step
    epochs           how many times to go through the training images
    patience         early stopping: epochs without a lower validation loss; null: train for all epochs
    seed             decides everything that is drawn at random
    """

    dataset: Literal["digits", "mnist", "fashion-mnist"] = "digits"
    test: float | None = None
    validation: float = 0.1
    standardize: Literal["none", "all", "pixels", "bytes"] = "all"
    hidden: tuple[int, ...] = (64,)
    activation: Literal["relu", "sigmoid", "tanh"] = "relu"
    init: Literal["he", "xavier", "small"] | None = None
    batch_norm: bool = False
    dropout: tuple[float, ...] = ()
    optimizer: Literal["sgd", "rmsprop", "adam", "unscaled-shrink"] = "sgd"
    momentum: float = 0.0
    nesterov: bool = False
    lam: float = 0.0
    lr: float = 0.1
    schedule: Literal["constant", "step", "exponential", "cosine"] = "constant"
    decay_epochs: float = 1.0
    decay_factor: float = 0.5
    warm_up_epochs: float = 0.0
    clip: float | None = None
    batch_size: int = 64
    epochs: int = 10
    patience: int | None = None
    seed: int = 0

    def make_network(self, D: int, C: int, rng: np.random.Generator) -> Network:
        """The network, untrained, for D input features and C classes."""
        return mlp(
            (D, *self.hidden, C),
            rng=rng,
            activation=ACTIVATIONS[self.activation],
            init=INITIALIZERS[self.init] if self.init else None,
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


SETTINGS = "settings such as `lr: 0.1`, one a line"
EXAMPLES = "course_lib/configs/ has examples."

LARGE = 1e30  # far more than any run needs

# The smallest and the largest value of each number.
RANGES: dict[str, tuple[float, float]] = {
    "test": (0.001, 0.9),
    "validation": (0, 0.9),
    "hidden": (1, 1e6),
    "dropout": (0, 0.99),
    "momentum": (0, 0.9999),
    "lam": (0, LARGE),
    "lr": (1e-12, LARGE),
    "decay_epochs": (1e-6, LARGE),
    "decay_factor": (1e-6, 1),
    "warm_up_epochs": (0, LARGE),
    "clip": (1e-12, LARGE),
    "batch_size": (1, LARGE),
    "epochs": (1, LARGE),
    "patience": (1, LARGE),
    "seed": (0, LARGE),
}

# Names from elsewhere, for which difflib finds nothing, or the wrong one.
OTHER_NAMES = {
    "learning_rate": "lr",
    "weight_decay": "lam",
    "lambda": "lam",
    "l2": "lam",
    "layers": "hidden",
    "early_stopping": "patience",
    "gradient_clip": "clip",
    "false": "none",
    "none": "constant",
}


class Loader(yaml.SafeLoader):
    """Reads numbers, true, false and null as YAML 1.2 does, and all else is text.

    PyYAML follows YAML 1.1, where 010 is 8, 1:30 is 90, 1e-4 is a text, no is false, and << merges another mapping.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}


for tag, pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(0|[1-9][0-9]*)",
    "float": r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}.items():
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"({pattern})$"), None)


def load_config(path: str | Path) -> Config:
    """The configuration in a YAML file. Raises ConfigError."""
    return parse(read_text(path), name=str(path))


def read_text(path: str | Path) -> str:
    """The text in a file. Raises ConfigError."""
    if Path(path).is_dir():  # which Windows calls a lack of permission
        raise ConfigError(f"{path} is a folder: name a YAML file in it.")
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"There is no file {path}: correct the name, or write it; {EXAMPLES}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not a text in UTF-8: name a YAML file, or save this one as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): choose another file.") from None


def parse(text: str, name: str = "configuration") -> Config:
    """The configuration in a YAML text; `name` is what error messages call it. Raises ConfigError."""
    values, lines = read(text, name)
    if "search" in values:
        raise ConfigError(f"{name}, line {lines['search']}: a search is for `python -m course_lib tune`.")
    return make_config(check_settings(values, lines, name), lines, name)


def read(text: str, name: str, wanted: str = SETTINGS) -> tuple[dict[str, Any], dict[str, int]]:
    """The values in a YAML text, unchecked, and the line of each key; of a key inside `search`, "search.key".

    `wanted` is what belongs in it: an empty text is more likely a slip than a wish for all the defaults, which `{}` is.
    """
    lines: dict[str, int] = {}
    try:
        values = yaml.load(text, Loader)
        _find_lines(yaml.compose(text, Loader), "", lines, name)
    except ConfigError:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{name}{where}: this is not YAML: {getattr(error, 'problem', error)}.") from None
    except ValueError as error:  # !!timestamp 2026-13-45, or an integer of 5,000 digits
        raise ConfigError(f"{name}: a value cannot be read: {error}.") from None
    except RecursionError:
        raise ConfigError(f"{name} is nested too deeply: a setting is a number, a word, or a list of these.") from None
    if values is None:
        raise ConfigError(f"{name} is empty: write {wanted}; {EXAMPLES}")
    if not isinstance(values, dict):
        raise ConfigError(f"{name}: a configuration is a list of settings such as `lr: 0.1`, one a line.")
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
    if type(None) in get_args(wanted):  # such as float | None
        if value is None:
            return None
        wanted = get_args(wanted)[0]
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
    return _number(key, value, wanted)


def _number(key: str, value: Any, wanted: type) -> int | float:
    low, high = RANGES[key]
    if isinstance(value, bool) or not isinstance(value, (int, float) if wanted is float else int):
        kind = "a whole number" if wanted is int else "a number"
        raise ValueError(f"{key} must be {kind}, not {value!r}.")
    if not low <= value <= high:  # nan is not, either
        limit = f"at most {high:g}" if value > high else f"at least {low:g}"
        raise ValueError(f"{key} must be {limit}, not {reprlib.repr(value)}.")
    return wanted(value)  # type: ignore[no-any-return]


def _contradictions(config: Config) -> Mapping[str, str]:
    """Settings that do not go together: the key to change -> why."""
    problems = {}
    for key, value in {"momentum": config.momentum, "nesterov": config.nesterov}.items():
        if value and config.optimizer != "sgd":
            problems[key] = f"{key} belongs to the optimizer sgd, and this one is {config.optimizer}."
    if config.nesterov and not config.momentum and config.optimizer == "sgd":
        problems["nesterov"] = "nesterov looks ahead along the momentum, so set momentum too, for example to 0.9."
    if config.patience is not None and config.validation == 0:
        problems["patience"] = "early stopping (patience) needs validation images, so set validation above 0."
    if config.batch_norm and not config.hidden:
        problems["batch_norm"] = "batch_norm belongs to the hidden layers, and there is none."
    if config.batch_norm and config.batch_size == 1:
        problems["batch_size"] = "batch_norm compares the examples of a batch, so set batch_size to 2 or more."
    if config.dropout and len(config.dropout) != len(config.hidden) + 1:
        wanted = f"{len(config.hidden) + 1} fractions, for the input and each hidden layer"
        problems["dropout"] = f"dropout takes {wanted}, not {len(config.dropout)}."
    return problems


def nearest(text: str, right: list[str]) -> str:
    """What was meant by `text`, or all that is right."""
    text = text.lower().replace("-", "_")
    near = difflib.get_close_matches(text, right, n=1)
    if OTHER_NAMES.get(text) in right:
        near = [OTHER_NAMES[text]]
    return f"did you mean {near[0]}?" if near else f"it can be {', '.join(right)}."
