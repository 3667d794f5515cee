# %% [markdown]
# # SGD: the training loop
#
# You have a network, and gradients that you trust. Now the network learns. The loop that trains nearly every neural
# network there is fits on one page: take a few images, step downhill, repeat. In this notebook you write it, and then
# you learn to drive it: how fast, with how many images at a time, and what it looks like when it goes wrong.
#
# SGD stands for *stochastic gradient descent*: going downhill, with directions that are partly chance.
#
# **After this notebook you can**
#
# - write the training loop, with mini-batches, momentum and a falling learning rate;
# - find a good learning rate by measuring, and know divergence in each of its disguises;
# - say what a larger batch costs and what it gains, in epochs and in seconds;
# - make two quick checks that find most broken training loops in five seconds.
#
# **Time:** about 100 minutes. **You need:** notebooks 1 and 2. Where you have not written a function yet, `mine`
# lends you the course's.

# %%
import itertools
import time

import numpy as np

from course_lib import explorers, plots
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import load, stratified_split

# %% [markdown]
# In this notebook we try things out and keep what works best. An image that helped to choose is no fair test any
# more. So we set a fifth of the *training* images of each digit aside, the **validation** images, and choose by those.
# The test images stay in the drawer until notebook 6.

# %%
digits = load("digits")
rows, val_rows = stratified_split(digits.y_train, 0.2, rng=np.random.default_rng(0))
X_train = mine.standardize(digits.X_train[rows], digits.X_train[rows])
X_val = mine.standardize(digits.X_train[rows], digits.X_train[val_rows])
y_train, y_val = digits.y_train[rows], digits.y_train[val_rows]
print("X_train", X_train.shape, "  X_val", X_val.shape)


def new_network(seed=0, H=32, output_scale=1.0):
    """Parameters of a 64-H-10 network: He's scale, biases 0. output_scale makes the last weights smaller."""
    rng = np.random.default_rng(seed)
    params = {"W1": np.sqrt(2 / 64) * rng.standard_normal((64, H)), "b1": np.zeros(H),
              "W2": output_scale * np.sqrt(2 / H) * rng.standard_normal((H, 10)), "b2": np.zeros(10)}
    return {name: p.astype(np.float32) for name, p in params.items()}


def gradient(params, X, y):
    """The gradient of the mean loss over X, by your functions: a dict like params."""
    logits, cache = mine.mlp_forward(X, params)
    return mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y), params, cache)


def loss_of(params, X, y):
    return mine.cross_entropy(mine.mlp_forward(X, params)[0], y)


def accuracy_of(params, X, y):
    return mine.accuracy(mine.mlp_forward(X, params)[0], y)

# %% [markdown]
# ## 1. A gradient from a few images
#
# In notebook 2 every step looked at *all* training images. That is a waste: the gradient is a mean over the images,
# and to know a mean roughly you need not ask everybody. Ask B images, drawn at random, a **mini-batch** (or just
# *batch*):
#
# $$g_{\text{batch}} = \frac{1}{B} \sum_{n \in \text{batch}} g_n$$
#
# where $g_n$ is the gradient for image n alone. How good is that? Two facts about the mean over B of N numbers, drawn
# without repetition:
#
# $$\operatorname{E}\left[g_{\text{batch}}\right] = g, \qquad\quad
# \operatorname{E}\left[(g_{\text{batch}} - g)^2\right] = \frac{\sigma^2}{B} \cdot \frac{N - B}{N - 1}, \qquad\quad
# \sigma^2 = \frac{1}{N} \sum_n (g_n - g)^2$$
#
# E is the mean over all batches that can be drawn, and $\sigma^2$, the *variance*, says how far the single $g_n$ lie
# from g. In words: the batch is right on average, and its error shrinks like $\frac{1}{\sqrt B}$. (While B is much
# smaller than N, the last factor is close to 1.) Six numbers are few enough to look at *every* batch of two:

# %% tags=["equation"]
g_n = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0])
N, B = 6, 2
every_batch = [np.mean(pair) for pair in itertools.combinations(g_n, B)]        # all 15 of them
g, sigma2 = g_n.mean(), np.mean((g_n - g_n.mean()) ** 2)
assert np.isclose(np.mean(every_batch), g)
assert np.isclose(np.mean((np.array(every_batch) - g) ** 2), sigma2 / B * (N - B) / (N - 1))

params, batch = new_network(), [3, 14, 159]                   # and for a network: three images, one by one or at once
one_by_one = [gradient(params, X_train[[n]], y_train[[n]])["W1"] for n in batch]
assert np.allclose(np.mean(one_by_one, axis=0), gradient(params, X_train[batch], y_train[batch])["W1"], atol=1e-6)

# %% [markdown]
# Now the gradient of our network. For each batch size we draw twenty batches and measure how far their gradient of W1
# is from that of all 1,150 images, compared with its length.

# %% tags=["live"]
params = new_network()
g = gradient(params, X_train, y_train)["W1"]
rng = np.random.default_rng(0)
batch_sizes = [1, 4, 16, 64, 256]
errors = []
for B in batch_sizes:
    batches = [rng.choice(len(X_train), B, replace=False) for _ in range(20)]
    g_batches = [gradient(params, X_train[batch], y_train[batch])["W1"] for batch in batches]
    errors.append([np.linalg.norm(g_batch - g) / np.linalg.norm(g) for g_batch in g_batches])
    print(f"B = {B:3}   off by {np.mean(errors[-1]):4.0%} of its length   costs {B / len(X_train):.1%} of the work")

# %% tags=["figure"]
plots.batch_errors(batch_sizes, errors);

# %% [markdown]
# Each dot is a batch, and the line falls like $\frac{1}{\sqrt B}$. Even with 64 images the gradient is off by most of
# its length. But for the work of one exact step you can make eighteen rough ones. Their errors point in all
# directions and cancel, while the right part adds up. **Four times as many images only halve the error.** That is why
# small batches win.
#
# One pass through all images is called an **epoch**. Shuffle them, cut the row into batches of B, and every image has
# its turn once. If N is not a multiple of B, the last batch is smaller. An epoch has
#
# $$\left\lceil \frac{N}{B} \right\rceil \text{ steps}$$
#
# where the bracket means: rounded up.

