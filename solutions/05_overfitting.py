# %% [markdown]
# # L2 and over-fitting: learning, or learning by heart?
#
# A network that gets every training image right may have understood digits. Or it may have learnt its images by
# heart. The training loss cannot tell you which; images that it has never seen can. In this notebook you watch a
# network learn by heart, and write three remedies. Then you solve a real case, in which a report took one thing for
# its opposite.
#
# **After this notebook you can**
#
# - tell over-fitting from under-fitting by two curves;
# - add an L2 penalty to a loss, and its slope to the gradients;
# - stop training in time, and keep the right weights;
# - drop units on the way forward, and do the same on the way back;
# - find the line that made a published network worse with every epoch.
#
# **Time:** about 100 minutes. **You need:** notebooks 2 to 4.
#
# A cell below may use a function that you have not written yet. Then `mine` lends you the course's, and you can go
# on.

# %%
import numpy as np

from course_lib import case_study, explorers, plots
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import load

# %% [markdown]
# ## 1. Learning by heart
#
# We take only a hundred digits to train on, and four hundred others for **validation**: images on which we measure
# and never train. The test images stay sealed. The pixels are left as they are, between 0 and 1.
#
# And we do something unkind: ten of the hundred training images get a **wrong label**. Real collections have wrong
# labels too, often a few in a hundred. Ours differ in one point: we know which they are.

# %%
digits = load("digits")
X_train, y_true = digits.X_train[:100], digits.y_train[:100]
X_val, y_val = digits.X_train[100:500], digits.y_train[100:500]

rng = np.random.default_rng(2)
wrong = rng.choice(100, 10, replace=False)                                      # ten of the hundred
y_train = y_true.copy()
y_train[wrong] = (y_true[wrong] + rng.integers(1, 10, 10)) % 10                 # some other digit
print("labels that are wrong:", int((y_train != y_true).sum()), "of", len(y_train))

# %% tags=["figure"]
plots.image_grid(X_train[wrong], titles=[f"“{label}”" for label in y_train[wrong]], columns=10);

# %% [markdown]
# The network has 64 hidden units. Each epoch is one step on all hundred images. After it we write down both losses.

# %%
def first_params():
    rng = np.random.default_rng(0)
    return {"W1": np.sqrt(2 / 64) * rng.standard_normal((64, 64)), "b1": np.zeros(64),
            "W2": np.sqrt(2 / 64) * rng.standard_normal((64, 10)), "b2": np.zeros(10)}


def loss(params, X, y):
    return mine.cross_entropy(mine.mlp_forward(X, params)[0], y)


def accuracy(params, X, y):
    return mine.accuracy(mine.mlp_forward(X, params)[0], y)


def gradients(params):
    """The gradients of the loss on the training images."""
    logits, cache = mine.mlp_forward(X_train, params)
    return mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y_train), params, cache)


def train(gradients, epochs=600, lr=0.5):
    """The last parameters, and the two losses after every epoch."""
    params, train_losses, val_losses = first_params(), [], []
    for _ in range(epochs):
        mine.sgd_step(params, gradients(params), lr)
        train_losses.append(loss(params, X_train, y_train))
        val_losses.append(loss(params, X_val, y_val))
    return params, train_losses, val_losses

# %% [markdown]
# **Predict first.** What will the network say to the ten images with a wrong label: the wrong label that we gave it,
# or the digit that is there to see?

# %%
plain, plain_train, plain_val = train(gradients)
said = mine.mlp_forward(X_train[wrong], plain)[0].argmax(axis=1)
print("training images right:", f"{accuracy(plain, X_train, y_train):.0%}")
print("the wrong label:", int((said == y_train[wrong]).sum()), "times")
print("the true one:   ", int((said == y_true[wrong]).sum()), "times")

# %% [markdown]
# It has learnt by heart even what is false. No rule about digits leads to these ten labels. So what it has learnt
# about these images can only be which ones they are.

# %% tags=["live"]
print(f"accuracy  training {accuracy(plain, X_train, y_train):.3f}   validation {accuracy(plain, X_val, y_val):.3f}")
print(f"loss      training {plain_train[-1]:.3f}   validation {plain_val[-1]:.3f}")

# %% tags=["figure"]
plots.epoch_curves({"training": plain_train, "validation": plain_val});

