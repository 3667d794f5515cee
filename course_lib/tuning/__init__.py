"""Tuning: which settings train best.

searches.py    the searches of notebook 6, as pure functions
log.py         the experiment log: what was tried, and what came of it
"""

from .log import ExperimentLog, Trial

__all__ = ["ExperimentLog", "Trial"]