# %% tags=["equation"]
N, B = 1150, 32
cut = [list(range(N))[start : start + B] for start in range(0, N, B)]
print(len(cut), "steps, the last with", len(cut[-1]), "images")
assert len(cut) == int(np.ceil(N / B)) and sum(len(batch) for batch in cut) == N

# %% [markdown]
# ### Exercise 1.1
#
# Write `minibatches`. It should hand out one batch after the other, and `yield` is made for that: it works like
# `return`, but when the next value is asked for, the function goes on with the line after it. For example:

# %%
def countdown(n):
    while n > 0:
        yield n
        n = n - 1


for number in countdown(3):
    print(number)

# %% tags=["exercise"] points=2
def minibatches(X, y, batch_size, rng):
    """Every example once, in a random order that is new in each call, batch_size at a time.

    X: (N, D). y: (N,). Yields pairs (X_batch, y_batch); row i of X_batch and label i of y_batch belong together.
    All batches have batch_size examples, except that the last one may have fewer. X and y stay as they are.
    """
    ### BEGIN SOLUTION: four lines
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]
    ### END SOLUTION

# %%
check(minibatches)

# %% [markdown]
# **What just happened.** You shuffled row *numbers*, not images, and picked images and labels with the same ones. So
# each label stays with its image, nothing is copied but the batch, and nobody else's X changes.
#
# Does the shuffling matter? Sort the images by their label: first all zeros, then all ones, and so on. Now train for
# one epoch without shuffling. **Predict first:** which digit will the network say most often?

# %%
by_label = np.argsort(y_train, kind="stable")
X_sorted, y_sorted = X_train[by_label], y_train[by_label]
in_order = [(X_sorted[i : i + 32], y_sorted[i : i + 32]) for i in range(0, len(X_sorted), 32)]
shuffled = mine.minibatches(X_sorted, y_sorted, 32, np.random.default_rng(0))

said = {}
for name, batches in {"in order": in_order, "shuffled": shuffled}.items():
    params = new_network()
    for X_batch, y_batch in batches:
        mine.sgd_step(params, gradient(params, X_batch, y_batch), 0.1)
    said[name] = mine.mlp_forward(X_val, params)[0].argmax(axis=1)
right = {name: np.mean(answers == y_val) for name, answers in said.items()}
print("says 9 most often, in order:", np.bincount(said["in order"]).argmax() == 9)
print("better by more than 10 points, shuffled:", bool(right["shuffled"] > right["in order"] + 0.1))

# %% tags=["figure"]
shares = np.bincount(said["in order"], minlength=10) / len(y_val)
plots.probability_bars(shares).set(xlabel="digit", ylabel="share of the answers");

# %% [markdown]
# These are its answers on the validation images, where every digit makes up a tenth. The last batches held nothing but
# nines, and what it had learnt before them is fading. A network remembers best what it saw last.
#
# ## 2. One step downhill
#
# The gradient points to where the loss grows fastest. Go the other way, for every parameter, by the **learning rate**
# lr times the gradient:
#
# $$W \leftarrow W - \text{lr} \cdot dW, \qquad\qquad b \leftarrow b - \text{lr} \cdot db$$
#
# On $L = w^2$ with slope $2w$: from $w = 3$ and with lr = 0.1 you come to $3 - 0.1 \cdot 6 = 2.4$, and the loss
# falls.

# %% tags=["equation"]
w, lr = 3.0, 0.1
after = w - lr * 2 * w
assert np.isclose(after, 2.4) and after**2 < w**2
assert (w + lr * 2 * w) ** 2 > w**2                            # with a plus it would grow

# %% [markdown]
# Whoever calls your step keeps using the same arrays, so it must change them **in place**. In Python that is easily
# missed. Two lines that look alike:

# %%
w = np.array([1.0, 2.0])
the_same_array = w
w -= 0.5                                  # writes into the array
print(the_same_array)
w = w - 0.5                               # makes a new array, and from now on the name w means that one
print(the_same_array)

# %% [markdown]
# ### Exercise 2.1
#
# Write `sgd_step`.

# %% tags=["exercise"]
def sgd_step(params, grads, lr):
    """w <- w - lr g for every parameter, in place: the caller's params change, and nothing is returned.

    params, grads: dicts of arrays with the same names, whichever and however many they are.
    """
    ### BEGIN SOLUTION: two lines
    for name in params:
        params[name] -= lr * grads[name]
    ### END SOLUTION

# %%
check(sgd_step)

# %% [markdown]
# **What just happened.** All that a network ever learns goes through this line. (`params[name] = params[name] - ...`
# would do as well: it puts a new array into the caller's dict. `-=` uses the old one again, and saves the memory.)
#
# ## 3. The loop
#
# Now put it together. For every batch:
#
# | | from | comes |
# |---|---|---|
# | **forward** | X_batch, params | logits, cache |
# | **loss** | logits, y_batch | one number, for us to watch |
# | **backward** | logits, y_batch, cache | dlogits, then all gradients |
# | **step** | params, gradients, lr | the same params, a little better |
#
# On the way we want to know how well it goes, so we keep the losses. Each batch gives its mean loss $L_k$, over its
# $B_k$ images. The mean over *all* images is not the mean of these means, because the last batch is smaller. Every
# batch counts as much as it has images:
#
# $$L = \frac{1}{N} \sum_k B_k L_k, \qquad\qquad N = \sum_k B_k$$

# %% tags=["equation"]
losses = np.array([2.0, 4.0, 1.0, 3.0, 10.0])                  # of five images, in batches of two
batches = [losses[0:2], losses[2:4], losses[4:5]]
L = sum(len(batch) * batch.mean() for batch in batches) / len(losses)
print("over the images:", L, "  over the batches:", round(np.mean([batch.mean() for batch in batches]), 2))
assert np.isclose(L, losses.mean()) and sum(len(batch) for batch in batches) == len(losses)

