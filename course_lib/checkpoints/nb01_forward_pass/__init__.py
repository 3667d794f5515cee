"""Notebook 1: the exercises of the forward pass, and the mistakes that are made in them."""

from course_lib.checkpoints.nb01_forward_pass.accuracy import accuracy
from course_lib.checkpoints.nb01_forward_pass.cross_entropy import cross_entropy
from course_lib.checkpoints.nb01_forward_pass.linear_forward import linear_forward
from course_lib.checkpoints.nb01_forward_pass.mlp_forward import mlp_forward
from course_lib.checkpoints.nb01_forward_pass.relu import relu
from course_lib.checkpoints.nb01_forward_pass.sigmoid import sigmoid
from course_lib.checkpoints.nb01_forward_pass.softmax import softmax
from course_lib.checkpoints.nb01_forward_pass.standardize import standardize

EXERCISES = (
    standardize,
    linear_forward,
    relu,
    sigmoid,
    softmax,
    cross_entropy,
    mlp_forward,
    accuracy,
)
