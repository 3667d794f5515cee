"""What a training run reports: a Progress record on the way, a History in the end."""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """Where a run is.

    epoch                   finished epochs
    step                    updates of the weights so far
    train_loss              mean over the examples since the last record, each measured just before its batch's step;
    train_accuracy          at the end of an epoch, over all examples of the epoch
    lr                      of the last step
    gradient_norm           length of the gradient of the loss (all parameters together) at the last step, unclipped
    end_of_epoch            whether an epoch has just ended
    val_loss, val_accuracy  at the end of an epoch, if there is validation data; otherwise None

    Losses are in nats and without the L2 penalty, so that training and validation compare.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    lr: float
    gradient_norm: float
    end_of_epoch: bool = False
    val_loss: float | None = None
    val_accuracy: float | None = None


@dataclass
class History:
    """One number per epoch in each list, and how the run ended.

    train_loss, train_accuracy  over all examples of the epoch, each measured just before its batch's step
    val_loss, val_accuracy      after the epoch; empty without validation data
    lr, gradient_norm           of the epoch's last step
    best_epoch                  from 0: the first with the lowest validation loss; the last without validation data
    reason                      why the run ended
    """

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    reason: str = "not finished"

    def append(self, epoch: Progress) -> bool:
        """Add a finished epoch. True if it is the best so far: the first, until one has a lower loss that is no nan."""
        lowest = min((loss for loss in self.val_loss if not math.isnan(loss)), default=math.inf)
        best = epoch.val_loss is None or not self.val_loss or epoch.val_loss < lowest
        if best:
            self.best_epoch = len(self.train_loss)
        self.train_loss.append(epoch.train_loss)
        self.train_accuracy.append(epoch.train_accuracy)
        self.lr.append(epoch.lr)
        self.gradient_norm.append(epoch.gradient_norm)
        if epoch.val_loss is not None and epoch.val_accuracy is not None:
            self.val_loss.append(epoch.val_loss)
            self.val_accuracy.append(epoch.val_accuracy)
        return best