# %% [markdown]
# ### Exercise 3.1
#
# Write `train_epoch`. Use your functions of this notebook, and from notebooks 1 and 2 `mine.mlp_forward`,
# `mine.cross_entropy`, `mine.softmax_cross_entropy_backward` and `mine.mlp_backward`. Measure the loss of a batch
# *before* its step, from the logits that you have anyway.

# %% tags=["exercise"] points=2
def train_epoch(params, X, y, batch_size, lr, rng):
    """One epoch of SGD: for each minibatch forward, loss, backward, step. params change in place.

    X: (N, D). y: (N,). Returns the mean loss over all N examples, each measured just before the step of its batch.
    """
    ### BEGIN SOLUTION: about eight lines
    total = 0.0
    for X_batch, y_batch in mine.minibatches(X, y, batch_size, rng):
        logits, cache = mine.mlp_forward(X_batch, params)
        total += mine.cross_entropy(logits, y_batch) * len(X_batch)
        dlogits = mine.softmax_cross_entropy_backward(logits, y_batch)
        grads = mine.mlp_backward(dlogits, params, cache)
        mine.sgd_step(params, grads, lr)
    return total / len(X)
    ### END SOLUTION

# %%
check(train_epoch)

# %% [markdown]
# **What just happened.** That is the training loop. Let it run for twenty epochs.

# %%
params, rng = new_network(), np.random.default_rng(0)
history = {"training, on the way": [], "validation, after the epoch": []}
for _ in range(20):
    history["training, on the way"].append(mine.train_epoch(params, X_train, y_train, 32, 0.1, rng))
    history["validation, after the epoch"].append(loss_of(params, X_val, y_val))
print("validation accuracy above 95%:", accuracy_of(params, X_val, y_val) > 0.95)

# %% tags=["figure"]
plots.run_curves({name: (np.arange(1, 21), losses) for name, losses in history.items()}, xlabel="epoch");

# %% tags=["live"]
print(f"validation accuracy {accuracy_of(params, X_val, y_val):.3f}")
mine

# %% [markdown]
# In the first epochs the validation loss is *lower* than the training loss. Is the network better on images that it
# has never seen? **Think first.** The training loss was measured on the way, while the network was still bad; the
# validation loss at the end of the epoch. Later the lines cross, and notebook 5 is about what happens then.
#
# ## 4. Two checks before you train
#
# A broken loop does not say that it is broken. It runs, the loss falls a little, and an hour is gone. Two checks find
# most mistakes in a few seconds. Make them a habit.
#
# **First: is the loss at the start about ln C?** With C classes and no idea, every class gets 1 / C, and the loss is
#
# $$-\ln \frac{1}{C} = \ln C$$

# %% tags=["equation"]
C = 10
assert np.isclose(mine.cross_entropy(np.zeros((4, C)), np.array([3, 1, 4, 1])), np.log(C))
print(f"ln 10 = {np.log(C):.2f}")

# %%
print(f"with He's scale:          {loss_of(new_network(), X_train, y_train):.1f}")
print(f"with small last weights:  {loss_of(new_network(output_scale=0.01), X_train, y_train):.1f}")
print(f"pixels from 0 to 255:     {loss_of(new_network(), 255 * digits.X_train[rows], y_train):.0f}")

# %% [markdown]
# Somewhat above 2.3 is normal: new weights have opinions, and wrong ones. Far above it, as in the last line, the
# inputs or the weights are too large: somebody forgot to standardise. Far *below* it, the loss itself is wrong:
# perhaps it was divided by N twice.
#
# **Second: can it learn 50 images by heart?** That is easy for a network with thousands of weights. If it cannot
# reach 100% on 50 images, then something is wrong with the loop, and more data will not mend it.

# %%
X_few, y_few = X_train[:50], y_train[:50]
params, rng = new_network(), np.random.default_rng(0)
for _ in range(50):
    loss = mine.train_epoch(params, X_few, y_few, 10, 0.1, rng)
print(f"accuracy on the 50 images: {accuracy_of(params, X_few, y_few):.0%}, loss below 0.1: {loss < 0.1}")

# %% [markdown]
# Now a loop with a mistake that real programs have had: the images are shuffled, the labels are not. Nothing crashes.
# **Predict first:** what will the second check say?

# %%
params, rng = new_network(), np.random.default_rng(0)
losses = []
for _ in range(50):
    X_shuffled = X_few[rng.permutation(50)]
    losses.append(mine.train_epoch(params, X_shuffled, y_few, 10, 0.1, rng))
print("the loss has fallen:", losses[-1] < losses[0])
print("and the 50 images are learnt:", accuracy_of(params, X_few, y_few) == 1)

# %% [markdown]
# The loss falls, so all seems well. But in each epoch other labels stand beside the images, and nobody can learn that
# by heart. Five seconds of checking instead of an evening of doubt.
#
# ## 5. The learning rate
#
# Of all the numbers that you can set, this one matters most. One weight is enough to see why. Take a valley with
# *curvature* a, which is its second derivative:
#
# $$L(w) = \frac{a}{2} w^2, \qquad dw = a w, \qquad w \leftarrow w - \text{lr} \cdot a w = (1 - \text{lr} \cdot a)\, w$$
#
# So each step multiplies w by the same number, $1 - \text{lr} \cdot a$. Everything follows from that number:
#
# | lr · a | the factor | what happens |
# |---|---|---|
# | below 1 | between 0 and 1 | straight down, slowly if it is small |
# | 1 | 0 | at the bottom in one step |
# | between 1 and 2 | between -1 and 0 | across the valley and back, still coming down |
# | 2 | -1 | across and back for ever, always as high |
# | above 2 | below -1 | each step lands higher up: **divergence** |

# %% tags=["equation"]
def L(w, a):
    return a / 2 * w**2


a, start, h = 4.0, 1.0, 1e-5
assert np.isclose((L(start + h, a) - L(start - h, a)) / (2 * h), a * start)          # dw = a w
paths = {}
for lr in (0.05, 0.25, 0.45, 0.52):
    path = [start]
    for _ in range(8):
        path.append(path[-1] - lr * a * path[-1])
    paths[f"lr = {lr}"] = path
    assert np.isclose(path[-1], (1 - lr * a) ** 8 * start)                          # eight times the same factor
    print(f"lr a = {lr * a:.2f}   factor {1 - lr * a:5.2f}   after 8 steps w = {path[-1]:6.3f}")