# %% [markdown]
# Look at the two curves. At first both fall: the network learns what the images have in common. (The bump near epoch
# 25 comes from the learning rate: with 0.3 there is none.) Then the training loss goes on falling and the validation
# loss **rises**: what it learns now is about the hundred alone. This is **over-fitting**, and the distance between the
# curves is called the **gap**.

# %%
lowest = int(np.argmin(plain_val))
print("the validation loss is lowest in the first quarter:", lowest < 150)
print("from there to the end, the training loss falls:   ", plain_train[-1] < plain_train[lowest])
print("and the validation loss rises by a third or more: ", plain_val[-1] > 4 / 3 * plain_val[lowest])

# %% [markdown]
# That a network *can* learn a hundred images by heart is a good sign, by the way. It is a sanity check: one that
# cannot has a bug, or is too small. Now we want it to do better than that.
#
# ## 2. A price for large weights
#
# How does a network single out one image? Take one unit, $z(x) = \sum_d w_d\, x_d + b$, and change the image a little,
# by $\delta_d$ in pixel d:
#
# $$z(x + \delta) - z(x) = \sum_d w_d\, \delta_d$$
#
# With small weights, images that look alike get answers that are alike. To shout "this very image", a unit needs
# large weights on the few pixels that make it special. The most that a change can do is limited by the length of w:
#
# $$|z(x + \delta) - z(x)| \;\le\; \sqrt{\sum_d w_d^2}\; \sqrt{\sum_d \delta_d^2}$$

# %% tags=["equation"]
rng = np.random.default_rng(0)
w, b = rng.standard_normal(64), 0.7
for _ in range(200):
    x, delta = rng.random(64), rng.standard_normal(64)
    change = ((x + delta) @ w + b) - (x @ w + b)
    assert np.isclose(change, sum(w[d] * delta[d] for d in range(64)))
    assert abs(change) <= np.sqrt(np.sum(w**2)) * np.sqrt(np.sum(delta**2))
worst = w / np.sqrt(np.sum(w**2))                                # along w itself the limit is reached
assert np.isclose(worst @ w, np.sqrt(np.sum(w**2)) * np.sqrt(np.sum(worst**2)))

# %% [markdown]
# So we make large weights cost something. To the loss we add a **penalty**, the sum of the squares of all weights,
# times a number $\lambda$ that says how dear they are:
#
# $$R = \frac{\lambda}{2} \Big( \sum_{d,h} (W_1)_{dh}^2 + \sum_{h,c} (W_2)_{hc}^2 \Big), \qquad
# \text{what we minimise:}\quad L + R$$
#
# It is called the **L2 penalty**. In code $\lambda$ is `lam`, because `lambda` means something else in Python.

# %% tags=["equation"]
small = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([3.0, 0.5]),
         "W2": np.array([[2.0], [-4.0]]), "b2": np.array([5.0])}
lam = 0.1
R = lam / 2 * (np.sum(small["W1"] ** 2) + np.sum(small["W2"] ** 2))
print("R =", R)
assert np.isclose(R, 0.05 * (1 + 4 + 4 + 16))                    # the squares one by one; 3, 0.5 and 5 are not in it

# %% [markdown]
# **Why not the biases?** Look at the first equation again: b is not in it. A bias moves the answers to all images
# alike, so it cannot single out one. A price on it would only hinder the network.
#
# ### Exercise 2.1
#
# Write `l2_penalty`.

# %% tags=["exercise"]
def l2_penalty(params, lam):
    """(lam / 2) times the sum of the squares of all weights, W1 and W2; biases cost nothing.

    params: {"W1", "b1", "W2", "b2"}, arrays. lam: a number. Returns one number.
    """
    ### BEGIN SOLUTION: one to four lines
    return lam / 2 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    ### END SOLUTION

# %%
check(l2_penalty)

# %% [markdown]
# **What just happened.** You have put "I prefer a simple explanation" into a number. $\lambda$ is how much you prefer
# it: 0 is not at all.
#
# **A habit.** A square is never negative, so
#
# $$L + R \ge L$$
#
# Whenever you switch a penalty on, look at the loss *before the first step*: it must go up. If it does not, the
# penalty is not in there.

# %% tags=["equation"]
params = first_params()
L = loss(params, X_train, y_train)
for lam in (0.0, 0.001, 0.1):
    R = mine.l2_penalty(params, lam)
    print(f"lam = {lam:<6} the loss goes up: {L + R > L}")
    assert L + R >= L and (L + R > L) == (lam > 0)

