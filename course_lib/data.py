"""The images of the course, and how they are divided and standardised.

    load("digits")                        scikit-learn's 1,797 images of 8x8 pixels; installed with the course
    load("mnist" | "fashion-mnist")       70,000 images of 28x28 pixels, from four .gz files, which come from
        the folder COURSE_DATA names      if that environment variable is set: COURSE_DATA/mnist/*.gz
        the cache, else a mirror          otherwise: fetched once, checked by hash, kept in the user's cache folder

Nothing is ever replaced by other data: where the real images cannot be had, a DataError says why and what to do.
A new dataset of this kind is one entry in SOURCES.
"""

import difflib
import gzip
import math
import os
import struct
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]


class DataError(Exception):
    """The images asked for cannot be had as they should be; the sentence says what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images and their labels: X float32 (N, D), pixels in [0, 1], D = rows * columns; y int64 (N,), from 0."""

    name: str
    X_train: NDArray[np.float32]
    y_train: Integers
    X_test: NDArray[np.float32]
    y_test: Integers
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]

    def __repr__(self) -> str:
        rows, columns = self.image_shape
        return (
            f"{self.name}: {len(self.X_train)} training and {len(self.X_test)} test images "
            f"of {rows}x{columns} pixels in {len(self.class_names)} classes"
        )


@dataclass(frozen=True)
class Source:
    """Where four IDX files come from: folders that hold them, the first preferred, and each file's SHA-256."""

    mirrors: tuple[str, ...]
    hashes: dict[str, str]
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] = (28, 28)


DIGITS = tuple("0123456789")
SOURCES = {
    # Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits.
    "mnist": Source(
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        hashes={
            "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
        class_names=DIGITS,
    ),
    # H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST (2017), arXiv:1708.07747.
    "fashion-mnist": Source(
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ),
        hashes={
            "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
        class_names=(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
        ),
    ),
}  # fmt: skip


def load(name: str) -> Dataset:
    """The dataset of that name: "digits", "mnist" or "fashion-mnist". Raises DataError."""
    if name == "digits":
        return _load_digits()
    if name in SOURCES:
        return _load_idx(name, SOURCES[name])
    known = ("digits", *SOURCES)
    near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.4)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}."
    raise DataError(f"There is no dataset {name!r}; {hint}")


def at_hand(name: str) -> bool:
    """Whether the files of `load(name)` are on this machine, so that it will fetch nothing."""
    return name not in SOURCES or all((_folder(name) / file).is_file() for file in SOURCES[name].hashes)


def _load_digits() -> Dataset:
    """1,437 training and 360 test images; the split is stratified and always the same."""
    # The file that scikit-learn's load_digits reads. To import scikit-learn would take every process most of a second.
    package = find_spec("sklearn")
    folder = Path(package.origin).parent if package and package.origin else Path("sklearn")
    path = folder / "datasets" / "data" / "digits.csv.gz"
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.float32)     # a row: 64 pixels from 0 to 16, the label
    except OSError:
        raise DataError(
            f"The digits come with scikit-learn, but there is no {path}: `pip install -r requirements.txt` brings them."
        ) from None
    X, y = table[:, :64] / np.float32(16), table[:, 64].astype(np.int64)
    train, test = stratified_split(y, 360 / len(y), rng=np.random.default_rng(0))
    return Dataset("digits", X[train], y[train], X[test], y[test], (8, 8), DIGITS)


# ---------------------------------------------------------------------------------------------------- MNIST's IDX files


def _load_idx(name: str, source: Source) -> Dataset:
    paths = {file: _find(name, file, source) for file in source.hashes}
    X_train, y_train = _read_part(paths["train-images-idx3-ubyte.gz"], paths["train-labels-idx1-ubyte.gz"], source)
    X_test, y_test = _read_part(paths["t10k-images-idx3-ubyte.gz"], paths["t10k-labels-idx1-ubyte.gz"], source)
    return Dataset(name, X_train, y_train, X_test, y_test, source.image_shape, source.class_names)


def _folder(name: str) -> Path:
    """The dataset's folder in COURSE_DATA, or else in the cache."""
    if os.environ.get("COURSE_DATA"):
        return Path(os.environ["COURSE_DATA"]).expanduser().absolute() / name
    import pooch  # wanted by nobody who works with COURSE_DATA

    return Path(pooch.os_cache("neural-networks-by-hand")) / name


def _find(name: str, file: str, source: Source) -> Path:
    """The file in COURSE_DATA, or else in the cache, where it is fetched to first if need be."""
    if not os.environ.get("COURSE_DATA"):
        return _fetch(name, file, source)
    path = _folder(name) / file
    for place in (path.parent.parent, path.parent, path):
        if not place.exists():
            raise DataError(
                f"COURSE_DATA is set, but there is no {place}: put the official files of {name} into {path.parent}, "
                f"or unset COURSE_DATA to have them fetched."
            )
    return path