assert abs((1 - 1.99 * 1) ** 1000) < 1 < abs((1 - 2.01 * 1) ** 1000)          # the border is lr a = 2

# %% tags=["figure"]
plots.descents(lambda w: L(w, a), paths);

# %% [markdown]
# Each walker starts at the large blue dot and ends at the orange one. **lr must stay below 2 / a.** A network has
# thousands of directions, each with a curvature of its own, and the largest curvature sets the limit. It changes as
# the network learns, so nobody computes the limit. One tries.

# %% tags=["live"]
def follow(lr, steps=144, X=X_train, batch_size=32):
    """The loss of each batch in so many steps of SGD, and the parameters at the end."""
    params, rng, losses = new_network(), np.random.default_rng(0), []
    with np.errstate(all="ignore"):                             # NumPy would warn of what we want to see
        while len(losses) < steps:
            for X_batch, y_batch in mine.minibatches(X, y_train, batch_size, rng):
                losses.append(loss_of(params, X_batch, y_batch))
                mine.sgd_step(params, gradient(params, X_batch, y_batch), lr)
    return losses[:steps], params


runs = {f"lr = {lr}": follow(lr)[0] for lr in (0.003, 0.03, 0.3, 3.0)}

# %% tags=["figure"]
plots.run_curves({name: (np.arange(1, 145), losses) for name, losses in runs.items()},
                 xlabel="step", ylabel="loss of the batch", yscale="log", ylim=(1e-3, 1e3));

# %% [markdown]
# Too small wastes your time, too large leaves the picture at the top. In between, 0.03 and 0.3 both learn, and one is
# ten times the other. So search by factors of 3 or 10, not by adding 0.01.
#
# ### What divergence looks like
#
# It has three faces. **The first is loud.** The loss climbs, faster and faster, then `inf`, then `nan`, and from
# there nothing comes back:

# %% tags=["live"]
losses, params = follow(5.0)
broken = int(np.argmin(np.isfinite(losses)))                    # the first loss that is not finite
shown = sorted({0, 1, 2, 4, 8, 16, 32, broken, broken + 1, 128})
print("\n".join(f"step {step:3}   loss {losses[step]:.3g}" for step in shown))
print("largest weight at the end:", max(float(np.abs(p).max()) for p in params.values()))

# %% [markdown]
# **The second is silent.** The same learning rate, but somebody forgot to standardise, so all inputs are positive.
# After a few wild steps the loss is near 2.3, and stays there. No `nan`, no error. Only, 2.3 is ln 10.

# %%
X_raw = digits.X_train[rows]                                   # pixels from 0 to 1
losses, params = follow(5.0, X=X_raw)
A1 = mine.mlp_forward(X_raw, params)[1]["A1"]
print("loss of the last 36 steps within 0.1 of ln 10:", bool(abs(np.mean(losses[-36:]) - np.log(10)) < 0.1))
print("hidden units that are 0 for every image:", int((A1.max(axis=0) == 0).sum()), "of 32")
print("gradient of W1 all 0:", not gradient(params, X_raw, y_train)["W1"].any())

# %% [markdown]
# One large step pushed the pre-activations of *every* unit below 0, for every image. ReLU passes no gradient there,
# so W1 will never move again. The units are **dead**, and the network can only guess.
#
# **The third is restless.** With a learning rate just under the limit the loss comes down, then jumps, comes down,
# jumps. It may look like bad luck. To see it, write 1.5 in place of 3.0 in the cell of `follow`, and run the picture
# again.
#
# | you see | it means | do |
# |---|---|---|
# | loss grows, `inf`, `nan` | lr far too high, or a gradient with the wrong sign | a tenth of it; check the gradient |
# | stuck at ln C, gradients 0 | all units dead after a large step | standardise, smaller lr, start again |
# | jumps and never settles | lr just below the limit | a third of it, or let it fall (section 9) |
# | falls very slowly | lr too low | ten times as much |
#
# ## 6. The range test
#
# A systematic way to try: go through learning rates that grow by the same factor, give each a *short* run from the
# same start, and look at the loss that it reaches. At first nothing happens, then the loss falls, then it explodes.
# Take the place where it falls most steeply: fast learning, and the explosion still far enough away.
#
# "Steeply" is meant on a logarithmic axis, where equal factors are equal distances. Between two neighbours:
#
# $$\text{slope}_i = \frac{L_{i+1} - L_i}{\log_{10} \text{lr}_{i+1} - \log_{10} \text{lr}_i}$$

# %% tags=["equation"]
lrs = np.array([0.001, 0.01, 0.1, 1.0])
losses = np.array([2.3, 2.0, 0.9, 0.8])
slopes = np.array([(losses[i + 1] - losses[i]) / (np.log10(lrs[i + 1]) - np.log10(lrs[i])) for i in range(3)])
print(slopes.round(2))
assert np.allclose(slopes, np.diff(losses) / np.diff(np.log10(lrs)))
assert np.allclose(np.diff(np.log10(lrs)), 1)                 # every tenfold is one unit
assert slopes.argmin() == 1                                   # steepest from 0.01 to 0.1: start at 0.01

# %% [markdown]
# ### Exercise 6.1
#
# Write `learning_rate_range_test`. `loss_at(lr)` trains for you and gives a loss. A run that explodes gives `inf` or
# `nan`; then that learning rate and all larger ones are out, whatever they say.

# %% tags=["exercise"] points=2
def learning_rate_range_test(loss_at, lrs):
    """The learning rate where the loss falls most steeply: the left end of that pair of neighbours in lrs.

    loss_at(lr) returns a number. lrs: increasing, (M,). Steep means per log10(lr).
    The first loss that is not finite and all after it are ignored; at least two finite ones come before it.
    """
    ### BEGIN SOLUTION: about seven lines
    losses = []
    for lr in lrs:
        loss = loss_at(lr)
        if not np.isfinite(loss):
            break
        losses.append(loss)
    slopes = np.diff(losses) / np.diff(np.log10(lrs[: len(losses)]))
    return lrs[np.argmin(slopes)]
    ### END SOLUTION

