"""What a suspect is: the backprop of a small network, which may be right or broken.

    @broken(MLP)
    def sign_flipped(params: Params, X: Array, y: Array) -> Params:
        \"\"\"What is wrong with it, in one sentence.

        What input shows it, and why.\"\"\"
        ...

A suspect that is `correct` has a docstring of one paragraph: why it is right although it looks odd. The learner sees
the body alone, under the name `backprop`; the docstring is told after the hunt.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.bugs.networks import Network, Situation
from course_lib.nn.arrays import Params

Backprop = Callable[..., Params]
Case = tuple[Callable[[Params], float], Params, Params]
"""The arguments of one call of gradient_check: loss, params, grads."""


@dataclass(frozen=True, eq=False)
class Suspect:
    """A backprop, the network whose gradient it claims to be, and the situations in which it is checked."""

    backprop: Backprop
    network: Network
    situations: tuple[Situation, ...]
    is_correct: bool

    @property
    def name(self) -> str:
        return self.backprop.__name__

    @property
    def says(self) -> str:
        """What is wrong with it, or why it is right."""
        return self._paragraphs()[0]

    @property
    def shown_by(self) -> str:
        """What input shows that it is broken, and why."""
        return self._paragraphs()[1]

    def _paragraphs(self) -> list[str]:
        text = inspect.cleandoc(self.backprop.__doc__ or "")
        return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]

    def source(self) -> str:
        """The loss and the backprop as the learner reads them."""
        return f"{_shown(self.network.loss, 'loss')}\n\n\n{_shown(self.backprop, 'backprop')}"

    def cases(self) -> list[Case]:
        """What gradient_check is given, situation by situation. Made anew at every call: a suspect may write into it.

        The loss looks at the very arrays that backprop has been given, as it would in a notebook.
        """
        return [self._case(situation) for situation in self.situations]

    def _case(self, situation: Situation) -> Case:
        params, inputs = copy.deepcopy((situation.params, situation.inputs))
        grads = self.backprop(params, **inputs)
        return self.network.loss_of_params(inputs), params, grads


def correct(network: Network) -> Callable[[Backprop], Suspect]:
    """Decorator: the function is a right backprop of `network`, though an odd one."""
    return lambda backprop: Suspect(backprop, network, network.situations, is_correct=True)


def broken(network: Network, situations: Sequence[Situation] = ()) -> Callable[[Backprop], Suspect]:
    """Decorator: the function is a broken backprop of `network`. It is checked in `situations`, or else in all."""
    return lambda backprop: Suspect(backprop, network, tuple(situations) or network.situations, is_correct=False)


def _shown(function: Callable[..., Any], name: str) -> str:
    """The source of `function` under another name, without decorator, types and docstring."""
    lines = inspect.getsource(function).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    first = definition.body[1 if ast.get_docstring(definition) else 0]
    parameters = ", ".join(argument.arg for argument in definition.args.args)
    return "\n".join([f"def {name}({parameters}):", *lines[first.lineno - 1 :]])
