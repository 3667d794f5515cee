"""What a card says of code as learners have written it: the name of the mistake, words that help, and none that mislead."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from course_lib.checkpoints import judge
from course_lib.checkpoints.exercise import exercises
from course_lib.checkpoints.learner import rebuild


def answer(name, body, above=""):
    """The exercise `name` with this body, in a notebook with these lines above it."""
    parameters = inspect.signature(exercises()[name].reference).parameters.values()
    definition = f"def {name}({', '.join(str(each.replace(annotation=each.empty)) for each in parameters)}):"
    body = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    source = f"import numpy as np\nfrom course_lib.checkpoints import mine\n{above}\n{definition}\n{body}"
    made = rebuild(source, name)
    assert made is not None, source
    return made


def sees(name, body, *words, names=None, status="wrong values", never=(), above=""):
    verdict = judge(answer(name, body, above))
    assert verdict.status == status, verdict
    assert names is None or verdict.misconceptions == names, verdict
    for word in words:
        assert word in " ".join(verdict.message.split()), verdict
    for word in never:
        assert word not in " ".join(verdict.text.split()), verdict


# ---- add_backward, multiply_backward --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "which"), [("return dout, 1", "dy"), ("return 1, dout", "dx"), ("return dout, 1.0", "dy")]
)
def test_one_local_slope_alone_is_no_matter_of_decimals(body, which):
    sees("add_backward", body, f"**{which} is the local slope alone.**", never=["int64", "whole numbers"])


def test_dout_for_both_is_the_way_back_through_an_addition():
    sees("multiply_backward", "return dout, dout", "through an addition", names=("hands dout on as it is",))


# ---- linear_backward, relu_backward, sigmoid_backward ---------------------------------------------------------------


def test_a_bias_added_up_in_the_loop_over_the_inputs():
    body = """
dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1])
for n in range(len(X)):
    for h in range(W.shape[1]):
        for d in range(len(W)):
            dX[n, d] += dZ[n, h] * W[d, h]
            dW[d, h] += X[n, d] * dZ[n, h]
            db[h] += dZ[n, h]
