"""The whole bank: references pass, every misconception fails and is named, none is confused, right answers pass."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics  # noqa: F401  imported here so that no forked child has to
import sklearn.preprocessing  # noqa: F401
from answers import RIGHT, WRONG

from course_lib.checkpoints import judge
from course_lib.checkpoints.exercise import exercises, notebook_of, notebooks
from course_lib.checkpoints.learner import rebuild
from course_lib.checkpoints.trial import trial_of

MISCONCEPTIONS = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{index}-{mistake.name}")
    for exercise in exercises().values()
    for index, mistake in enumerate(exercise.misconceptions)
]


IMPORTS = "import math\nimport numpy as np\nfrom course_lib.checkpoints import mine\n"


def named(function, name):
    def wrapper(*arguments):
        return function(*arguments)

    wrapper.__name__ = name
    return wrapper


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_the_reference_passes(exercise):
    verdict = judge(named(exercise.reference, exercise.name))
    assert verdict.passed
    assert verdict.text == "Passed."


@pytest.mark.parametrize(("exercise", "mistake"), MISCONCEPTIONS)
def test_every_misconception_fails_and_is_named(exercise, mistake):
    verdict = judge(named(mistake.made_in(exercise.reference), exercise.name))
    assert not verdict.passed
    assert verdict.misconceptions == (mistake.name,)


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_a_stub_is_not_started(exercise):
    source = f'{definition(exercise)}    """Doc."""\n    raise NotImplementedError\n'
    assert judge(rebuild(source, exercise.name)).status == "not started"


def definition(exercise):
    """The line `def ...:`, with the default values that the notebook gives."""
    parameters = inspect.signature(exercise.reference).parameters.values()
    return f"def {exercise.name}({', '.join(str(each.replace(annotation=each.empty)) for each in parameters)}):\n"


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_an_exercise_is_complete(exercise):
    assert len({mistake.name for mistake in exercise.misconceptions}) >= 3
    assert len(exercise.hints) == 3
    assert all(mistake.says.startswith("**") for mistake in exercise.misconceptions)
    dtypes = {array.dtype for case in trial_of(exercise).cases for array in arrays_in(case)}
    no_float32 = exercise.name == "one_hot" or notebook_of(exercise).name.startswith("03") or not dtypes
    assert {np.dtype(np.float32), np.dtype(np.float64)} <= dtypes or no_float32
    batches = {exercise.sizes(*case).get("N") for case in trial_of(exercise).cases}
    assert len(batches) >= 3 or batches == {None}


def arrays_in(arguments):
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            yield argument
        elif isinstance(argument, dict):
            yield from arrays_in(argument.values())


def test_cases_come_smallest_first():
    for exercise in exercises().values():
        sizes = [sum(array.size for array in arrays_in(case)) for case in trial_of(exercise).cases]
        assert sizes[0] == min(sizes), exercise.name


def test_names_are_unique_and_in_course_order():
    names = [exercise.name for notebook in notebooks() for exercise in notebook.exercises]
    assert len(names) == len(set(names))
    assert [notebook.name[:2] for notebook in notebooks()] == sorted(notebook.name[:2] for notebook in notebooks())


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in RIGHT.items() for body in bodies])
def test_right_is_right(name, body):
    source = f"{IMPORTS}{definition(exercises()[name])}    {body}\n"
    verdict = judge(rebuild(source, name))
    assert verdict.passed, verdict


def test_every_exercise_has_odd_but_right_answers_here():
    assert set(RIGHT) >= {exercise.name for exercise in exercises().values()}


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in WRONG.items() for body in bodies])
def test_wrong_is_not_right(name, body):
    source = f"{IMPORTS}{definition(exercises()[name])}    {body}\n"
    verdict = judge(rebuild(source, name))
    assert verdict.status in ("wrong form", "wrong values"), verdict


def test_every_see_points_to_a_section_that_exists():
    solutions = Path(__file__).parents[1] / "solutions"
    for exercise in exercises().values():
        for mistake in exercise.misconceptions:
            number, heading = mistake.see.split("#")
            (source,) = solutions.glob(f"{number}_*.py")
            assert f"# ## {heading}\n" in source.read_text(encoding="utf-8"), mistake.see


def test_every_exercise_stands_in_its_notebook_with_its_signature():
    solutions = Path(__file__).parents[1] / "solutions"
    for notebook in notebooks():
        source = (solutions / f"{notebook.name}.py").read_text(encoding="utf-8")
        for exercise in notebook.exercises:
            (definition,) = re.findall(rf"tags=\[\"exercise\"\].*\ndef {exercise.name}\((.*)\):\n", source)
            assert tuple(parameter.split("=")[0].strip() for parameter in definition.split(",")) == exercise.parameters
            assert f"\ncheck({exercise.name})\n" in source


def test_every_lesson_can_run_what_its_cards_recommend():
    """A card says `hint(softmax)` or `mine`, so these names must be there."""
    solutions = Path(__file__).parents[1] / "solutions"
    for notebook in notebooks():
        source = (solutions / f"{notebook.name}.py").read_text(encoding="utf-8")
        (imported,) = re.findall(r"from course_lib.checkpoints import (.*)", source)
        assert {"check", "hint", "mine"} <= set(imported.split(", "))
