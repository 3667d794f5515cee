"""Notebook 3: the exercises of gradient checking, and the mistakes that are made in them."""

from course_lib.checkpoints.nb03_gradient_checking.directional_check import directional_check
from course_lib.checkpoints.nb03_gradient_checking.gradient_check import gradient_check
from course_lib.checkpoints.nb03_gradient_checking.numerical_gradient import numerical_gradient
from course_lib.checkpoints.nb03_gradient_checking.relative_error import relative_error

EXERCISES = (
    numerical_gradient,
    relative_error,
    directional_check,
    gradient_check,
)