# %% [markdown]
# ## 3. The gradient of the penalty
#
# Which way does the penalty push one weight $W_{dh}$? In the whole sum, only one term has this weight in it. The
# square brings down a 2, and now you see what the half is for:
#
# $$\frac{\partial R}{\partial W_{dh}} = \frac{\lambda}{2} \cdot 2\, W_{dh} = \lambda\, W_{dh}$$
#
# The larger a weight, the harder it is pulled back.

# %% tags=["equation"]
W, lam = np.random.default_rng(1).standard_normal((3, 4)), 0.3
measured = mine.numerical_gradient(lambda W: mine.l2_penalty({**small, "W1": W}, lam), W)
assert np.allclose(measured, lam * W)

# %% [markdown]
# ### Which line is wrong?
#
# The report that we shall look at in section 7 prints these two lines. They cannot both be right. **Decide first.**
#
# 1. $R = \dfrac{\lambda}{2} \lVert W \rVert$, where $\lVert W \rVert$ is the length $\sqrt{\sum_{d,h} W_{dh}^2}$
# 2. $\dfrac{\partial R}{\partial W} = \lambda\, W$

# %% tags=["equation"]
def line_1(W):
    return lam / 2 * np.sqrt(np.sum(W**2))


def with_the_square(W):
    return lam / 2 * np.sum(W**2)


print("line 2 is the slope of line 1:             ", np.allclose(mine.numerical_gradient(line_1, W), lam * W))
print("line 2 is the slope of line 1, with square:", np.allclose(mine.numerical_gradient(with_the_square, W), lam * W))

# %% [markdown]
# In line 1 a square is missing: $\lVert W \rVert^2$. Only the print was wrong here. The program never computes R; it
# only needs the slope.
#
# The slope of a sum is the sum of the slopes. So the gradients of $L + R$ are those that you have, and $\lambda W$ on
# top for each weight matrix. The biases are not in R: their gradients stay.
#
# ### Exercise 3.1
#
# Write `l2_gradient`. It returns a **new** dict: whoever called you may still need the gradients of the loss alone.

# %% tags=["exercise"]
def l2_gradient(params, grads, lam):
    """The gradients of loss + penalty: dW + lam W for W1 and W2, and db as it is.

    params, grads: {"W1", "b1", "W2", "b2"}; grads are those of the loss alone, and stay as they are.
    Returns a new dict with the same names.
    """
    ### BEGIN SOLUTION: two to four lines
    new = dict(grads)
    for name in ("W1", "W2"):
        new[name] = grads[name] + lam * params[name]
    return new
    ### END SOLUTION

# %%
check(l2_gradient)

# %% [markdown]
# **What just happened.** The penalty costs one multiplication and one addition for each weight, next to nothing. Is
# it right for a whole network, too? You have a tool for that, from notebook 3.

# %%
rng = np.random.default_rng(3)
X, y, lam = rng.standard_normal((4, 5)), np.array([0, 2, 1, 2]), 0.1
params = {"W1": rng.standard_normal((5, 6)), "b1": rng.standard_normal(6),
          "W2": rng.standard_normal((6, 3)), "b2": rng.standard_normal(3)}
logits, cache = mine.mlp_forward(X, params)
grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y), params, cache)
errors = mine.gradient_check(
    lambda params: loss(params, X, y) + mine.l2_penalty(params, lam), params, mine.l2_gradient(params, grads, lam)
)
print("all below 1e-6:", all(error < 1e-6 for error in errors.values()))

# %% [markdown]
# Put the new gradient into a step of SGD and sort the terms:
#
# $$W - \text{lr}\,(dW + \lambda W) \;=\; (1 - \text{lr}\,\lambda)\, W - \text{lr}\; dW$$
#
# Before each step the weights shrink a little, always by the same factor. That is why L2 is also called **weight
# decay**. A weight that no image needs has dW = 0, so it only decays: after n steps
#
# $$W_n = (1 - \text{lr}\,\lambda)^n\, W_0 \;\approx\; e^{-n\, \text{lr}\, \lambda}\, W_0$$
#
# Learning rate and $\lambda$ come as a product. **Keep that in mind for section 7.**

