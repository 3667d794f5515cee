"""The datasets: strictly read, fetched whole or not at all, never replaced; splits and standardisation."""

import dataclasses
import gzip
import hashlib
import http.server
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path

import numpy as np
import pooch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import data
from course_lib.data import DataError, Standardizer, at_hand, load, read_idx, stratified_split, train_val_test_split
from course_lib.nn import functional

ROOT = Path(__file__).parents[1]
REAL_DATA = os.environ.get("COURSE_DATA")
needs_real_data = pytest.mark.skipif(not REAL_DATA, reason="COURSE_DATA names no folder with the real MNIST files")
TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


def idx(array: np.ndarray) -> bytes:
    """An IDX file of unsigned bytes, before gzip."""
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def tiny_files() -> dict[str, bytes]:
    """Twelve training and seven test images, each with its own grey, as four .gz files."""
    arrays = {}
    for images, labels, count in ((TRAIN_IMAGES, TRAIN_LABELS, 12), (TEST_IMAGES, TEST_LABELS, 7)):
        arrays[images] = np.arange(count * 28 * 28).reshape(count, 28, 28) % 256
        arrays[labels] = np.arange(count) % 10
    return {name: gzip.compress(idx(array), mtime=0) for name, array in arrays.items()}


TINY = tiny_files()


@pytest.fixture(autouse=True)
def no_course_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_DATA", raising=False)


