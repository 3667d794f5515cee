"""The experiments with an epoch: no honest order fails by bad luck, and what no order gives is noticed."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

from course_lib.checkpoints.nb04_sgd import minibatches, train_epoch
from course_lib.checkpoints.nb04_sgd.epochs import epoch_in_order, in_batches, many_epochs, one_epoch
from course_lib.checkpoints.values import MisfitError
from course_lib.nn import training

BATCH_CASES = minibatches.cases()
EPOCH_CASES = train_epoch.cases()
ORDERS = list(itertools.permutations(range(5)))


def facts(function, X, y, batch_size, seed=0):
    return dict(
        zip(minibatches.returns, many_epochs(function, X, y, batch_size, np.random.default_rng(seed)), strict=True)
    )


@pytest.mark.parametrize("case", range(len(BATCH_CASES)))
def test_an_honest_shuffle_never_fails_by_bad_luck(case):
    X, y, batch_size, _ = BATCH_CASES[case]
    wanted = facts(training.minibatches, X, y, batch_size)
    assert all(value for value in wanted.values())
    assert all(facts(training.minibatches, X, y, batch_size, seed) == wanted for seed in range(100))


def test_a_block_that_runs_over_the_end_of_x_is_a_block_too():
    def rotated(X, y, batch_size, rng):
        return in_batches(np.roll(np.arange(len(X)), rng.integers(len(X))), X, y, batch_size)

    X, y, batch_size, _ = BATCH_CASES[-1]
    found = facts(rotated, X, y, batch_size)
    assert [name for name, holds in found.items() if not holds] == ["a batch is not a block of neighbours in X"]


def always(order, X, y, batch_size, rng):
    return in_batches(order, X, y, batch_size)


def test_of_a_single_order_nothing_is_said_that_is_luck():
    X, y, batch_size, _ = BATCH_CASES[0]
    found = [facts(functools.partial(always, np.array(order)), X, y, batch_size) for order in ORDERS]
    as_in_X, *others = [[name for name, holds in each.items() if not holds] for each in found]
    assert all(other == others[0] for other in others)
    assert set(as_in_X) > set(others[0])


@pytest.mark.parametrize(
    ("batches", "says"),
    [
        (lambda X, y: None, "returned None"),
        (lambda X, y: (X, y), "one pair of arrays"),
        (lambda X, y: 3, "An iterator of pairs was wanted"),
        (lambda X, y: [], "not a single batch"),
        (lambda X, y: itertools.repeat((X, y)), "do not come to an end"),
        (lambda X, y: [X], "should be a pair"),
        (lambda X, y: [(X[0], y[0])], "some rows of X"),
        (lambda X, y: [(X, y[:, None])], "a label for each row"),
        (lambda X, y: [(X, y.astype(float))], "stay whole numbers"),
        (lambda X, y: [(X + 100, y)], "no row of X"),
        (lambda X, y: [[(X[0], y[0]), (X[1], y[1])]], "an array of rows of X"),
    ],
)
def test_what_is_no_batch_is_told_in_a_sentence(batches, says):
    X, y, batch_size, rng = BATCH_CASES[0]
    with pytest.raises(MisfitError, match=says):
        many_epochs(lambda X, y, batch_size, rng: batches(X, y), X, y, batch_size, rng)


def trained_in(order, times=1):
    """A train_epoch that goes through the examples in this order, so many times."""

    def train(params, X, y, batch_size, lr, rng):
        for _ in range(times):
            loss, after = epoch_in_order(params, X[order], y[order], batch_size, lr)
            params.update(after)
        return loss

    return train


def copied(case):
    params, X, y, batch_size, lr, _ = case
    return {name: p.copy() for name, p in params.items()}, X, y, batch_size, lr, np.random.default_rng(0)


@pytest.mark.parametrize("case", [-2, -1])
def test_every_order_is_right_where_orders_count_and_two_epochs_are_not_one(case):
    results = []
    for order in itertools.permutations(range(3)):
        loss, params, *holds = one_epoch(trained_in(list(order)), *copied(EPOCH_CASES[case]))
        assert holds == [True, True, False]  # another epoch would have the same order
        results.append((loss, params["W1"].tolist()))
    assert all(result == results[0] for result in results)
    assert one_epoch(trained_in([0, 1, 2], times=2), *copied(EPOCH_CASES[case]))[2:] == (False, True, False)
    assert one_epoch(trained_in([0, 1, 1]), *copied(EPOCH_CASES[case]))[2:] == (False, False, False)


@pytest.mark.parametrize("case", range(len(EPOCH_CASES)))
def test_an_honest_epoch_never_fails_by_bad_luck(case):
    for seed in range(40):
        *arguments, _ = copied(EPOCH_CASES[case])
        assert one_epoch(training.train_epoch, *arguments, np.random.default_rng(seed))[2:] == (True, True, True)


def test_where_no_order_counts_the_numbers_are_told_as_they_are():
    once = one_epoch(trained_in([2, 0, 1]), *copied(EPOCH_CASES[0]))
    twice = one_epoch(trained_in([2, 0, 1], times=2), *copied(EPOCH_CASES[0]))
    assert once[2:] == twice[2:] == (True, True, True)
    assert twice[0] < once[0]
    assert not np.allclose(once[1]["W1"], twice[1]["W1"])


@pytest.mark.parametrize("loss", [None, np.zeros(2), "0.5"])
def test_an_epoch_gives_one_number(loss):
    with pytest.raises(MisfitError, match="the mean loss"):
        one_epoch(lambda *arguments: loss, *copied(EPOCH_CASES[0]))
