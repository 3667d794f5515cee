# %% [markdown]
# # Going further: better steps, better starts, deeper networks
#
# You have a network, its gradients, and SGD. This notebook adds what most networks since about 2015 have used, in one
# form or another: steps with a size for every weight (RMSprop, Adam), first weights of the right size (Xavier, He), and
# batch norm.
# Each is a few lines. You derive them, and then you measure what they are worth, and what not.
#
# **After this notebook you can**
#
# - say why Adam divides by a square root, and why it corrects its averages;
# - choose first weights for a layer, from two lines of algebra;
# - derive the backward pass of batch norm, and check it with your own gradient checker;
# - say what batch norm does for a deep network, and what it does not do;
# - read a line of PyTorch and know what happens inside.
#
# **Time:** about 110 minutes. **You need:** notebooks 1 to 4.
#
# A cell below may use a function that you have not written yet. Then `mine` lends you the course's, and you can go
# on.

# %%
from itertools import pairwise

import numpy as np

from course_lib import explorers, plots
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import load

# %% [markdown]
# ## 1. Where one learning rate is not enough
#
# Take a valley with two weights. Along the valley the loss rises slowly, across it 50 times as steeply:
#
# $$L(w) = \tfrac12 \left( w_1^2 + 50\, w_2^2 \right), \qquad
# \frac{\partial L}{\partial w_1} = w_1, \qquad \frac{\partial L}{\partial w_2} = 50\, w_2$$
#
# A step of SGD multiplies each weight by a number of its own. After t steps from $w^{(0)}$ it is
#
# $$w_1 = (1 - \text{lr})^t\; w_1^{(0)}, \qquad\qquad w_2 = (1 - 50\, \text{lr})^t\; w_2^{(0)}$$

# %% tags=["equation"]
a = np.array([1.0, 50.0])                       # how steep the valley is, along and across


def valley(w):
    return 0.5 * np.sum(a * w**2, axis=-1)      # axis=-1: for one w, or for many at once


start, lr = np.array([-1.6, 0.6]), 0.03
assert np.allclose(mine.numerical_gradient(valley, start), a * start)
path = [start]
for _ in range(100):
    path.append(path[-1] - lr * a * path[-1])
w = path[-1]
assert np.allclose(w, (1 - lr * a) ** 100 * start)
print("left of w1 after 100 steps:", f"{abs(w[0] / start[0]):.3f}", "   of w2:", f"{abs(w[1] / start[1]):.0e}")

# %% tags=["figure"]
ax = plots.descent_frame(valley, (-2, 2, -1, 1))
plots.descent_path(np.array(path), ax=ax);

# %% [markdown]
# Across the valley everything is over after a few steps. Along it we crawl. A larger learning rate would help $w_1$,
# but as soon as $50\, \text{lr} > 2$ the factor of $w_2$ is below -1, and $w_2$ grows without end. **The steepest
# direction decides how fast all the others may learn.**

# %% tags=["equation"]
for lr in (0.039, 0.041):
    factor = abs(1 - 50 * lr)
    print(f"lr = {lr}: |1 - 50 lr| = {factor:.2f}, and after 500 steps w2 has grown: {factor**500 > 1}")
    assert (factor > 1) == (50 * lr > 2)

# %% [markdown]
# Is a network like that? Take a fresh one, and look at how large the gradient of each first weight *usually* is: the
# root of the mean of its squares, over many batches.

# %%
def fresh_network(rng):
    return {"W1": np.sqrt(2 / 64) * rng.standard_normal((64, 32)), "b1": np.zeros(32),
            "W2": np.sqrt(2 / 32) * rng.standard_normal((32, 10)), "b2": np.zeros(10)}


def usual_sizes(X):
    """The usual size of the gradient of each first weight, (64, 32)."""
    rng = np.random.default_rng(0)
    params, squares = fresh_network(rng), []
    for X_batch, y_batch in mine.minibatches(X, y_train, 32, rng):
        logits, cache = mine.mlp_forward(X_batch, params)
        grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y_batch), params, cache)
        squares.append(grads["W1"] ** 2)
    return np.sqrt(np.mean(squares, axis=0))


def spread(sizes):
    """How many times as large the largest twentieth is as the smallest, but for weights of pixels without ink."""
    low, high = np.quantile(sizes[sizes > 0], [0.05, 0.95])
    return high / low


digits = load("digits")
X_train, y_train = mine.standardize(digits.X_train, digits.X_train), digits.y_train
print("the largest twentieth is over 5 times as large as the smallest:", spread(usual_sizes(X_train)) > 5)

# %% [markdown]
# Uneven, and this is a network with standardised inputs. So why not give each weight a step size of its own?
#
# ## 2. RMSprop: a step size for every weight
#
# The idea: divide each gradient by the size that this weight's gradients *usually* have. How large is "usually"? A
# gradient points now here, now there, so its mean would be about 0. Take the mean of the **squares**, and to forget
# what is long past, a *running* mean. For one weight with gradient g:
#
# $$s \leftarrow \rho\, s + (1 - \rho)\, g^2$$
#
# s starts at 0. Write it out, and after t steps s is a weighted sum of all squares so far, the newest first:
#
# $$s_t = (1 - \rho) \sum_{k=0}^{t-1} \rho^k\, g_{t-k}^2$$
#
# With $\rho = 0.9$ the squares count with 0.1, 0.09, 0.081 and so on; the last ten have two thirds of the say.

# %% tags=["equation"]
rho = 0.9
g = np.random.default_rng(0).standard_normal(30)           # g[0] is the first gradient, g_1
s = 0.0
for t in range(1, 31):
    s = rho * s + (1 - rho) * g[t - 1] ** 2
    assert np.isclose(s, (1 - rho) * sum(rho**k * g[t - k - 1] ** 2 for k in range(t)))
print([round((1 - rho) * rho**k, 3) for k in range(4)], "...")
print("the last ten count for", f"{sum((1 - rho) * rho**k for k in range(10)):.0%}")

# %% [markdown]
# A step divides by the **root** of the mean of squares, hence the name: root mean square, RMS.
#
# $$w \leftarrow w - \text{lr}\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# Why the root? s is a square, $\sqrt s$ has the size of a gradient, and the quotient is a plain number, about 1 in
# size. Make the loss c times as steep, and nothing changes:
#
# $$\frac{c\, g}{\sqrt{c^2 s}} = \frac{g}{\sqrt{s}}, \qquad\text{but without the root}\qquad
# \frac{c\, g}{c^2 s} = \frac{1}{c} \cdot \frac{g}{s}$$
#
# And $\varepsilon$, a tiny number such as $10^{-8}$? The gradients of a dead unit's weights are all 0, and 0 / 0 is
# not a number.

