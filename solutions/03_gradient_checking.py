# %% [markdown]
# # Gradient checking: is this gradient right?
#
# A wrong gradient does not crash. The network still learns, only worse, and you blame the learning rate. In this
# notebook you build the tool that finds such mistakes, learn when it lies, and then go hunting with it.
#
# **After this notebook you can**
#
# - measure a slope without calculus, and choose the step h;
# - say what a relative error of 1e-7 means, and of 1e-3;
# - check the gradients of a whole network, and find the broken ones among 28;
# - mend a network with five mistakes in it.
#
# **Time:** about 90 minutes. **You need:** notebook 2.
#
# A cell below may use a function that you have not written yet. Then `mine` lends you the course's, and you can go
# on.

# %%
import numpy as np

from course_lib import explorers, plots
from course_lib.checkpoints import check, hint, mine, progress

# %% [markdown]
# ## 1. A slope without calculus
#
# Move x a little to the right and look how much f grows. That is the **one-sided difference**:
#
# $$f'(x) \approx \frac{f(x + h) - f(x)}{h}$$
#
# Or look to both sides. That is the **central difference**:
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$
#
# Which is better? Try both on $f(x) = x^3$ at $x = 2$, where the slope is $3x^2 = 12$.

# %% tags=["equation"]
def f(x):
    return x**3


x, slope = 2.0, 12.0
for h in (0.1, 0.01, 0.001):
    one_sided = (f(x + h) - f(x)) / h
    central = (f(x + h) - f(x - h)) / (2 * h)
    print(f"h = {h:5}   one-sided is off by {one_sided - slope:.6f}   central is off by {central - slope:.6f}")

# %% tags=["figure"]
plots.differences(f, x=2.0, h=0.5, slope=12);                   # a large h, so that there is something to see

# %% [markdown]
# When h becomes ten times smaller, the one-sided error becomes ten times smaller, and the central one a **hundred**
# times. Why? In notebook 2, f(x + h) was about f(x) + h f'(x). *Taylor's series* goes on where that stopped:
#
# $$f(x \pm h) = f(x) \pm h f'(x) + \tfrac{h^2}{2} f''(x) \pm \tfrac{h^3}{6} f'''(x) + \dots$$
#
# In the one-sided difference the term with $f''$ stays, divided by h: an error of $\frac{h}{2} f''(x)$. In the
# central one it cancels, and what is left is $\frac{h^2}{6} f'''(x)$.

# %% tags=["equation"]
h = 1e-3
second, third = 6 * x, 6.0                                      # f'' and f''' of x**3
one_sided = (f(x + h) - f(x)) / h
central = (f(x + h) - f(x - h)) / (2 * h)
assert np.isclose(one_sided - slope, h / 2 * second, rtol=1e-3)
assert np.isclose(central - slope, h**2 / 6 * third, rtol=1e-3)

# %% [markdown]
# For a function of many numbers, move **one element at a time**. The result has the shape of x: one slope for each
# element.
#
# ### Exercise 1.1
#
# Write `numerical_gradient`. You used its like in notebook 2, under the name of `measured`; write it without looking.
# It must work for x of any shape, and it must leave x as it was, to the last bit. Careful, if you move x itself:
# adding h and taking it off again does not always give back the same number.

# %%
print(0.1 + 0.3 - 0.3 == 0.1, "   0.1 + 0.3 - 0.3 =", 0.1 + 0.3 - 0.3)

# %% tags=["exercise"] points=2
def numerical_gradient(f, x, h=1e-5):
    """The central difference for each element i of x: (f(x + h e_i) - f(x - h e_i)) / (2 h).

    f takes an array like x and returns a number. Returns an array like x. x itself is left as it was.
    """
    ### BEGIN SOLUTION: about ten lines
    moved = x.astype(np.float64)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        old = moved[i]
        moved[i] = old + h
        above = f(moved)
        moved[i] = old - h
        below = f(moved)
        moved[i] = old
        gradient[i] = (above - below) / (2 * h)
    return gradient
    ### END SOLUTION

# %%
check(numerical_gradient)

