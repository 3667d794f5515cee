"""python -m course_lib lab: JupyterLab at the first notebook, without pop-ups, and with quick sliders."""

import os
import sys
from collections.abc import Sequence
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterlab.labapp import LabApp

from course_lib.environment import ROOT

FIRST_NOTEBOOK = "notebooks/00_start_here.ipynb"
CONFIG = ROOT / "course_lib" / "jupyter_config"  # labconfig/ in it: do not ask whether news may be fetched


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The web socket between page and kernel, with TCP_NODELAY: a small message is sent at once.

    Without it the network waits for an acknowledgement, up to 40 ms, at every picture while a slider is dragged.
    """

    def connect(self) -> Any:
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def main(arguments: Sequence[str]) -> int:
    """Run JupyterLab until it is stopped. Further arguments go to it, for example --no-browser or --port=9000."""
    if not (ROOT / FIRST_NOTEBOOK).is_file():
        print(
            f"The first notebook, {FIRST_NOTEBOOK}, is not in {ROOT}: build it with `python -m course_lib build`, "
            "or get a fresh copy of the course.",
            file=sys.stderr,
        )
        return 1
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    LabApp.launch_instance(
        [
            f"--ServerApp.root_dir={ROOT}",
            f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            f"--ServerApp.kernel_websocket_connection_class={__name__}.{PromptConnection.__name__}",
            *arguments,
        ]
    )
    return 0