return dX, dW, db
"""
    sees("linear_backward", body, "D times too large", "outside that loop", names=("db is added up once for each input",),
         never=["division"])  # fmt: skip


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("return dA * Z > 0", "compares after multiplying"),
        ("return np.where(Z > 0, Z, 0)", "returns what ReLU gives forward"),
        ("return Z * (Z > 0)", "returns what ReLU gives forward"),
        ("return dA * np.sign(Z)", "takes the sign of Z for the slope"),
    ],
)
def test_slopes_of_relu(body, name):
    sees("relu_backward", body, names=(name,), never=["dtype bool"])


@pytest.mark.parametrize("test", ["<=", "<"])
def test_a_second_name_for_da_is_no_copy(test):
    body = f"dZ = dA\ndZ[Z {test} 0] = 0\nreturn dZ"
    sees("relu_backward", body, "`y = dA` only gives it a second name; `y = dA.copy()` makes a new one",
         status="changed its input", never=["last digits"])  # fmt: skip


def test_a_missing_star_is_told():
    sees("sigmoid_backward", "return dA * A(1 - A)", "Write the `*`.", status="crashed")


# ---- softmax_cross_entropy_backward ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("(P - Y) / logits.shape[1]", "divides by C instead of N"),
        ("P - Y / len(y)", "divides the label alone by N"),
        ("(P - Y) / logits.size", "averages over examples and classes"),
        ("(P - y) / len(y)", "subtracts the labels themselves"),
    ],
)
def test_what_is_divided_by_what(expression, name):
    body = f"P, Y = mine.softmax(logits), mine.one_hot(y, logits.shape[1])\nreturn {expression}"
    sees("softmax_cross_entropy_backward", body, names=(name,), never=["Two things at once"])


def test_the_rows_with_the_numbers_of_the_labels():
    body = "P = mine.softmax(logits)\nP[y] -= 1\nreturn P / len(y)"
    sees("softmax_cross_entropy_backward", body, "np.arange(N), y", names=("takes 1 off whole rows",))


def test_functions_of_other_notebooks_are_in_mine():
    body = "return (mine.softmax(logits) - one_hot(y, logits.shape[1])) / len(y)"
    sees("softmax_cross_entropy_backward", body, "`mine.one_hot`", status="crashed")


# ---- mlp_backward ---------------------------------------------------------------------------------------------------

RIGHT = """
dA1, dW2, db2 = mine.linear_backward(dlogits, cache["A1"], params["W2"])
dZ1 = mine.relu_backward(dA1, cache["Z1"])
_, dW1, db1 = mine.linear_backward(dZ1, cache["X"], params["W1"])
grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
"""


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('params["W1"] -= 1.0 * dW1', 'changed the caller\'s `params["W1"]`'),
        ('params["W1"] = params["W1"] - dW1', 'changed the caller\'s `params["W1"]`'),
        ('cache["dA1"] = dA1', 'added `cache["dA1"]` to the caller\'s `cache`'),
        ("params.update(grads)\ngrads = params", "`y = params` only gives the dict a second name"),
        ("for name in params: params[name] -= 0.1 * grads[name]", "the step comes later"),
        ('cache["Z1"][cache["Z1"] < 0] = 0', 'changed the caller\'s `cache["Z1"]`'),
    ],
)
def test_a_changed_dict_is_told_by_its_key_and_not_as_rounding(lines, words):
    sees("mlp_backward", f"{RIGHT}{lines}\nreturn grads", words, "Right values", status="changed its input",
         never=["last digits"])  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ('grads["b1"] = dA1.sum(axis=0)', "db1 from before the ReLU"),
        ('grads["W1"] = cache["X"].T @ dA1', "dW1 from before the ReLU"),
        ('grads["W1"], grads["b1"] = cache["X"].T @ dA1, dA1.sum(axis=0)', "forgets the ReLU"),
        ('grads = {"d" + name: grad for name, grad in grads.items()}', "calls the gradients dW1 and db1"),
        (
            'dZ1 = mine.relu_backward(cache["Z1"], dA1)\n'
            'grads["W1"], grads["b1"] = cache["X"].T @ dZ1, dZ1.sum(axis=0)',
            "hands relu_backward its arguments in the other order",
        ),
        (
            'dZ1 = mine.sigmoid_backward(dA1, cache["A1"])\n'
            'grads["W1"], grads["b1"] = cache["X"].T @ dZ1, dZ1.sum(axis=0)',
            "goes back through a sigmoid",
        ),
    ],
)
def test_slips_on_the_whole_way_back(lines, name):
    status = "wrong form" if "dW1 and db1" in name else "wrong values"
    sees("mlp_backward", f"{RIGHT}{lines}\nreturn grads", names=(name,), status=status)


def test_a_gradient_of_x_besides_is_right():
    body = f'{RIGHT}dX = dZ1 @ params["W1"].T\nreturn {{**grads, "X": dX}}'
    assert judge(answer("mlp_backward", body)).passed


def test_the_notebooks_own_x_is_not_the_argument():
    body = RIGHT.replace('cache["X"]', "X") + "return grads"
    sees("mlp_backward", body, "uses `X` of the notebook", 'There is `cache["X"]`.', above="X = np.ones((5, 4))",
         names=("uses what stands in the notebook instead of its arguments",), status="crashed")  # fmt: skip
    sees("linear_backward", "return dZ @ W.T, X.T @ dZ / N, dZ.sum(axis=0)", "uses `N` of the notebook", above="N = 4")


def test_the_first_case_of_mlp_backward_can_be_worked_through_on_paper():
    case = exercises()["mlp_backward"].cases()[0]
    arrays = [case[0], *case[1].values(), *case[2].values()]
    assert all(np.array_equal(array, np.round(array)) and np.abs(array).max() < 10 for array in arrays)
    body = f'{RIGHT}grads["W2"] = dW2 + 1\nreturn grads'
    sees("mlp_backward", body, "Work this small case through by hand", names=())


# ---- numerical_gradient ---------------------------------------------------------------------------------------------


def each_element(lines):
    lines = "".join(f"    {line}\n" for line in lines.split("\n"))
    return f"g = np.zeros(x.shape)\nfor i in np.ndindex(x.shape):\n{lines}return g"


MOVED = "e = np.zeros(x.shape)\ne[i] = h\n"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (
            each_element("g[i] = (f(x[i] + h) - f(x[i] - h)) / (2 * h)"),
            "gives f one element instead of the whole array",
        ),
        (
            "e, g = np.zeros(x.shape), np.zeros(x.shape)\nfor i in np.ndindex(x.shape):\n    e[i] += h\n"
            "    g[i] = (f(x + e) - f(x - e)) / (2 * h)\nreturn g",
            "leaves every step in",
        ),
        (
            "y, g = x.copy(), np.zeros(x.shape)\nfor i in np.ndindex(x.shape):\n    old = y[i]\n    y[i] = old + h\n"
            "    up = f(y)\n    y[i] = old - h\n    g[i] = (up - f(y)) / (2 * h)\n    y[i] = old\n    return g",
            "stops after the first element",
        ),
        (each_element(f"{MOVED}g[i] = f(x + e) - f(x - e) / (2 * h)"), "divides the second value alone"),
        (each_element(f"{MOVED}g[i] = (f(x + e) - f(x - e)) / 2 * h"), "multiplies by h"),
        (
            each_element("y = x.copy()\ny[i] += h\nup = f(y)\ny[i] -= h\ng[i] = (up - f(y)) / (2 * h)"),
            "goes back to x instead of to x - h",
        ),
        (each_element("y = z = x.copy()\ny[i] += h\nz[i] -= h\ng[i] = (f(y) - f(z)) / (2 * h)"), "moves nothing"),
        (
            "y, g = x.copy(), np.zeros(x.shape)\nfor i in range(len(y)):\n    old = y[i]\n    y[i] = old + h\n"
            "    up = f(y)\n    y[i] = old - h\n    g[i] = (up - f(y)) / (2 * h)\n    y[i] = old\nreturn g",
            "a row is no copy",
        ),
    ],
)
def test_slips_in_a_numerical_gradient(body, name):
    sees("numerical_gradient", body, names=(name,))


def test_one_number_for_all_elements_is_the_sum_of_their_slopes():
    sees("numerical_gradient", "return (f(x + h) - f(x - h)) / (2 * h)", "the sum of all slopes", status="wrong form",
         names=("moves all elements at once",))  # fmt: skip


def test_who_puts_the_old_row_back_is_told_that_it_was_a_view():
    body = """
