"""One BLAS thread while we train.

The matrix products of a minibatch are so small that a second thread costs more than it brings, and on a shared machine
it can make training several times slower. threadpoolctl, which scikit-learn brings along, sets the number; where it is
not installed, the default number is used.
"""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any


@cache
def _controller() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[Any]:
    """`with one_blas_thread(): ...` runs matrix products on one thread and puts the number back afterwards."""
    controller = _controller()
    return nullcontext() if controller is None else controller.limit(limits=1, user_api="blas")