# %%
check(learning_rate_range_test)

# %% [markdown]
# **What just happened.** A guess became a measurement. On our network, with ten steps for each learning rate:

# %%
def loss_at(lr, steps=10):
    """The loss on all training images after so many steps."""
    params, rng = new_network(), np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for X_batch, y_batch in itertools.islice(mine.minibatches(X_train, y_train, 32, rng), steps):
            mine.sgd_step(params, gradient(params, X_batch, y_batch), lr)
        return loss_of(params, X_train, y_train)


lrs = np.geomspace(1e-3, 10, 13)
chosen = mine.learning_rate_range_test(loss_at, lrs)
print("between 0.03 and 0.3:", 0.03 < chosen < 0.3)

# %% tags=["figure"]
plots.range_test(lrs, [loss_at(lr) for lr in lrs], chosen);

# %% [markdown]
# The learning rate with the *smallest* loss is several times larger, but look how close to the cliff it lies. In a
# longer run it may fall over.
#
# ## 7. How large a batch?
#
# In section 1 a small batch looked like a bargain: a rough gradient for little work. But a computer has its own view
# of work. How long does one step take?

# %% tags=["live"]
def seconds_for_a_step(batch_size, repetitions=200):
    """The median over many steps: when the machine does something else for a moment, that does not count."""
    params, seconds = new_network(), []
    X_batch, y_batch = X_train[:batch_size], y_train[:batch_size]
    for _ in range(repetitions):
        start = time.perf_counter()
        mine.sgd_step(params, gradient(params, X_batch, y_batch), 0.01)
        seconds.append(time.perf_counter() - start)
    return np.median(seconds)


step_seconds = {B: seconds_for_a_step(B) for B in (1, 8, 32, 128, 1150)}
for B, seconds in step_seconds.items():
    print(f"B = {B:4}   a step {seconds * 1e6:5.0f} µs   an image {seconds / B * 1e6:5.1f} µs")

# %% [markdown]
# A step with 32 images takes hardly longer than a step with one: most of the time goes into calling NumPy, not into
# multiplying. So very small batches waste the machine, and very large ones waste images. Between them must be a best
# one, and it depends on the machine and the network. **Predict first:** which of these five is best on your computer?
#
# We let them race for the same time, each with a learning rate that suits it. (A larger batch has less noise and can
# take longer steps. As a rule of thumb, twice the batch, up to twice the learning rate, as long as the batch is
# small.) How many steps fit into the time, we have just measured; looking at the validation images is not counted.

# %% tags=["live"]
def race(batch_size, lr, seconds):
    """As many steps as fit into so many seconds. Returns the steps after which we looked, and the validation losses."""
    params, rng, step = new_network(), np.random.default_rng(0), 0
    looked_after, val_losses = [], []
    while step * step_seconds[batch_size] < seconds:
        for X_batch, y_batch in mine.minibatches(X_train, y_train, batch_size, rng):
            mine.sgd_step(params, gradient(params, X_batch, y_batch), lr)
            step += 1
            if not looked_after or step > 1.2 * looked_after[-1]:
                looked_after.append(step)
                val_losses.append(loss_of(params, X_val, y_val))
    return np.array(looked_after), val_losses


rates = {1: 0.01, 8: 0.05, 32: 0.2, 128: 0.5, 1150: 1.0}
results = {B: race(B, lr, seconds=0.3) for B, lr in rates.items()}

# %% tags=["figure"]
plots.run_curves({f"B = {B}": (steps / np.ceil(len(X_train) / B), losses) for B, (steps, losses) in results.items()},
                 xlabel="epochs", ylabel="validation loss", xscale="log");

# %% tags=["figure"]
plots.run_curves({f"B = {B}": (steps * step_seconds[B], losses) for B, (steps, losses) in results.items()},
                 xlabel="seconds", ylabel="validation loss", xscale="log");

# %% [markdown]
# The same five runs, twice. In **epochs** the small batches are ahead, and the batch of everything comes in last by
# far: it makes one step where single images make 1,150. In **seconds**, which is what you pay, the single images are
# last, and something in the middle wins. When someone says that a method is faster, ask: in epochs, in steps, or in
# seconds?
#
# ## 8. Momentum
#
# A network's valley is steep in some directions and flat in others. Take two directions, with curvatures 1 and 25:
#
# $$L(x, y) = \frac{1}{2} x^2 + \frac{25}{2} y^2$$
#
# The steep one allows only lr < 2 / 25, and at that speed the flat one takes long. What helps is a ball instead
# of a walker: it keeps its **velocity** v, gathers speed where the slope goes on in the same direction, and loses it
# where the slope flips from side to side.
#
# $$v \leftarrow \mu\, v - \text{lr} \cdot g, \qquad\qquad w \leftarrow w + v$$
#
# $\mu$ (mu) is the part of the velocity that is left after a step; 0.9 is usual. How fast does it get? On a slope
# with constant gradient g the velocity grows until what it loses equals what it gains:
#
# $$v = \mu\, v - \text{lr} \cdot g \quad\Longrightarrow\quad v = -\frac{\text{lr} \cdot g}{1 - \mu}$$
#
# With $\mu = 0.9$ that is **ten times** the step of plain SGD. So when you switch momentum on, take a smaller lr.

# %% tags=["equation"]
lr, mu, g, v = 0.01, 0.9, 3.0, 0.0
for _ in range(200):
    v = mu * v - lr * g
assert np.isclose(v, -lr * g / (1 - mu)) and np.isclose(-v / (lr * g), 10)

# %% [markdown]
# How much faster is the ball? Ask what part of the distance to the bottom is left after a step, in the long run and in
# the slower of the two directions. The best settings are known. For curvatures from a to b, plain SGD has
#
# $$\text{lr} = \frac{2}{a + b}, \qquad \text{factor} = \frac{b - a}{b + a}$$
#
# and momentum
#
# $$\text{lr} = \left(\frac{2}{\sqrt a + \sqrt b}\right)^2, \qquad
# \text{factor} = \frac{\sqrt b - \sqrt a}{\sqrt b + \sqrt a}, \qquad \mu = \text{factor}^2$$
#
# The code below measures the factor. A step makes the new (v, w) from the old one by a matrix, and its largest
# eigenvalue is what is left; if eigenvalues are new to you, take that as given and look at the numbers. It also counts
# steps, and the ball takes a few more than the factor says: it starts at rest.

