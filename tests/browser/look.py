"""Look at a lesson: run a notebook in a real JupyterLab and save what it looks like.

    python tests/browser/look.py notebooks/01_forward_pass.ipynb             the whole notebook, slice by slice
    python tests/browser/look.py solutions/01_forward_pass.ipynb --dark      in the dark theme
    python tests/browser/look.py notebooks/01_forward_pass.ipynb --cells "explorers.temperature" "check(relu)"

The pictures are written to tests/browser/screenshots/ and their paths printed. An error in a cell is shown at the end.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from harness import Lab, Notebook, NotebookError, chromium


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a notebook in JupyterLab and save screenshots of it.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--dark", action="store_true", help="use the dark theme")
    parser.add_argument("--cells", nargs="+", metavar="TEXT", help="only the first cell that contains each text")
    parser.add_argument("--width", type=int, default=1200, help="of the browser window, in pixels")
    arguments = parser.parse_args()
    name = arguments.notebook.stem + ("-dark" if arguments.dark else "")
    with tempfile.TemporaryDirectory() as folder, Lab(Path(folder) / "lab") as lab, chromium() as browser:
        notebook = Notebook(browser, lab, arguments.notebook.resolve(), width=arguments.width)
        if arguments.dark:
            notebook.theme("dark")
        error = ""
        try:
            notebook.run_all()
        except NotebookError as reported:
            error = str(reported)
        if arguments.cells:
            slug = {cell: re.sub(r"\W+", "-", cell).strip("-") for cell in arguments.cells}
            paths = [notebook.screenshot(f"{name}-{slug[cell]}", cell=cell)[0] for cell in arguments.cells]
        else:
            paths = notebook.screenshot(name)
        notebook.close()
    print(*paths, sep="\n")
    if error:
        print(error, file=sys.stderr)
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main())