# %% tags=["equation"]
g, s = 0.3, 0.04
for c in (1e-3, 1.0, 1e3):
    assert np.isclose(c * g / np.sqrt(c**2 * s), g / np.sqrt(s))
    assert np.isclose(c * g / (c**2 * s), g / s / c)
print("g / sqrt(s) =", round(g / np.sqrt(s), 3), "however steep the loss is")
assert 0.0 / (np.sqrt(0.0) + 1e-8) == 0.0                  # a dead unit stays where it is

# %% [markdown]
# If a gradient is always the same, s becomes $g^2$, and each step is $\text{lr}$ long, whether g is large or small.
# **The learning rate is now a length: how far a weight moves in one step.** (Only the first steps are longer, because s
# begins at 0. Section 3 mends that.)

# %% tags=["equation"]
for g in (1000.0, -0.002):
    s = 0.0
    for _ in range(200):
        s = 0.9 * s + 0.1 * g**2
    assert np.isclose(g / (np.sqrt(s) + 1e-8), np.sign(g), rtol=1e-4)

# %% [markdown]
# ### Exercise 2.1
#
# Write `rmsprop_step`. Like `sgd_step`, it changes what it is given: the arrays in `params` and in `state`. First
# update the running mean, then take the step with the new one. Any names may stand in the dicts, so use a loop.

# %% tags=["exercise"] points=2
def rmsprop_step(params, grads, state, lr, rho=0.9, eps=1e-8):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps), for every parameter w with its gradient g.

    params, grads, state: dicts of arrays with the same names, whatever they are. state holds s and starts at zeros.
    Changes params and state in place, and returns nothing.
    """
    ### BEGIN SOLUTION: three or four lines
    for name, g in grads.items():
        state[name] = rho * state[name] + (1 - rho) * g**2
        params[name] -= lr * g / (np.sqrt(state[name]) + eps)
    ### END SOLUTION

# %%
check(rmsprop_step)

# %% [markdown]
# **What just happened.** The state is a memory that belongs to the training: as many numbers as there are weights,
# kept from step to step. That is why it must be changed in place. A step that forgets its state would start from
# zeros each time, and move every weight by the same length.
#
# ## 3. Adam: both averages, corrected
#
# Momentum (notebook 4) averages the *direction*, RMSprop averages the *size*. Adam does both. Two running means for
# each weight:
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad\qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$$
#
# with $\beta_1 = 0.9$ and $\beta_2 = 0.999$. Both start at 0, and that is a problem. After one step m is only a tenth
# of g, and v only a thousandth of $g^2$. How long does it last? Let the gradient be g at every step. Then
#
# $$m_t = (1 - \beta_1) \sum_{k=0}^{t-1} \beta_1^k\; g = (1 - \beta_1^t)\, g, \qquad\qquad v_t = (1 - \beta_2^t)\, g^2$$
#
# The sum is a geometric series. **The zeros that we started with still have the weight $\beta^t$.**

# %% tags=["equation"]
beta1, beta2, g = 0.9, 0.999, -0.7
m = v = 0.0
for t in range(1, 2001):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    assert np.isclose(m, (1 - beta1**t) * g) and np.isclose(v, (1 - beta2**t) * g**2)
    assert np.isclose((1 - beta1) * sum(beta1**k for k in range(t)), 1 - beta1**t)
    if t in (1, 10, 100, 2000):
        print(f"t = {t:4}   m has reached {m / g:6.1%} of g, v {v / g**2:5.1%} of g squared")

# %% [markdown]
# **Predict first.** m is too small, and it stands above the fraction line. v is too small, and it stands below. Are
# the first steps of $\text{lr}\, m / \sqrt v$ too short or too long? By how much?

# %%
t = np.arange(1, 1001)
too_long = (1 - beta1**t) / np.sqrt(1 - beta2**t)
print(f"step 1: {too_long[0]:.1f} times lr    worst: {too_long.max():.1f} times, at step {t[too_long.argmax()]}")
print(f"step 1000: still {too_long[-1]:.2f} times")

# %% tags=["figure"]
plots.training_curves({"without correction": too_long, "corrected": np.ones(1000)}, ylabel="step / lr");

# %% [markdown]
# Too long, by a factor of up to six and a half, just when the weights are at their most delicate. The cure is to
# divide by what is missing:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
# w \leftarrow w - \text{lr}\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# Then the very first step is $\text{lr}$ long, in the direction against the gradient. Here are two steps by hand.

# %% tags=["equation"]
w, lr, m, v = 1.0, 0.1, 0.0, 0.0
for t, g in ((1, 0.5), (2, -1.5)):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    print(f"t = {t}   m = {m:.3f}  m_hat = {m_hat:.3f}  v_hat = {v_hat:.3f}  w = {w:.4f}")
    if t == 1:
        assert np.isclose(m_hat, g) and np.isclose(v_hat, g**2) and np.isclose(w, 1.0 - lr)
# With two gradients the corrected means are their weighted means, and the weights add up to 1.
assert np.isclose(m_hat, (0.09 * 0.5 + 0.1 * -1.5) / (0.09 + 0.1))
assert np.isclose(v_hat, (0.000999 * 0.5**2 + 0.001 * 1.5**2) / (0.000999 + 0.001))

# %% [markdown]
# ### Exercise 3.1
#
# Write `adam_step`. The corrected means are for this step alone; the state keeps m and v as they are. t is counted by
# whoever calls you, and the first step is t = 1.

# %% tags=["exercise"] points=2
def adam_step(params, grads, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, then w <- w - lr m_hat / (sqrt(v_hat) + eps).

    m_hat = m / (1 - beta1^t) and v_hat = v / (1 - beta2^t); t counts the steps from 1.
    params, grads: dicts of arrays. state: {"m": dict of arrays, "v": dict of arrays}, which starts at zeros.
    Changes params and state in place, and returns nothing.
    """
    ### BEGIN SOLUTION: five to seven lines
    m, v = state["m"], state["v"]
    for name, g in grads.items():
        m[name] = beta1 * m[name] + (1 - beta1) * g
        v[name] = beta2 * v[name] + (1 - beta2) * g**2
        m_hat = m[name] / (1 - beta1**t)
        v_hat = v[name] / (1 - beta2**t)
        params[name] -= lr * m_hat / (np.sqrt(v_hat) + eps)
    ### END SOLUTION

# %%
check(adam_step)

# %% [markdown]
# **What just happened.** You wrote the optimiser that, in one variant or another, most networks of today are trained
# with. Its price: two more numbers for every weight.
#
# One thing to know when you use it with L2 (notebook 5). If $\lambda W$ is added to the gradient, Adam divides it by
# $\sqrt{\hat v}$ like everything else, and weights with large gradients are hardly decayed at all. *AdamW* takes
# $\text{lr}\, \lambda W$ off the weights directly instead.
#
# ## 4. An honest race
#
# ### Play: four runners in a valley
#
# The valley of section 1, and four runners with one learning rate for all. `step` runs the race, `steepness`
# multiplies the loss, and `turned by` turns the valley under the same two coordinates.
#
# **Missions.** Predict first what bothers RMSprop and Adam: steepness, or the turn? Then find a race that momentum
# wins, and one that Adam wins.