g = np.zeros(x.shape)
for i in range(len(x)):
    old = x[i]
    x[i] = old + h
    up = f(x)
    x[i] = old - h
    down = f(x)
    x[i] = old
    g[i] = (up - down) / (2 * h)
return g
"""
    sees("numerical_gradient", body, "`old = x[i]` is a view of it", "np.ndindex", status="changed its input",
         names=("changes its input", "a row is no copy"))  # fmt: skip


def test_a_second_name_for_x_is_no_copy():
    body = each_element("y = x\nz = x\ny[i] += h\nz[i] -= h\ng[i] = (f(y) - f(z)) / (2 * h)")
    sees("numerical_gradient", body, "it is a second name for the same array", status="changed its input",
         names=("changes its input", "moves nothing"))  # fmt: skip


def test_a_step_that_stays_in_x_is_told_with_what_to_do():
    body = each_element("x[i] += h\nup = f(x)\nx[i] -= 2 * h\ng[i] = (up - f(x)) / (2 * h)")
    sees("numerical_gradient", body, "remember each old number", status="changed its input", never=["last digits"])


# ---- relative_error -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("np.max(np.abs(a - b)) / max(np.abs(a).max(), np.abs(b).max(), 1e-8)", "divides one maximum by another"),
        ("np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))", "divides by the sum"),
        ("np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8))", "divides by the sum"),
        ("np.max(np.abs(a - b) / np.abs(a))", "measures by a alone"),
        ("np.max(np.abs(a - b) / np.maximum(np.abs(a), 1e-8))", "measures by a alone"),
        ("np.max(np.abs(a - b) / np.abs(b))", "measures by b alone"),
        ("np.max(np.abs(a - b) / np.maximum(np.maximum(a, b), 1e-8))", "no absolute values below"),
    ],
)
def test_what_the_difference_is_measured_by(expression, name):
    sees("relative_error", f"return {expression}", names=(name,))


def test_np_maximum_takes_two():
    body = "return np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b), 1e-8))"
    sees("relative_error", body, "`np.maximum(np.maximum(a, b), c)`", status="crashed")


# ---- directional_check ----------------------------------------------------------------------------------------------


def along(v="rng.standard_normal(x.shape)", n="(f(x + h * v) - f(x - h * v)) / (2 * h)", g="np.sum(grad * v)",
          error="mine.relative_error(np.array(n), np.array(g))"):  # fmt: skip
    return f"h = 1e-5\nv = {v}\nn = {n}\ng = {g}\nreturn {error}"


def test_a_direction_as_long_as_x_needs_no_keepdims():
    sees("directional_check", along(v="rng.standard_normal(len(x))"), "v needs x's shape", status="crashed",
         names=("v as long as x, not of its shape",), never=["keepdims"])  # fmt: skip


@pytest.mark.parametrize("v", ["rng.standard_normal()", "rng.random()", "np.ones(x.shape)"])
def test_one_number_for_all_elements_is_a_fixed_direction(v):
    sees("directional_check", along(v=v), "a random number for each element", names=("a fixed direction",))


@pytest.mark.parametrize("g", ["grad @ v", "np.dot(grad, v)"])
def test_a_matrix_product_is_no_sum_over_all_elements(g):
    name = "multiplies grad and v as matrices"
    sees("directional_check", along(g=g), "np.sum(grad * v)", status="crashed", names=(name,))


def test_measuring_every_element_misses_the_point():
    body = along(n="np.sum(mine.numerical_gradient(f, x) * v)")
    sees("directional_check", body, "two calls, however many there are", names=("measures every element",))
    text = judge(answer("directional_check", body)).text
    assert "does not hold: a few calls of f are enough" in text


def test_three_directions_are_not_every_element():
    lines = along().split("\n")
    body = "\n".join([lines[0], "for _ in range(3):", *(f"    {line}" for line in lines[1:4]), lines[4]])
    sees("directional_check", body, "Something does not hold", names=(), never=["every element"])


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"n": "(f(x + h * v) - f(x)) / h"}, "one-sided difference"),
        ({"n": "(f(x + v) - f(x - v)) / 2"}, "walks a whole v instead of h v"),
        ({"n": "(f(x + v) - f(x - v)) / (2 * h)"}, "walks a whole v instead of h v"),
        ({"n": "(f(x + h) - f(x - h)) / (2 * h)"}, "leaves v out of the step"),
        ({"n": "f(x + h * v) - f(x - h * v)"}, "does not divide by 2 h"),
        ({"n": "(f(x + h * v) - f(x - h * v)) / 2 * h"}, "does not divide by 2 h"),
        ({"n": "(f(x + h * v) - f(x - h * v)) / h"}, "divides by h instead of 2 h"),
        ({"error": "(n - g) / max(abs(n), abs(g), 1e-8)"}, "leaves out the absolute value"),
        ({"error": "(g - n) / max(abs(n), abs(g), 1e-8)"}, "leaves out the absolute value"),
        ({"error": "abs(n - g)"}, "the absolute difference"),
    ],
)
def test_slips_along_a_direction(changed, name):
    sees("directional_check", along(**changed), names=(name,))


def test_what_cannot_be_reckoned_by_hand_is_not_asked_for_and_about_0_is_called_so():
    body = along(error="mine.relative_error(np.array(n), np.array(g)) + 0.01")
    sees("directional_check", body, "Below is a case in which it shows", names=(), never=["by hand", "does not hold"])
    text = judge(answer("directional_check", body)).text
    assert "wanted error: about 0\nyours error:  0.01" in text and text.count("f(x) = ") == 1 and "f = f" not in text


# ---- gradient_check -------------------------------------------------------------------------------------------------


def checked(f, slopes="mine.numerical_gradient", before=""):
    line = f"errors[name] = mine.relative_error(grads[name], {slopes}({f}, params[name], h))"
    return f"errors = {{}}\n{before}for name in params:\n    {line}\nreturn errors"


COPYING = """
def slopes(f, x, h):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape); e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g
"""


def test_a_loss_that_gets_an_array_says_what_it_wants():
    sees("gradient_check", checked("loss"), "loss wants the whole dict of parameters, but it was given an array",
         status="crashed")  # fmt: skip


def test_a_loss_that_gets_one_array_in_a_dict_says_what_it_wants():
    sees("gradient_check", checked("lambda p: loss({name: p})"), "loss wants all parameters, W1 and b1, but it was given W1",
         status="crashed")  # fmt: skip


@pytest.mark.parametrize("f", ['lambda p: loss({**params, "name": p})', "lambda p: loss(params)"])
def test_an_array_that_does_not_reach_the_loss(f):
    sees("gradient_check", checked(f), "0 everywhere", '"name"', names=("moves what the loss does not see",))


@pytest.mark.parametrize(
    "before",
    [
        "fs = {name: lambda p: loss({**params, name: p}) for name in params}\n",
        "fs = {}\nfor key in params: fs[key] = lambda p: loss({**params, key: p})\n",
    ],
)
def test_lambdas_collected_in_a_loop(before):
    sees(
        "gradient_check",
        checked("fs[name]", before=before),
        "name=name",
        names=("every lambda looks at the last name",),
    )


def test_a_dict_that_is_made_anew_or_returned_too_soon():
    line = "mine.relative_error(grads[name], mine.numerical_gradient(lambda p: loss({**params, name: p}), params[name], h))"
    anew = f"for name in params:\n    errors = {{}}\n    errors[name] = {line}\nreturn errors"
    sees("gradient_check", anew, "before the loop", names=("keeps the last name alone",), status="wrong form")
    soon = f"errors = {{}}\nfor name in params:\n    errors[name] = {line}\n    return errors"
    sees("gradient_check", soon, "inside the loop", names=("stops after the first name",), status="wrong form")


def test_what_the_course_called_it_with_is_told_in_the_functions_own_words():
    text = judge(answer("gradient_check", "return missing")).text
    assert "It was called with `loss = sum of W1**3 + 2 * sum of b1**3`; `params` with W1 (1, 2), b1 (1,)" in text


def test_a_parameter_put_into_the_callers_dict():
    before = "def f(p):\n    params[name] = p\n    return loss(params)\n"
    sees("gradient_check", checked("f", slopes="slopes", before=before), 'changed the caller\'s `params["W1"]`',
         "`{**params, name: p}` is a new dict", status="changed its input", never=["last digits"], above=COPYING)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("up, down = params.copy(), params.copy(); up[name][i] += h; down[name][i] -= h; a, b = loss(up), loss(down)",
         "moves what the loss does not see"),
        ("p = params.copy(); p[name][i] += h; a = loss(p); p = params.copy(); p[name][i] -= h; b = loss(p)",
         "a copied dict still holds the caller's arrays"),
    ],
)  # fmt: skip
def test_a_copied_dict_holds_the_same_arrays(lines, name):
    body = (
        f"errors = {{}}\nfor name in params:\n    g = np.zeros(params[name].shape)\n    for i in np.ndindex(g.shape):\n"
        f"        {lines}; g[i] = (a - b) / (2 * h)\n    errors[name] = mine.relative_error(grads[name], g)\nreturn errors"
    )
    verdict = judge(answer("gradient_check", body))
    assert verdict.misconceptions[-1] == name and "copies the dict" in verdict.message
    assert "Remember the old value" not in verdict.text


def test_a_copied_dict_whose_arrays_stay_moved():
    body = (
        "errors = {}\nfor name in params:\n    g = np.zeros(params[name].shape)\n    for i in np.ndindex(g.shape):\n"
        "        p = params.copy(); p[name][i] += h; a = loss(p); p[name][i] -= 2 * h; g[i] = (a - loss(p)) / (2 * h)\n"
        "    errors[name] = mine.relative_error(grads[name], g)\nreturn errors"
    )
    sees("gradient_check", body, "`params.copy()` copies the dict, and not the arrays in it", status="changed its input",
         never=["last digits"])  # fmt: skip


# ---- notebook 6: searches -------------------------------------------------------------------------------------------

PRODUCT = "import itertools\nbest, top = None, -np.inf\nfor values in itertools.product(*grid.values()):\n"


@pytest.mark.parametrize("lines", [
    "    c = dict(zip(grid, values)); s = evaluate(c)\n    if s > top: top = s\nreturn c, top",
    "    for name, value in zip(grid, values): c[name] = value\n    s = evaluate(c)\n    if s > top: best, top = c, s\n"
    "return best, top",
])  # fmt: skip
def test_the_last_config_beside_the_best_score_has_two_causes(lines):
    body = PRODUCT.replace("best, top =", "c = {}\nbest, top =") + lines
    sees("grid_search", body, "Set both under the same `if`.", "`best = config` makes no copy",
         names=("the best score beside the last config",))  # fmt: skip


def test_a_place_in_a_list_is_no_config():
    body = "configs = [sample(rng) for _ in range(trials)]\ns = [evaluate(c) for c in configs]\ni = np.nanargmax(s)\n"
    sees("random_search", f"{body}return i, s[i]", "should be a config, a dict; yours is ", names=(),
         status="wrong form", never=["changed places"])  # fmt: skip


def test_whole_lists_are_no_config():
    body = PRODUCT.replace("*grid", "grid") + "    c = dict(zip(grid, values)); s = evaluate(c)\nreturn c, s"
    sees("grid_search", body, "with a star", status="wrong form", names=("itertools.product without its star",))


def test_equal_scores_make_python_compare_the_configs():
    body = (
        "while len(configs) > 1:\n    pairs = [(evaluate(c, budget), c) for c in configs]\n"
        "    configs = [c for _, c in sorted(pairs)[::-1][: max(1, len(configs) // eta)]]; budget *= eta\nreturn configs[0]"
    )
    sees("successive_halving", body, "where two scores are equal", "`np.argsort(scores)`", status="crashed")


def test_scores_added_up_are_no_matter_of_the_budget():
    body = (
        "total = dict.fromkeys(range(len(configs)), 0.0)\nleft = list(total)\nwhile len(left) > 1:\n"
        "    for i in left: total[i] += evaluate(configs[i], budget)\n"
        "    left = sorted(left, key=lambda i: -total[i])[: max(1, len(left) // eta)]; budget *= eta\n"
        "return configs[left[0]]"
    )
    sees("successive_halving", body, names=())


def test_a_search_that_never_ends_is_told_at_once():
    body = (
        "while configs:\n    order = np.argsort([evaluate(c, budget) for c in configs])[::-1]\n"
        "    configs = [configs[i] for i in order[: max(1, len(configs) // eta)]]; budget *= eta\nreturn configs[0]"
    )
    sees("successive_halving", body, "**The loop never ends.**", status="wrong form", names=("goes on with one config",))


def test_a_list_that_is_sorted_in_place_is_told_what_to_do_with_lists():
    body = "b = budget\nconfigs.sort(key=lambda c: -evaluate(c, b))\n" + (
        "while len(configs) > 1:\n    configs = configs[: max(1, len(configs) // eta)]; b *= eta\n"
        "    configs = sorted(configs, key=lambda c: -evaluate(c, b)) if len(configs) > 1 else configs\nreturn configs[0]"
    )
    sees("successive_halving", body, "`sort`", "Make a new list instead", status="changed its input", never=["new array"])


def test_rows_counted_inside_a_class_are_not_drawn_twice():
    body = (
        "parts = [], [], []\nfor c in np.unique(y):\n    rows = rng.permutation(np.sum(y == c)); n = len(rows)\n"
        "    a, b = round(val * n), round(val * n) + round(test * n)\n"
        "    for part, cut in zip(parts, (rows[b:], rows[:a], rows[a:b])): part.append(cut)\n"
        "tr, va, te = (np.concatenate(part) for part in parts)\nreturn X[tr], y[tr], X[va], y[va], X[te], y[te]"
    )
    sees("train_val_test_split", body, "`np.flatnonzero(y == c)`", names=("numbers the rows inside their class",))


@pytest.mark.parametrize(("lines", "name"), [
    ("    c = dict(zip(grid, values)); s = evaluate(c)\n    if s > top: best, top = c, s", "nothing is returned"),
    ("    c = dict(zip(grid, values)); s = evaluate(c)\n    if s < top: best, top = c, s\nreturn best, top",
     "no config ever wins"),
])  # fmt: skip
def test_a_search_without_a_config_says_why(lines, name):
    sees("grid_search", PRODUCT + lines, names=(name,), status="wrong form", never=["Two things at once"])


def test_what_evaluate_is_given_is_no_matter_of_the_result():
    body = "import itertools\nfor values in itertools.product(*grid.values()): evaluate(values)"
    sees("grid_search", body, "**`evaluate` was called with a tuple of 1.**", status="wrong form", never=["The result"])


def test_a_nan_that_no_comparison_stops():
    body = PRODUCT + "    c = dict(zip(grid, values)); s = evaluate(c)\n    if s <= top: continue\n    best, top = c, s\n"
    sees("grid_search", body + "return best, top", "`score <= best_score` stops none", names=("nan wins",))


# ---- notebook 7 -----------------------------------------------------------------------------------------------------


def test_logits_and_cache_come_in_a_tuple():
    sees("predict", "return mine.mlp_forward(X, params).argmax(axis=1)", "This is a tuple", status="crashed")


def test_a_search_for_the_largest_logit_that_begins_at_0():
    body = (
        "logits, cache = mine.mlp_forward(X, params)\nanswers = []\nfor z in logits:\n    answer = top = 0\n"
        "    for c, logit in enumerate(z):\n        if logit > top: answer, top = c, logit\n    answers.append(answer)\n"
        "return answers"
    )
    sees("predict", body, "a search for the largest that begins at 0", names=("negative logits never win",))


# ---- notebook 8: a mistake in one part is not told as one of the whole ----------------------------------------------

ADAM = """
m, v = state["m"], state["v"]
for k, g in grads.items():
    m[k] = beta1 * m[k] + (1 - beta1) * g
    v[k] = beta2 * v[k] + (1 - beta2) * g**2
    params[k] -= lr * (m[k] / (1 - beta1**t)) / (np.sqrt(v[k] / (1 - beta2**t)) + eps)
