"""A network as a file: save and load.

    save("mine.npz", network)
    network = load("mine.npz")

The file is a NumPy archive (.npz) of plain arrays: no pickle, so that opening a stranger's file runs none of his code.

    format        what this file is, and the version of the layout
    layers        the layers and their settings, as JSON
    W1, b1, ...   the values of the parameters
    extra/...     whatever else was saved along

A file is written beside its place and then put there in one move: an interrupted `save` leaves the old file as it was.
"""

import contextlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Array
from .layers import BatchNorm, Dense, Dropout, Layer, ReLU, Sigmoid, Standardize, Tanh
from .network import Network

FORMAT, VERSION = "neural-networks-by-hand network", 1
KINDS = {kind.__name__: kind for kind in (Dense, ReLU, Sigmoid, Tanh, Dropout, BatchNorm, Standardize)}


class StorageError(Exception):
    """A file that cannot be written or is not a network of ours. The message names the file and says what to do."""


def save(path: str | Path, network: Network, extra: Mapping[str, Any] | None = None) -> None:
    """Write the network, and `extra` arrays, numbers and texts by name, to `path` (.npz). Raises StorageError."""
    if not isinstance(network, Network):
        raise StorageError(f"save takes a Network, not {network!r}: put it into one, Network([...]).")
    arrays = {
        "format": np.array([FORMAT, str(VERSION)]),
        "layers": np.array(json.dumps(_describe(network))),
        **network.named_parameters(),
        **{f"extra/{name}": _plain(name, value) for name, value in (extra or {}).items()},
    }
    with _part_of(Path(path)) as part:
        with open(part, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)


def check_place(path: str | Path) -> None:
    """Raise the StorageError that `save` would, if nothing can be written there. Leaves nothing behind."""
    with _part_of(Path(path)) as part:
        part.touch()


@contextlib.contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    """A name beside `path` for what is being written. What is still there in the end is removed."""
    part = path.parent / f"{path.name[:50]}.{os.getpid()}.part"  # a name has 255 bytes at most
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "a device or the like"
            raise StorageError(f"{path} is {what}, so no network can be saved there: choose the name of a file.")
        yield part
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}): choose another place.") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _plain(name: str, value: Any) -> Array:
    """The value as an array that needs no pickle."""
    try:
        array = np.asarray(value)
    except ValueError:  # lists of different lengths
        array = np.array(None)
    if array.dtype.hasobject:
        raise StorageError(f"{name} cannot be saved: it must be numbers, texts, or an array of these, not {value!r}.")
    return array


def load(path: str | Path) -> Network:
    """The network in the file. Raises StorageError."""
    arrays = _read(Path(path))
    try:
        network = _build(*json.loads(str(arrays["layers"])))
    except Exception:  # whatever it says, from layers of no width to more than the memory holds
        raise _damaged(path, "the description of its layers makes no sense") from None
    if not isinstance(network, Network):
        raise _damaged(path, "it holds a single layer")
    for name, value in network.named_parameters().items():
        stored = arrays.get(name)
        if stored is None or stored.shape != value.shape or stored.dtype != value.dtype:
            found = "missing" if stored is None else f"{stored.dtype} {stored.shape}"
            raise _damaged(path, f"{name} should be {value.dtype} {value.shape} but is {found}")
        value[...] = stored
    return network


def load_extra(path: str | Path) -> dict[str, Array]:
    """What was saved along with the network, by name. Raises StorageError."""
    prefix = "extra/"
    return {name.removeprefix(prefix): a for name, a in _read(Path(path)).items() if name.startswith(prefix)}


def _read(path: Path) -> dict[str, Array]:
    """All arrays of a file of ours; every way in which it can be something else is one StorageError."""
    try:
        file = open(path, "rb")
    except FileNotFoundError:
        raise StorageError(f"There is no file {path}.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read ({error.strerror}): choose another file.") from None
    with file:
        if not zipfile.is_zipfile(file):
            raise _damaged(path, "it is no .npz archive, or only a part of one")
        file.seek(0)
        try:
            with np.load(file, allow_pickle=False) as archive:
                if "format" not in archive.files or archive["format"].tolist()[0] != FORMAT:
                    raise StorageError(f"{path} is not a network saved by this course: choose another file.")
                version = archive["format"].tolist()[1]
                if version != str(VERSION):
                    known = f"layout {version}, but this course reads {VERSION}"
                    raise StorageError(f"{path} has {known}: a newer course saved it, so update yours.")
                return {name: archive[name] for name in archive.files}
        except StorageError:
            raise
        except Exception:  # a damaged archive fails in many ways
            raise _damaged(path, "its arrays cannot be read") from None


def _damaged(path: str | Path, why: str) -> StorageError:
    what = f"{path} is damaged, or was not saved by this course ({why})"
    return StorageError(f"{what}: choose another file, or save the network anew.")


def _describe(layer: Layer) -> list[Any]:
    """[kind, settings]: a layer as JSON can hold it."""
    if isinstance(layer, Network):
        return ["Network", [_describe(part) for part in layer.layers]]
    if type(layer) not in KINDS.values():
        raise StorageError(f"{layer} cannot be saved: storage.py knows {', '.join(KINDS)}.")
    return [type(layer).__name__, layer.settings]


def _build(kind: str, settings: Any) -> Layer:
    if kind == "Network":
        return Network([_build(*part) for part in settings])
    if kind in ("Dense", "Dropout"):
        settings = {**settings, "rng": np.random.default_rng(0)}  # what a Dense draws with it is overwritten
    return KINDS[kind](**settings)
