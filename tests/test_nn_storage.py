"""Files: what comes back is what was saved, nothing is ever half written, and damage is one clear error."""

import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_lib.nn import BatchNorm, Dense, Layer, Network, ReLU, Sigmoid, Standardize, Tanh, mlp, storage
from course_lib.nn.storage import StorageError, check_place, load, load_extra, save

RNG = np.random.default_rng


def every_kind_of_layer(dtype: type = np.float32) -> Network:
    rng = RNG(0)
    inner = Network([Dense(6, 5, rng=rng, dtype=dtype), Tanh(), Dense(5, 4, rng=rng, dtype=dtype), Sigmoid()])
    network = mlp([3, 7, 6], rng=rng, batch_norm=True, dropout=(0.1, 0.2), dtype=dtype)
    front = Standardize([1.0, 2.0, 3.0], [1.0, np.inf, 0.5], dtype=dtype)
    whole = Network([front, *network.layers, ReLU(), inner, BatchNorm(4, momentum=0.8, eps=1e-3, dtype=dtype)])
    for _ in range(3):
        whole.forward(rng.normal(size=(9, 3)).astype(dtype), training=True)  # running averages of their own
    return whole


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_comes_back_computes_the_same_to_the_bit(dtype: type, tmp_path: Path) -> None:
    network, X = every_kind_of_layer(dtype), RNG(1).normal(size=(20, 3)).astype(dtype)
    save(tmp_path / "a.npz", network)
    again = load(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.forward(X), network.forward(X))
    assert repr(again) == repr(network) and again.dtype == dtype


def test_extra_arrays_numbers_and_texts_come_along(tmp_path: Path) -> None:
    save(tmp_path / "a.npz", mlp([2, 3], rng=RNG(0)), {"loss": [1.5, 2.5], "note": "grün", "run/step": 7})
    extra = load_extra(tmp_path / "a.npz")
    assert set(extra) == {"loss", "note", "run/step"}
    assert extra["loss"].tolist() == [1.5, 2.5] and str(extra["note"]) == "grün" and int(extra["run/step"]) == 7


def test_no_pickle_is_written_and_none_is_read(tmp_path: Path) -> None:
    for value in (np.array([{}], dtype=object), None, [[1, 2], [3]]):
        with pytest.raises(StorageError, match="mine cannot be saved: it must be numbers, texts, or an array of these"):
            save(tmp_path / "a.npz", mlp([2, 3], rng=RNG(0)), {"mine": value})
    assert not list(tmp_path.iterdir())

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    np.savez(tmp_path / "bomb.npz", format=np.array([Bomb()], dtype=object))
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(Bomb()))
    for name in ("bomb.npz", "pickle.npz"):
        with pytest.raises(StorageError, match=name):
            load(tmp_path / name)
    assert not (tmp_path / "exploded").exists()