# %% tags=["explorer"]
explorers.optimizer_race(
    sgd_step=mine.sgd_step,
    momentum_step=mine.momentum_step,
    rmsprop_step=mine.rmsprop_step,
    adam_step=mine.adam_step,
)

# %% [markdown]
# Two facts to keep. Momentum goes the same way in a turned valley, but must fit its learning rate to the steepness.
# Adam does not see the steepness, but it needs valleys that lie along the coordinates, at least roughly.
#
# And a thing that you may have noticed near the end of a race: at the bottom RMSprop begins to jump. Where all its
# recent gradients are tiny, their root mean square is tiny as well, and a step is about lr long again. So a learning
# rate that falls towards the end (notebook 4) helps here, too.
#
# As equations. Turn the valley by a rotation R: the weights become $R\,w$ and the gradients $R\,g$. A step of SGD
# turns with them. A step of Adam's kind, which takes each coordinate for itself (here in its purest form, the sign),
# does not:
#
# $$R\,w - \text{lr}\, R\,g = R\,(w - \text{lr}\, g), \qquad\text{but}\qquad
# \operatorname{sign}(R\,g) \ne R \operatorname{sign}(g)$$

# %% tags=["equation"]
angle = np.deg2rad(45)
R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
w, g, lr = np.array([-1.6, 0.6]), np.array([-1.6, 30.0]), 0.03
assert np.allclose(R @ w - lr * R @ g, R @ (w - lr * g))
assert not np.allclose(np.sign(R @ g), R @ np.sign(g))

# %% [markdown]
# ### The race on digits
#
# A fair race gives each runner its own best learning rate. So we train the same network, from the same first weights
# on the same batches, with nine learning rates for each optimiser, three epochs each. And then once more with
# **uneven inputs**: every pixel is multiplied by a number of its own, from 0.01 to 1.

# %%
def step_functions(params):
    """A function (grads, t, lr) for each optimiser, with a memory of its own that starts at zeros."""
    def zeros():
        return {name: np.zeros_like(w) for name, w in params.items()}

    velocity, squares, moments = zeros(), zeros(), {"m": zeros(), "v": zeros()}
    return {
        "SGD": lambda grads, t, lr: sgd(params, grads, lr),
        "momentum": lambda grads, t, lr: momentum(params, grads, velocity, lr, 0.9),
        "RMSprop": lambda grads, t, lr: rmsprop(params, grads, squares, lr),
        "Adam": lambda grads, t, lr: adam(params, grads, moments, t, lr),
    }


def loss_after_training(X, optimizer, lr, epochs=3, batch_size=32):
    rng = np.random.default_rng(0)
    params = fresh_network(rng)
    step, t = step_functions(params)[optimizer], 0
    for _ in range(epochs):
        for X_batch, y_batch in batches(X, y_train, batch_size, rng):
            t += 1
            logits, cache = forward(X_batch, params)
            step(backward(dloss(logits, y_batch), params, cache), t, lr)
    return loss(forward(X, params)[0], y_train)


# In a long loop, asking `mine` for a function at every use would cost time: ask once.
forward, backward, loss, dloss = (
    mine.mlp_forward, mine.mlp_backward, mine.cross_entropy, mine.softmax_cross_entropy_backward)
batches, sgd, momentum, rmsprop, adam = (
    mine.minibatches, mine.sgd_step, mine.momentum_step, mine.rmsprop_step, mine.adam_step)

rates = 10.0 ** np.arange(-3.5, 0.6, 0.5)
uneven = 10 ** np.random.default_rng(1).uniform(-2, 0, 64)
results = {}
with np.errstate(all="ignore"):                     # some of these learning rates are far too large
    for inputs, X in (("standardised", X_train), ("uneven", X_train * uneven)):
        results[inputs] = {name: [loss_after_training(X, name, lr) for lr in rates]
                           for name in ("SGD", "momentum", "RMSprop", "Adam")}
best = {inputs: {name: np.nanmin(losses) for name, losses in curves.items()} for inputs, curves in results.items()}
even, odd = best["standardised"], best["uneven"]
print("standardised: the best losses lie within a factor of 3:", max(even.values()) < 3 * min(even.values()))
print("uneven: Adam's best loss is less than half of SGD's:", odd["Adam"] < odd["SGD"] / 2)
wider = spread(usual_sizes(X_train * uneven)) / spread(usual_sizes(X_train))
print("the usual sizes of the gradients lie over 4 times as far apart:", wider > 4)

# %% tags=["figure"]
plots.rate_curves(rates, results["standardised"], title="standardised inputs")
plots.rate_curves(rates, results["uneven"], title="uneven inputs");

# %% [markdown]
# **What just happened.** With standardised inputs there is no winner: each optimiser has its own best learning rate
# (SGD's is ten to thirty times Adam's), and there all end at about the same loss. None of the four has a much wider
# valley of good rates than the others. With uneven inputs the usual sizes of the gradients lie several times as far
# apart, and now dividing by them pays. (A curve that leaves the picture is a training that failed.)
#
# You cannot standardise what happens *inside* a deep network as easily as its inputs. That is one reason why Adam is
# the usual choice there, and SGD with momentum stays a good one for networks like ours. (Section 6 does standardise
# the inside.)
#
# ## 5. How large the first weights should be
#
# Notebook 1, section 10 followed the activations *forward*: with weights of mean 0 and variance $s^2$, each z is a
# sum of D products, and the mean square grows by the factor
#
# $$\operatorname{mean}(Z^2) = D\, s^2 \cdot \operatorname{mean}(X^2)$$
#
# The gradients on their way *back* do the same, with the other side of the matrix: in $dX = dZ\, W^{\mathsf T}$ each
# element is a sum over the H units.
#
# $$\operatorname{mean}(dX^2) = H\, s^2 \cdot \operatorname{mean}(dZ^2)$$

# %% tags=["equation"]
rng = np.random.default_rng(1)
N, D, H, s = 1000, 400, 100, 0.07
X, dZ, W = rng.standard_normal((N, D)), rng.standard_normal((N, H)), s * rng.standard_normal((D, H))
Z, dX = X @ W, dZ @ W.T
assert np.isclose(np.mean(Z**2), D * s**2 * np.mean(X**2), rtol=0.05)
assert np.isclose(np.mean(dX**2), H * s**2 * np.mean(dZ**2), rtol=0.05)
print(f"forward times {D * s**2:.2f}, backward times {H * s**2:.2f}")

