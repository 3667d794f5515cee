"""The bug clinic: all 32 stages of the patient, other ways of mending, new mistakes, and accidents."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from course_lib.authoring import source as lesson
from course_lib.bugs import clinic, examinations
from course_lib.bugs.patient import SOURCE
from course_lib.bugs.symptoms import SYMPTOMS
from course_lib.checkpoints import sandbox
from course_lib.checkpoints.learner import rebuild

LESSONS = Path(__file__).parents[1] / "solutions"

# For each symptom, pairs of what stands in the source and what mends it.
MENDS = {
    "walks uphill": [("(Y - P) / len(y)", "(P - Y) / len(y)")],
    "silent units learn": [("(self.A1 >= 0)", "(self.A1 > 0)")],
    "biases lag behind": [("dZ1.mean(axis=0)", "dZ1.sum(axis=0)"), ("dlogits.mean(axis=0)", "dlogits.sum(axis=0)")],
    "weights shrink at the wrong rate": [("1 - lam", "1 - lr * lam")],
    "images and labels come apart": [
        ("X = X[rng.permutation(len(X))]", "order = rng.permutation(len(X))\n        X, y = X[order], y[order]")
    ],
}
NAMES = list(MENDS)


def replaced(source, *pairs):
    for old, new in pairs:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def mended(*names):
    return replaced(SOURCE, *(pair for name in names for pair in MENDS[name]))


def patient(source):
    made = rebuild("import numpy as np\n\n" + source, "Patient")
    assert made is not None
    return made


HEALTHY = mended(*NAMES)


def test_the_lesson_prints_the_patient_letter_by_letter():
    (path,) = LESSONS.glob("03_*.py")
    cells = [cell.text for cell in lesson.read_cells(path)]
    assert SOURCE.rstrip("\n") in cells


def test_the_patient_is_about_sixty_lines_and_has_five_symptoms():
    assert 55 <= len(SOURCE.splitlines()) <= 70
    assert [each.name for each in SYMPTOMS] == NAMES


# ---- the five mistakes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("healed", [c for n in range(6) for c in itertools.combinations(NAMES, n)], ids="+".join)
def test_every_stage_is_recognised(healed):
    chart = clinic(patient(mended(*healed)))
    assert chart.healed == healed
    assert chart.ill == tuple(name for name in NAMES if name not in healed)
    assert chart.new_mistakes == ()
    assert chart.discharged == (len(healed) == 5)
    assert chart.text.count("Healed: ") == len(healed) and chart.text.count("Still ill: ") == 5 - len(healed)
    assert ("Discharged." in chart.text) == chart.discharged
    if healed and not chart.discharged:
        are = "is" if len(healed) == 1 else "are"
        assert f"{len(healed)} of 5 symptoms {are} healed. Nothing else has been hurt." in chart.text


ODD_BUT_RIGHT = {
    "the labels subtracted in place": (
        "walks uphill",
        [("Y = np.eye(P.shape[1])[y]\n", "P[np.arange(len(y)), y] -= 1\n"), ("(Y - P) / len(y)", "P / len(y)")],
    ),
    "minus the whole": ("walks uphill", [("(Y - P) / len(y)", "-(Y - P) / len(y)")]),
    "divided later": (
        "walks uphill",
        [("(Y - P) / len(y)", "P - Y"), ("dA1 = dlogits", "dlogits = dlogits / len(P)\n        dA1 = dlogits")],
    ),
    "the mask from Z1": (
        "silent units learn",
        [("(self.A1 >= 0)", '(X @ self.params["W1"] + self.params["b1"] > 0)')],
    ),
    "the mask from Z1 with >=": (
        "silent units learn",
        [("(self.A1 >= 0)", '(X @ self.params["W1"] + self.params["b1"] >= 0)')],
    ),
    "np.where": ("silent units learn", [("dA1 * (self.A1 >= 0)", "np.where(self.A1 > 0, dA1, 0)")]),
    "the sign of A1": ("silent units learn", [("(self.A1 >= 0)", "np.sign(self.A1)")]),
    "by assignment": (
        "silent units learn",
        [("dZ1 = dA1 * (self.A1 >= 0)", "dA1[self.A1 == 0] = 0\n        dZ1 = dA1")],
    ),
    "ones times": (
        "biases lag behind",
        [("dZ1.mean(axis=0)", "np.ones(len(y)) @ dZ1"), ("dlogits.mean(axis=0)", "np.einsum('nc->c', dlogits)")],
    ),
    "the mean times N": (
        "biases lag behind",
        [("dZ1.mean(axis=0)", "dZ1.mean(axis=0) * len(X)"), ("dlogits.mean(axis=0)", "sum(dlogits)")],
    ),
    "the penalty in the gradient": (
        "weights shrink at the wrong rate",
        [
            ("*= 1 - lam", "-= lr * lam * self.params[name]"),
        ],
    ),
    "a new dict": (
        "weights shrink at the wrong rate",
        [
            (
                SOURCE[SOURCE.index("        for name in self.params:\n") : SOURCE.index("    def minibatches")],
                "        self.params = {\n"
                "            name: p - lr * (grads[name] + (lam * p if p.ndim == 2 else 0))\n"
                "            for name, p in self.params.items()\n"
                "        }\n\n",
            )
        ],
    ),
    "shrinking after the step": (
        "weights shrink at the wrong rate",
        [
            (
                SOURCE[SOURCE.index('            if name.startswith("W")') : SOURCE.index("    def minibatches")],
                "            self.params[name] -= lr * grads[name]\n"
                '            if name in ("W1", "W2"):\n'
                "                self.params[name] -= lr * lam * self.params[name]\n\n",
            )
        ],
    ),
    "a list of pairs": (
        "images and labels come apart",
        [
            ("X = X[rng.permutation(len(X))]", "order = np.argsort(rng.random(len(X)))\n        batches = []"),
            (
                "yield X[start : start + batch_size], y[start : start + batch_size]",
                "rows = order[start : start + batch_size]\n            batches.append([X[rows], y[rows]])\n"
                "        return batches",
            ),
        ],
    ),
    "one table": (
        "images and labels come apart",
        [
            (
                "X = X[rng.permutation(len(X))]",
                "table = rng.permutation(np.column_stack([X, y]))\n"
                "        X, y = table[:, :-1], table[:, -1].astype(int)",
            )
        ],
    ),
    "the same generator twice": (
        "images and labels come apart",
        [
            (
                "X = X[rng.permutation(len(X))]",
                "seed = rng.integers(1000)\n"
                "        X = X[np.random.default_rng(seed).permutation(len(X))]\n"
                "        y = y[np.random.default_rng(seed).permutation(len(y))]",
            )
        ],
    ),
}


@pytest.mark.parametrize("way", ODD_BUT_RIGHT)
@pytest.mark.parametrize("others_are_mended", [False, True], ids=["alone", "as the last one"])
def test_any_right_way_of_mending_is_recognised(way, others_are_mended):
    name, pairs = ODD_BUT_RIGHT[way]
    others = [each for each in NAMES if each != name] if others_are_mended else []
    chart = clinic(patient(replaced(SOURCE, *pairs, *(pair for each in others for pair in MENDS[each]))))
    assert name in chart.healed and chart.new_mistakes == ()
    assert chart.discharged == others_are_mended


RESTRUCTURED = '''\
def probabilities(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dZ):
        return dZ @ self.W.T, self.X.T @ dZ, dZ.sum(0)


class Base:
    def loss(self, X, y, lam):
        P = probabilities(self.forward(X))
        weights = [p for p in self.params.values() if p.ndim == 2]
        return -np.mean(np.log(P[range(len(y)), y])) + 0.5 * lam * sum((W * W).sum() for W in weights)

    def train(self, X, y, epochs, batch_size, lr, lam, rng):
        history = np.empty(epochs + 1)
        for epoch in range(epochs + 1):
            history[epoch] = self.loss(X, y, lam)
            for batch in self.minibatches(X, y, batch_size, rng) if epoch < epochs else ():
                self.step(self.backward(*batch), lr, lam)
        return history


class Patient(Base):
    def __init__(self, D, H, C, rng):
        W1, W2 = rng.standard_normal((D, H)) * np.sqrt(2 / D), rng.standard_normal((H, C)) * np.sqrt(2 / H)
        self.layers = Layer(W1, np.zeros(H)), Layer(W2, np.zeros(C))

    @property
    def params(self):
        first, second = self.layers
        return {"W1": first.W, "b1": first.b, "W2": second.W, "b2": second.b}

    def forward(self, X):
        self.Z1 = self.layers[0].forward(X)
        return self.layers[1].forward(np.where(self.Z1 > 0, self.Z1, 0))

    def backward(self, X, y):
        dlogits = (probabilities(self.forward(X)) - np.eye(len(self.params["b2"]))[y]) / len(X)
        dA1, dW2, db2 = self.layers[1].backward(dlogits)
        _, dW1, db1 = self.layers[0].backward(dA1 * (self.Z1 > 0))
        return dict(b1=db1, b2=db2, W1=dW1, W2=dW2)

    def step(self, grads, lr, lam):
        for name, p in self.params.items():
            p -= lr * (grads[name] + (lam * p if p.ndim == 2 else 0))

    @staticmethod
    def minibatches(X, y, batch_size, rng):
        order = rng.permutation(len(y))
        return [(X[i], y[i]) for i in np.split(order, range(batch_size, len(y), batch_size))]
'''


def test_a_patient_written_anew_is_discharged():
    assert clinic(patient(RESTRUCTURED)).discharged


def test_a_patient_in_float32_is_discharged():
    source = replaced(HEALTHY, ("np.sqrt(2 / D)", "np.float32(np.sqrt(2 / D))"))
    source = source.replace("rng.standard_normal((D, H))", "rng.standard_normal((D, H), dtype=np.float32)")
    source = source.replace("np.zeros(H)", "np.zeros(H, np.float32)")
    assert clinic(patient(source)).discharged


# ---- new mistakes ---------------------------------------------------------------------------------------------------

NEW_MISTAKES = {
    "the logits": [('params["W2"] + self.params["b2"]', 'params["W2"] - self.params["b2"]')],
    "the cross-entropy": [("losses.mean()", "losses.sum()")],
    "the penalty": [("lam / 2 * squares", "lam * squares")],
    "the gradient of W1": [('"W1": X.T @ dZ1', '"W1": 2 * X.T @ dZ1')],
    "the gradient of W1 and W2": [("(P - Y) / len(y)", "P - Y"), ("(Y - P) / len(y)", "Y - P")],
    "the gradient of W2": [('"W2": self.A1.T @ dlogits', '"W2": (self.A1 > 0).T @ dlogits')],
    "a batch of one image": [
        ('"b1": dZ1.sum(axis=0)', '"b1": 0 * self.params["b1"] + dZ1.squeeze().sum(axis=0)'),
        ('"b1": dZ1.mean(axis=0)', '"b1": 0 * self.params["b1"] + dZ1.squeeze().mean(axis=0)'),
    ],
    "the biases have no penalty": [
        ("            if name.startswith", "            if True or name.startswith"),
    ],
    "the step itself": [("-= lr * grads[name]", "+= lr * grads[name]")],
    "the arguments of `step`": [("self.params[name] -= lr", "grads[name] *= 1.5\n            self.params[name] -= lr")],
    "the arguments of `backward`": [
        ("Z = self.forward(X)\n        E =", "X -= 1; X += 1\n        Z = self.forward(X)\n        E =")
    ],
    "the arguments of `minibatches`": [
        ('last batch may be smaller."""\n', 'last batch may be smaller."""\n        y[:] = y[::-1].copy()\n')
    ],
    "every example comes once": [("range(0, len(X), batch_size)", "range(0, len(X) - batch_size + 1, batch_size)")],
    "the size of the batches": [
        ("X[start : start + batch_size], y[start : start + batch_size]", "X[start:], y[start:]\n            break")
    ],
    "the order comes from `rng`": [("rng.permutation", "np.random.default_rng(3).permutation")],
    "the images come in a new order": [("rng.permutation(len(X))", "np.arange(len(X))")],
}


@pytest.mark.parametrize("what", NEW_MISTAKES)
@pytest.mark.parametrize("start", [SOURCE, HEALTHY], ids=["ill", "healthy"])
def test_a_new_mistake_is_noticed_and_comes_first(what, start):
    source = start
    for old, new in NEW_MISTAKES[what]:  # some words stand in one of the two only
        source = source.replace(old, new)
    assert source != start
    chart = clinic(patient(source))
    assert not chart.discharged and chart.card.kind == "wrong values"
    assert any(text.startswith("**This was right before") and f"{what}.**" in text for text in chart.new_mistakes)
    assert "something that was right before is not right any more. Mend that first" in chart.text
    assert "Look at this next." not in chart.text


def test_a_new_mistake_does_not_hide_what_is_healed():
    chart = clinic(patient(replaced(HEALTHY, ("losses.mean()", "losses.sum()"))))
    assert chart.healed == tuple(NAMES) and len(chart.new_mistakes) == 1


@pytest.mark.parametrize(
    ("mended_array", "says"),
    [
        ("dZ1", "In the first layer they do by now; b2 is still behind."),
        ("dlogits", "In the second layer they do by now; b1 is still behind."),
    ],
)
@pytest.mark.parametrize("start", [SOURCE, mended("walks uphill", "silent units learn")], ids=["ill", "half mended"])
def test_mending_only_one_layer_of_the_biases_is_not_enough_and_is_told(mended_array, says, start):
    chart = clinic(patient(replaced(start, (f"{mended_array}.mean(axis=0)", f"{mended_array}.sum(axis=0)"))))
    assert "biases lag behind" in chart.ill and chart.new_mistakes == ()
    assert says in chart.text
    assert "by now" not in clinic(patient(start)).text


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("grads[name] = grads[name] + lam * self.params[name]", '`grads["W1"]` and `grads["W2"]`'),
        ("grads[name] += lam * self.params[name]", '`grads["W1"]` and `grads["W2"]`'),
        ("grads.pop(name, None) if lam == 0 else None", '`grads["W1"]` and `grads["W2"]`'),
    ],
)
def test_what_step_changes_of_its_gradients_is_told_by_its_place(line, what):
    source = replaced(HEALTHY, ("self.params[name] *= 1 - lr * lam", line))
    source = source.replace("-= lr * grads[name]", "-= lr * grads.get(name, 0)")
    chart = clinic(patient(source))
    assert any(f"It now changes {what}, and whoever called it" in text for text in chart.new_mistakes)


def test_a_penalty_that_is_half_mended_can_be_seen_in_what_the_card_says_to_look_at():
    symptom = SYMPTOMS[NAMES.index("weights shrink at the wrong rate")]
    others = [name for name in NAMES if name != symptom.name]
    half = patient(replaced(mended(*others), ("*= 1 - lam", "*= 1 - lr * lam / 2")))
    chart = clinic(half)
    assert chart.ill == (symptom.name,) and symptom.observe.replace("`", "") in chart.text.replace("`", "")
    for lr, expected in ((0.1, 0.95), (0.01, 0.995)):  # what the card says, done with the patient
        made = half(3, 4, 2, np.random.default_rng(0))
        before = {name: array.copy() for name, array in made.params.items()}
        made.step({name: np.zeros_like(array) for name, array in before.items()}, lr, 0.5)
        quotients = made.params["W1"] / before["W1"]
        assert np.ptp(quotients) < 1e-12 and abs(quotients[0, 0] - expected) > 1e-3


def test_a_mask_that_stops_everything_heals_nothing():
    chart = clinic(patient(replaced(HEALTHY, ("self.A1 > 0", "self.A1 < 0"))))
    assert "silent units learn" in chart.ill and "gradient of W1" in chart.new_mistakes[0]


def test_a_mask_by_unit_instead_of_by_image_is_still_ill():
    chart = clinic(patient(replaced(HEALTHY, ("(self.A1 > 0)", "(self.A1 > 0).any(axis=0)"))))
    assert not chart.discharged


def test_turning_the_step_round_does_not_heal_the_sign():
    chart = clinic(patient(replaced(SOURCE, ("-= lr * grads", "+= lr * grads"))))
    assert "walks uphill" in chart.ill and "the step itself" in chart.new_mistakes[0]


def test_a_learning_rate_written_in_by_hand_is_still_ill():
    chart = clinic(patient(replaced(SOURCE, ("*= 1 - lam", "*= 1 - 0.1 * lam"))))
    assert "weights shrink at the wrong rate" in chart.ill


def test_taking_the_penalty_out_does_not_heal_it():
    chart = clinic(patient(replaced(SOURCE, ("*= 1 - lam", "*= 1"))))
    assert "weights shrink at the wrong rate" in chart.ill


def test_a_train_that_does_not_learn_is_noticed_although_all_parts_are_healthy():
    chart = clinic(patient(replaced(HEALTHY, ("self.step(self.backward(X_batch, y_batch), lr, lam)", "pass"))))
    assert chart.healed == tuple(NAMES) and not chart.discharged
    assert chart.new_mistakes[0].startswith("**This was right before: the training.**")


# ---- what the card says ---------------------------------------------------------------------------------------------


def test_one_next_step_and_never_the_line_unless_it_is_asked_for():
    ill = patient(SOURCE)
    plain, first, second = (clinic(ill, hint=rung).text for rung in (0, 1, 2))
    assert SYMPTOMS[0].observe.replace("`", "") in plain.replace("`", "") and "clinic(Patient, hint=1)" in plain
    assert "Hint 1 of 2" in first and "`dlogits` in `backward`" in first
    assert "Hint 2 of 2" in second and "dlogits = (P - Y) / len(y)" in second
    for text in (plain, first):
        assert not any(new in text for pairs in MENDS.values() for _, new in pairs)


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda each: each.name)
def test_the_last_hint_is_the_line_that_heals(symptom):
    others = [name for name in NAMES if name != symptom.name]
    text = clinic(patient(mended(*others)), hint=2).text
    for _, new in MENDS[symptom.name]:
        for line in new.splitlines():
            assert line.strip() in text


@pytest.mark.parametrize("number", range(1, 6))
def test_a_hint_for_any_symptom(number):
    text = clinic(patient(SOURCE), hint=1, symptom=number).text
    assert f"Hint 1 of 2 for symptom {number}. " in text
    assert SYMPTOMS[number - 1].hints[0].replace("`", "") in text.replace("`", "")
    assert f"\n\n{number}. Still ill: " in text


def test_a_symptom_that_is_healed_needs_no_hint():
    text = clinic(patient(mended("walks uphill")), hint=2, symptom=1).text
    assert "Symptom 1 is healed and needs no hint any more." in text and "Hint 2" not in text
    assert "for symptom 2" in clinic(patient(mended("walks uphill")), hint=2).text


@pytest.mark.parametrize("number", [0, 6, "1"])
def test_another_symptom_is_refused(number):
    with pytest.raises(ValueError, match="numbers 1 to 5"):
        clinic(patient(SOURCE), hint=1, symptom=number)


@pytest.mark.parametrize("hint", [3, -1, "1"])
def test_another_hint_is_refused(hint):
    with pytest.raises(ValueError, match="hint=1 and hint=2"):
        clinic(patient(SOURCE), hint=hint)


def test_the_vital_signs_improve_with_every_mended_mistake():
    def loss_without(name):
        evidence = clinic(patient(mended(*(each for each in NAMES if each != name)))).card.evidence
        return evidence.splitlines()[0].split("-> ")[1]

    healthy = float(clinic(patient(HEALTHY)).card.evidence.splitlines()[0].split("-> ")[1])
    assert loss_without("walks uphill") == "above 1000, or no number at all"
    assert all(float(loss_without(name)) > healthy for name in NAMES[1:])


def test_the_relative_errors_on_the_card():
    assert "W1 2, b1 1.7, W2 2, b2 1.2" in clinic(patient(SOURCE)).card.evidence
    assert "W1 less than 1e-5, b1 0.83, W2 less than 1e-5, b2 0.83" in (
        clinic(patient(mended("walks uphill", "silent units learn"))).card.evidence
    )


def test_the_chart_is_the_same_every_time():
    first, second = clinic(patient(SOURCE)), clinic(patient(SOURCE))
    assert first == second and first._repr_html_() == second.card._repr_html_()
    assert repr(first) == f"[bug clinic: 0 of 5 healed] {first.text}"


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_it_works_without_forking_too(monkeypatch):
    expected = [clinic(patient(source)) for source in (SOURCE, HEALTHY)]
    monkeypatch.setattr(sandbox, "CAN_FORK", False)
    assert [clinic(patient(source)) for source in (SOURCE, HEALTHY)] == expected


# ---- accidents ------------------------------------------------------------------------------------------------------


def stopped(source, kind):
    chart = clinic(patient(source))
    assert chart.card.kind == kind and not chart.discharged
    assert chart.healed == chart.ill == chart.new_mistakes == ()
    return chart.text


def test_a_crash_is_told_with_the_learners_line():
    text = stopped(replaced(SOURCE, ("dA1 * (self.A1 >= 0)", "dA1 * (self.Z1 > 0)")), "crashed")
    assert "It stopped in your `backward`, at this line." in text
    assert "dZ1 = dA1 * (self.Z1 > 0)\nAttributeError: 'Patient' object has no attribute 'Z1'" in text
    assert "The clinic called `backward(X, y)`" in text and "Traceback" not in text


def test_a_crash_in_forward_is_told_with_its_line_number():
    text = stopped(replaced(SOURCE, ("np.maximum(X @", "np.maximun(X @")), "crashed")
    assert "It stopped at line 3 of your `forward`." in text and "The clinic called `forward(X)`" in text


def test_a_crash_in_a_helper_of_the_notebook_shows_the_helpers_line():
    text = stopped(RESTRUCTURED.replace("return dZ @ self.W.T", "return dZ @ self.W"), "crashed")
    assert "It stopped in your `backward`, at this line." in text and "return dZ @ self.W, self.X.T @ dZ" in text


@pytest.mark.parametrize(
    ("method", "loop"),
    [
        ("step", ("self.params[name] -= lr", "while True: pass\n            self.params[name] -= lr")),
        ("minibatches", ("range(0, len(X), batch_size)", "iter(int, 1)")),
    ],
)
def test_an_endless_loop_is_stopped(method, loop, monkeypatch):
    monkeypatch.setattr(sandbox, "LIMIT", 0.5)
    start = time.monotonic()
    text = stopped(replaced(HEALTHY, loop), "timed out")
    assert "It did not come to an end." in text and f"The clinic called `{method}(" in text
    assert time.monotonic() - start < 3


def test_another_signature_is_told_with_the_right_one():
    text = stopped(replaced(SOURCE, ("def step(self, grads, lr, lam)", "def step(self, grads, lr)")), "crashed")
    assert "takes 3 positional arguments" in text and "`step(grads, lr, lam)`" in text


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('            "b2": dlogits.mean(axis=0),\n', "", "lacks the key"),
        ("        return losses\n", "", "`train` answers in another form than before. Your function returned None"),
        ("return losses.mean() + lam / 2 * squares", "return losses + lam / 2 * squares", "`loss` answers in another"),
        ("yield X[start : start + batch_size], y", "yield y", "one pair (X, y) after the other"),
        ('"b1": dZ1.mean(axis=0)', '"b1": dZ1.sum(axis=1)', "an array of shape (5,) was wanted"),
    ],
)
def test_another_form_of_answer_is_told(old, new, sentence):
    assert sentence.lower() in stopped(replaced(SOURCE, (old, new)), "wrong form").lower()


def test_other_parameters_are_told_with_their_shapes():
    text = stopped(replaced(SOURCE, ('"b2": np.zeros(C),', '"bias": np.zeros(C),')), "crashed")
    assert "params should have the shapes" in text and "'b2': (3,)" in text


def test_a_missing_method_is_told():
    text = stopped(replaced(SOURCE, ("def minibatches", "def batches")), "wrong form")
    assert "Methods are missing: `minibatches`." in text


def test_an_instance_is_not_the_class():
    chart = clinic(patient(SOURCE)(2, 3, 2, np.random.default_rng(0)))
    assert "The class itself is wanted" in chart.text and not chart.discharged


def test_the_patient_that_is_examined_is_left_alone():
    Patient = patient(SOURCE)
    kept = Patient(examinations.D, examinations.H, examinations.C, np.random.default_rng(0))
    before = {name: array.copy() for name, array in kept.params.items()}
    clinic(Patient)
    for name, array in before.items():
        np.testing.assert_array_equal(kept.params[name], array)
