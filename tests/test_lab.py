"""python -m course_lib lab, with a real server and no browser. (tests/browser looks at it in Chromium.)"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from course_lib import lab

START = "import sys; from course_lib.lab import main; sys.exit(main(sys.argv[1:]))"


def test_messages_between_page_and_kernel_are_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    class Handler:
        def set_nodelay(self, value: bool) -> None:
            asked.append(value)

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: asked.append("connected") or "future")
    connection = lab.PromptConnection.__new__(lab.PromptConnection)
    monkeypatch.setattr(lab.PromptConnection, "websocket_handler", Handler())
    assert connection.connect() == "future"
    assert asked == [True, "connected"]


def test_a_missing_first_notebook_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    assert lab.main([]) == 1
    assert re.fullmatch(r"The first notebook, notebooks/00_start_here.ipynb, is not in .*\n", capsys.readouterr().err)


def get(server: tuple[str, str], path: str) -> Any:
    """What the server answers, as JSON. Raises ConnectionRefusedError while nobody listens."""
    request = urllib.request.Request(server[0] + path, headers={"Authorization": f"token {server[1]}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else error from None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address and token of a running JupyterLab, started by the command with further arguments."""
    home = tmp_path_factory.mktemp("home")
    folders = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    folders |= {f"JUPYTERLAB_{name}_DIR": str(home / name) for name in ("SETTINGS", "WORKSPACES")}
    with subprocess.Popen(
        [sys.executable, "-c", START, "--no-browser", "--allow-root", "--port=0"],
        env={**os.environ, **folders, "PYTHONPATH": str(lab.ROOT)},
        cwd=home,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            address = re.search(r"(http://127\.0\.0\.1:\d+)(/\S+)\?token=(\w+)", line)
            if address:
                break
        else:
            pytest.fail(f"JupyterLab did not start:\n{said}")
        assert address[2] == "/lab/tree/notebooks/00_start_here.ipynb"
        while True:  # the address is printed a moment before the door opens
            try:
                get((address[1], address[3]), "/api/status")
                break
            except ConnectionRefusedError:
                assert process.poll() is None, "JupyterLab has ended"
                time.sleep(0.05)
        yield address[1], address[3]
        process.terminate()
        process.communicate(timeout=60)


def test_the_first_notebook_is_where_the_page_looks_for_it(server: tuple[str, str]) -> None:
    assert get(server, f"/api/contents/{lab.FIRST_NOTEBOOK}?content=0")["type"] == "notebook"


def test_nothing_pops_up_over_the_first_notebook(server: tuple[str, str]) -> None:
    settings = get(server, "/lab/api/settings/@jupyterlab/apputils-extension:notification")["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false"  # "none" asks the learner
    assert settings["checkForUpdates"]["default"] is False
