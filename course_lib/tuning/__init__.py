"""Tuning: which settings train best.

searches.py    the searches of notebook 6, as pure functions
log.py         the experiment log: what was tried, and what came of it
sweep.py       many trials, on several processes or machines; runners.py and processes.py are where they run
networks.py    what a trial of a network is
plan.py        what to try, as a YAML file: for `python -m course_lib tune`
"""

from .log import ExperimentLog, Trial

__all__ = ["ExperimentLog", "Trial"]
