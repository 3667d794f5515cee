"""An exercise: its reference, the cases it is tried on, its hints, and the mistakes that are known by name.

    softmax = Exercise("softmax", reference=functional.softmax, cases=logits_cases, hints=("...", "...", "..."))

    @softmax.misconception("normalises the whole array, not each row", see="01#6. ...")
    def _(Z):
        \"\"\"**Each row needs its own sum.** All your probabilities together add up to 1; each row should.\"\"\"
        E = np.exp(Z - Z.max())
        return E / E.sum()

A misconception is code that makes the mistake; its docstring is what the learner reads. If its first parameter is
called `right`, it is a twist: it gets a function that does the rest of the work, so that it can be combined with any
other mistake. `def _(right, Z): return -right(Z)` flips the sign of the reference or of another misconception.

Mostly a case is tried by calling the function with it, and what it returns is compared. An `experiment` tries it in
another way, where the work is done in place, or by chance, or piece by piece:

    def parameters_afterwards(step, params, grads, lr):
        step(params, grads, lr)
        return params

    sgd_step = Exercise("sgd_step", ..., experiment=parameters_afterwards, changes=("params",), returns=("params",))

What an experiment returns may be numbers, as above, or facts, True or False, such as "every example comes once": then
any way to choose at random is right. It raises MisfitError, with a sentence for the learner, if it cannot go on with
what the function gave it; if that is not the form of a result, the sentence begins with a headline of its own, in **.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Function = Callable[..., Any]
Case = tuple[Any, ...]


def call(function: Function, *arguments: Any) -> Any:
    """The usual experiment: what the function returns."""
    return function(*arguments)


@dataclass(frozen=True)
class Setup:
    """How a case is tried: the names of its arguments, the experiment, and the arguments that are to be changed."""

    parameters: tuple[str, ...]
    experiment: Callable[..., Any] = call
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Misconception:
    """A known mistake: its name, code that makes it, and what to say to who made it."""

    name: str
    function: Function
    see: str

    @property
    def says(self) -> str:
        """What the learner reads: the docstring of the function."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @functools.cached_property
    def is_twist(self) -> bool:
        return next(iter(inspect.signature(self.function).parameters)) == "right"

    def made_in(self, right: Function) -> Function:
        """The mistake made in `right`, which does the rest of the work."""
        return functools.partial(self.function, right) if self.is_twist else self.function


@dataclass(eq=False)
class Exercise:
    """What `check` knows of one exercise.

    `reference` alone decides what is right. `cases` gives the arguments to try, smallest first; a case may leave out
    arguments with a default value. `experiment`, called with the function and a case, gives what is compared; `changes`
    are the arguments that the function is to change in place; `instead` is what to do rather than change another one.
    `returns` names the parts of a result that has several. `any_names` says that `cases` have other parameters than the
    promised W1, b1, W2 and b2; see names.py.
    `sizes` gives the dimensions of a case by their letters, to recognise a factor such as N.
    """

    name: str
    reference: Function
    cases: Callable[[], Sequence[Case]]
    hints: tuple[str, ...]
    sizes: Callable[..., dict[str, int]] = lambda *arguments: {}
    returns: tuple[str, ...] = ()
    experiment: Callable[..., Any] = call
    changes: tuple[str, ...] = ()
    any_names: bool = False
    instead: str = "Make a new array instead."
    points: int = 1
    misconceptions: list[Misconception] = field(default_factory=list)

    def misconception(self, name: str, *, see: str) -> Callable[[Function], Function]:
        """Decorator: adds the function to the known mistakes. `see` is "NN#Heading" of the section that helps."""

        def add(function: Function) -> Function:
            self.misconceptions.append(Misconception(name, function, see))
            return function

        return add

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments, as in the signature that the course fixes."""
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def setup(self) -> Setup:
        return Setup(self.parameters, self.experiment, self.changes)

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join(self.parameters)})"


@dataclass(frozen=True)
class Notebook:
    """A notebook of the course and its exercises, in order."""

    name: str
    exercises: tuple[Exercise, ...]

    @property
    def title(self) -> str:
        return self.name[3:].replace("_", " ")


@functools.cache
def notebooks() -> tuple[Notebook, ...]:
    """Every notebook with exercises: a module or package `nbNN_topic` each, with its EXERCISES in their order."""
    package = importlib.import_module("course_lib.checkpoints")
    found = []
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if module_info.name.startswith("nb") and module_info.name[2:4].isdigit():
            module = importlib.import_module(f"{package.__name__}.{module_info.name}")
            found.append(Notebook(module_info.name[2:], module.EXERCISES))
    return tuple(found)


@functools.cache
def exercises() -> dict[str, Exercise]:
    """All exercises by name, in the order of the course."""
    return {exercise.name: exercise for notebook in notebooks() for exercise in notebook.exercises}


def notebook_of(exercise: Exercise) -> Notebook:
    return next(notebook for notebook in notebooks() if exercise in notebook.exercises)


def name_of(function: Any) -> str:
    """The name that a function goes by; for a lambda or a wrapper, the exercise's name that its notebook gives it."""
    name = getattr(function, "__name__", None)
    name = name if isinstance(name, str) else type(function).__name__
    if name not in exercises():
        bound = [key for key, value in getattr(function, "__globals__", {}).items() if value is function]
        name = next((key for key in bound if key in exercises()), name)
    return name


def find(name: str) -> Exercise:
    """The exercise called `name`. Raises LookupError with the nearest names."""
    if name in exercises():
        return exercises()[name]
    nearest = difflib.get_close_matches(name, exercises(), n=3, cutoff=0.5)
    advice = f"Did you mean {' or '.join(nearest)}?" if nearest else f"The exercises are {', '.join(exercises())}."
    raise LookupError(f"There is no exercise called {name!r}. {advice}")
