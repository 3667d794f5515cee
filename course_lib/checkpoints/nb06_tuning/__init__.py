"""Notebook 6: the exercises of tuning, and the mistakes that are made in them. onlookers.py tries them."""

from course_lib.checkpoints.nb06_tuning.sample_log_uniform import sample_log_uniform
from course_lib.checkpoints.nb06_tuning.searches import grid_search, random_search
from course_lib.checkpoints.nb06_tuning.seed_spread import seed_spread
from course_lib.checkpoints.nb06_tuning.successive_halving import successive_halving
from course_lib.checkpoints.nb06_tuning.train_val_test_split import train_val_test_split

EXERCISES = (
    train_val_test_split,
    sample_log_uniform,
    grid_search,
    random_search,
    successive_halving,
    seed_spread,
)