# %% [markdown]
# **What just happened.** Two calls of f for each element. For a network with 100,000 weights that is 200,000 forward
# passes: far too slow to learn with, and just right to check with, on a small network.
#
# ## 2. One number for how far apart
#
# Is a difference of 0.001 much? Beside a slope of 1000 it is nothing, beside 0.002 it is half. So we look at the
# **relative error**, element by element, and keep the worst:
#
# $$\max_i \frac{|a_i - b_i|}{\max(|a_i|, |b_i|, 10^{-8})}$$
#
# The $10^{-8}$ is a floor. Many gradients are exactly 0, and 0 / 0 is not a number.

# %% tags=["equation"]
a = np.array([1000.0, 0.002, 0.0])
b = np.array([1000.001, 0.001, 0.0])
errors = [abs(p - q) / max(abs(p), abs(q), 1e-8) for p, q in zip(a, b, strict=True)]
print([f"{error:.1e}" for error in errors])
assert np.isclose(max(errors), 0.5)

# %% [markdown]
# How to read it, in float64:
#
# | relative error | what it says |
# |---|---|
# | below 1e-7 | right |
# | 1e-7 to 1e-2 | look closer: a very small gradient, a kink, or a small mistake |
# | above 1e-2 | a mistake, or a kink in a few elements |
# | 1 or 2 everywhere | one of them is 0, or the sign is flipped |
#
# Between right and wrong lies a wide range, where the number alone does not decide. Section 4 says what does.

# %% tags=["equation"]
g = np.array([0.3, -2.0])
errors = {
    "sign flipped": float(np.max(np.abs(g - (-g)) / np.abs(g))),
    "twice too large": float(np.max(np.abs(g - 2 * g) / np.abs(2 * g))),
    "missing altogether": float(np.max(np.abs(g - 0 * g) / np.abs(g))),
}
print(errors)
assert list(errors.values()) == [2.0, 0.5, 1.0]

# %% [markdown]
# ### Exercise 2.1
#
# Write `relative_error`.

# %% tags=["exercise"]
def relative_error(a, b):
    """The largest |a - b| / max(|a|, |b|, 1e-8) over all elements. a, b: arrays of one shape. Returns one number."""
    ### BEGIN SOLUTION: two lines
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return float(np.max(np.abs(a - b) / size))
    ### END SOLUTION

# %%
check(relative_error)

# %% [markdown]
# **What just happened.** You took the *maximum*. The mean would hide one wrong weight among a thousand right ones,
# and one is enough to spoil a network.
#
# ## 3. The V-curve
#
# A smaller h makes the central difference better. So why not take h = 1e-15? **Predict first**, then run.

# %% tags=["live"]
for h in (1e-2, 1e-5, 1e-8, 1e-12, 1e-15):
    central = (np.exp(1 + h) - np.exp(1 - h)) / (2 * h)
    print(f"h = {h:.0e}   off by about 1e{np.log10(abs(central - np.exp(1))):.0f}")

# %% [markdown]
# It gets better, then worse. Two errors pull in opposite directions:
#
# - **truncation**, from the terms of Taylor's series that we left out: it falls like $h^2$;
# - **rounding**: a computer keeps about 16 digits. f(x + h) and f(x - h) agree in almost all of them, so their
#   difference has few digits left, and it is divided by a tiny h. This error grows like $\frac{\varepsilon}{h}$, with
#   $\varepsilon \approx 10^{-16}$ in float64.
#
# Drawn on logarithmic axes the sum is a **V**. Its lowest point is where both are about equal:
#
# $$h^2 \approx \frac{\varepsilon}{h} \quad\Longrightarrow\quad h \approx \varepsilon^{1/3} \approx 10^{-5}$$

# %% tags=["equation"]
epsilon = np.finfo(np.float64).eps
print(f"epsilon = {epsilon:.1e}, its cube root = {np.cbrt(epsilon):.1e}")

steps = 10.0 ** np.arange(-14, 0.1, 0.25)
central = np.array([abs((np.exp(1 + h) - np.exp(1 - h)) / (2 * h) - np.exp(1)) for h in steps])
one_sided = np.array([abs((np.exp(1 + h) - np.exp(1)) / h - np.exp(1)) for h in steps])
right_branch = steps > 1e-3                                  # truncation rules here
slope_central = np.polyfit(np.log10(steps[right_branch]), np.log10(central[right_branch]), 1)[0]
slope_one_sided = np.polyfit(np.log10(steps[right_branch]), np.log10(one_sided[right_branch]), 1)[0]
print(f"slope of the right branch: central {slope_central:.1f}, one-sided {slope_one_sided:.1f}")
assert abs(slope_central - 2) < 0.1 and abs(slope_one_sided - 1) < 0.15

