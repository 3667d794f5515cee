"""Notebook 2: the exercises of the way back, and the mistakes that are made in them."""

from course_lib.checkpoints.nb02_backprop.linear_backward import linear_backward
from course_lib.checkpoints.nb02_backprop.mlp_backward import mlp_backward
from course_lib.checkpoints.nb02_backprop.relu_backward import relu_backward
from course_lib.checkpoints.nb02_backprop.scalars import add_backward, multiply_backward
from course_lib.checkpoints.nb02_backprop.sigmoid_backward import sigmoid_backward
from course_lib.checkpoints.nb02_backprop.softmax_cross_entropy_backward import softmax_cross_entropy_backward

EXERCISES = (
    add_backward,
    multiply_backward,
    linear_backward,
    relu_backward,
    sigmoid_backward,
    softmax_cross_entropy_backward,
    mlp_backward,
)
