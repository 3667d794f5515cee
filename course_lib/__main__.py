"""python -m course_lib COMMAND: the way into the course. See commands.py for the commands.

This file and __init__.py are plain enough for every Python there is, so that a wrong one can be told in a sentence.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "The course needs Python 3.11, 3.12 or 3.13, and this is Python %d.%d. " % sys.version_info[:2]
        + "Install one of them from https://www.python.org/downloads/ and start the course with it, "
        + "for example: python3.13 -m course_lib lab (on Windows: py -3.13 -m course_lib lab)."
    )

if __name__ == "__main__":
    try:
        from course_lib.commands import main
    except KeyboardInterrupt:  # Ctrl-C in the very first moment
        sys.exit(130)
    sys.exit(main(sys.argv[1:]))