# %% tags=["equation"]
def L(x, y):
    return 1 / 2 * x**2 + 25 / 2 * y**2


a, b, h = 1.0, 25.0, 1e-3
assert np.isclose((L(h, 0) - 2 * L(0, 0) + L(-h, 0)) / h**2, a)                                   # its curvatures
assert np.isclose((L(0, h) - 2 * L(0, 0) + L(0, -h)) / h**2, b)


def factor(lr, mu):
    """What is left of the distance after a step, in the long run and in the slower of the two directions."""
    matrices = [np.array([[mu, -lr * c], [mu, 1 - lr * c]]) for c in (a, b)]         # (v, w) -> the next (v, w)
    return max(np.abs(np.linalg.eigvals(matrix)).max() for matrix in matrices)


def steps_to_a_thousandth(lr, mu):
    """From rest, until a thousandth of the distance is left in both directions."""
    w, v, steps = {"w": np.ones(2)}, {"w": np.zeros(2)}, 0
    while np.abs(w["w"]).max() > 1e-3:
        mine.momentum_step(w, {"w": np.array([a, b]) * w["w"]}, v, lr, mu)
        steps += 1
    return steps


w, v = {"w": np.array([3.0])}, {"w": np.array([0.5])}                          # the matrix does what a step does
expected = np.array([[0.9, -0.02 * b], [0.9, 1 - 0.02 * b]]) @ [0.5, 3.0]
mine.momentum_step(w, {"w": b * w["w"]}, v, 0.02, 0.9)
assert np.allclose([v["w"][0], w["w"][0]], expected)

lr_plain, factor_plain = 2 / (a + b), (b - a) / (b + a)
factor_ball = (np.sqrt(b) - np.sqrt(a)) / (np.sqrt(b) + np.sqrt(a))
lr_ball, mu_ball = (2 / (np.sqrt(a) + np.sqrt(b))) ** 2, factor_ball**2
assert np.isclose(factor(lr_plain, 0), factor_plain) and np.isclose(factor(lr_ball, mu_ball), factor_ball, rtol=1e-6)
assert min(factor(lr, 0) for lr in np.linspace(0.001, 0.1, 100)) >= factor_plain - 1e-9          # no lr is better
assert min(factor(lr, mu) for lr in np.linspace(0.01, 0.3, 30) for mu in np.linspace(0, 0.95, 20)) >= factor_ball - 1e-6
print(f"left after a step: {factor_plain:.2f} and {factor_ball:.2f}")
print("steps to a thousandth:", steps_to_a_thousandth(lr_plain, 0), "and", steps_to_a_thousandth(lr_ball, mu_ball))

# %% [markdown]
# The more uneven the valley, the larger the gain. The number of steps grows like $\frac{b}{a}$ for plain SGD, and
# only like $\sqrt{\frac{b}{a}}$ with momentum:

# %% tags=["equation"]
for ratio in (100, 400):                                       # b / a, with a = 1
    for r in (ratio, np.sqrt(ratio)):                          # plain SGD, momentum
        steps = -1 / np.log((r - 1) / (r + 1))                 # until 1 / e of the distance is left
        assert np.isclose(steps, r / 2, rtol=0.01)

# %% [markdown]
# ### Exercise 8.1
#
# Write `momentum_step`. Besides params it changes the caller's `velocity`, for the next step goes on with it.

# %% tags=["exercise"] points=2
def momentum_step(params, grads, velocity, lr, mu):
    """v <- mu v - lr g, then w <- w + v with the new v, for every parameter; params and velocity change in place.

    params, grads, velocity: dicts of arrays with the same names, whichever they are. velocity begins as all zeros.
    """
    ### BEGIN SOLUTION: three lines
    for name in params:
        velocity[name] = mu * velocity[name] - lr * grads[name]
        params[name] += velocity[name]
    ### END SOLUTION

# %%
check(momentum_step)

# %% [markdown]
# **What just happened.** Unroll it: v is a sum of all gradients so far, each times $-\text{lr}$ and $\mu$ to the power
# of its age. In the steep direction they cancel, in the flat one they add up.
#
# ### Play: the loss valley
#
# A valley that is fifty times as steep across as along, and a hundred steps by your own `sgd_step` and
# `momentum_step`. The explorer asks first, so make up your mind: if lr grows and grows, in which direction does the
# path fly apart?
#
# **Missions.** Find the largest learning rate that still comes down. Then reach the bottom within 20 steps, which no
# plain SGD can. And when that is done: what does batch noise do near the bottom?

# %% tags=["explorer"]
explorers.loss_valley(sgd_step=mine.sgd_step, momentum_step=mine.momentum_step)

# %% [markdown]
# Here is the training loop once more, with everything that you have by now. The learning rate may be different at
# every step, and that is for the next section.

# %%
def train(params, lr_at, mu, epochs, batch_size, seed=0):
    """Train with momentum; the learning rate of step t is lr_at(t). Returns the validation loss after each epoch."""
    rng, step, val_losses = np.random.default_rng(seed), 0, []
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            for X_batch, y_batch in mine.minibatches(X_train, y_train, batch_size, rng):
                mine.momentum_step(params, gradient(params, X_batch, y_batch), velocity, lr_at(step), mu)
                step += 1
            val_losses.append(loss_of(params, X_val, y_val))
    return val_losses


runs = {
    "lr 0.02": train(new_network(), lambda step: 0.02, 0.0, epochs=10, batch_size=32),
    "lr 0.2": train(new_network(), lambda step: 0.2, 0.0, epochs=10, batch_size=32),
    "lr 0.02, mu 0.9": train(new_network(), lambda step: 0.02, 0.9, epochs=10, batch_size=32),
}
print("momentum beats the same lr without it:", runs["lr 0.02, mu 0.9"][-1] < runs["lr 0.02"][-1] / 2)