def _fetch(name: str, file: str, source: Source) -> Path:
    """The file in the cache. It appears there whole and with the right hash, or not at all."""
    import pooch  # wanted by nobody who works offline

    cache = _folder(name)
    pooch.get_logger().setLevel("WARNING")      # its bar shows what is being fetched
    download = pooch.HTTPDownloader(progressbar=True, chunk_size=2**16, timeout=10)
    failures = []
    for mirror in source.mirrors:
        try:
            return Path(pooch.retrieve(mirror + file, source.hashes[file], fname=file, path=cache, downloader=download))
        except ValueError:      # how pooch reports a wrong hash
            failures.append(f"{mirror}: another file than the official one")
        except OSError as error:
            failures.append(f"{mirror}: {error.strerror or type(error).__name__}")
    raise DataError(
        f"{file} of {name} is not on this machine and could not be fetched ({'; '.join(failures)}): connect to the "
        f"internet and try again, or set COURSE_DATA to a folder with a folder {name} that holds the official files."
    )


def _read_part(images_path: Path, labels_path: Path, source: Source) -> tuple[NDArray[np.float32], Integers]:
    images, labels = read_idx(images_path, dimensions=3), read_idx(labels_path, dimensions=1)
    if images.shape[1:] != source.image_shape:
        raise _damaged(images_path, f"images of {_by(source.image_shape)} pixels", _by(images.shape[1:]))
    if len(images) == 0:
        raise _damaged(images_path, "at least one image", "none")
    if len(labels) != len(images):
        raise _damaged(labels_path, f"{len(images)} labels, as many as images in {images_path.name}", str(len(labels)))
    if labels.max() >= len(source.class_names):
        raise _damaged(labels_path, f"labels from 0 to {len(source.class_names) - 1}", str(labels.max()))
    X = images.reshape(len(images), -1).astype(np.float32)
    X /= 255        # in place: MNIST is 188 MB as float32
    return X, labels.astype(np.int64)


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array in a gzipped IDX file of unsigned bytes with so many dimensions. Raises DataError for any damage.

    The format (yann.lecun.com/exdb/mnist): 0, 0, 8 for unsigned bytes, the number of dimensions, each dimension's size
    in four bytes, largest first, then the values.
    """
    try:
        with gzip.open(path) as file:
            content = file.read()
    except EOFError:
        raise _damaged(path, "a whole gzip file", "one that is cut off") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _damaged(path, "a gzip file", f"something else ({error})") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): look at the file's permissions.") from None
    start, magic = 4 + 4 * dimensions, bytes([0, 0, 8, dimensions])
    if content[:4] != magic:
        raise _damaged(path, f"the magic number {magic.hex(' ')} at its start", content[:4].hex(" ") or "an empty file")
    if len(content) < start:
        raise _damaged(path, f"{start} bytes of header", f"{len(content)} bytes in all")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise _damaged(path, f"{math.prod(shape)} bytes after the header, for {_by(shape)}", str(len(content) - start))
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _damaged(path: Path, expected: str, found: str) -> DataError:
    return DataError(f"{path} is damaged: expected {expected}, found {found}; put the official file in its place.")


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


# ------------------------------------------------------------------------------------------ splitting and standardising


def stratified_split(y: NDArray[Any], fraction: float, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Indices of two parts of y (N,), shuffled; the second has round(fraction * N) examples.

    Stratified: each class gives it fraction * (size of the class) of its examples, give or take less than one.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction must be between 0 and 1, not {fraction}.")
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]      # class by class, in random order inside each
    dealt = np.floor(fraction * np.arange(len(y) + 1) + 0.5)
    second = np.diff(dealt) > 0     # like dealing cards: evenly along the row, so evenly from each class
    return rng.permutation(order[~second]), rng.permutation(order[second])


def train_val_test_split(
    X: Floats, y: Integers, val: float, test: float, rng: np.random.Generator
) -> tuple[Floats, Integers, Floats, Integers, Floats, Integers]:
    """X_train, y_train, X_val, y_val, X_test, y_test: every example in one of them, all classes in proportion.

    `val` and `test` are fractions of all the examples X (N, D), y (N,).
    """
    if len(X) != len(y):
        raise ValueError(f"X and y must have the same number of examples, not {len(X)} and {len(y)}.")
    if min(val, test) < 0 or val + test >= 1:
        raise ValueError(f"val and test must be fractions that leave something to train on, not {val} and {test}.")
    rest, test_part = stratified_split(y, test, rng=rng)
    train, val_part = stratified_split(y[rest], val / (1 - test), rng=rng)
    train, val_part = rest[train], rest[val_part]
    return X[train], y[train], X[val_part], y[val_part], X[test_part], y[test_part]


@dataclass(frozen=True, eq=False)
class Standardizer:
    """(X - mean) / std for each feature, with the mean and std of the training part, kept for every image to come.

    The same formula as `nn.functional.standardize`: a feature that is constant in training becomes 0, its std is inf.
    """

    mean: Floats
    std: Floats

    @classmethod
    def fit(cls, X_train: Floats) -> "Standardizer":
        """Measure X_train (N, D), and nothing else."""
        # Some columns at a time: X_train.std(axis=0) would need room for a second X_train.
        columns = np.array_split(X_train, max(1, X_train.shape[1] // 50), axis=1)
        mean, std = X_train.mean(axis=0), np.concatenate([part.std(axis=0) for part in columns])
        std[(X_train.min(axis=0) == X_train.max(axis=0)) | (std == 0)] = np.inf
        return cls(mean, std)

    def __call__(self, X: Floats) -> Floats:
        """X (N, D) -> (N, D), a new array."""
        Z = X - self.mean
        Z /= self.std
        return Z
