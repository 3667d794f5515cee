"""python -m course_lib train CONFIG --out MODEL.npz [--resume]

Trains the network that a YAML file describes: course_lib/nn/config.py has the settings, course_lib/configs/ examples.
After every epoch MODEL.npz holds the best network so far, and where the run stands: Ctrl-C or a power cut costs an
epoch at most, and --resume goes on as if nothing had happened. In the end it holds the network after the last epoch,
or after early stopping (`patience`) the best one; --resume then shows once more how it does on the test images. A saved
network takes pixels in [0, 1] as they come.
"""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from course_lib.data import DataError, load
from course_lib.nn.arrays import Array
from course_lib.nn.config import Config, ConfigError, load_config, parse
from course_lib.nn.history import Progress
from course_lib.nn.layers import Standardize
from course_lib.nn.network import Network
from course_lib.nn.resume import restore_run, run_state
from course_lib.nn.run import DivergenceError, Training, evaluate
from course_lib.nn.storage import StorageError, check_place, load_extra, save
from course_lib.nn.storage import load as load_network
from course_lib.preparation import Images, divide, start


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m course_lib train", description="Train a network as a YAML file says, and save it."
    )
    parser.add_argument("config", type=Path, help="the settings, a YAML file")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL.npz", help="where to save the network")
    parser.add_argument("--resume", action="store_true", help="go on with the run that MODEL.npz holds")
    options = parser.parse_args(arguments)
    out: Path = options.out
    try:
        config = load_config(options.config)
        check_place(out)
        if out.exists() and not options.resume:
            raise StorageError(f"{out} exists: add --resume to go on with its run, or choose another name.")
        train(config, out, resume=options.resume)
    except (ConfigError, DataError, StorageError) as error:
        print(error, file=sys.stderr)
        return 1
    except DivergenceError as error:
        print(f"{error} {out} holds the {kept(out)}." if kept(out) else error, file=sys.stderr)
        return 1
    except MemoryError:
        print("There is not enough memory: make hidden or batch_size smaller, or end other programs.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        goes_on = f"{out} holds the {kept(out)}; the same command with --resume goes on." if kept(out) else ""
        print(f"\nInterrupted. {goes_on or 'No epoch was finished, so nothing is saved.'}", file=sys.stderr)
        return 130
    return 0


def train(config: Config, out: Path, *, resume: bool = False) -> None:
    """Train as `config` says, saving to `out` after every epoch, and measure the test images once, at the end."""
    finished = resume and "position" not in run_in(out, config)
    rng = np.random.default_rng(config.seed)
    images = divide(load(config.dataset), config, rng)
    if finished:
        print(f"The run in {out} is finished.")
        whole = load_network(out)
    else:
        whole = train_on(images, config, out, rng, resume=resume)
    loss, accuracy = evaluate(whole, images.X_test, images.y_test)
    print(f"On the test images: accuracy {accuracy:.2%}, loss {loss:.4f}.")


def train_on(images: Images, config: Config, out: Path, rng: np.random.Generator, *, resume: bool) -> Network:
    """Train to the end. Returns the network as it is saved, with the standardisation in front."""
    training = start(config, images, rng)
    network = training.network
    if resume:
        restore(training, config, out)
    D, N = images.X.shape[1], len(images.X)
    print(f"{config.dataset}: {N} training images. {network}")
    best = config.make_network(D, images.classes, np.random.default_rng(0))
    steps = math.ceil(N / config.batch_size)
    with tqdm(total=config.epochs * steps, initial=training.step, unit="step", disable=None) as bar:
        for progress in training.epochs_left(every=max(1, steps // 20)):
            bar.update(progress.step - bar.n)
            bar.set_postfix_str(f"loss {progress.train_loss:.4f}")
            if progress.end_of_epoch:
                bar.write(in_words(progress, config.epochs))
                for p, value in zip(best.parameters, training.best, strict=True):
                    p.value[...] = value
                save_whole(out, images.standardize, best, config, run_state(training))

    history = {name: array for name, array in run_state(training).items() if name.startswith("history/")}
    whole = save_whole(out, images.standardize, network, config, history)
    print(f"The run ended: {training.history.reason}. The network is saved as {out}.")
    return whole


def run_in(out: Path, config: Config) -> Mapping[str, Array]:
    """What the run in `out` has kept. Raises StorageError if there is none, or it had other settings."""
    extra = load_extra(out)
    if "config" not in extra:
        raise StorageError(f"{out} holds a network, but no training run.")
    before, now = vars(parse(str(extra["config"]), name=f"the settings in {out}")), vars(config)
    changed = [key for key in now if now[key] != before[key]]
    if changed:
        raise StorageError(f"{out} has other settings ({', '.join(changed)}): only a run with the same can go on.")
    return extra


def restore(training: Training, config: Config, out: Path) -> None:
    """Put `training` where the run in `out` stands. Raises StorageError if it cannot go on."""
    try:
        restore_run(training, run_in(out, config))
        columns = [column for name, column in vars(training.history).items() if name not in ("best_epoch", "reason")]
        if not {len(column) for column in columns} <= {0, training.epoch}:
            raise ValueError("its history has another number of epochs")
    except (KeyError, ValueError, TypeError) as error:
        raise StorageError(f"{out} is damaged ({error}): start the run anew.") from None


def kept(out: Path) -> str:
    """What a run that was broken off has left in `out`, in words; "" for nothing."""
    try:
        return "best network so far" if "position" in load_extra(out) else "finished network"
    except StorageError:
        return ""


def save_whole(
    out: Path, standardize: Standardize, network: Network, config: Config, extra: Mapping[str, Array]
) -> Network:
    """Save, and return, the network with the standardisation in front of it, so that it takes pixels as they come."""
    whole = Network([standardize, *network.layers])
    save(out, whole, {"config": np.array(config.to_yaml()), **extra})
    return whole


def in_words(progress: Progress, epochs: int) -> str:
    """One line about an epoch."""
    line = f"epoch {progress.epoch}/{epochs}: loss {progress.train_loss:.4f}, accuracy {progress.train_accuracy:.2%}"
    if progress.val_loss is not None:
        line += f"; validation: loss {progress.val_loss:.4f}, accuracy {progress.val_accuracy:.2%}"
    return f"{line}; lr {progress.lr:.3g}"