# %% tags=["equation"]
lr, lam, n = 0.5, 0.01, 600
W, dW = np.random.default_rng(4).standard_normal((2, 5, 6))
assert np.allclose(W - lr * (dW + lam * W), (1 - lr * lam) * W - lr * dW)

unused = 1.0
for _ in range(n):
    unused -= lr * (0.0 + lam * unused)
print(f"left of an unused weight after {n} steps: {unused:.3f}")
assert np.isclose(unused, (1 - lr * lam) ** n)
assert np.isclose(unused, np.exp(-n * lr * lam), rtol=0.02)

# %% [markdown]
# Now train as before, with a price on the weights.

# %%
decayed, decayed_train, decayed_val = train(lambda params: mine.l2_gradient(params, gradients(params), 0.01))
print("the weights are smaller:       ", mine.l2_penalty(decayed, 1) < mine.l2_penalty(plain, 1))
print("the training loss is higher:   ", decayed_train[-1] > plain_train[-1])
print("the validation loss is lower:  ", decayed_val[-1] < plain_val[-1])

# %% tags=["figure"]
plots.epoch_curves({"training": plain_train, "validation": plain_val,
                    "training, lam = 0.01": decayed_train, "validation, lam = 0.01": decayed_val});

# %% [markdown]
# The training loss is worse, on purpose, and the validation loss is better. That trade is what all remedies in this
# notebook make.
#
# ## 4. How much of it?
#
# ### Play: the strength of L2
#
# Your `l2_gradient` now trains eleven networks, each with another `lam`, on the same hundred images. The slider walks
# through them. Watch the left and right edges of the weight images: hardly a digit has ink there, so hardly anything
# but L2 ever moves these weights.
#
# **Mission.** Predict first. Then find the `lam` with the lowest validation loss, and after that one that closes the
# gap.

# %% tags=["explorer"]
explorers.weight_decay(l2_gradient=mine.l2_gradient)

# %% [markdown]
# Too much of a good thing is as bad as nothing of it. Two curves tell which it is:
#
# | | training loss | validation loss | what helps |
# |---|---|---|---|
# | **over-fitting** | low | much higher | more images, more L2, stopping earlier, dropout, fewer units |
# | **under-fitting** | high | about as high | less L2, more units, more epochs; or there is a bug |
#
# The test is always the same: **look at the training loss.** A network that over-fits is good on its own images. One
# that is bad even there has learnt too little, however large or small the gap.

# %%
crushed, crushed_train, crushed_val = train(lambda params: mine.l2_gradient(params, gradients(params), 0.1))
for lam, train_losses, val_losses in ((0.0, plain_train, plain_val), (0.1, crushed_train, crushed_val)):
    good, wide = train_losses[-1] < 0.1, val_losses[-1] - train_losses[-1] > 0.5
    print(f"lam = {lam}   good on its own images: {good}   a wide gap: {wide}")

# %% [markdown]
# ## 5. Stop in time
#
# Look at the first figure once more. The best network was there, long before the end. We only have to notice, and
# keep it. But a validation loss goes up and down a little, so one bad epoch should not end it all. The usual rule has
# a **patience**: stop when the lowest validation loss is that many epochs ago, and go back to the weights of then.
#
# Epochs count from 0. Only a strictly lower loss is better; an equal one is not, and neither is `nan`.
#
# | epoch | 0 | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|---|
# | validation loss | 5 | 3 | 3 | 4 | 2.9 | ... |
#
# **Predict first.** With patience 2, what is the best epoch here, and where does it stop? And with patience 3?

# %%
losses = [5, 3, 3, 4, 2.9]
for patience in (2, 3):
    print(f"patience {patience}: (best_epoch, stop_epoch) =", tuple(mine.early_stopping(losses, patience)))

# %% [markdown]
# With patience 2 it stops at epoch 3, two after the best, and the 2.9 is never seen: training cannot look ahead. With
# patience 3 epoch 4 comes just in time to be the new best.
#
# ### Exercise 5.1
#
# Write `early_stopping`. It walks through a list of losses as training would.

# %% tags=["exercise"] points=2
def early_stopping(val_losses, patience):
    """Stop at the first epoch that is `patience` epochs after the best one so far, and is not better itself.

    val_losses: a list of numbers, one for each epoch, from epoch 0. Better means strictly lower; nan is never better.
    Returns (best_epoch, stop_epoch); stop_epoch is None if it never stops.
    """
    ### BEGIN SOLUTION: about six lines
    best_epoch = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best_epoch]:
            best_epoch = epoch
        elif epoch - best_epoch >= patience:
            return best_epoch, epoch
    return best_epoch, None
    ### END SOLUTION