# %% [markdown]
# To keep the size forward, $s^2$ should be $1/D$; to keep it backward, $1/H$. Both at once only works if D = H.
# **Xavier** (his first name; Glorot and Bengio, 2010) takes one over the mean of D and H:
#
# $$s^2 = \frac{1}{\tfrac12 (D + H)} = \frac{2}{D + H}$$
#
# Then what one way gains, the other loses: the two factors are on either side of 1, and add up to 2. So far there is
# no bend. Xavier's weights suit one that hardly bends small numbers, such as $\tanh(z) \approx z$.

# %% tags=["equation"]
for D, H in ((400, 100), (64, 64), (30, 500)):
    s2 = 2 / (D + H)
    assert np.isclose(s2, 1 / ((D + H) / 2)) and np.isclose(D * s2 + H * s2, 2)
    print(f"D = {D}, H = {H}: forward times {D * s2:.2f}, backward times {H * s2:.2f}")

# %% [markdown]
# With **ReLU** half of the values become 0, and half of the gradients do not come back. Each way loses a factor of
# two, and **He** (He and others, 2015) makes up for it on the way forward:
#
# $$\tfrac12\, D\, s^2 = 1 \quad\Longrightarrow\quad s^2 = \frac{2}{D}$$
#
# And the way back? Its factor is $\tfrac12 H s^2 = H / D$. Over many layers most of it cancels, since the H of one
# layer is the D of the next. If layer k has $D_k$ inputs and $D_{k+1}$ units:
#
# $$\frac{D_2}{D_1} \cdot \frac{D_3}{D_2} \cdots \frac{D_{k+1}}{D_k} = \frac{D_{k+1}}{D_1}$$

# %% tags=["equation"]
widths = [64, 300, 50, 200, 10]
assert np.isclose(np.prod([H / D for D, H in pairwise(widths)]), widths[-1] / widths[0])

X, D, H = rng.standard_normal((2000, 300)), 300, 200
W = np.sqrt(2 / D) * rng.standard_normal((D, H))
A = np.maximum(X @ W, 0)
dA = rng.standard_normal(A.shape)
dX = (dA * (A > 0)) @ W.T
assert np.isclose(0.5 * D * (2 / D), 1) and np.isclose(np.mean(A**2), np.mean(X**2), rtol=0.05)
assert np.isclose(np.mean(dX**2), H / D * np.mean(dA**2), rtol=0.05)

# %% [markdown]
# ### Exercise 5.1
#
# Write both. The weights are normal numbers, and `rng` draws them. A variance is not a standard deviation.

# %% tags=["exercise"]
def he_init(D, H, rng):
    """W (D, H), normal with mean 0 and variance 2 / D, drawn from rng: for layers that are followed by ReLU."""
    ### BEGIN SOLUTION: one line
    return np.sqrt(2 / D) * rng.standard_normal((D, H))
    ### END SOLUTION

# %%
check(he_init)

# %% tags=["exercise"]
def xavier_init(D, H, rng):
    """W (D, H), normal with mean 0 and variance 2 / (D + H), drawn from rng: for tanh, or no bend at all."""
    ### BEGIN SOLUTION: one line
    return np.sqrt(2 / (D + H)) * rng.standard_normal((D, H))
    ### END SOLUTION

# %%
check(xavier_init)

# %% [markdown]
# **What just happened.** Two formulas, each the answer to one question: what multiplies the signal by 1? Now measure
# it. Twenty layers of 100 units with ReLU, three ways to begin.
#
# **Predict first.** After 20 ReLU layers with Xavier's weights, what is left of the mean square? Each layer
# multiplies it by $\tfrac12$, and $2^{10}$ is about a thousand.

# %%
def mean_squares(init, depth=20, width=100):
    """The mean of the squares of the activations of each layer."""
    rng = np.random.default_rng(0)
    A, sizes = rng.standard_normal((500, width)), []
    for _ in range(depth):
        A = mine.relu(mine.linear_forward(A, init(width, width, rng), np.zeros(width)))
        sizes.append(np.mean(A**2))
    return sizes


def small_init(D, H, rng):
    return 0.01 * rng.standard_normal((D, H))


starts = {"He": mine.he_init, "Xavier": mine.xavier_init, "standard deviation 0.01": small_init}
kept = {name: mean_squares(init) for name, init in starts.items()}
print("He, layer 20: within a factor of 5 of the input:", 0.2 < kept["He"][-1] < 5)
print("Xavier, layer 20: a millionth, within a factor of 5:", 0.2 < kept["Xavier"][-1] / 2.0**-20 < 5)

# %% tags=["figure"]
ax = plots.layer_sizes_frame(20, ylabel="mean of squares", limits=(1e-50, 1e30), names=list(kept))
plots.layer_sizes(list(kept.values()), ax=ax);

# %% [markdown]
# The lowest line, from the old rule "small random numbers", loses a factor of 200 in every layer. A network that
# starts there gets no gradient to speak of, and learns nothing.
#
# ## 6. Batch norm, forward
#
# First weights of the right size help at the start. Then training moves them, and nobody watches the size any more.
# **Batch norm** puts the watch into the network: it standardises the pre-activations of every layer, over each batch
# anew. For the feature d of a batch of N examples:
#
# $$\mu_d = \frac1N \sum_n X_{nd}, \qquad \operatorname{var}_d = \frac1N \sum_n (X_{nd} - \mu_d)^2, \qquad
# \text{std}_d = \sqrt{\operatorname{var}_d + \varepsilon}, \qquad \hat X_{nd} = \frac{X_{nd} - \mu_d}{\text{std}_d}$$
#
# That is `standardize` from notebook 1, with $\varepsilon$ against a division by 0. Then each feature gets a scale
# and a shift that are *learned*, in case mean 0 and standard deviation 1 are not what the next layer needs:
#
# $$\text{out}_{nd} = \gamma_d\, \hat X_{nd} + \beta_d$$
#
# So whatever came in, each column of the output has the mean $\beta_d$ and the standard deviation $|\gamma_d|$.

# %% tags=["equation"]
X = np.array([[1.0, 200.0],
              [2.0, 260.0],
              [6.0, 200.0]])
gamma, beta, eps = np.array([2.0, -1.0]), np.array([0.5, 0.0]), 1e-5
mu = sum(X[n] for n in range(3)) / 3
var = sum((X[n] - mu) ** 2 for n in range(3)) / 3
std = np.sqrt(var + eps)
X_hat = (X - mu) / std
out = gamma * X_hat + beta
print(out.round(3))
assert np.allclose(mu, X.mean(axis=0)) and np.allclose(var, X.var(axis=0))
assert np.allclose(out.mean(axis=0), beta) and np.allclose(out.std(axis=0), np.abs(gamma), atol=1e-5)

