"""What to search, as a YAML file: the settings of nn/config.py, and a section `search`.

    dataset: digits
    epochs: 60

    search:
      method: random                    # or grid, every combination; or halving
      trials: 24                        # random and halving: how many settings to draw
      lr: {log_uniform: [0.003, 1]}     # between the two, each power of ten equally likely; or {uniform: [0, 1]}
      hidden: [[32], [64], [64, 64]]    # one of these
      seed: [0, 1, 2]                   # every setting with each of these seeds: the mean of their scores counts

Halving trains all settings for `epochs` epochs, keeps the better part, 1 in `eta` (2 unless it is set), trains these
anew for `eta` times as many epochs, and so on until one is left. What is drawn depends on the `seed` outside of
`search`, and on nothing else: the first 24 of 48 trials are the same as 24 trials.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.nn.config import (
    SETTINGS,
    Config,
    ConfigError,
    check_settings,
    checked,
    make_config,
    nearest,
    read,
    read_text,
)

from .searches import Settings, combinations, sample_log_uniform


@dataclass(frozen=True)
class Plan:
    """All that a sweep is to try."""

    method: str
    eta: int
    searched: tuple[str, ...]  # the settings that differ
    configs: tuple[Settings, ...]  # whole configurations, without the seed
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Range:
    """The numbers between two, whole if these are; by their logarithm, each power of ten is equally likely."""

    low: float
    high: float
    log: bool

    def draw(self, rng: np.random.Generator) -> float:
        value = sample_log_uniform(self.low, self.high, rng) if self.log else float(rng.uniform(self.low, self.high))
        return round(value) if isinstance(self.low, int) else value


@dataclass(frozen=True)
class Values:
    """Some values, each equally likely."""

    values: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> Any:
        return self.values[rng.integers(len(self.values))]


def load_plan(path: str | Path) -> Plan:
    """The plan in a YAML file. Raises ConfigError."""
    return parse_plan(read_text(path), name=str(path))


def parse_plan(text: str, name: str = "plan") -> Plan:
    """The plan in a YAML text; `name` is what error messages call it. Raises ConfigError."""
    values, lines = read(text, name, f"{SETTINGS}, and a section `search` with a method and values to try")
    section = values.pop("search", None)
    if not isinstance(section, dict):
        raise ConfigError(f"{name}: what to try is missing: add a section `search` with a method and values to try.")
    base = check_settings(values, lines, name)
    seed = base.get("seed", Config.seed)
    options: dict[str, Any] = {"eta": 2, "seed": (seed,)}
    space: dict[str, Values | Range] = {}
    problems = {}
    for key, value in section.items():
        try:
            if key in OPTIONS:
                options[key] = OPTIONS[key](key, value)
            else:
                space[key] = _space(key, value)
        except ValueError as error:
            problems[key] = str(error)
        if key in base and key != "seed":
            problems[key] = f"{key} is set in line {lines[key]} too; remove one of them."
    for key, problem in (problems or _contradictions(section, space)).items():
        raise ConfigError(f"{name}, line {lines.get(f'search.{key}', lines['search'])}: {problem}")

    if options["method"] == "grid":
        drawn = combinations({key: each.values for key, each in space.items() if isinstance(each, Values)})
    else:
        rng = np.random.default_rng(seed)
        drawn = [{key: each.draw(rng) for key, each in space.items()} for _ in range(options["trials"])]
    places = {**lines, **{key: lines[f"search.{key}"] for key in space}}
    configs = [make_config({**base, **settings}, places, name) for settings in drawn]
    if any(config.validation == 0 for config in configs):
        problem = "settings are compared on validation images, so set validation above 0."
        raise ConfigError(f"{name}, line {places['validation']}: {problem}")
    whole = [{key: value for key, value in asdict(config).items() if key != "seed"} for config in configs]
    return Plan(options["method"], options["eta"], tuple(space), tuple(whole), options["seed"])


def _space(key: str, value: Any) -> Values | Range:
    """What to try for one setting. ValueError says what is wrong with it."""
    settings = {field.name: field.default for field in fields(Config)}
    if key not in settings:
        raise ValueError(f"there is no setting {key!r}; {nearest(str(key), [*settings, *OPTIONS])}")
    if isinstance(value, list) and value:
        return Values(_values(key, value))
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"{key} takes a list of values to try, or a range such as {{log_uniform: [0.001, 1]}}.")
    [(kind, ends)] = value.items()
    if kind not in ("log_uniform", "uniform"):
        raise ValueError(f"there is no range {kind!r}; {nearest(str(kind), ['log_uniform', 'uniform'])}")
    if isinstance(settings[key], (bool, str, tuple)):
        raise ValueError(f"{key} has no range: list the values to try.")
    if not isinstance(ends, list) or len(ends) != 2:
        raise ValueError(f"{kind} takes two numbers, the smallest and the largest, not {ends!r}.")
    low, high = (checked(key, end) for end in ends)
    if low > high or (kind == "log_uniform" and low <= 0):
        above = "above 0, " if kind == "log_uniform" else ""
        raise ValueError(f"{kind} takes two numbers, {above}the smaller one first, not {ends!r}.")
    return Range(low, high, log=kind == "log_uniform")


def _values(key: str, value: list[Any]) -> tuple[Any, ...]:
    try:
        return tuple(checked(key, each) for each in value)
    except ValueError as error:
        raise ValueError(f"every value to try: {error}") from None


def _contradictions(section: Mapping[str, Any], space: Mapping[str, Values | Range]) -> Mapping[str, str]:
    """What does not go together in the section: the key to change -> why."""
    method = section.get("method")
    problems = {}
    if method is None:
        problems["method"] = f"the search needs a method: {', '.join(METHODS)}."
    if not space and "seed" not in section:
        problems["method"] = "there is nothing to try: add settings, each with a list of values or a range."
    if method in ("random", "halving") and "trials" not in section:
        problems["trials"] = f"{method} needs trials, how many settings to draw."
    if method == "grid" and "trials" in section:
        problems["trials"] = "a grid tries every combination, so it has no trials; remove this, or use random."
    if method == "halving" and "epochs" in space:
        problems["epochs"] = "halving chooses the epochs itself; set those of its first round above the search."
    if method != "halving" and "eta" in section:
        problems["eta"] = f"eta belongs to halving, and this method is {method}."
    for key, each in space.items():
        if method == "grid" and isinstance(each, Range):
            problems[key] = f"a grid has no ranges: list the values of {key} to try."
    return problems


METHODS = ("grid", "random", "halving")


def _method(key: str, value: Any) -> str:
    if value not in METHODS:
        raise ValueError(f"{key} cannot be {value!r}; {nearest(str(value), list(METHODS))}")
    return str(value)


def _count(key: str, value: Any) -> int:
    if type(value) is not int or value < 2:
        raise ValueError(f"{key} must be a whole number, at least 2, not {value!r}.")
    return value


def _seeds(key: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{key} must be a list of seeds such as [0, 1, 2], not {value!r}.")
    return _values(key, value)


OPTIONS: Mapping[str, Callable[[str, Any], Any]] = {
    "method": _method,
    "trials": _count,
    "eta": _count,
    "seed": _seeds,
}
