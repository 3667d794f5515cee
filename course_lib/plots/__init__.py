"""Every picture of the course: f(data, *, ax=None) -> Axes. Nothing else draws, and course.mplstyle is the one style.

    plots.probability_bars(P)            a figure of its own, shown under the cell
    plots.probability_bars(P, ax=ax)     drawn into your axes, on top of what is there

The explorers draw in two calls: a frame with what stays (labels, limits, reference curves), and over it, again and
again, what moves. So a function that draws something movable adds it, and leaves labels and limits alone.
"""

from .backprop import (
    Block,
    blocks,
    blocks_frame,
    computation_graph,
    flow_graph,
    small_network,
    weight_loss,
    weight_loss_frame,
)
from .confusion import confusion_matrix
from .curves import (
    activation_curves,
    histogram,
    histogram_frame,
    logit_bars,
    note,
    point,
    probability_bars,
    probability_frame,
    training_curves,
)
from .depth import (
    layer_histograms,
    layer_histograms_frame,
    layer_sizes,
    layer_sizes_frame,
    spread_frame,
    spread_line,
)
from .descent import descent_frame, descent_path, loss_frame, loss_line
from .generalisation import epoch_curves, penalty_curves, penalty_frame
from .gradients import differences, power_law, step_dot, step_error, step_error_frame, step_marks
from .grid import number_grid
from .images import image_grid, image_stages, network_diagram, weight_images
from .live import accuracy_frame, accuracy_line, run_names
from .plane import decision_regions, labelled_points, plane_frame
from .race import paths, race_bands, race_curves, race_frame, rate_curves, valley, valley_frame
from .scalar_graph import scalar_graph
from .style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    course_style,
    in_course_style,
    own_axes,
    panels,
    rows_of_panels,
)
from .training import batch_errors, descents, range_test, run_curves
from .trials import (
    epochs_curve,
    epochs_frame,
    parallel_frame,
    parallel_labels,
    parallel_lines,
    parallel_marker,
    table_cells,
    table_cursor,
    table_frame,
)
from .tuning import halving_curves, score_curves, search_points, seed_dots, sharpness, split_bars

__all__ = [
    "BLUE",
    "Block",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "accuracy_frame",
    "accuracy_line",
    "activation_curves",
    "batch_errors",
    "blocks",
    "blocks_frame",
    "computation_graph",
    "confusion_matrix",
    "course_style",
    "decision_regions",
    "descent_frame",
    "descent_path",
    "descents",
    "differences",
    "epoch_curves",
    "epochs_curve",
    "epochs_frame",
    "flow_graph",
    "halving_curves",
    "histogram",
    "histogram_frame",
    "image_grid",
    "image_stages",
    "in_course_style",
    "labelled_points",
    "layer_histograms",
    "layer_histograms_frame",
    "layer_sizes",
    "layer_sizes_frame",
    "logit_bars",
    "loss_frame",
    "loss_line",
    "network_diagram",
    "note",
    "number_grid",
    "own_axes",
    "panels",
    "parallel_frame",
    "parallel_labels",
    "parallel_lines",
    "parallel_marker",
    "paths",
    "penalty_curves",
    "penalty_frame",
    "plane_frame",
    "point",
    "power_law",
    "probability_bars",
    "probability_frame",
    "race_bands",
    "race_curves",
    "race_frame",
    "range_test",
    "rate_curves",
    "rows_of_panels",
    "run_curves",
    "scalar_graph",
    "run_names",
    "score_curves",
    "search_points",
    "seed_dots",
    "sharpness",
    "small_network",
    "split_bars",
    "spread_frame",
    "spread_line",
    "step_dot",
    "step_error",
    "step_error_frame",
    "step_marks",
    "table_cells",
    "table_cursor",
    "table_frame",
    "training_curves",
    "valley",
    "valley_frame",
    "weight_images",
    "weight_loss",
    "weight_loss_frame",
]