# %% [markdown]
# Make all weights of the layer before ten times as large, or add any bias to it: the output stays as it is.
#
# $$\operatorname{norm}(c\, Z + b) = \operatorname{norm}(Z) \qquad (c > 0,\ \varepsilon \text{ aside})$$
#
# That is its strength, and it makes the bias of the layer before superfluous: $\beta$ has taken over.

# %% tags=["equation"]
again = 10 * X + np.array([3.0, -8.0])
assert np.allclose((again - again.mean(axis=0)) / again.std(axis=0), X_hat, atol=1e-5)

# %% [markdown]
# ### Exercise 6.1
#
# Write `batchnorm_forward`. The cache is for the way back.

# %% tags=["exercise"] points=2
def batchnorm_forward(X, gamma, beta, eps=1e-5):
    """out = gamma X_hat + beta, with X_hat = (X - mean) / std and std = sqrt(var + eps), for each feature of the batch.

    X: (N, D). gamma, beta: (D,). var is the mean of the squared distances from the mean: it divides by N.
    Returns (out, cache): out (N, D), cache = {"X_hat": X_hat (N, D), "std": std (D,), "gamma": gamma (D,)}.
    """
    ### BEGIN SOLUTION: three or four lines
    std = np.sqrt(X.var(axis=0) + eps)
    X_hat = (X - X.mean(axis=0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}
    ### END SOLUTION

# %%
check(batchnorm_forward)

# %% [markdown]
# **What just happened.** Something unusual: an example's output now depends on the *other examples in its batch*. For
# training that is fine. In use, an image that comes alone would be its own mean, and every $\hat X$ would be 0:

# %%
out, _ = mine.batchnorm_forward(np.array([[3.0, -7.0]]), np.array([2.0, 5.0]), np.array([0.1, 0.2]))
print("a batch of one image:", out[0], "  which is beta, whatever the image is")

# %% [markdown]
# So **in use** the mean and the variance of the *training* images are taken instead. Libraries collect them while
# they train, with a running mean as in section 2. This is why networks have a switch between training and use, and
# why forgetting it is a famous bug.
#
# $$\text{running} \leftarrow 0.9\; \text{running} + 0.1\; \mu_{\text{batch}}$$

# %% tags=["equation"]
Z = X_train @ mine.he_init(64, 8, np.random.default_rng(0)) + 2.0         # pre-activations of all training images
running, rng = np.zeros(8), np.random.default_rng(0)
for _ in range(200):
    running = 0.9 * running + 0.1 * Z[rng.choice(len(Z), 64)].mean(axis=0)
print("near the mean of all training images:", bool(np.abs(running - Z.mean(axis=0)).max() < 0.3 * Z.std()))
assert np.abs(running - Z.mean(axis=0)).max() < 0.3 * Z.std()

# %% [markdown]
# ## 7. Batch norm, backward
#
# Draw what the forward pass did. There are **two forks**: X goes to C straight and over the mean, and C goes to X_hat
# straight and over the variance. At a fork both ways bring a gradient back, and the two add up. (Blue: values on their
# way forward. Orange: gradients on their way back.)

# %% tags=["figure"]
plots.flow_graph(
    {"X": (0, 1), "mean": (1.1, 0), "C = X - mean": (2.2, 1), "var": (3.5, 0), "std": (4.6, 0),
     "X_hat = C / std": (5.7, 1), "out = gamma X_hat + beta": (8.6, 1)},
    [("X", "C = X - mean"), ("X", "mean"), ("mean", "C = X - mean"), ("C = X - mean", "X_hat = C / std"),
     ("C = X - mean", "var"), ("var", "std"), ("std", "X_hat = C / std"),
     ("X_hat = C / std", "out = gamma X_hat + beta")],
);

# %% [markdown]
# Walk back, from right to left, one node at a time. (All sums and means run over the batch, for each feature on its
# own.)
#
# **The last node** is like a small linear layer. $\gamma_d$ and $\beta_d$ are used once by every example:
#
# $$d\gamma = \sum_n d\text{out}_n\, \hat X_n, \qquad d\beta = \sum_n d\text{out}_n, \qquad
# d\hat X = \gamma\, d\text{out}$$
#
# **The quotient** $\hat X = C / \text{std}$. Every example is divided by the same std:
#
# $$d\text{std} = -\sum_n d\hat X_n\, \frac{C_n}{\text{std}^2} = -\frac{1}{\text{std}} \sum_n d\hat X_n\, \hat X_n$$
#
# **Root and mean of squares**, $\text{std} = \sqrt{\operatorname{var} + \varepsilon}$ and
# $\operatorname{var} = \frac1N \sum_n C_n^2$. Now C has both of its gradients, from the quotient and from here:
#
# $$d\text{var} = \frac{d\text{std}}{2\, \text{std}}, \qquad
# dC_n = \frac{d\hat X_n}{\text{std}} + \frac{2\, C_n}{N}\, d\text{var}$$
#
# **The difference** $C = X - \mu$ with $\mu = \frac1N \sum_n X_n$:
#
# $$d\mu = -\sum_n dC_n, \qquad dX_n = dC_n + \frac1N\, d\mu$$
#
# Each line is checked below against your own `numerical_gradient`.

# %% tags=["equation"]
rng = np.random.default_rng(3)
N, D, eps = 5, 3, 1e-5
X, dout = 2 * rng.standard_normal((N, D)) + 1, rng.standard_normal((N, D))
gamma, beta = rng.standard_normal(D), rng.standard_normal(D)
slope = mine.numerical_gradient

mu = X.mean(axis=0)                                     # forward
C = X - mu
var = (C**2).mean(axis=0)
std = np.sqrt(var + eps)
X_hat = C / std

dgamma, dbeta, dX_hat = (dout * X_hat).sum(axis=0), dout.sum(axis=0), gamma * dout          # backward
dstd = -(dX_hat * C / std**2).sum(axis=0)
dvar = dstd / (2 * std)
dC = dX_hat / std + 2 * C / N * dvar
dmu = -dC.sum(axis=0)
dX = dC + dmu / N

# The loss is the sum of dout out, whose gradient with respect to out is dout.
assert np.allclose(dgamma, slope(lambda gamma: np.sum(dout * (gamma * X_hat + beta)), gamma))
assert np.allclose(dbeta, slope(lambda beta: np.sum(dout * (gamma * X_hat + beta)), beta))
assert np.allclose(dX_hat, slope(lambda X_hat: np.sum(dout * (gamma * X_hat + beta)), X_hat))
assert np.allclose(dstd, -(dX_hat * X_hat).sum(axis=0) / std)
assert np.allclose(dstd, slope(lambda std: np.sum(dout * (gamma * C / std + beta)), std))
assert np.allclose(dvar, slope(lambda var: np.sum(dout * (gamma * C / np.sqrt(var + eps) + beta)), var))


def loss_of_C(C):
    return np.sum(dout * (gamma * C / np.sqrt((C**2).mean(axis=0) + eps) + beta))


assert np.allclose(dC, slope(loss_of_C, C))
assert np.allclose(dmu, slope(lambda mu: loss_of_C(X - mu), mu))
assert np.allclose(dX, slope(lambda X: loss_of_C(X - X.mean(axis=0)), X))
print("every line of the derivation agrees with the numerical gradient")

# %% [markdown]
# ### The compact form
#
# You could program these lines as they stand. But put one into the other, and most of it melts. The second term of
# dC:
#
# $$\frac{2\, C}{N}\, d\text{var} = \frac{C}{N\, \text{std}}\, d\text{std}
# = -\frac{1}{\text{std}}\, \hat X\, \operatorname{mean}(d\hat X\, \hat X)
# \quad\Longrightarrow\quad
# dC = \frac{1}{\text{std}} \left( d\hat X - \hat X\, \operatorname{mean}(d\hat X\, \hat X) \right)$$
#
# And $dX = dC - \operatorname{mean}(dC)$. The mean of $\hat X$ is 0, so the second term has no mean, and only that of
# $d\hat X$ is left:
#
# $$dX = \frac{1}{\text{std}} \left( d\hat X - \operatorname{mean}(d\hat X)
# - \hat X\, \operatorname{mean}(d\hat X\, \hat X) \right)$$

# %% tags=["equation"]
assert np.allclose(2 * C / N * dvar, C / (N * std) * dstd)
assert np.allclose(2 * C / N * dvar, -X_hat * (dX_hat * X_hat).mean(axis=0) / std)
assert np.allclose(dC, (dX_hat - X_hat * (dX_hat * X_hat).mean(axis=0)) / std)
assert np.allclose(dX, dC - dC.mean(axis=0)) and np.allclose(X_hat.mean(axis=0), 0)
compact = (dX_hat - dX_hat.mean(axis=0) - X_hat * (dX_hat * X_hat).mean(axis=0)) / std
assert np.allclose(compact, dX)
print("the compact form gives the same dX")

# %% [markdown]
# Read it as a sentence: the gradient, *minus what moves all examples together, minus what only stretches them*. Batch
# norm takes both away on the way forward, so no gradient comes back for them.
#
# **Predict first.** Add the rows of dX up, for each feature. What comes out?

# %% tags=["equation"]
print(dX.sum(axis=0).round(12) + 0.0)
assert np.allclose(dX.sum(axis=0), 0)

# %% [markdown]
# $$\sum_n dX_n = 0$$
#
# The sum is the slope of the loss when *all* examples move up together, and that changes nothing.
#
# ### Exercise 7.1
#
# Write `batchnorm_backward`, in the compact form or node by node. (C is not in the cache; it is X_hat times std.)

# %% tags=["exercise"] points=3
def batchnorm_backward(dout, cache):
    """The gradients of batchnorm_forward, for the gradient dout (N, D) of its output.

    cache: {"X_hat": (N, D), "std": (D,), "gamma": (D,)}. Returns (dX, dgamma, dbeta), shapes (N, D), (D,) and (D,).
    dX = (dX_hat - mean(dX_hat) - X_hat mean(dX_hat X_hat)) / std with dX_hat = gamma dout; means are over the batch.
    """
    ### BEGIN SOLUTION: four or five lines
    X_hat = cache["X_hat"]
    dX_hat = cache["gamma"] * dout
    dX = (dX_hat - dX_hat.mean(axis=0) - X_hat * (dX_hat * X_hat).mean(axis=0)) / cache["std"]
    return dX, (dout * X_hat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION

# %%
check(batchnorm_backward)

# %% [markdown]
# Now the tool of notebook 3. Your `gradient_check` takes a loss and a dict of parameters; X may be one of them.

# %%
parts = {"X": X, "gamma": gamma, "beta": beta}


def loss_of(parts):
    out, _ = mine.batchnorm_forward(parts["X"], parts["gamma"], parts["beta"])
    return np.sum(dout * out**2)                        # a square, so that the loss is not linear in out


out, cache = mine.batchnorm_forward(X, gamma, beta)
dX, dgamma, dbeta = mine.batchnorm_backward(2 * dout * out, cache)
errors = mine.gradient_check(loss_of, parts, {"X": dX, "gamma": dgamma, "beta": dbeta})
print({name: bool(error < 1e-7) for name, error in errors.items()})

# %% [markdown]
# **What just happened.** A derivation of eight lines became four lines of code, and a tool that knows nothing of it
# agrees to seven digits. Would it notice if you had held mean and std still, the commonest mistake here?

# %%
constants = {"X": gamma * 2 * dout * out / cache["std"], "gamma": dgamma, "beta": dbeta}
print({name: bool(error < 1e-7) for name, error in mine.gradient_check(loss_of, parts, constants).items()})

# %% [markdown]
# ## 8. Deeper networks
#
# All the pieces for a network of any depth are yours: linear layers, ReLU, batch norm, their way back, the first
# weights. Put them together. Hidden layer k has W, b, and with batch norm also gamma and beta; the norm sits between
# the linear layer and the ReLU.

# %%
linear_forward, linear_backward = mine.linear_forward, mine.linear_backward
rectify, rectify_backward = mine.relu, mine.relu_backward
norm_forward, norm_backward = mine.batchnorm_forward, mine.batchnorm_backward
init = mine.he_init


def deep_params(sizes, batch_norm, rng):
    """The parameters of a network of these sizes: W1, b1, W2, ... and with batch norm gamma1, beta1, ..."""
    params = {}
    for k, (D, H) in enumerate(pairwise(sizes), start=1):
        params[f"W{k}"], params[f"b{k}"] = init(D, H, rng), np.zeros(H)
        if batch_norm and k < len(sizes) - 1:
            params[f"gamma{k}"], params[f"beta{k}"] = np.ones(H), np.zeros(H)
    return params


def deep_forward(X, params):
    """The logits, and what the way back needs: for each hidden layer its input, its Z and the cache of its norm."""
    A, k, layers = X, 1, []
    while f"W{k + 1}" in params:
        Z, norm = linear_forward(A, params[f"W{k}"], params[f"b{k}"]), None
        if f"gamma{k}" in params:
            Z, norm = norm_forward(Z, params[f"gamma{k}"], params[f"beta{k}"])
        layers.append((A, Z, norm))
        A, k = rectify(Z), k + 1
    return linear_forward(A, params[f"W{k}"], params[f"b{k}"]), (layers, A)


def deep_backward(dlogits, params, cache):
    """The gradients of all parameters."""
    layers, A = cache
    k, grads = len(layers) + 1, {}
    dA, grads[f"W{k}"], grads[f"b{k}"] = linear_backward(dlogits, A, params[f"W{k}"])
    for k in range(len(layers), 0, -1):
        A, Z, norm = layers[k - 1]
        dZ = rectify_backward(dA, Z)
        if norm is not None:
            dZ, grads[f"gamma{k}"], grads[f"beta{k}"] = norm_backward(dZ, norm)
        dA, grads[f"W{k}"], grads[f"b{k}"] = linear_backward(dZ, A, params[f"W{k}"])
    return {name: grads[name] for name in params}

# %% [markdown]
# A new network is checked before it is used. **Predict first:** with batch norm, what is the gradient of the bias b1?
# (It stands before a norm, which takes every mean away.)

# %%
rng = np.random.default_rng(4)
X, y = rng.standard_normal((6, 5)), np.array([0, 2, 1, 2, 0, 1])
params = deep_params([5, 6, 4, 3], True, rng)


def deep_loss(params):
    return mine.cross_entropy(deep_forward(X, params)[0], y)


logits, cache = deep_forward(X, params)
grads = deep_backward(mine.softmax_cross_entropy_backward(logits, y), params, cache)
errors = mine.gradient_check(deep_loss, params, grads)
superfluous = ("b1", "b2")                              # 0, and the numerical one is 0 up to rounding
print("all others below 1e-6:", all(error < 1e-6 for name, error in errors.items() if name not in superfluous))
print("b1 and b2 get no gradient:", all(np.abs(grads[name]).max() < 1e-12 for name in superfluous))

# %% [markdown]
# ### Play: what depth does to a signal
#
# Twenty layers, before any training. The slider makes all weights larger or smaller than He's.
#
# **Missions.** Predict first what batch norm does to the activations. Then look at the gradients, on the right: is
# batch norm always better?

# %% tags=["explorer"]
explorers.batch_norm_depth(
    linear_forward=mine.linear_forward,
    relu=mine.relu,
    batchnorm_forward=mine.batchnorm_forward,
    softmax_cross_entropy_backward=mine.softmax_cross_entropy_backward,
    linear_backward=mine.linear_backward,
    relu_backward=mine.relu_backward,
    batchnorm_backward=mine.batchnorm_backward,
)

# %% [markdown]
# Where does the growth of the gradients come from? After a norm z has mean 0 and standard deviation 1. Take it as
# normal; then ReLU leaves the mean square $\frac12$ and the mean $\frac{1}{\sqrt{2\pi}}$, hence the variance
#
# $$\operatorname{var}(\operatorname{ReLU}(z)) = \frac12 - \frac{1}{2\pi} = \frac{\pi - 1}{2\pi}$$
#
# The next layer's Z has H times $s^2$ times this as its variance, and its norm divides by the root. On the way back
# the gradient is divided by that root, multiplied with the same weights (H times $s^2$ for the mean square), and
# halved by the ReLU. (What the norm takes off is little in a large batch.)
#
# $$\text{mean square of the gradient, per layer:}\qquad
# \frac{H s^2}{H s^2\, \frac{\pi - 1}{2\pi}} \cdot \frac12 = \frac{\pi}{\pi - 1} \approx 1.47$$
#
# $H s^2$ cancels: no choice of first weights can help. The root of 1.47 is 1.21, the growth in size that you saw above.

# %% tags=["equation"]
z = np.random.default_rng(0).standard_normal(1_000_000)
assert np.isclose(np.maximum(z, 0).var(), (np.pi - 1) / (2 * np.pi), rtol=0.01)
Hs2 = 7.0
assert np.isclose(Hs2 / (Hs2 * (np.pi - 1) / (2 * np.pi)) / 2, np.pi / (np.pi - 1))

deep = deep_params([64, *[100] * 21, 10], True, np.random.default_rng(0))
logits, (layers, A) = deep_forward(X_train, deep)
dA = linear_backward(mine.softmax_cross_entropy_backward(logits, y_train), A, deep["W22"])[0]
squares = []
for k in range(21, 0, -1):
    A, Z, norm = layers[k - 1]
    dZ = rectify_backward(dA, Z)
    squares.append(np.mean(dZ**2))
    dA = linear_backward(norm_backward(dZ, norm)[0], A, deep[f"W{k}"])[0]
per_layer = (squares[-1] / squares[0]) ** (1 / 20)
growth = np.pi / (np.pi - 1)
print(f"per layer: derived {growth:.2f}, measured within 5%:", abs(per_layer / growth - 1) < 0.05)
assert np.isclose(per_layer, growth, rtol=0.05)

# %% [markdown]
# ### Does it help to train?
#
# Enough of the start. Train networks of 1 to 16 hidden layers of 32 units on the digits, for four epochs with plain
# SGD, with three learning rates, without and with batch norm.
#
# **Predict first.** Which network will be the best of all? And where will batch norm make the largest difference?

# %%
def accuracy_after_training(depth, batch_norm, lr, epochs=4, batch_size=64):
    rng = np.random.default_rng(0)
    params = deep_params([64, *[32] * depth, 10], batch_norm, rng)
    for _ in range(epochs):
        for X_batch, y_batch in batches(X_train, y_train, batch_size, rng):
            logits, cache = deep_forward(X_batch, params)
            sgd(params, deep_backward(dloss(logits, y_batch), params, cache), lr)
    return mine.accuracy(deep_forward(X_train, params)[0], y_train)


depths, depth_rates = (1, 2, 4, 8, 16), (0.1, 0.3, 1.0)
with np.errstate(all="ignore"):                         # without batch norm some of them diverge
    reached = {batch_norm: np.array([[accuracy_after_training(depth, batch_norm, lr) for lr in depth_rates]
                                     for depth in depths]) for batch_norm in (False, True)}
plain, normed = reached[False], reached[True]
print("one hidden layer, best rate: the two differ by less than 0.05:", abs(plain[0].max() - normed[0].max()) < 0.05)
print("8 layers, lr = 1: batch norm is better by more than 0.3:", normed[3, 2] > plain[3, 2] + 0.3)
print("16 layers are worse than 1, with batch norm as well:", normed[4].max() < normed[0].max() - 0.05)

# %% tags=["figure"]
for title, table in (("without batch norm", plain), ("with batch norm", normed)):
    plots.number_grid(
        table, rows=depths, columns=depth_rates, ylabel="hidden layers", xlabel="learning rate", title=title)

# %% [markdown]
# **What just happened**, read from the tables (accuracy on all training images, taken as one batch; one start each, and
# another seed moves the deep rows by some points):
#
# - With one or two hidden layers batch norm makes no difference worth its price. These digits are an easy task, and
#   no deeper network does better.
# - With 4 and 8 layers it makes large learning rates usable that spoil the plain network, and at 8 the best result is
#   better.
# - With 16 layers it is ahead by far, and still worse than one layer. One reason you have derived: the gradients of the
#   first layers are far larger than those of the last.
#
# So batch norm makes a network *forgiving*: of the size of the weights, of the learning rate. It does not make depth
# free. What does is a way for the signal to skip layers, $\text{out} = X + f(X)$. Such *residual* networks have
# hundreds of layers, and most of them contain a norm as well.
#
# **Try it.** `accuracy_after_training(8, True, 0.3, epochs=20)`, or Adam in place of `sgd`.
#
# ## 9. The same network in PyTorch
#
# In PyTorch nobody writes a backward pass: it records what you compute, as a graph like the one in section 7, and
# walks it back by itself. Is it the same as yours? Give both the same numbers and compare all gradients, in float64.
# Then one step of Adam each.
#
# PyTorch is not a part of this course's installation. Without it the cell says what it would have done, and you can
# go on.

# %% tags=["live"]
try:
    import torch
    from torch.nn import functional
except ImportError:
    print("PyTorch is not installed. With it, this cell would run the network of section 8 in PyTorch, compare the "
          "logits, all gradients\nand one step of Adam with yours, and say whether they agree to 1e-6. "
          "To try it: %pip install torch in a cell of its own (a large download), restart, run all cells.")
else:
    tensors = {name: torch.tensor(w, requires_grad=True) for name, w in params.items()}       # float64, like ours
    A = torch.tensor(X)
    for k in (1, 2):
        Z = functional.linear(A, tensors[f"W{k}"].T, tensors[f"b{k}"])
        Z = functional.batch_norm(Z, None, None, tensors[f"gamma{k}"], tensors[f"beta{k}"], training=True, eps=1e-5)
        A = functional.relu(Z)
    torch_logits = functional.linear(A, tensors["W3"].T, tensors["b3"])
    functional.cross_entropy(torch_logits, torch.tensor(y)).backward()

    our_logits, cache = deep_forward(X, params)
    our_grads = deep_backward(mine.softmax_cross_entropy_backward(our_logits, y), params, cache)
    print("logits agree to 1e-6:   ", np.allclose(torch_logits.detach().numpy(), our_logits, rtol=0, atol=1e-6))
    distances = {name: np.abs(tensors[name].grad.numpy() - our_grads[name]).max() for name in params}
    print("gradients agree to 1e-6:", all(distance < 1e-6 for distance in distances.values()))

    stepped = {name: w.copy() for name, w in params.items()}
    moments = {key: {name: np.zeros_like(w) for name, w in params.items()} for key in ("m", "v")}
    same_grads = {name: tensor.grad.numpy() for name, tensor in tensors.items()}
    mine.adam_step(stepped, same_grads, moments, 1, 0.01)
    torch.optim.Adam(tensors.values(), lr=0.01).step()
    distances = {name: np.abs(tensors[name].detach().numpy() - stepped[name]).max() for name in params}
    print("a step of Adam agrees:  ", all(distance < 1e-6 for distance in distances.values()))

# %% [markdown]
# What you see in that cell you know from inside: `functional.linear` is your `linear_forward` (with W transposed, it
# stores (H, D)), `batch_norm` has the switch for training, `cross_entropy` takes logits and has the softmax built in,
# and `.backward()` is the walk back.
#
# ## 10. Where to go next
#
# **Papers of this notebook.** Now that you have programmed them, most are readable:
#
# - Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015). Your exercise 3.1 is its algorithm 1.
# - Loshchilov and Hutter, *Decoupled Weight Decay Regularization* (2019). Why L2 and Adam do not mix, and AdamW.
# - Wilson and others, *The Marginal Value of Adaptive Gradient Methods in Machine Learning* (2017). The case against
#   Adam.
# - Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010), and He and
#   others, *Delving Deep into Rectifiers* (2015). The two ways to begin; short and clear derivations.
# - Ioffe and Szegedy, *Batch Normalization* (2015), and then Santurkar and others, *How Does Batch Normalization Help
#   Optimization?* (2018), who measure that the first paper's explanation cannot be the whole reason.
# - Yang and others, *A Mean Field Theory of Batch Normalization* (2019). The factor 1.47, and much harder
#   mathematics.
# - He and others, *Deep Residual Learning for Image Recognition* (2016). The connections that skip layers.
#
# **Books**
#
# - Michael Nielsen, *Neural Networks and Deep Learning*, free on the web. The same network as ours, told slowly and
#   well. From 2015: it ends before Adam and batch norm became common.
# - Zhang, Lipton, Li and Smola, *Dive into Deep Learning*, free on the web. Every chapter runs; the best next step
#   into PyTorch.
# - Simon Prince, *Understanding Deep Learning* (2023), free as a PDF. The clearest pictures, up to transformers and
#   diffusion.
# - Goodfellow, Bengio and Courville, *Deep Learning* (2016), free on the web. Thorough on the mathematics; older than
#   transformers.
#
# **Courses and code**
#
# - Stanford's *CS231n*, notes on the web. Convolutional networks for images, with assignments in NumPy, batch
#   norm among them.
# - Andrej Karpathy, *Neural Networks: Zero to Hero*, videos. Builds a small autograd (micrograd) and then a language
#   model, line by line; it takes its time.
# - fast.ai, *Practical Deep Learning for Coders*. The other way round: results first, mathematics later.
#
# **Something to build yourself:** a `conv2d` with its backward pass, checked with your `gradient_check`. You have
# every tool for it.
#
# ## 11. Recap
#
# - RMSprop divides each gradient by the root of its running mean square: the learning rate becomes a length. Adam
#   adds momentum, and corrects both means for having started at 0.
# - Adam does not see how steep each coordinate is; SGD and momentum do not see how the coordinates lie. On our
#   digits, with standardised inputs and the right learning rate, all end at about the same loss.
# - Xavier: variance 2 / (D + H). He, for ReLU: 2 / D.
# - Batch norm standardises inside the network. Back: the gradient, minus its mean, minus its part along $\hat X$.
# - It makes weights and learning rates forgiving, and gradients grow by $\pi / (\pi - 1)$ in the mean square per
#   layer.
#
# **Explain it to a friend.**
#
# 1. Why is the first step of an uncorrected Adam too long, although both of its means are too small?
# 2. Your loss is suddenly reported in cents instead of dollars, 100 times as large. Which optimisers need a new
#    learning rate?
# 3. Why does the gradient of batch norm add up to 0 over the batch?
# 4. A network with batch norm is excellent in training and absurd on single images. What was forgotten?
#
# **Where it is used next.** Wherever you train a network from here on. You know what is inside.

# %% tags=["live"]
progress()
