"""The course's own Python environment, .venv: made once, and made again when it is broken.

    has this Python all that requirements.txt asks for?  -- yes -->  it is used as it is (see commands.py)
     | no
    is .venv complete?                                   -- yes -->  .venv's Python is used
     | no
    make .venv, pip install -r requirements.txt, stamp it;           .venv's Python is used

The stamp, .venv/course-stamp, says where .venv was made and for which requirements.txt. It is written last: without it
.venv was left half-made; with another place it was moved; with other requirements it is out of date.
"""

import hashlib
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from course_lib.requirements import SetupError, pins

ROOT = Path(__file__).resolve().parent.parent  # the folder of requirements.txt, notebooks/ and .venv/

# NumPy's matrix products run on one thread unless the user says otherwise: networks of this size gain nothing by a
# second one, and where other programs want the processor, too, threads that wait for each other take many times longer.
THREAD_COUNTS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def prepare(root: Path = ROOT) -> Path:
    """Make or mend .venv if that is needed, and return the path of its Python."""
    environment = _Environment(root)
    try:
        with _lock(root / ".venv.lock"):
            if not environment.is_complete():
                environment.make()
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        output = getattr(error, "output", None) or b""
        said = f"{error} {output.decode(errors='replace')}".strip()
        environment.explain(said)
        raise SetupError(
            f"{environment.folder} could not be made ({said}): delete it if it is there, and give the same command "
            "again."
        ) from error
    return environment.python


def run(python: Path, arguments: Sequence[str]) -> int:
    """Run `python ARGUMENTS` to its end and return its exit code. Ctrl-C and termination are the child's to answer."""
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal tells the child too, and the child decides
    with subprocess.Popen([python, *arguments]) as child:
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        code = child.wait()
    return code if code >= 0 else 128 - code  # ended by signal 15: 143, as a shell says it


class _Environment:
    """The folder .venv in the course's folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.log = self.folder / "pip.log"
        self.stamp = self.folder / "course-stamp"
        self.place = str(self.folder)
        self.wanted = hashlib.sha256((root / "requirements.txt").read_bytes()).hexdigest()

    def is_complete(self) -> bool:
        """Whether .venv was made here for this requirements.txt, and nothing has been lost since."""
        return self._stamped() == [self.place, self.wanted] and not self._lacks()

    def is_out_of_date(self) -> bool:
        """Whether .venv was made here for another requirements.txt."""
        stamped = self._stamped()
        return self.python.exists() and stamped[:1] == [self.place] and stamped[1:] != [self.wanted]

    def make(self) -> None:
        """Bring an out-of-date .venv up to date; make any other, or one that resists, from nothing."""
        started = time.monotonic()
        _say("Setting up the course. This takes a minute or two, and is done once.")
        for anew in (False, True) if self.is_out_of_date() else (True,):
            if anew:
                _say(f"1/3  Making {self.folder}")
                self._create()
            problem = self._install() or self._lacks()
            if not problem:
                self.stamp.write_text(f"{self.place}\n{self.wanted}\n", encoding="utf-8")
                _say(f"The course is set up, after {time.monotonic() - started:.0f} seconds.")
                return
        raise SetupError(
            f"The packages could not be installed ({problem}): give the same command again, and if that is no help, "
            f"report it with the file {self.log}, which has all that pip said."
        )

    def explain(self, said: str) -> None:
        """Raise the sentence for what pip, venv or the system said, if it is one of the usual troubles."""
        if re.search(r"Errno 28\b|Errno 122\b|WinError 112\b|No space left|not enough space", said):
            raise SetupError(
                f"The disk is full: the course needs about 900 MB in {self.folder}, and some more in "
                f"{tempfile.gettempdir()} while it is installed; free some space and give the same command again."
            )
        if re.search(r"Errno (1|13|30)\b|WinError (5|32)\b|Permission denied|Read-only file system", said):
            raise SetupError(
                f"{self.folder} cannot be written: close whatever still uses it, or copy the course to a folder of "
                "your own, and give the same command again."
            )
        if re.search(r"No matching distribution|Could not find a version|Connect|timed out|SSLError|resolve", said):
            raise SetupError(
                "The packages could not be downloaded: connect this computer to the internet (behind a proxy, set "
                f"HTTPS_PROXY) and give the same command again. What pip said is in {self.log}."
            )

    def _stamped(self) -> list[str]:
        """The place and the requirements .venv was made for; empty if it was never finished."""
        try:
            return self.stamp.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _lacks(self) -> str:
        """The first thing .venv's Python lacks; empty if nothing."""
        try:
            probe = subprocess.run(
                [self.python, "-m", "course_lib.requirements", self.root], cwd=ROOT, capture_output=True, text=True
            )
        except OSError as error:
            return f"its Python does not start: {error}"
        lines = (probe.stdout + probe.stderr).strip().splitlines()
        return f"missing: {lines[0]}" if lines else ""

    def _create(self) -> None:
        """An empty environment with pip, in place of whatever was there."""
        for module in ("venv", "ensurepip"):
            if importlib.util.find_spec(module) is None:
                version = "{}.{}".format(*sys.version_info)
                raise SetupError(
                    f"This Python cannot make a virtual environment, because its module {module} is missing: install "
                    f"it (on Debian and Ubuntu: sudo apt install python{version}-venv) and give the same command again."
                )
        import venv

        venv.create(self.folder, clear=True, symlinks=os.name != "nt", with_pip=True)

    def _install(self) -> str:
        """pip install -r requirements.txt, shown as a few lines; what pip said at its end if it failed."""
        total = len(pins(self.root))
        _say(f"2/3  Downloading {total} packages")
        command = [str(self.python), "-m", "pip", "install", "--no-input", "--no-user", "--disable-pip-version-check"]
        command += ["--progress-bar", "off", "-r", "requirements.txt"]
        said: list[str] = []
        collected = 0
        with (
            self.log.open("w", encoding="utf-8") as log,
            subprocess.Popen(
                command,
                cwd=self.root,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            ) as pip,
        ):
            assert pip.stdout is not None
            try:
                for line in pip.stdout:
                    log.write(line)
                    said.append(line)
                    if line.startswith(("Collecting ", "Processing ")):
                        collected += 1
                        if collected % 25 == 0:
                            _say(f"     {collected} of {total}")
                    elif line.startswith("Installing collected packages"):
                        _say("3/3  Installing them")
            except BaseException:
                pip.terminate()
                raise
        if pip.returncode == 0:
            return ""
        errors = "".join(said).partition("ERROR: ")[2]
        self.explain(errors)
        return errors.partition("\n")[0] or f"pip ended with {pip.returncode}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Let one command at a time set up the course. The system frees the lock when its holder ends, however it ends."""
    with path.open("w") as file:
        if not _try_to_lock(file):
            _say("Another command is setting up the course; waiting for it to finish.")
            while not _try_to_lock(file):
                time.sleep(0.2)
        yield


def _try_to_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # what Unix and Windows say of a lock that is taken
        return False
    return True