"""


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        ("+ eps)\n", "+ eps)\n    t += 1\n", "t moves on with every parameter"),
        ('m, v = state["m"], state["v"]', 'm, v = state["m"], dict(state["v"])', "v is not kept"),
        ("for k, g in grads.items():\n", "for k, g in grads.items():\n    if k[0] != 'W': continue\n",
         "only the weights move"),
        ("(np.sqrt(v[k] / (1 - beta2**t)) + eps)", "np.sqrt(v[k] / (1 - beta2**t)) + eps",
         "brackets missing round sqrt(v_hat) + eps"),
    ],
)  # fmt: skip
def test_adam_slips(right, wrong, name):
    assert right in ADAM
    sees("adam_step", ADAM.replace(right, wrong), names=(name,), never=["Neither"])


def test_what_comes_with_the_weights_is_told_as_a_tuple():
    body = "return np.sqrt(2 / D) * rng.standard_normal((D, H)), np.zeros(H)"
    sees("he_init", body, "2 things, in a tuple", status="wrong form")


def test_a_shape_in_two_arguments():
    sees("he_init", "return rng.standard_normal(D, H)", "brackets of its own", status="crashed")


# ---- a mistake in another exercise's function -------------------------------------------------------------------------

WRONG_RELU = "def relu(Z):\n    return np.abs(Z)\n"
RIGHT_RELU = "def relu(Z):\n    return np.maximum(Z, 0)\n"
RIGHT_LINEAR = "def linear_forward(X, W, b):\n    return X @ W + b\n"
BY_OWN_FUNCTIONS = """
Z1 = linear_forward(X, params["W1"], params["b1"])
A1 = relu(Z1)
return linear_forward(A1, params["W2"], params["b2"]), {"X": X, "Z1": Z1, "A1": A1}
"""
NOT_HERE = ("calls a function that is not right yet",)


def test_who_calls_a_wrong_function_is_told_where_the_mistake_is():
    sees("mlp_forward", BY_OWN_FUNCTIONS, "not in `mlp_forward`", "your own `relu`", "`check(relu)` says",
         names=NOT_HERE, never=["linear_forward"], above=WRONG_RELU + RIGHT_LINEAR)  # fmt: skip


def test_a_crash_because_of_another_function_is_told_there_too():
    sees("mlp_forward", BY_OWN_FUNCTIONS, "not in `mlp_forward`", "your own `linear_forward`", names=NOT_HERE,
         status="crashed", above=RIGHT_LINEAR.replace("X @ W", "W @ X") + RIGHT_RELU)  # fmt: skip


def test_two_wrong_functions_are_told_together():
    above = WRONG_RELU + RIGHT_LINEAR.replace("+ b", "- b")
    sees("mlp_forward", BY_OWN_FUNCTIONS, "your own `linear_forward` and `relu`", names=NOT_HERE, above=above)


def test_a_function_that_is_wrong_itself_is_told_its_own_mistake():
    body = BY_OWN_FUNCTIONS.replace('params["b2"]), ', 'params["b2"]) * 2, ')
    for relu in (WRONG_RELU, RIGHT_RELU):
        verdict = judge(answer("mlp_forward", body, relu + RIGHT_LINEAR))
        assert verdict.status == "wrong values" and verdict.misconceptions != NOT_HERE