# %% tags=["figure"]
plots.run_curves({name: (np.arange(1, 11), losses) for name, losses in runs.items()},
                 xlabel="epoch", ylabel="validation loss");

# %% [markdown]
# With $\mu = 0.9$ it does at lr = 0.02 what plain SGD does at ten times that, as computed above. For this network
# both work. Where steep directions forbid the large lr, as in the valley, momentum is fast all the same.
#
# ## 9. Schedules
#
# The gradient of a batch has noise in it, and near the bottom nothing but noise is left. Then w does not settle, it
# trembles, as you saw in the loss valley. With noise of variance $\sigma^2$, now that of a batch, in the valley with
# curvature a, each step does
#
# $$w \leftarrow (1 - \text{lr} \cdot a)\, w - \text{lr} \cdot \text{noise}$$
#
# The noise of a new batch does not depend on w, so the variances add up. In the long run that of w, its mean squared
# distance from the bottom, stays the same from step to step. That is an equation, and it can be solved:
#
# $$\operatorname{Var}(w) = (1 - \text{lr} \cdot a)^2 \operatorname{Var}(w) + \text{lr}^2 \sigma^2
# \quad\Longrightarrow\quad \operatorname{Var}(w) = \frac{\text{lr} \cdot \sigma^2}{a\, (2 - \text{lr} \cdot a)}$$
#
# The trembling grows with the learning rate. **Large steps to get there, small steps to settle.** So we let the
# learning rate fall.

# %% tags=["equation"]
rng = np.random.default_rng(0)
a, sigma = 4.0, 0.5
for lr in (0.01, 0.1, 0.4):
    w = np.ones(20_000)                                        # twenty thousand walkers at once
    for _ in range(500):
        w = (1 - lr * a) * w - lr * sigma * rng.standard_normal(len(w))
    predicted = lr * sigma**2 / (a * (2 - lr * a))
    assert np.isclose(w.var(), predicted, rtol=0.05)
    print(f"lr = {lr:4}   w trembles by {np.sqrt(predicted):.3f}")

# %% [markdown]
# A **schedule** says how large the learning rate is at each step. Steps count from 0, over all epochs. Three of them
# are common.
#
# ### Exercise 9.1
#
# **Step decay**: a staircase. After every `every` steps the learning rate is multiplied by `factor`.
#
# $$\text{lr}_t = \text{lr} \cdot \text{factor}^{\lfloor t / \text{every} \rfloor}$$
#
# The bracket means: rounded down.

# %% tags=["exercise"]
def step_decay(lr, step, every, factor=0.5):
    """lr factor^(step // every): lr in the steps 0 to every - 1, then factor times as much, and so on."""
    ### BEGIN SOLUTION: one line
    return lr * factor ** (step // every)
    ### END SOLUTION

# %%
check(step_decay)

# %% [markdown]
# ### Exercise 9.2
#
# **Exponential decay**: a little less at every step, always by the same factor `rate`.
#
# $$\text{lr}_t = \text{lr} \cdot \text{rate}^{\,t}$$

# %% tags=["exercise"]
def exponential_decay(lr, step, rate):
    """lr rate^step: rate is what is left after one step, a number a little below 1."""
    ### BEGIN SOLUTION: one line
    return lr * rate**step
    ### END SOLUTION

# %%
check(exponential_decay)

# %% [markdown]
# ### Exercise 9.3
#
# **Cosine decay**: half a wave, from lr at step 0 to 0 at step `total`. It stays large for long, and ends gently.
#
# $$\text{lr}_t = \frac{\text{lr}}{2} \left( 1 + \cos \frac{\pi\, t}{\text{total}} \right)$$

# %% tags=["exercise"]
def cosine_decay(lr, step, total):
    """(lr / 2) (1 + cos(pi step / total)), with the angle in radians."""
    ### BEGIN SOLUTION: one line
    return lr / 2 * (1 + np.cos(np.pi * step / total))
    ### END SOLUTION

# %%
check(cosine_decay)

# %% [markdown]
# The three formulas on numbers, and as a picture over 1,000 steps:

# %% tags=["equation"]
assert np.isclose(mine.step_decay(0.1, 299, 300), 0.1) and np.isclose(mine.step_decay(0.1, 600, 300), 0.1 * 0.5 * 0.5)
assert np.isclose(mine.exponential_decay(0.1, 3, 0.99), 0.1 * 0.99 * 0.99 * 0.99)
assert np.isclose(0.99**69, 0.5, rtol=0.01)                    # 1% less at every step is half after 69 steps
assert np.isclose(mine.cosine_decay(0.1, 0, 1000), 0.1) and np.isclose(mine.cosine_decay(0.1, 1000, 1000), 0)
assert np.isclose(mine.cosine_decay(0.1, 500, 1000), 0.05)     # half way, half as large
assert np.isclose(mine.cosine_decay(0.1, 250, 1000), 0.05 * (1 + np.sqrt(0.5)))        # cos of an eighth of a turn

# %% tags=["figure"]
steps = np.arange(1000)
plots.run_curves({
    "step decay, every 250": (steps, [mine.step_decay(0.1, step, 250) for step in steps]),
    "exponential decay, 0.997": (steps, [mine.exponential_decay(0.1, step, 0.997) for step in steps]),
    "cosine decay": (steps, [mine.cosine_decay(0.1, step, 1000) for step in steps]),
}, xlabel="step", ylabel="learning rate");

# %% [markdown]
# Does it help? Take a network with only six hidden units. It cannot fit all images, so its batches never agree, and
# the noise stays. One run with a constant learning rate, one with a schedule, and everything else the same.

# %%
total = 15 * int(np.ceil(len(X_train) / 16))
runs = {
    "constant": train(new_network(H=6), lambda step: 0.5, 0.0, epochs=15, batch_size=16),
    "cosine": train(new_network(H=6), lambda step: mine.cosine_decay(0.5, step, total), 0.0, epochs=15, batch_size=16),
}
late = {name: np.mean(losses[-5:]) for name, losses in runs.items()}
print("lower with the schedule, over the last five epochs:", bool(late["cosine"] < late["constant"]))

# %% tags=["figure"]
plots.run_curves({name: (np.arange(1, 16), losses) for name, losses in runs.items()},
                 xlabel="epoch", ylabel="validation loss");

# %% [markdown]
# The constant run trembles to its end. The other one trembles as long as its steps are large, and then settles.
#
# An honest word: with 32 hidden units the schedule gains hardly anything on these digits. A network that fits *every*
# training image has no noise left at the bottom, because there all images agree that nothing should move. On harder
# data that does not happen.
#
# ## 10. The training doctor
#
# A run leaves traces, and someone who knows what to look for sees early what is wrong. Besides the loss there are two
# things worth watching. How many units are **dead**? And how long are the steps, measured by the weights that they
# change? That is the **update-to-weight ratio**. For plain SGD it is
#
# $$\frac{|\text{change of } W|}{|W|} = \frac{\text{lr} \cdot |dW|}{|W|}$$
#
# where $|W|$ is the root of the sum of all squares. About 0.001 is usual, and ten times that while the loss still falls
# fast. At 0.00001 nothing moves; at 0.1 no weight can settle.

# %% tags=["equation"]
params, lr = new_network(), 0.1
W_before, grads = params["W1"].copy(), gradient(params, X_train, y_train)
mine.sgd_step(params, grads, lr)
ratio = np.linalg.norm(params["W1"] - W_before) / np.linalg.norm(W_before)
assert np.isclose(ratio, lr * np.linalg.norm(grads["W1"]) / np.linalg.norm(W_before), rtol=1e-3)
assert np.isclose(np.linalg.norm(W_before), np.sqrt(np.sum(W_before**2)))
print(f"{ratio:.3f}, in the first step of a good run; it becomes smaller as the loss falls")

# %% [markdown]
# The course has a **training doctor** for you. You keep a `Record`, with one line in your loop after each step and one
# after each epoch, and `diagnose(record)` tells what it sees, in numbers, and what to do. Here are five patients. Each
# is trained by your functions, and something is wrong with four of them.

# %%
from course_lib.diagnosis import Record, diagnose


def examine(X, lr, H=32, epochs=12):
    """Train by plain SGD, with batches of 32, and keep a record."""
    params, rng, record = new_network(H=H), np.random.default_rng(0), Record()
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            for X_batch, y_batch in mine.minibatches(X, y_train, 32, rng):
                logits, cache = mine.mlp_forward(X_batch, params)
                loss = mine.cross_entropy(logits, y_batch)
                grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y_batch), params, cache)
                mine.sgd_step(params, grads, lr)
                record.step(loss, params, grads, cache)
            record.epoch()
    return record