# %% [markdown]
# ### Play: the V-curve lab
#
# Here your own `numerical_gradient` measures the gradient of a small network. Move h, and change the number type, the
# activation and the batch size.
#
# **Missions.** Find the h with the smallest error. Then let kinks spoil the check: what are they, and when do they
# appear?

# %% tags=["explorer"]
explorers.v_curve(numerical_gradient=mine.numerical_gradient)

# %% [markdown]
# ## 4. Kinks
#
# ReLU has no slope at 0. If x - h lies on one side of the kink and x + h on the other, the central difference mixes
# two slopes. Then a *right* gradient looks wrong.

# %% tags=["figure"]
plots.differences(lambda x: np.maximum(x, 0), x=0.3, h=1.0, slope=1);

# %% tags=["equation"]
x = 1e-6
for h in (1e-5, 1e-7):
    central = (max(x + h, 0.0) - max(x - h, 0.0)) / (2 * h)
    print(f"the slope of ReLU at x = 1e-6 is 1; with h = {h:.0e} the central difference says {central:.2f}")
    assert np.isclose(central, (x + h) / (2 * h) if h > x else 1)   # neither 0 nor 1, if 0 lies between x - h and x + h

# %% [markdown]
# The more units and examples, the more of the Z before a ReLU lie near 0. So check with a **small** network and a
# **small** batch.
#
# A **very small gradient** is the other innocent cause. With h = 1e-5, rounding leaves an error of about 1e-11 in the
# numerical gradient. Beside a slope of 1 that is nothing. Beside a slope of 1e-8 it is a thousandth.

# %% tags=["equation"]
def almost_flat(x):
    return 1.0 + 1e-8 * np.sum(x**2)


x, errors = np.array([0.3]), []
for h in (1e-5, 1e-3, 1e-1):
    errors.append(mine.relative_error(mine.numerical_gradient(almost_flat, x, h), 2e-8 * x))
    print(f"h = {h:.0e}: the gradient is right, and the relative error is {errors[-1]:.0e}")
assert errors[0] > errors[1] > errors[2]

# %% [markdown]
# So, when the error is between right and wrong, or large in only a few elements, change h and the seed:
#
# - a **kink** goes away with a smaller h;
# - a **very small gradient** gets better with a larger h;
# - a **mistake** stays.
#
# ## 5. All weights at once: a random direction
#
# Moving every weight on its own is slow. Move them all together, along one random direction v, with two calls of f:
#
# $$s = \frac{f(x + h v) - f(x - h v)}{2h} \qquad\text{should be}\qquad g \cdot v = \sum_i g_i v_i$$
#
# A wrong element almost surely shows, since a random v is at right angles to nothing in particular, unless the mistake
# is small beside the whole gradient. And it does not tell you *where* the mistake is. But it takes two calls of f, and
# for a large network that is worth a lot.

# %% tags=["equation"]
rng = np.random.default_rng(0)
x = rng.standard_normal(1000)
gradient = 3 * x**2                                          # of the sum of x**3
v, h = rng.standard_normal(1000), 1e-5
s = (np.sum((x + h * v) ** 3) - np.sum((x - h * v) ** 3)) / (2 * h)
assert np.isclose(s, np.sum(gradient * v), rtol=1e-6)

wrong = gradient.copy()
wrong[123] += 1.0                                            # one of a thousand
assert not np.isclose(s, np.sum(wrong * v), rtol=1e-6)

# %% [markdown]
# ### Exercise 5.1
#
# Write `directional_check`. Use h = 1e-5, and draw v with `rng`.

# %% tags=["exercise"]
def directional_check(f, x, grad, rng):
    """|s - g.v| / max(|s|, |g.v|, 1e-8) for a random direction v of x's shape.

    s = (f(x + h v) - f(x - h v)) / (2 h) with h = 1e-5. g.v adds up grad * v over all elements. Returns one number.
    """
    ### BEGIN SOLUTION: three or four lines
    v = rng.standard_normal(x.shape)
    s = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5
    return mine.relative_error(np.array(s), np.sum(grad * v))
    ### END SOLUTION