def test_an_interrupted_save_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    save(path, mlp([2, 3], rng=RNG(0)))
    before = path.read_bytes()

    def interrupted(file: object, **arrays: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(storage.np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(path, mlp([2, 3], rng=RNG(1)))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="the pipe, and the system's words, are those of Unix")
@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("none/a.npz", "a.npz cannot be written .No such file or directory.: choose another place"),
        ("file/a.npz", "a.npz cannot be written .Not a directory."),
        ("x" * 300, "cannot be written .File name too long."),
        ("folder", "folder is a folder, so no network can be saved there: choose the name of a file"),
        ("pipe", "pipe is a device or the like"),
        ("", "is a folder"),
    ],
)
def test_a_place_that_cannot_be_written(
    place: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").touch()
    os.mkfifo("pipe")  # what is no file stays, even where the rights suffice to replace it
    for attempt in (lambda: save(place, mlp([2, 3], rng=RNG(0))), lambda: check_place(place)):
        with pytest.raises(StorageError, match=complaint):
            attempt()
    assert sorted(os.listdir()) == ["file", "folder", "pipe"]
    assert Path("pipe").is_fifo()


def test_a_place_that_can_be_written_stays_as_it_is_when_it_is_checked(tmp_path: Path) -> None:
    (tmp_path / "old.npz").write_text("old")
    for name in ("old.npz", "new.npz"):
        check_place(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["old.npz"]
    assert (tmp_path / "old.npz").read_text() == "old"


def test_a_name_as_long_as_a_file_system_takes(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 125 + ".npz")  # 254 bytes
    save(path, mlp([2, 3], rng=RNG(0)))
    assert load(path).named_parameters()["W1"].shape == (2, 3)


def test_a_single_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"save takes a Network, not Dense\(2, 3, float32\): put it into one"):
        save(tmp_path / "a.npz", Dense(2, 3, rng=RNG(0)))  # type: ignore[arg-type]


def test_a_layer_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    class Odd(Layer):
        pass

    with pytest.raises(StorageError, match=r"Odd\(\) cannot be saved"):
        save(tmp_path / "a.npz", Network([Odd()]))


# ---- files that are not what they should be


def test_files_that_are_missing_foreign_or_of_another_layout(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="There is no file"):
        load(tmp_path / "none.npz")
    np.savez(tmp_path / "foreign.npz", W=np.zeros(3))
    np.savez(tmp_path / "other.npz", format=np.array(["something else", "1"]))
    np.save(tmp_path / "array.npy", np.zeros(3))
    (tmp_path / "text.npz").write_text("hello")
    (tmp_path / "empty.npz").write_bytes(b"")
    for name in ("foreign.npz", "other.npz", "array.npy", "text.npz", "empty.npz"):
        with pytest.raises(StorageError, match=f"{name} .*not"):
            load(tmp_path / name)
        with pytest.raises(StorageError) as error:
            load(tmp_path / name)
        assert "pickle" not in str(error.value)
    np.savez(tmp_path / "newer.npz", format=np.array([storage.FORMAT, "2"]))
    with pytest.raises(StorageError, match="has layout 2, but this course reads 1: a newer course saved it, so update"):
        load(tmp_path / "newer.npz")


def test_files_that_cannot_be_opened_are_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be read \(.*\): choose another file"):
        load(tmp_path)


@pytest.mark.parametrize(
    "layers",
    [
        '["Network", [["Dense", {"D": 0, "H": 2, "dtype": "float32"}]]]',
        '["Network", [["Dense", {"D": 100000000, "H": 100000000, "dtype": "float32"}]]]',
        "[" * 5000,
    ],
    ids=["no width", "more than the memory holds", "deep"],
)
def test_a_description_that_cannot_be_built(layers: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", format=np.array([storage.FORMAT, "1"]), layers=np.array(layers))
    with pytest.raises(StorageError, match="a.npz is damaged.*the description of its layers makes no sense"):
        load(tmp_path / "a.npz")


@pytest.mark.parametrize("change", ["missing", "shape", "dtype", "layers", "kind", "size"])
def test_arrays_that_do_not_fit_the_layers(change: str, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    save(path, mlp([2, 4, 3], rng=RNG(0)))
    arrays = dict(np.load(path))
    if change == "missing":
        del arrays["W2"]
    elif change == "shape":
        arrays["W2"] = arrays["W2"].T
    elif change == "dtype":
        arrays["W2"] = arrays["W2"].astype(np.float64)
    elif change == "layers":
        arrays["layers"] = np.array("[[")
    elif change == "kind":
        arrays["layers"] = np.array('["Network", [["System", {}]]]')
    else:
        arrays["layers"] = np.array('["Network", [["Dense", {"D": -1, "H": 2, "dtype": "float32"}]]]')
    np.savez(path, **arrays)
    with pytest.raises(StorageError, match="a.npz is damaged"):
        load(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_to_the_bytes_it_loads_right_or_says_so(data: st.DataObject, tmp_path: Path) -> None:
    path, network = tmp_path / "a.npz", mlp([2, 4, 3], rng=RNG(0))
    save(path, network)
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans(), label="cut"):
        del content[data.draw(st.integers(0, len(content) - 1), label="length") :]
    else:
        for _ in range(data.draw(st.integers(1, 4), label="changes")):
            content[data.draw(st.integers(0, len(content) - 1), label="place")] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        again = load(path)
    except StorageError:
        return
    for name, value in again.named_parameters().items():  # the change was where nobody looks, or the checksum is wrong
        np.testing.assert_array_equal(value, network.named_parameters()[name])
