"""The network, in NumPy alone: what a learner builds, at its best.

    functional.py      the formulas, one pure function each       exercises of notebooks 0, 1, 2, 5 and 8 (batch norm)
    gradient_check.py  numerical_gradient, gradient_check, ...    notebook 3
    optimizers.py      sgd_step, momentum_step, rmsprop_step, adam_step                                     4 and 8
    schedules.py       step_decay, cosine_decay, ..., learning_rate_range_test                              4
    training.py        minibatches, train_epoch, early_stopping                                             4 and 5
    initializers.py    he_init, xavier_init                                                                 8
"""
