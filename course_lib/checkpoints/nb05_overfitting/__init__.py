"""Notebook 5: the exercises of L2, early stopping and dropout, and the mistakes that are made in them."""

from course_lib.checkpoints.nb05_overfitting.dropout_backward import dropout_backward
from course_lib.checkpoints.nb05_overfitting.dropout_forward import dropout_forward
from course_lib.checkpoints.nb05_overfitting.early_stopping import early_stopping
from course_lib.checkpoints.nb05_overfitting.l2_gradient import l2_gradient
from course_lib.checkpoints.nb05_overfitting.l2_penalty import l2_penalty
from course_lib.checkpoints.nb05_overfitting.weight_decay_step import weight_decay_step

EXERCISES = (
    l2_penalty,
    l2_gradient,
    early_stopping,
    dropout_forward,
    dropout_backward,
    weight_decay_step,
)