# %%
check(early_stopping)

# %% [markdown]
# **What just happened.** Training time became a setting that chooses itself. And the cheapest remedy of all: it
# *saves* work.

# %%
best_epoch, stop_epoch = mine.early_stopping(plain_val, 20)
print("it stops early:", stop_epoch is not None and stop_epoch < 150)
print("the best validation loss is lower than the last one:", plain_val[best_epoch] < plain_val[-1])

# %% tags=["figure"]
start = {"training": plain_train[:200], "validation": plain_val[:200]}
plots.epoch_curves(start, marks={"best": best_epoch, "stop": stop_epoch});

# %% [markdown]
# **Keep a copy.** A step changes the arrays in place. So `best = params` keeps nothing: it is another name for the
# same arrays, which training goes on to change.

# %%
params = {"b2": np.array([1.0])}
same, copied = params, {name: p.copy() for name, p in params.items()}
params["b2"] -= 0.5                                              # the next step of training
print("another name:", same["b2"], "  a copy:", copied["b2"])

# %% [markdown]
# One thing to be honest about: we have used the validation images to *choose* an epoch, and we chose the one that
# suits them best. What they say about it is a little too good. For the last word there are the test images, once.
#
# ## 6. Dropout
#
# The third remedy is bolder. At every step of training, let a coin decide for each hidden unit and each example
# whether the unit is silent. No unit can rely on a certain other one being there, so each has to be of use on its
# own. It is hard to conspire against one image when half of the conspirators are missing at random.
#
# With a **mask** m of zeros and ones, each 1 with the probability `keep`:
#
# $$\text{out}_{nh} = \frac{A_{nh}\; m_{nh}}{\text{keep}}$$
#
# **Why divide by keep?** Because of what comes later. When the network is in use nothing is dropped, and the next
# layer should find what it is used to. With the division, the average over all masks is A itself:
#
# $$\mathbb{E}[\text{out}_{nh}] = \text{keep} \cdot \frac{A_{nh}}{\text{keep}} + (1 - \text{keep}) \cdot 0 = A_{nh}$$
#
# Three units have only eight masks, so we can go through all of them, each with its probability.

# %% tags=["equation"]
A, keep = np.array([3.0, 1.0, 2.0]), 0.8
average, without_division = np.zeros(3), np.zeros(3)
for mask in np.ndindex(2, 2, 2):                                 # (0, 0, 0), (0, 0, 1), ... (1, 1, 1)
    probability = np.prod([keep if m else 1 - keep for m in mask])
    average += probability * A * mask / keep
    without_division += probability * A * mask
print("average:", average.round(6), "  without the division:", without_division.round(6))
assert np.allclose(average, A) and np.allclose(without_division, keep * A)

# %% [markdown]
# ### Exercise 6.1
#
# Write `dropout_forward`. Draw from `rng`, for every element of A on its own. It returns the mask as well, because
# the way back will need to know which units were silent.

# %% tags=["exercise"] points=2
def dropout_forward(A, keep, rng):
    """out = A mask / keep; each element of the mask is 1 (or True) with the probability keep, on its own.

    A: (N, H). keep: above 0 and at most 1. rng: np.random.Generator. Returns (out, mask), both of shape (N, H).
    """
    ### BEGIN SOLUTION: two lines
    mask = rng.random(A.shape) < keep
    return A * mask / keep, mask
    ### END SOLUTION

# %%
check(dropout_forward)

# %% [markdown]
# **What just happened.** Each call thins the network out in another way. With 64 units there are $2^{64}$ networks in
# it, and they share their weights.
#
# On the way back, the mask is a number like any other: out is A times mask / keep, and so
#
# $$dA_{nh} = d\text{out}_{nh} \cdot \frac{m_{nh}}{\text{keep}}$$
#
# with **the same mask** as on the way forward. A unit that was silent had no part in the loss and gets no gradient.

