"""The course's .venv: made, brought up to date, and mended, with real virtual environments and a package of our own."""

import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course_lib import environment
from course_lib.requirements import SetupError

on_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def make_wheel(folder: Path, version: str) -> None:
    """A package `handful` with one module, which knows its version."""
    info = f"handful-{version}.dist-info"
    files = {
        "handful.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: handful\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"handful-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course that wants handful 1.0, already set up; pip finds handful 1.0 and 2.0 in a folder, and no network."""
    root = tmp_path_factory.mktemp("course")
    wheels = tmp_path_factory.mktemp("wheels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(wheels))
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        for version in ("1.0", "2.0"):
            make_wheel(wheels, version)
        want(root, "handful==1.0")
        environment.prepare(root)
        yield root


@pytest.fixture
def course(made: Path) -> Path:
    """The same, whatever the test before has done to it."""
    want(made, "handful==1.0")
    environment.prepare(made)
    return made


def want(root: Path, text: str) -> None:
    (root / "requirements.txt").write_text(text, encoding="utf-8")


def version_in(root: Path) -> str:
    """The version of handful that .venv's Python imports."""
    command = [environment.prepare(root), "-c", "import handful; print(handful.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def package_file(root: Path) -> Path:
    return next((root / ".venv").rglob("handful.py"))


def test_a_complete_environment_is_left_alone(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (course / ".venv" / "course-stamp").stat()
    capsys.readouterr()
    assert version_in(course) == "1.0"
    assert (course / ".venv" / "course-stamp").stat() == before
    assert capsys.readouterr().err == ""


def test_changed_requirements_are_installed_into_what_is_there(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = package_file(course).with_name("installed_by_the_learner.py")
    own.touch()
    want(course, "handful==2.0")
    assert version_in(course) == "2.0"
    assert own.exists()
    assert "Downloading 1 packages" in capsys.readouterr().err


def test_pip_runs_again_whatever_has_changed(course: Path) -> None:
    want(course, "handful==1.0\n-e ./another\n")
    with pytest.raises(SetupError, match="another"):
        environment.prepare(course)


def interrupted(root: Path) -> None:
    (root / ".venv" / "course-stamp").unlink()
    package_file(root).unlink()


def without_python(root: Path) -> None:
    for python in environment.prepare(root).parent.glob("python*"):
        python.unlink()


def with_a_lost_file(root: Path) -> None:
    package_file(root).unlink()


def out_of_date_and_without_pip(root: Path) -> None:
    want(root, "handful==2.0")
    for file in package_file(root).parent.glob("pip/*.py"):
        file.unlink()


def out_of_date_and_without_python(root: Path) -> None:
    without_python(root)
    want(root, "handful==2.0")


DAMAGES = [
    interrupted,
    without_python,
    with_a_lost_file,
    out_of_date_and_without_pip,
    out_of_date_and_without_python,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_environment_is_made_again(course: Path, damage: Callable[[Path], None]) -> None:
    damage(course)
    assert version_in(course) == ("2.0" if damage.__name__.startswith("out_of_date") else "1.0")
    assert package_file(course).exists()


def test_a_moved_environment_is_made_again(course: Path) -> None:
    moved = course.with_name("moved")
    course.rename(moved)
    try:
        assert environment.prepare(moved).is_relative_to(moved)
        configuration = (moved / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8")
        assert str(moved / ".venv") in configuration and str(course / ".venv") not in configuration
    finally:
        moved.rename(course)


def test_what_cannot_be_downloaded_is_one_sentence_and_no_loss(course: Path) -> None:
    want(course, "handful==3.0")
    with pytest.raises(SetupError, match=r"could not be downloaded: connect this computer .* is in .*pip\.log"):
        environment.prepare(course)
    want(course, "handful==1.0")
    assert environment.prepare(course).exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        ("[WinError 112] Es steht nicht genug Speicherplatz auf dem Datentraeger zur Verfuegung", "The disk is full"),
        ("[Errno 13] Permission denied: '/course/.venv.lock'", "cannot be written"),
        ("[Errno 30] Read-only file system: '/course/.venv.lock'", "cannot be written"),
        ("[WinError 5] Access is denied: 'python.exe'", "cannot be written"),
        ("No matching distribution found for anyio==4.16.0", "could not be downloaded"),
        ("HTTPSConnectionPool(host='files', port=443): Read timed out.", "could not be downloaded"),
        ("HTTPSConnectionPool(host='files', port=443): Max retries exceeded", "could not be downloaded"),
    ],
)
def test_the_usual_troubles_have_a_sentence(tmp_path: Path, said: str, sentence: str) -> None:
    want(tmp_path, "handful==1.0")
    with pytest.raises(SetupError, match=sentence):
        environment._Environment(tmp_path).explain(said)
    assert environment._Environment(tmp_path).explain("something quite different") is None


def test_a_file_in_the_place_of_the_environment_is_an_error_with_its_name(tmp_path: Path) -> None:
    want(tmp_path, "handful==1.0")
    (tmp_path / ".venv").write_text("not a folder")
    with pytest.raises(SetupError, match=r"\.venv could not be made \(.*\): delete it"):
        environment.prepare(tmp_path)


def test_without_ensurepip_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    want(tmp_path, "handful==1.0")
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # as Debian's Python without its package python3-venv
    with pytest.raises(SetupError, match=r"module ensurepip is missing: install it .*apt install python3\.1\d-venv"):
        environment.prepare(tmp_path)


def test_two_set_ups_at_once_wait_for_each_other(course: Path) -> None:
    program = f"import pathlib, course_lib.environment as e; e.prepare(pathlib.Path({str(course)!r}))"
    with environment._lock(course / ".venv.lock"):
        other = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
        assert other.stderr is not None
        assert "waiting for it to finish" in other.stderr.readline()
        assert other.poll() is None
    assert other.wait(timeout=60) == 0
    other.stderr.close()


# Running the course in the other Python -------------------------------------------------------------------------------

RUN = """
import sys
from pathlib import Path
from course_lib.environment import run
sys.exit(run(Path(sys.executable), ["-c", sys.argv[1]]))
"""


def start(program: str) -> "subprocess.Popen[str]":
    """A Python that lets another Python run `program`, in a process group of its own."""
    command = [sys.executable, "-c", RUN, textwrap.dedent(program)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def test_the_exit_code_is_passed_on() -> None:
    with start("import sys; sys.exit(7)") as process:
        assert process.wait(timeout=60) == 7


@on_unix
def test_control_c_is_answered_by_the_command() -> None:
    program = """
        import time
        try:
            print("ready", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("saved", flush=True)
            raise SystemExit(5)
    """
    with start(program) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "saved\n"
        assert process.wait(timeout=60) == 5


@on_unix
def test_termination_ends_the_command_too() -> None:
    with start("import time; print('ready', flush=True); time.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
        assert process.stdout.read() == ""  # the pipe is closed: the command has ended as well