# %%
check(directional_check)

# %% [markdown]
# **What just happened.** Two calls of f checked all elements at once, be they ten or ten million.
#
# ## 6. Checking a whole network
#
# The parameters of a network are a dict of arrays. For each name, hold all other arrays still and look at the loss as
# a function of this one:
#
# $$f(p) = \text{loss}\big(\{\dots,\ \text{name}: p,\ \dots\}\big)$$
#
# In Python, `{**params, name: p}` is a copy of the dict in which one array is replaced.

# %% tags=["equation"]
params = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([3.0])}
changed = {**params, "b1": np.array([30.0])}
assert changed["b1"] == [30.0] and params["b1"] == [3.0]             # params is as it was
assert changed["W1"] is params["W1"]

# %% [markdown]
# ### Exercise 6.1
#
# Write `gradient_check`. This is the tool for the rest of the course.

# %% tags=["exercise"] points=2
def gradient_check(loss, params, grads, h=1e-5):
    """The relative error of each gradient against its numerical one: a dict name -> number.

    loss(params) returns a number. params and grads: dicts of arrays with the same names. params is left as it was.
    """
    ### BEGIN SOLUTION: four or five lines
    errors = {}
    for name in params:
        numerical = mine.numerical_gradient(lambda p, name=name: loss({**params, name: p}), params[name], h)
        errors[name] = mine.relative_error(grads[name], numerical)
    return errors
    ### END SOLUTION

# %%
check(gradient_check)

# %% [markdown]
# Now point it at your own `mlp_backward` from notebook 2.

# %%
rng = np.random.default_rng(1)
X, y = rng.standard_normal((4, 5)), np.array([0, 2, 1, 2])
params = {"W1": 0.5 * rng.standard_normal((5, 6)), "b1": 0.5 * rng.standard_normal(6),
          "W2": 0.5 * rng.standard_normal((6, 3)), "b2": 0.5 * rng.standard_normal(3)}


def loss(params):
    return mine.cross_entropy(mine.mlp_forward(X, params)[0], y)


logits, cache = mine.mlp_forward(X, params)
grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y), params, cache)
errors = mine.gradient_check(loss, params, grads)
print("all below 1e-7:", all(error < 1e-7 for error in errors.values()))

# %% [markdown]
# Moderate weights, by the way: with large ones the network is very sure of itself, and its gradients become so small
# that rounding counts.
#
# **A check that cannot fail checks nothing.** So test the tester: spoil one single number by a twentieth of a percent
# and see whether it notices.

# %%
spoiled = {name: grad.copy() for name, grad in grads.items()}
spoiled["W2"][4, 1] *= 1.0005
errors = mine.gradient_check(loss, params, spoiled)
print("not right:", {name: bool(error > 1e-7) for name, error in errors.items()})

# %% [markdown]
# The checker keeps the worst element of each array. To see **where** it is, look at that array element by element:

# %%
numerical = mine.numerical_gradient(lambda p: loss({**params, "W2": p}), params["W2"])
print(np.abs(spoiled["W2"] - numerical) / np.maximum(np.abs(numerical), 1e-8) > 1e-7)

# %% [markdown]
# ## 7. Why float32 spoils the check
#
# Networks are trained in float32, with about 7 digits. Then $\varepsilon \approx 10^{-7}$, and the best h is about
# $\varepsilon^{1/3} \approx 0.005$. Even there four or five digits are right, and with h = 1e-5 only two.

# %% tags=["equation"]
epsilon32 = np.finfo(np.float32).eps
print(f"epsilon = {epsilon32:.0e}, its cube root = {np.cbrt(epsilon32):.0e}")
for h in (0.005, 1e-5):
    x32, h32 = np.float32(1.0), np.float32(h)
    central = (np.exp(x32 + h32) - np.exp(x32 - h32)) / (2 * h32)
    error = abs(float(central) - np.e) / np.e
    print(f"h = {h}: the error is below 1e-4: {bool(error < 1e-4)}, below 1e-2: {bool(error < 1e-2)}")
    assert error > 1e-7                                      # right is nowhere in reach