patients = {
    "A": examine(X_train, lr=0.001),
    "B": examine(X_raw, lr=3.0),
    "C": examine(X_train, lr=0.1, H=2),
    "D": examine(X_train, lr=1.5),
    "E": examine(X_train, lr=0.1),
}

# %% tags=["figure"]
curves = {name: [epoch.train_loss for epoch in record.epochs] for name, record in patients.items()}
plots.run_curves({name: (np.arange(1, len(losses) + 1), losses) for name, losses in curves.items()},
                 xlabel="epoch", ylabel="training loss", yscale="log");

# %% [markdown]
# **Be the doctor first.** From the curves alone: who has a learning rate that is too low, or too high? Who cannot
# learn more, and who has died? Who is well? Then ask the doctor, one after the other.

# %% tags=["live"]
diagnose(patients["A"])

# %% tags=["live"]
diagnose(patients["B"])

# %% tags=["live"]
diagnose(patients["C"])

# %% tags=["live"]
diagnose(patients["D"])

# %% tags=["live"]
diagnose(patients["E"])

# %% [markdown]
# A and B lie close together, and inside nothing is alike. The loss alone does not tell an illness; the steps and the
# units do.
#
# ## 11. The training desk
#
# Everything together, live: your functions train a network while you watch, and the sliders act while it runs. When a
# run has ended, the doctor looks at it.
#
# **Missions.** Make training diverge with the *smallest* learning rate that you can. Then reach 97% on the validation
# digits within 20 epochs. Change one thing at a time, or you will not know what helped.

# %% tags=["explorer"]
explorers.training_desk(
    minibatches=mine.minibatches,
    mlp_forward=mine.mlp_forward,
    cross_entropy=mine.cross_entropy,
    softmax_cross_entropy_backward=mine.softmax_cross_entropy_backward,
    mlp_backward=mine.mlp_backward,
    sgd_step=mine.sgd_step,
    momentum_step=mine.momentum_step,
    step_decay=mine.step_decay,
    exponential_decay=mine.exponential_decay,
    cosine_decay=mine.cosine_decay,
)

# %% [markdown]
# Whose functions were those?

# %% tags=["live"]
mine

# %% [markdown]
# A caution for later. With 287 validation images, one image more or less is a third of a point, and another seed moves
# the result by a point. Whoever tries fifty settings and reports the best one has partly chosen luck. Notebook 6 says
# how to tell luck from skill.
#
# ## 12. Recap
#
# - A batch gives a rough gradient for little work: the error falls like $1 / \sqrt B$. Shuffle in every epoch, and
#   keep each label with its image.
# - The loop: forward, loss, backward, step. Before a long run: is the first loss about ln C, and can it learn 50
#   images by heart?
# - lr must stay below 2 / curvature. Search by factors. Divergence can be loud, silent or restless.
# - Besides the loss, watch dead units and the length of the steps beside the weights, usually about 0.001.
# - Momentum adds up what stays and cancels what flips; it lengthens the steps by up to $\frac{1}{1 - \mu}$.
# - Large steps to get there, small ones to settle.
#
# **Explain it to a friend.**
#
# 1. The gradient of 64 images is off by most of its length. Why is it a better bargain than that of all 1,150?
# 2. Your loss is 2.30 after an hour, and nothing is `nan`. What do you look at first?
# 3. Someone doubles the batch size, and training gets worse *per epoch*. Is that a mistake?
# 4. Why must lr be smaller with momentum 0.99 than with 0.9, and by how much?
#
# **Where it is used next.** Your network will soon know its training images by heart, and notebook 5 is about why
# that is not the same as being good.

# %% tags=["live"]
progress()
