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

every_exercise = pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
MISCONCEPTIONS = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{index}-{mistake.name}")
    for exercise in exercises().values()
    for index, mistake in enumerate(exercise.misconceptions)
]
SOLUTIONS = Path(__file__).parents[1] / "solutions"
IMPORTS = "import math\nimport numpy as np\nfrom course_lib.checkpoints import mine\n"


def named(function, name):
    def wrapper(*arguments):
        return function(*arguments)

    wrapper.__name__ = name
    return wrapper


@every_exercise
def test_the_reference_passes(exercise):
    verdict = judge(named(exercise.reference, exercise.name))
    assert verdict.passed
    assert verdict.text == "Passed."


@pytest.mark.parametrize(("exercise", "mistake"), MISCONCEPTIONS)
def test_every_misconception_fails_and_is_named(exercise, mistake):
    verdict = judge(named(mistake.made_in(exercise.reference), exercise.name))
    assert not verdict.passed
    assert verdict.misconceptions == (mistake.name,)


@every_exercise
def test_a_stub_is_not_started(exercise):
    source = f'{definition(exercise)}    """Doc."""\n    raise NotImplementedError\n'
    assert judge(rebuild(source, exercise.name)).status == "not started"


def definition(exercise):
    """The line `def ...:`, with the default values that the notebook gives."""
    parameters = inspect.signature(exercise.reference).parameters.values()
    return f"def {exercise.name}({', '.join(str(each.replace(annotation=each.empty)) for each in parameters)}):\n"


@every_exercise
def test_an_exercise_is_complete(exercise):
    name = exercise.name
    known = {mistake.name for mistake in exercise.misconceptions}
    assert len(known) >= 3, f"{name} knows {len(known)} mistakes by name; describe at least 3"
    assert len(exercise.hints) == 3, f"{name} has {len(exercise.hints)} hints; write 3"
    for mistake in exercise.misconceptions:
        assert mistake.says.startswith("**"), f"{name}: begin the docstring of {mistake.name!r} with a **headline.**"
    dtypes = {array.dtype for case in trial_of(exercise).cases for array in arrays_in(case)}
    no_float32 = exercise.name == "one_hot" or notebook_of(exercise).name.startswith("03") or not dtypes
    both = {np.dtype(np.float32), np.dtype(np.float64)} <= dtypes
    assert both or no_float32, f"{name}: its cases need arrays in float32 and in float64"
    batches = {exercise.sizes(*case).get("N") for case in trial_of(exercise).cases}
    three = len(batches) >= 3 or batches == {None}
    assert three, f"{name}: its cases have {len(batches)} batch sizes N; try at least 3"


def arrays_in(arguments):
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            yield argument
        elif isinstance(argument, dict):
            yield from arrays_in(argument.values())


@every_exercise
def test_cases_come_smallest_first(exercise):
    sizes = [sum(array.size for array in arrays_in(case)) for case in trial_of(exercise).cases]
    told = f"{exercise.name}: the first case has {sizes[0]} numbers, another only {min(sizes)}; put the smallest first"
    assert sizes[0] == min(sizes), told


def test_names_are_unique_and_in_course_order():
    names = [exercise.name for notebook in notebooks() for exercise in notebook.exercises]
    assert len(names) == len(set(names))
    assert [notebook.name[:2] for notebook in notebooks()] == sorted(notebook.name[:2] for notebook in notebooks())


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in RIGHT.items() for body in bodies])
def test_right_is_right(name, body):
    source = f"{IMPORTS}{definition(exercises()[name])}    {body}\n"
    verdict = judge(rebuild(source, name))
    assert verdict.passed, verdict


@every_exercise
def test_every_exercise_has_odd_but_right_answers_here(exercise):
    file = f"tests/answers/nb{notebook_of(exercise).name}.py"
    assert RIGHT.get(exercise.name), f"{exercise.name} has no right answers in RIGHT; write some in {file}"


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in WRONG.items() for body in bodies])
def test_wrong_is_not_right(name, body):
    source = f"{IMPORTS}{definition(exercises()[name])}    {body}\n"
    verdict = judge(rebuild(source, name))
    assert verdict.status in ("wrong form", "wrong values"), verdict


@every_exercise
def test_every_see_points_to_a_section_that_exists(exercise):
    for mistake in exercise.misconceptions:
        number, heading = mistake.see.split("#")
        (source,) = SOLUTIONS.glob(f"{number}_*.py")
        told = f"{exercise.name}: {mistake.name!r} points to {mistake.see!r}, and {source.name} has no such section"
        assert f"# ## {heading}\n" in source.read_text(encoding="utf-8"), told


@every_exercise
def test_every_exercise_stands_in_its_notebook_with_its_signature(exercise):
    name, lesson = exercise.name, SOLUTIONS / f"{notebook_of(exercise).name}.py"
    source = lesson.read_text(encoding="utf-8")
    found = re.findall(rf"tags=\[\"exercise\"\].*\ndef {name}\((.*)\):\n", source)
    assert len(found) == 1, f"{lesson.name} has {len(found)} cells with the tag exercise and def {name}; it needs one"
    parameters = tuple(parameter.split("=")[0].strip() for parameter in found[0].split(","))
    told = f"{name} has the parameters {parameters} in {lesson.name}, its reference {exercise.parameters}"
    assert parameters == exercise.parameters, told
    assert f"\ncheck({name})\n" in source, f"{lesson.name} has no check({name})"


def test_every_lesson_can_run_what_its_cards_recommend():
    """A card says `hint(softmax)` or `mine`, so these names must be there."""
    for notebook in notebooks():
        source = (SOLUTIONS / f"{notebook.name}.py").read_text(encoding="utf-8")
        (imported,) = re.findall(r"from course_lib.checkpoints import (.*)", source)
        assert {"check", "hint", "mine"} <= set(imported.split(", "))