# %% [markdown]
# So a gradient is checked in **float64**, even if the network is trained in float32. Your `numerical_gradient` moves a
# float64 copy, and a single float32 input does no harm, for NumPy then computes in float64. But one place on the way
# that *rounds to float32* is enough to spoil the check: an `.astype(np.float32)`, or a float32 array that results are
# written into.

# %% tags=["equation"]
def loss_in_float32(p):
    return float(np.sum(p.astype(np.float32) ** 3))          # someone forgot this conversion


p, ones = np.array([1.0, 2.0]), np.ones(2, np.float32)
assert mine.relative_error(mine.numerical_gradient(loss_in_float32, p), 3 * p**2) > 1e-4
assert mine.relative_error(mine.numerical_gradient(lambda p: np.sum(ones * p**3), p), 3 * p**2) < 1e-7

# %% [markdown]
# ## 8. Bug hunt
#
# Your checker is a judge now. Before it stand 28 suspects: backward passes of small networks, some right though they
# look odd, some broken by mistakes that people really made. Here a relative error above 1e-5 condemns, and so does
# nan. The line can be so low because the inputs were chosen with care: no Z lies near a kink, and no gradient is very
# small.
#
# Some are broken only for a batch of one image, only when a unit is dead, or only when biases are not 0. One lucky
# input would acquit them, so each suspect is shown several.
#
# **Be a detective first.** `suspect(n)` shows the code of one, for n from 1 to 28. Is number 11 right or broken? And
# 26? Look at one or two others too, and write your guess down.
#
# Some use things of later notebooks. The *L2 penalty* is lam/2 times the sum of all squared weights, W1 and W2; its
# gradient is lam W. Leave *dropout* and *batch norm* to your checker: it needs the loss alone, and understands nothing
# of it.

# %%
from course_lib.bugs import clinic, hunt, suspect

suspect(11)

# %%
suspect(26)

# %% [markdown]
# Now let your checker judge all of them. When every verdict is right, the board can tell what is wrong in each; until
# then it tells what your checker missed, and which input would have shown it.

# %%
hunt(mine.gradient_check)

# %% [markdown]
# **Predict first.** What would a lazy judge miss, one who looks at the first parameter alone? Write down a number,
# then run.

# %%
def lazy_check(loss, params, grads, h=1e-5):
    errors = mine.gradient_check(loss, params, grads, h)
    first = next(iter(params))
    return dict.fromkeys(params, errors[first])


lazy = hunt(lazy_check)
print(len(lazy.missed), "broken suspects go free")

# %% [markdown]
# A verdict is not always black or white: one of the broken suspects (number 27) shows an error of about 6e-5 only.
# Between 1e-7 and 1e-2 it pays to look closer.
#
# ## 9. Bug clinic
#
# A last exercise, as in real life: a network with **five mistakes at once**, each of them from a real write-up. Its
# loss has an L2 penalty, as some suspects had; `backward` leaves that to `step`, which makes the weights a little
# smaller. Train the network, and the loss climbs.

# %%
class Patient:
    """One hidden layer with ReLU. The loss is the mean cross-entropy and (lam / 2) times the sum of squared weights."""

    def __init__(self, D, H, C, rng):
        self.params = {
            "W1": rng.standard_normal((D, H)) * np.sqrt(2 / D),
            "b1": np.zeros(H),
            "W2": rng.standard_normal((H, C)) * np.sqrt(2 / H),
            "b2": np.zeros(C),
        }

    def forward(self, X):
        """The logits (N, C) of the images X (N, D)."""
        self.A1 = np.maximum(X @ self.params["W1"] + self.params["b1"], 0)
        return self.A1 @ self.params["W2"] + self.params["b2"]

    def loss(self, X, y, lam):
        """The mean cross-entropy and the penalty, one number."""
        Z = self.forward(X)
        Z = Z - Z.max(axis=1, keepdims=True)
        losses = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]
        squares = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
        return losses.mean() + lam / 2 * squares

    def backward(self, X, y):
        """The gradients of the mean cross-entropy. The penalty comes in `step`."""
        Z = self.forward(X)
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        P = E / E.sum(axis=1, keepdims=True)
        Y = np.eye(P.shape[1])[y]
        dlogits = (Y - P) / len(y)
        dA1 = dlogits @ self.params["W2"].T
        dZ1 = dA1 * (self.A1 >= 0)
        return {
            "W1": X.T @ dZ1,
            "b1": dZ1.mean(axis=0),
            "W2": self.A1.T @ dlogits,
            "b2": dlogits.mean(axis=0),
        }

    def step(self, grads, lr, lam):
        """One step against the gradient; the penalty makes the weights a little smaller, and leaves the biases."""
        for name in self.params:
            if name.startswith("W"):
                self.params[name] *= 1 - lam
            self.params[name] -= lr * grads[name]

    def minibatches(self, X, y, batch_size, rng):
        """Batches (X, y) in a new order: every example once, the last batch may be smaller."""
        X = X[rng.permutation(len(X))]
        for start in range(0, len(X), batch_size):
            yield X[start : start + batch_size], y[start : start + batch_size]

    def train(self, X, y, epochs, batch_size, lr, lam, rng):
        """The loss before training and after each epoch."""
        losses = [self.loss(X, y, lam)]
        for _ in range(epochs):
            for X_batch, y_batch in self.minibatches(X, y, batch_size, rng):
                self.step(self.backward(X_batch, y_batch), lr, lam)
            losses.append(self.loss(X, y, lam))
        return losses

