"""The training doctor: it keeps a record of a run (record.py), and says what is wrong with it (findings.py).

    record = Record()
    for each epoch:
        for X_batch, y_batch in minibatches(...):
            ...                                          forward, loss, backward, update
            record.step(loss, params, grads, cache)      once a step, after the update
        record.epoch(val_loss)                           once an epoch
    diagnose(record)                                     what is wrong, how it shows, what to do

It draws nothing and needs no page, so any loop can be asked: in a lesson, in a test, in an explorer.
"""

from .findings import Diagnosis, Finding, diagnose
from .record import Record

__all__ = ["Diagnosis", "Finding", "Record", "diagnose"]