# %% tags=["equation"]
rng = np.random.default_rng(4)
A, dout, keep = rng.standard_normal((3, 4)), rng.standard_normal((3, 4)), 0.5
mask = rng.random(A.shape) < keep
measured = mine.numerical_gradient(lambda A: np.sum(dout * (A * mask / keep)), A)
assert np.allclose(measured, dout * mask / keep)

# %% [markdown]
# ### Exercise 6.2
#
# Write `dropout_backward`.

# %% tags=["exercise"]
def dropout_backward(dout, mask, keep):
    """dA = dout mask / keep, with the mask of the way forward.

    dout, mask: (N, H); the mask is 1 (or True) where an element was kept. Returns dA of shape (N, H).
    """
    ### BEGIN SOLUTION: one line
    return dout * mask / keep
    ### END SOLUTION

# %%
check(dropout_backward)

# %% [markdown]
# **What just happened.** It is the ReLU's backward once more: what was stopped on the way forward is stopped on the
# way back. Only that here a coin decided.
#
# Here is a training step with dropout on the hidden layer. The validation loss in `train` uses the plain
# `mlp_forward`, without any dropout.

# %%
keep, coins = 0.5, np.random.default_rng(1)


def dropout_gradients(params):
    Z1 = mine.linear_forward(X_train, params["W1"], params["b1"])
    dropped, mask = mine.dropout_forward(mine.relu(Z1), keep, coins)
    logits = mine.linear_forward(dropped, params["W2"], params["b2"])

    dlogits = mine.softmax_cross_entropy_backward(logits, y_train)
    ddropped, dW2, db2 = mine.linear_backward(dlogits, dropped, params["W2"])
    dZ1 = mine.relu_backward(mine.dropout_backward(ddropped, mask, keep), Z1)
    _, dW1, db1 = mine.linear_backward(dZ1, X_train, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


thinned, thinned_train, thinned_val = train(dropout_gradients)
print("the lowest validation loss is lower than without:", min(thinned_val) < min(plain_val))

# %% tags=["figure"]
plots.epoch_curves({"plain": plain_val, "L2": decayed_val, "dropout": thinned_val}, ylabel="validation loss");

# %% tags=["live"]
remedies = {"plain": (plain, plain_val), "L2": (decayed, decayed_val), "dropout": (thinned, thinned_val)}
print("           validation loss                       accuracy")
print("           at the end      stopped in time      at the end")
for name, (params, val_losses) in remedies.items():
    epoch, _ = mine.early_stopping(val_losses, 20)
    print(f"{name:<8} {val_losses[-1]:>12.2f} {val_losses[epoch]:>20.2f} {accuracy(params, X_val, y_val):>15.3f}")

# %% [markdown]
# At the end of a long training each remedy helps. Which one is best depends on what you ask: here L2 ends lowest, but
# stopped in time even the plain network is ahead of it. They can be combined, too. With a million images there would
# be far less to remedy: **more data is the best of all.** Where it cannot be had, one tries these, and lets the
# validation loss judge.
#
# ## 7. A case: the accuracy that falls
#
# A published report trains a network 784-400-10 on MNIST, in batches of 16. Its learning rate is 1e-4 and is halved
# every 5,000 steps. (That is less tiny than it looks: here the pixels go from 0 to 255, not to 1, so the gradients are
# large.) Its L2 has the strength 0.001. With it, the report says, the second epoch is the best, and from there the test
# accuracy **falls**. It reads this as serious over-fitting. So it tries other strengths of L2:
#
# | strength | 0.01 | 0.001 | 0.0001 | 0 |
# |---|---|---|---|---|
# | test accuracy | .759 | .922 | .968 | .971 |
#
# Its conclusion: weaker regularisation is better. Something is odd about that. Over-fitting that gets better *without*
# regularisation?
#
# **Predict first.** Is it over-fitting? Which number would you ask for?
#
# We have trained this network again, on the real MNIST, with the report's own update. What you see are records of
# these runs; `course_lib/case_study.json` says how they were made. (The report looks at the test images after every
# epoch, and so do we, to compare. It does not say how its weights began, so expect the same pattern, not the same
# numbers.)

# %%
runs = case_study.recorded()
printed = runs["printed", 0.001]
print("epoch   training images   test images")
for number, epoch in enumerate(printed.epochs, start=1):
    print(f"{number:>5}   {epoch.train_accuracy:>15.3f}   {epoch.test_accuracy:>11.3f}")

# %% [markdown]
# The accuracy on the **training images** falls just as fast. This network does not learn its images by heart. It
# *forgets* them, down to blind guessing. It is **under-fitting**, and that it came on slowly, epoch by epoch, made it
# look like the other thing.
#
# But why would training make a network forget? Here is the report's update, in our names.

# %%
def report_lr(step):
    return 1e-4 * 0.5 ** (step // 5000)


def report_step(params, grads, lr, lam):
    for name in params:
        if name.startswith("W"):
            params[name] *= 1 - lam
        params[name] -= lr * grads[name]

# %% [markdown]
# **Find the line**, before you read on. Section 3 has all you need.
#
# If you like to experiment, ask the step this: *what do you do when the learning rate is 0?*

# %%
params, no_grads = {"W1": np.array([[1.0]])}, {"W1": np.array([[0.0]])}
report_step(params, no_grads, lr=0.0, lam=0.001)
print("a step of length 0 leaves the weight as it was:", params["W1"].item() == 1.0)

# %% [markdown]
# It shrinks all the same. In $(1 - \text{lr}\,\lambda)\, W$ the learning rate is missing. What does the report's rule
# minimise, then? Write it as a step of SGD and you see:
#
# $$(1 - \lambda)\, W - \text{lr}\; dW \;=\; W - \text{lr} \left( dW + \frac{\lambda}{\text{lr}}\, W \right)$$
#
# It is L2 with the strength $\lambda / \text{lr}$. And this strength **doubles every 5,000 steps**, because lr is
# halved.

# %% tags=["equation"]
rng = np.random.default_rng(5)
W, dW, lam = rng.standard_normal((3, 4)), rng.standard_normal((3, 4)), 0.001
for step in (0, 5000, 10000, 20000):
    lr = report_lr(step)
    params = {"W1": W.copy()}
    report_step(params, {"W1": dW}, lr, lam)
    assert np.allclose(params["W1"], W - lr * (dW + lam / lr * W))
    print(f"step {step:>6}:  lr = {lr:.2e}   the strength of L2 is really {lam / lr:.0f}")

# %% [markdown]
# Not 0.001 but 10, then 20, 40, 160. What the gradient builds up becomes less and less, and what the shrink takes
# away stays the same. Follow a weight that gets no gradient through all 30,000 steps of eight epochs (a step for every
# 16 of the 60,000 images):
#
# $$\prod_{t} (1 - \lambda) \qquad\text{against}\qquad \prod_{t} (1 - \text{lr}_t\, \lambda)
# \;\approx\; \exp\Big(-\lambda \sum_t \text{lr}_t\Big)$$

# %% tags=["equation"]
lam, lrs = 0.001, np.array([report_lr(step) for step in range(30_000)])
as_printed, scaled = (1 - lam) ** 30_000, np.prod(1 - lrs * lam)
print(f"left of the weight, as printed: {as_printed:.0e}   with the learning rate: {scaled:.3f}")
assert np.isclose(scaled, np.exp(-lam * lrs.sum()))
assert as_printed < 1e-12 < 0.99 < scaled

# %% [markdown]
# ### Exercise 7.1
#
# Mend it. Copy the body of `report_step` and change what needs to be changed. (Or write it in another way: you have
# `mine.l2_gradient`.)

# %% tags=["exercise"]
def weight_decay_step(params, grads, lr, lam):
    """W <- (1 - lr lam) W - lr dW for the weights and b <- b - lr db for the biases: SGD on loss + L2 penalty.

    params is changed in place. grads are those of the loss alone, and stay as they are. Returns nothing.
    """
    ### BEGIN SOLUTION: four lines
    for name in params:
        if name.startswith("W"):
            params[name] *= 1 - lr * lam
        params[name] -= lr * grads[name]
    ### END SOLUTION

# %%
check(weight_decay_step)

# %% [markdown]
# **What just happened.** Two letters. Here are both runs, with everything else the same: network, images, seed,
# learning rate, and $\lambda = 0.001$.

# %% tags=["figure"]
mended = runs["mended", 0.001]
plots.epoch_curves(
    {"training, mended": mended.curve("train_accuracy"), "test, mended": mended.curve("test_accuracy"),
     "training, as printed": printed.curve("train_accuracy"), "test, as printed": printed.curve("test_accuracy")},
    ylabel="accuracy", first=1,
);

# %% [markdown]
# And this is the report's table, before and after: the test accuracy after eight epochs, and the best on the way.
#
# **Predict first.** In the report's table, the weaker the L2 the better. What will the mended column look like?

# %%
print("          as printed        mended")
print("lam       last    best      last    best")
for lam in case_study.LAMS:
    before, after = (runs[form, lam].curve("test_accuracy") for form in ("printed", "mended"))
    print(f"{lam:<8g}  {before[-1]:.3f}   {max(before):.3f}     {after[-1]:.3f}   {max(after):.3f}")

# %% [markdown]
# After the mending all four rows are alike. With a learning rate of 1e-4 and so few steps, an L2 of 0.01 or less does
# next to nothing. The report's table did not measure L2. It measured its bug.
#
# A strength of 0.0001, as printed, goes the same way, only more slowly: the accuracy first rises and then falls. That
# looks even more like over-fitting. And its best epoch beats all the mended ones. Why? At the start its L2 is really
# 0.0001 / 1e-4 = 1.

# %%
slowly = runs["printed", 0.0001].curve("test_accuracy")
print("printed, 0.0001:", [f"{accuracy:.3f}" for accuracy in slowly], " best epoch:", int(np.argmax(slowly)) + 1)

# %% [markdown]
# So does L2 help this network, if it is done right? For that it must be strong enough to be felt. From the product
# above: the sum of all learning rates is about 1, so a $\lambda$ of about 1 takes off a good part of an unused weight.

# %%
print(f"sum of all learning rates: {lrs.sum():.2f}")
print("lam    test accuracy   test loss   gap of the losses")
for lam in (0.0, *case_study.OTHER_LAMS):
    last = runs["mended", lam].epochs[-1]
    gap = last.test_loss - last.train_loss
    print(f"{lam:<5g}  {last.test_accuracy:>13.3f}   {last.test_loss:>9.2f}   {gap:>17.2f}")

# %% [markdown]
# There is over-fitting here after all: without L2 the gap is large. An L2 of 1, a hundred times the most that the
# report tried, closes most of it and makes the network better. **Stronger** regularisation helps, once it is
# regularisation. (An L2 of 10 is too much. Does its accuracy remind you of a number? It is where the report's run
# started.)
#
# ### Do it yourself
#
# With MNIST on your machine, this trains the report's smaller network (100 hidden units, which it tried as well) with
# *your* step, for three epochs, and then with `report_step`. Early on the report's rule may even be ahead: L2 with a
# strength of 10 does this network good for a while. Watch where the two are going.

# %% tags=["live"]
case_study.reproduce(mine.weight_decay_step)

# %% tags=["live"]
case_study.reproduce(report_step)

# %% [markdown]
# `case_study.reproduce(mine.weight_decay_step, lam=1)` shows what L2 can do here. Are there better strengths?
#
# **What to keep.**
#
# - The accuracy on the *training* images would have told. It costs one line.
# - Two cheap checks would have found the bug: a step of length 0 changes nothing; halving the learning rate halves
#   *everything* that a step does.
# - A wrong reading has consequences. The report went on to tune its bug.
#
# ## 8. Recap
#
# - Over-fitting: good on its own images, worse on others. Under-fitting: bad even on its own.
# - L2 adds $\frac{\lambda}{2} \sum W^2$ to the loss and $\lambda W$ to the gradient, for weights and not for biases.
#   In a step of SGD, that is a factor $1 - \text{lr}\,\lambda$.
# - Switching a penalty on raises the loss; and a step of length 0 changes nothing.
# - Early stopping keeps the weights of the lowest validation loss, as a copy.
# - Dropout: a mask of coins, divided by keep; the same mask on the way back; none at all in use.
#
# **Explain it to a friend.**
#
# 1. The training loss of your friend's network is 0.9 and its validation loss is 0.95. "Hardly any gap," says your
#    friend, "so it is fine." What do you answer?
# 2. Why does L2 make the weights of a pixel that never has ink go to 0, and without L2 they stay where they began?
# 3. With dropout, the training loss that you write down during training is often *higher* than the validation loss.
#    How can that be?
# 4. How would you test an update rule, in two lines, for the mistake of section 7?
#
# **Where it is used next.** $\lambda$, keep and patience are settings. Notebook 6 is about choosing settings without
# fooling yourself.

# %% tags=["live"]
progress()