@pytest.fixture
def mnist_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """COURSE_DATA/mnist with the tiny files."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for name, content in TINY.items():
        (folder / name).write_bytes(content)
    monkeypatch.setenv("COURSE_DATA", str(folder.parent))
    return folder


# ---- digits ----


def test_digits_are_complete_scaled_and_split() -> None:
    from sklearn.datasets import load_digits

    digits = load("digits")
    assert digits.X_train.shape == (1437, 64) and digits.X_test.shape == (360, 64)
    assert digits.X_train.dtype == digits.X_test.dtype == np.float32
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64
    assert digits.image_shape == (8, 8) and digits.class_names == tuple("0123456789")
    together = np.column_stack([np.r_[digits.X_train, digits.X_test] * 16, np.r_[digits.y_train, digits.y_test]])
    X, y = load_digits(return_X_y=True)
    np.testing.assert_array_equal(rows(together), rows(np.column_stack([X, y])))


def test_digits_come_without_the_wait_for_scikit_learn() -> None:
    code = "import sys; from course_lib.data import load; load('digits'); print('sklearn' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


@pytest.mark.parametrize("spec", [None, spec_from_loader("sklearn", None, origin="/nowhere/__init__.py")])
def test_digits_that_are_not_there_are_one_sentence(
    spec: ModuleSpec | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "find_spec", lambda name: spec)
    with pytest.raises(DataError, match="there is no .*digits.csv.gz: `pip install -r requirements.txt` brings them"):
        load("digits")


def rows(table: np.ndarray) -> np.ndarray:
    """The rows of a table in an order that depends on the rows alone."""
    return table[np.lexsort(table.T)].astype(np.int64)


def test_digits_are_stratified_and_the_same_each_time() -> None:
    first, second = load("digits"), load("digits")
    np.testing.assert_array_equal(first.X_test, second.X_test)
    everything = np.bincount(np.r_[first.y_train, first.y_test])
    assert np.abs(np.bincount(first.y_test) - 0.2 * everything).max() < 1.1
    assert repr(first) == "digits: 1437 training and 360 test images of 8x8 pixels in 10 classes"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(DataError, match="There is no dataset 'MNIST'; did you mean \"mnist\""):
        load("MNIST")
    with pytest.raises(DataError, match='did you mean "fashion-mnist"'):
        load("fashion_mnist")
    with pytest.raises(DataError, match="there are digits, mnist, fashion-mnist"):
        load("cifar")


# ---- IDX files in COURSE_DATA ----


def test_mnist_from_a_folder(mnist_folder: Path) -> None:
    mnist = load("mnist")
    assert mnist.X_train.shape == (12, 784) and mnist.X_test.shape == (7, 784)
    assert mnist.X_train.dtype == np.float32 and mnist.y_train.dtype == np.int64
    np.testing.assert_array_equal(mnist.X_train[1, :3] * 255, [16, 17, 18])     # pixel 784 onwards, modulo 256
    assert mnist.X_train.max() == 1 and mnist.X_train.min() == 0
    np.testing.assert_array_equal(mnist.y_train, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    assert mnist.image_shape == (28, 28)


def again(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """The change, made to what is inside the gzip file."""
    return lambda content: gzip.compress(change(gzip.decompress(content)))


IMAGES = np.zeros((12, 28, 28))


@pytest.mark.parametrize(
    ("file", "damage", "expected", "found"),
    [
        (TRAIN_IMAGES, lambda c: c[: len(c) // 2], "a whole gzip file", "cut off"),
        (TRAIN_IMAGES, lambda c: c[:-1], "a whole gzip file", "cut off"),
        (TRAIN_IMAGES, lambda c: b"<html>" + c, "a gzip file", "something else"),
        (TRAIN_IMAGES, lambda c: c + b"more", "a gzip file", "something else"),
        (TEST_LABELS, lambda c: c[:10] + b"\xff" * 8 + c[18:], "a gzip file", "decompressing"),
        (TEST_LABELS, lambda c: c[:-8] + bytes(4) + c[-4:], "a gzip file", "CRC check failed"),
        (TEST_LABELS, lambda c: b"", "the magic number 00 00 08 01", "an empty file"),
        (TEST_LABELS, lambda c: gzip.compress(b"\0\0\x08\x01\0\0"), "8 bytes of header", "6 bytes in all"),
        (TRAIN_LABELS, lambda c: TINY[TRAIN_IMAGES], "the magic number 00 00 08 01", "00 00 08 03"),
        (TRAIN_IMAGES, again(lambda c: b"\0\0\x0d" + c[3:]), "the magic number 00 00 08 03", "00 00 0d 03"),
        (TRAIN_IMAGES, again(lambda c: c[:-1]), "9408 bytes after the header, for 12x28x28", "9407"),
        (TRAIN_IMAGES, again(lambda c: c + b"\0"), "9408 bytes after the header, for 12x28x28", "9409"),
        (TEST_IMAGES, again(lambda c: idx(IMAGES.reshape(12, 56, 14))), "images of 28x28 pixels", "56x14"),
        (TEST_IMAGES, again(lambda c: idx(IMAGES[:0])), "at least one image", "none"),
        (TRAIN_LABELS, again(lambda c: idx(np.arange(9))), f"12 labels, as many as images in {TRAIN_IMAGES}", "9"),
        (TRAIN_LABELS, again(lambda c: c[:-1] + b"\x0a"), "labels from 0 to 9", "10"),
    ],
)
def test_a_damaged_file_is_named_with_what_was_expected_and_found(
    mnist_folder: Path, file: str, damage: Callable[[bytes], bytes], expected: str, found: str
) -> None:
    (mnist_folder / file).write_bytes(damage(TINY[file]))
    with pytest.raises(DataError) as caught:
        load("mnist")
    told = str(caught.value)
    assert told.startswith(f"{mnist_folder / file} is damaged: expected {expected}")
    assert found in told.partition(", found ")[2]
    assert told.endswith("; put the official file in its place.")


def test_a_header_that_claims_gigabytes_costs_no_memory(mnist_folder: Path) -> None:
    path = mnist_folder / TRAIN_IMAGES
    path.write_bytes(gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, *[2**32 - 1] * 3)))
    with pytest.raises(DataError, match="for 4294967295x4294967295x4294967295, found 0"):
        read_idx(path, dimensions=3)


@pytest.mark.parametrize("missing", ["", "mnist", f"mnist/{TEST_LABELS}"])
def test_course_data_without_the_files_is_an_error_and_fetches_nothing(
    mnist_folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(pooch, "retrieve", lambda *args, **kwargs: pytest.fail("something was fetched"))
    place = mnist_folder.parent / missing
    place.rename(place.with_name("elsewhere"))
    with pytest.raises(DataError) as caught:
        load("mnist")
    assert str(caught.value) == (
        f"COURSE_DATA is set, but there is no {place}: put the official files of mnist into {mnist_folder}, "
        "or unset COURSE_DATA to have them fetched."
    )


def test_at_hand_says_whether_all_four_files_are_there(mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_hand("mnist") and at_hand("digits")
    (mnist_folder / TEST_LABELS).unlink()
    assert not at_hand("mnist")


# ---- mirrors ----


class Mirror:
    """A web server on this machine; `answers` says what it does for a file: the default is to send it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, str] = {}
        self.gone = threading.Event()
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                mirror.asked.append(name)
                answer = mirror.answers.get(name, "send")
                if answer == "missing":
                    self.send_error(404)
                    return
                content = b"<html>Log in first</html>" if answer == "other" else TINY[name]
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if answer in ("cut", "interrupt"):
                    content = content[: len(content) // 2]
                self.wfile.write(content)
                self.wfile.flush()
                if answer == "interrupt":       # as Ctrl-C does; the rest never comes
                    os.kill(os.getpid(), signal.SIGINT)
                    mirror.gone.wait(timeout=20)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/files/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.gone.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Mirror, Mirror]]:
    first, second = Mirror(), Mirror()
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in TINY.items()}
    source = dataclasses.replace(data.SOURCES["mnist"], mirrors=(first.url, second.url), hashes=hashes)
    monkeypatch.setitem(data.SOURCES, "mnist", source)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the fetched MNIST files go."""
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / project)
    return tmp_path / "neural-networks-by-hand" / "mnist"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_fetched_once_with_a_progress_bar(
    mirrors: tuple[Mirror, Mirror], cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert not at_hand("mnist")
    assert load("mnist").X_train.shape == (12, 784)
    assert "100%" in capfd.readouterr().err
    assert names_in(cache) == sorted(TINY) and at_hand("mnist")
    assert load("mnist").X_test.shape == (7, 784)
    first, second = mirrors
    assert sorted(first.asked) == sorted(TINY) and second.asked == []


@pytest.mark.parametrize("answer", ["missing", "other", "cut"])
def test_the_second_mirror_helps_out(mirrors: tuple[Mirror, Mirror], cache: Path, answer: str) -> None:
    first, second = mirrors
    first.answers[TEST_IMAGES] = answer
    np.testing.assert_array_equal(load("mnist").y_test, np.arange(7))
    assert second.asked == [TEST_IMAGES]
    assert (cache / TEST_IMAGES).read_bytes() == TINY[TEST_IMAGES]
    assert names_in(cache) == sorted(TINY)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("missing", "HTTPError"), ("other", "another file than the official one"), ("cut", "Error")],
)
def test_when_both_mirrors_fail_nothing_half_made_is_left(
    mirrors: tuple[Mirror, Mirror], cache: Path, answer: str, reason: str
) -> None:
    for mirror in mirrors:
        mirror.answers[TRAIN_LABELS] = answer
    with pytest.raises(DataError) as caught:
        load("mnist")
    told = str(caught.value)
    assert told.startswith(f"{TRAIN_LABELS} of mnist is not on this machine and could not be fetched (")
    assert told.count(reason) >= 2 and all(mirror.url in told for mirror in mirrors)
    assert names_in(cache) == [TRAIN_IMAGES]        # whole, from before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send itself an interrupt")
def test_an_interrupted_download_leaves_nothing_half_made(mirrors: tuple[Mirror, Mirror], cache: Path) -> None:
    mirrors[0].answers[TRAIN_IMAGES] = "interrupt"
    with pytest.raises(KeyboardInterrupt):
        load("mnist")
    assert names_in(cache) == []
    mirrors[0].answers.clear()
    assert len(load("mnist").X_train) == 12


def test_a_spoiled_file_in_the_cache_is_fetched_again(mirrors: tuple[Mirror, Mirror], cache: Path) -> None:
    load("mnist")
    (cache / TEST_LABELS).write_bytes(b"spoiled")
    load("mnist")
    assert mirrors[0].asked.count(TEST_LABELS) == 2
    assert (cache / TEST_LABELS).read_bytes() == TINY[TEST_LABELS]


def test_no_network_and_no_data_says_both_ways_out(mirrors: tuple[Mirror, Mirror], cache: Path) -> None:
    for mirror in mirrors:
        mirror.close()
    with pytest.raises(DataError) as caught:
        load("mnist")
    told = str(caught.value)
    assert told.count("ConnectionError") == 2
    assert "connect to the internet and try again, or set COURSE_DATA to a folder" in told
    assert "\n" not in told


# ---- the real files ----


@needs_real_data
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_the_real_files(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REAL_DATA is not None
    monkeypatch.setenv("COURSE_DATA", REAL_DATA)
    for file, expected in data.SOURCES[name].hashes.items():
        assert hashlib.sha256(Path(REAL_DATA, name, file).read_bytes()).hexdigest() == expected
    dataset = load(name)
    assert dataset.X_train.shape == (60_000, 784) and dataset.X_test.shape == (10_000, 784)
    assert dataset.X_train.min() == 0 and dataset.X_train.max() == 1
    assert set(dataset.y_train) == set(dataset.y_test) == set(range(10))
    if name == "mnist":     # the mean and standard deviation that everybody quotes
        assert dataset.X_train.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)
        assert dataset.X_train.std(dtype=np.float64) == pytest.approx(0.3081, abs=5e-5)


@needs_real_data
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak memory in /proc")
def test_mnist_standardised_fits_into_600_megabytes() -> None:
    program = (
        "from course_lib.data import load, Standardizer; mnist = load('mnist');"
        "Z = Standardizer.fit(mnist.X_train)(mnist.X_train);"
        "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    )
    environment = os.environ | {"COURSE_DATA": str(REAL_DATA)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 600_000       # in KB


# ---- splits ----

labels = st.lists(st.integers(0, 4), min_size=1, max_size=200).map(np.array)
seeds = st.integers(0, 2**32 - 1)


@given(y=labels, fraction=st.floats(0, 1), seed=seeds)
def test_a_stratified_split_parts_every_class_in_proportion(y: np.ndarray, fraction: float, seed: int) -> None:
    first, second = stratified_split(y, fraction, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.sort(np.r_[first, second]), np.arange(len(y)))
    assert abs(len(second) - fraction * len(y)) <= 0.5 + 1e-9
    wanted = fraction * np.bincount(y, minlength=5)
    assert np.abs(np.bincount(y[second], minlength=5) - wanted).max() < 1 + 1e-9


@given(y=labels, val=st.floats(0, 0.49), test=st.floats(0, 0.5), seed=seeds)
def test_three_parts_hold_every_example_once(y: np.ndarray, val: float, test: float, seed: int) -> None:
    X = np.arange(len(y), dtype=np.float64)[:, None]
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, y, val, test, np.random.default_rng(seed))
    together = np.concatenate([X_train, X_val, X_test])[:, 0].astype(int)
    np.testing.assert_array_equal(np.sort(together), np.arange(len(y)))
    np.testing.assert_array_equal(y[together], np.concatenate([y_train, y_val, y_test]))
    for part, fraction in ((y_val, val), (y_test, test)):
        assert abs(len(part) - fraction * len(y)) <= 1
        assert np.abs(np.bincount(part, minlength=5) - fraction * np.bincount(y, minlength=5)).max() < 2


def test_a_split_depends_on_its_generator_alone_and_is_shuffled() -> None:
    y = np.repeat(np.arange(4), 25)
    splits = [stratified_split(y, 0.2, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(splits[0][1], splits[1][1])
    assert set(splits[0][1]) != set(splits[2][1])
    assert all((np.diff(y[part]) < 0).any() for part in splits[0])      # not class after class


def test_impossible_splits_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="fraction must be between 0 and 1, not 1.5"):
        stratified_split(np.arange(4), 1.5, rng)
    with pytest.raises(ValueError, match="leave something to train on, not 0.5 and 0.5"):
        train_val_test_split(np.zeros((4, 2)), np.arange(4), 0.5, 0.5, rng)
    with pytest.raises(ValueError, match="the same number of examples, not 3 and 4"):
        train_val_test_split(np.zeros((3, 2)), np.arange(4), 0.2, 0.2, rng)


# ---- standardisation ----


def test_a_standardizer_keeps_what_it_measured_in_training() -> None:
    X_train = np.array([[0, 5, 0.1], [2, 5, 0.1], [4, 5, 0.1]])
    standardizer = Standardizer.fit(X_train)
    new = np.array([[2.0, 5.0, 0.1], [2 + np.sqrt(8 / 3), 9.0, 7.0]])
    before = new.copy()
    np.testing.assert_allclose(standardizer(new), [[0, 0, 0], [1, 0, 0]], atol=1e-15)
    np.testing.assert_array_equal(new, before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_standardizer_agrees_with_the_exercise(dtype: type) -> None:
    rng = np.random.default_rng(0)
    X_train, X = rng.normal(3, 5, (50, 6)).astype(dtype), rng.normal(3, 5, (9, 6)).astype(dtype)
    X_train[:, 2] = 0.3
    Z = Standardizer.fit(X_train)(X)
    assert Z.dtype == dtype
    np.testing.assert_allclose(Z, functional.standardize(X_train, X), rtol=1e-5)
