"""Notebook 4: the exercises of training by SGD, and the mistakes that are made in them.

Steps work in place, and the order of the examples is left to chance, so these exercises are tried by experiments: the
parameters after a step, and what epochs.py finds in an epoch.
"""

from course_lib.checkpoints.nb04_sgd.cosine_decay import cosine_decay
from course_lib.checkpoints.nb04_sgd.exponential_decay import exponential_decay
from course_lib.checkpoints.nb04_sgd.learning_rate_range_test import learning_rate_range_test
from course_lib.checkpoints.nb04_sgd.minibatches import minibatches
from course_lib.checkpoints.nb04_sgd.momentum_step import momentum_step
from course_lib.checkpoints.nb04_sgd.sgd_step import sgd_step
from course_lib.checkpoints.nb04_sgd.step_decay import step_decay
from course_lib.checkpoints.nb04_sgd.train_epoch import train_epoch

EXERCISES = (
    minibatches,
    sgd_step,
    momentum_step,
    train_epoch,
    learning_rate_range_test,
    step_decay,
    exponential_decay,
    cosine_decay,
)