# %%
X = np.random.default_rng(0).standard_normal((60, 5))
y = (X[:, 0] + X[:, 1] > 0).astype(int)                     # a question that is easy to learn


def training():
    rng = np.random.default_rng(1)
    return Patient(5, 8, 2, rng).train(X, y, epochs=5, batch_size=16, lr=0.1, lam=0.001, rng=rng)


losses = training()
print("the loss climbs:", losses[-1] > losses[0])

# %% [markdown]
# `clinic(Patient)` examines the patient and tells the symptoms. Change **one thing** in the class above, run its cell,
# and examine again. The order is yours. Keep the names of the methods and of their parameters; everything else you may
# rewrite.

# %%
clinic(Patient)

# %% [markdown]
# Your own tool works here too. Which of the five can it see, and which can it not see, and why?

# %% tags=["live"]
patient = Patient(5, 8, 2, np.random.default_rng(1))


def loss(params):
    patient.params = params
    return patient.loss(X[:8], y[:8], 0.0)


for name, error in mine.gradient_check(loss, patient.params, patient.backward(X[:8], y[:8])).items():
    print(f"{name}: {error:.1e}")

# %% [markdown]
# Is one symptom too stubborn? `clinic(Patient, hint=1)` says where to look for the first that is left, `hint=2` says in
# which line. For another one add its number, as in `clinic(Patient, hint=1, symptom=3)`.
#
# Whenever you have mended something, draw the patient's training again, beside the one it came with:

# %% tags=["figure"]
epochs = range(len(losses))
plots.run_curves({"as it came": (epochs, losses), "as it is now": (epochs, training())}, xlabel="epoch");

# %% [markdown]
# **What just happened.** A gradient check sees mistakes in the gradient: the sign, the mask, the averaged biases. It
# is blind to a step that decays too much, and to labels that were torn from their images. A falling loss proves
# nothing either: with the sign mended alone, this network learns, and four mistakes are still in it.
#
# ## 10. Recap
#
# - The central difference has an error of about $h^2$ from truncation and $\varepsilon / h$ from rounding: in
#   float64, h = 1e-5.
# - The relative error takes the worst element. Below 1e-7 is right; from there to 1e-2 look closer; above 1e-2 is a
#   mistake, or a kink in a few elements.
# - Kinks make right gradients look wrong: small networks, small batches, a smaller h. So do very small gradients: a
#   larger h.
# - Check in float64, with several shapes and batch sizes, a batch of one among them.
# - Test the tester: a check that cannot fail checks nothing.
#
# **Explain it to a friend.**
#
# 1. Why does the error of the numerical gradient grow again when h becomes very small?
# 2. One element of W1 is off by 1e-3, and all others by 1e-9. What could it be, and what do you try first?
# 3. The directional check needs two calls of f. What does it not tell you?
# 4. Why can a gradient be right on every batch of 8 and wrong on a batch of 1?
#
# **Where it is used next.** In notebook 4 you learn with these gradients. Whenever you write a new layer, you check
# it first.

# %% tags=["live"]
progress()
