"""Notebook 8: steps with a size for every weight, first weights, batch norm, and the mistakes that are made in them.

What an optimiser does is judged by the parameters and the state after one step, however they got there: in place,
or as new arrays in the caller's dicts. First weights are judged by what holds for a few ten thousand of them.

    eps    sqrt(s) + eps is the formula; sqrt(s + eps) is told apart, by gradients as small as eps and by a large eps.
           Adam's shortcut, lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps), counts as right: Kingma and Ba
           give it too. It differs only in eps, so wherever eps matters below, beta2^t is as good as 0.
"""

from course_lib.checkpoints.nb08_going_further.adam_step import adam_step
from course_lib.checkpoints.nb08_going_further.batchnorm_backward import batchnorm_backward
from course_lib.checkpoints.nb08_going_further.batchnorm_forward import batchnorm_forward
from course_lib.checkpoints.nb08_going_further.first_weights import he_init, xavier_init
from course_lib.checkpoints.nb08_going_further.rmsprop_step import rmsprop_step

EXERCISES = (
    rmsprop_step,
    adam_step,
    he_init,
    xavier_init,
    batchnorm_forward,
    batchnorm_backward,
)
