# %% [markdown]
# # Forward pass: from pixels to probabilities
#
# A network is a function: 64 pixels go in, ten probabilities come out. In this notebook you write that function,
# piece by piece, until an image of a digit flows through code that is all yours. Such a network is called a
# *multi-layer perceptron*, MLP for short.
#
# **After this notebook you can**
#
# - say what a layer computes, as an equation, as a matrix product and as shapes;
# - explain why a network needs a bend between its layers, and watch it fail without one;
# - turn scores into probabilities and into a loss, without overflow;
# - choose how large the first weights should be.
#
# **Time:** about 90 minutes. **You need:** notebook 0, matrix products, mean and standard deviation, exp and ln. (In
# NumPy the natural logarithm ln is called `np.log`.)

# %%
import numpy as np

from course_lib import explorers, plots
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import load

# %% [markdown]
# Here is the whole way at a glance. Every arrow is one function of this notebook.
#
# $$X \;\xrightarrow{\text{linear}}\; Z_1 \;\xrightarrow{\text{ReLU}}\; A_1
# \;\xrightarrow{\text{linear}}\; \text{logits}
# \;\xrightarrow{\text{softmax}}\; P \qquad\qquad \text{logits}, y \;\xrightarrow{\text{cross-entropy}}\; L$$

# %% tags=["figure"]
plots.network_diagram([64, 32, 10]);

# %% [markdown]
# ## 1. The data
#
# An image of 8 by 8 pixels is written as one row of 64 numbers, from 0 (paper) to 1 (full ink). All images together
# are a matrix.

# %%
digits = load("digits")
X_train, y_train = digits.X_train, digits.y_train
X_test, y_test = digits.X_test, digits.y_test
print("X_train", X_train.shape, "  y_train", y_train.shape, "  X_test", X_test.shape)

# %% tags=["figure"]
plots.image_grid(X_train[:12], titles=[str(label) for label in y_train[:12]]);

# %% [markdown]
# The same letters stand everywhere in this course, in text, code, checks and pictures:
#
# | letter | what | here |
# |---|---|---|
# | N | examples in a batch | up to 1,437 |
# | D | input features | 64 pixels |
# | H | hidden units | 32 |
# | C | classes | 10 |
# | X (N, D) | the inputs, one row an image | |
# | y (N,) | the labels, whole numbers from 0 to C - 1 | |
# | W, b | the weights and biases of a layer | |
# | Z, A | what a layer computes before and after its bend | |
# | P (N, C), L | probabilities, and the loss | |
#
# A *batch* is the set of examples that goes through the network at once. The Z of the last layer has a name of its
# own, the *logits*; in sections 6, 7 and 9 we call them Z, because formulas like short names.
#
# One rule goes with them: **a row is an example, a column is a feature.** When a shape goes wrong, come back to this
# table.

# %% tags=["equation"]
N, D = X_train.shape
assert (N, D) == (1437, 64) and y_train.shape == (N,)
assert y_train.min() == 0 and y_train.max() == 9

# %% [markdown]
# ## 2. Standardise the inputs
#
# Some pixels in the middle are often dark, some at the edge never. If features differ much in size, one step of
# learning is too long for some weights and too short for others. So we give every feature the mean 0 and the standard
# deviation 1:
#
# $$\hat X_{nd} = \frac{X_{nd} - \mu_d}{\sigma_d}, \qquad \mu_d = \frac{1}{N}\sum_{n} X_{nd}, \qquad
# \sigma_d = \sqrt{\frac{1}{N}\sum_{n} (X_{nd} - \mu_d)^2}$$
#
# Each feature $d$ has its own mean and its own standard deviation, taken over all examples $n$. On numbers, three
# examples of two features:

# %% tags=["equation"]
X = np.array([[1.0, 10.0],
              [2.0, 30.0],
              [6.0, 50.0]])
mu = sum(X[n] for n in range(3)) / 3
sigma = np.sqrt(sum((X[n] - mu) ** 2 for n in range(3)) / 3)
X_hat = (X - mu) / sigma
print(X_hat.round(3))
assert np.allclose(mu, X.mean(axis=0)) and np.allclose(sigma, X.std(axis=0))
assert np.allclose(X_hat.mean(axis=0), 0) and np.allclose(X_hat.std(axis=0), 1)

# %% [markdown]
# Two things to watch.
#
# - **Only the training images are measured.** Test images are scaled with the *same* mean and standard deviation.
#   Measuring the test images would let the network know something about the images that it is to be tested on.
# - **A constant feature** has the standard deviation 0, and 0 / 0 is not a number. It taught the network nothing, so
#   it becomes 0 in every image, also in one where it has another value. A corner pixel that is always empty is such a
#   feature.
#
# ### Exercise 2.1
#
# Write `standardize`. It measures `X_train` and scales `X`.

# %% tags=["exercise"]
def standardize(X_train, X):
    """(X - mean) / std, with the mean and the std of each feature of X_train; a constant feature becomes 0.

    X_train: (N_train, D). X: (N, D). Returns an array of shape (N, D). The std divides by N_train.
    """
    ### BEGIN SOLUTION: three or four lines
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    constant = std == 0
    return np.where(constant, 0, X - mean) / np.where(constant, 1, std)
    ### END SOLUTION

# %%
check(standardize)

# %% [markdown]
# **What just happened.** `mean(axis=0)` runs down the columns: one number for each feature. NumPy then subtracted
# that row from every row of X. This is *broadcasting*, and you will use it in every layer.
#
# **Predict first.** After standardising, is the mean of the *test* images exactly 0 as well? Decide, then run.

# %%
S_train = mine.standardize(X_train, X_train)
S_test = mine.standardize(X_train, X_test)
print("largest mean of a training feature:", f"{np.abs(S_train.mean(axis=0)).max():.3f}")
print("largest mean of a test feature:    ", f"{np.abs(S_test.mean(axis=0)).max():.3f}")
print("features that never change:        ", int((S_train.std(axis=0) == 0).sum()))

# %% [markdown]
# Close to 0, but not exactly, and that is as it should be: the test images were not asked.
#
# ## 3. A layer of linear units
#
# A unit multiplies each input by a weight, adds everything up, and adds a bias:
#
# $$z = \sum_{d} x_d\, w_d + b$$
#
# A large positive weight says "this pixel speaks for me", a negative one "this pixel speaks against me". The bias is
# what the unit says when every input is 0, and after standardising that is the average image.

# %% tags=["equation"]
x = np.array([1.0, 0.5, 2.0])
w = np.array([2.0, -4.0, 0.5])
b = 1.0
z = sum(x[d] * w[d] for d in range(3)) + b
print("z =", z)
assert np.isclose(z, x @ w + b)

# %% [markdown]
# A layer has H such units. Put the weights of unit $h$ into column $h$ of a matrix W of shape (D, H), and all
# examples into the rows of X. Then one matrix product does it all:
#
# $$Z_{nh} = \sum_{d} X_{nd}\, W_{dh} + b_h \qquad\text{or, in one line,}\qquad Z = X W + b$$
#
# The shapes tell you the order. The inner letters must meet and vanish: (N, **D**) times (**D**, H) gives (N, H).

# %% tags=["equation"]
rng = np.random.default_rng(0)
N, D, H = 4, 3, 2
X, W, b = rng.standard_normal((N, D)), rng.standard_normal((D, H)), rng.standard_normal(H)
Z = X @ W + b
assert Z.shape == (N, H)
for n in range(N):
    for h in range(H):
        assert np.isclose(Z[n, h], sum(X[n, d] * W[d, h] for d in range(D)) + b[h])

# %% [markdown]
# ### Exercise 3.1
#
# Write `linear_forward`.

# %% tags=["exercise"]
def linear_forward(X, W, b):
    """Z = X W + b.

    X: (N, D). W: (D, H). b: (H,). Returns Z of shape (N, H).
    """
    ### BEGIN SOLUTION: one line
    return X @ W + b
    ### END SOLUTION

# %%
check(linear_forward)

# %% [markdown]
# **What just happened.** One line does the work of H units on N examples. Nearly all the time that a network takes is
# spent in this product.
#
# ### Two layers that are only one
#
# Would two such layers, one after the other, be more powerful than one? Multiply it out:
#
# $$(X W_1 + b_1)\, W_2 + b_2 \;=\; X\, (W_1 W_2) + (b_1 W_2 + b_2)$$

# %% tags=["equation"]
X = rng.standard_normal((5, 4))
W1, b1 = rng.standard_normal((4, 6)), rng.standard_normal(6)
W2, b2 = rng.standard_normal((6, 3)), rng.standard_normal(3)
two_layers = mine.linear_forward(mine.linear_forward(X, W1, b1), W2, b2)
one_layer = mine.linear_forward(X, W1 @ W2, b1 @ W2 + b2)
assert np.allclose(two_layers, one_layer)

# %% [markdown]
# Nothing is gained. A product of matrices is again a matrix, so a hundred linear layers are one linear layer.
# Something must happen *between* them that is not linear.
#
# ## 4. The bend: ReLU
#
# The simplest bend is enough: let positive numbers pass, and make negative ones 0.
#
# $$\operatorname{ReLU}(z) = \max(z, 0)$$
#
# ReLU stands for *rectified linear unit*. It is applied to each element on its own.

# %% tags=["equation"]
for z, expected in ((-2.0, 0.0), (0.0, 0.0), (3.0, 3.0)):
    assert max(z, 0.0) == expected
# It is not linear: the bend of a sum is not the sum of the bends.
assert max(-2.0 + 3.0, 0.0) != max(-2.0, 0.0) + max(3.0, 0.0)

# %% [markdown]
# ### Exercise 4.1
#
# Write `relu`. Take care not to write into Z: whoever called you may still need it, and in notebook 2 you will.

# %% tags=["exercise"]
def relu(Z):
    """A = max(Z, 0), each element on its own. Returns a new array of Z's shape."""
    ### BEGIN SOLUTION: one line
    return np.maximum(Z, 0)
    ### END SOLUTION

# %%
check(relu)

# %% [markdown]
# **What just happened.** It looks like almost nothing, and yet it is the difference between a straight line and any
# shape you like. You will see that with your own eyes in section 8.
#
# ## 5. A smooth bend: sigmoid
#
# Before ReLU became common, units used a smooth step. It maps every number to one between 0 and 1, so it can also be
# read as the probability of a yes:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{1 + e^{z}}$$
#
# The second form is the first with numerator and denominator multiplied by $e^z$. It also has a handy symmetry:
# $\sigma(-z) = 1 - \sigma(z)$.

# %% tags=["equation"]
z = np.array([-3.0, -0.5, 0.0, 2.0])
first_form = 1 / (1 + np.exp(-z))
second_form = np.exp(z) / (1 + np.exp(z))
print(first_form.round(4))
assert np.allclose(first_form, second_form)
assert np.allclose(1 / (1 + np.exp(z)), 1 - first_form)       # sigma(-z) = 1 - sigma(z)

# %% [markdown]
# On paper the two forms are equal. In a computer they are not: `exp(1000)` is larger than any number it can hold.
#
# **Predict first.** Which form fails at z = 1000, and which one at z = -1000?

# %%
with np.errstate(over="ignore", invalid="ignore"):
    for z in (1000.0, -1000.0):
        print(f"z = {z:7.0f}   first form {1 / (1 + np.exp(-z))}   second form {np.exp(z) / (1 + np.exp(z))}")

# %% [markdown]
# The second form gives `nan` at 1000: infinity divided by infinity. The first form comes out right at -1000, though
# only by luck: it divides 1 by infinity, and NumPy warns about it (we silenced the warning).
#
# The way out: **take exp only of numbers that are not positive.** For $z \ge 0$ use the first form, for $z < 0$ the
# second. Both need only $e^{-|z|}$, which is at most 1.
#
# ### Exercise 5.1
#
# Write `sigmoid` so that it can take any number.

# %% tags=["exercise"]
def sigmoid(Z):
    """A = 1 / (1 + exp(-Z)), each element on its own, from 0 to 1.

    Must not overflow, however large or however negative Z is.
    """
    ### BEGIN SOLUTION: two to five lines
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)
    ### END SOLUTION

# %%
check(sigmoid)

# %% [markdown]
# **What just happened.** The mathematics stayed the same; you chose the form that the machine can carry out. This
# move comes back twice in this notebook.
#
# ### Play: saturation
#
# Where a curve is flat, a small change of the input changes nothing, and a network learns from changes. Such a unit
# is called *saturated*. Move the dot along the curves and watch the slope. Then make the weights of a whole layer
# larger and watch how many of its units end up on the flat parts.
#
# **Mission.** Make more than half of the sigmoid units saturate. Then look at the ReLU at the same scale: what is
# different?

# %% tags=["explorer"]
explorers.activations(relu=mine.relu, sigmoid=mine.sigmoid)

# %% [markdown]
# ## 6. From scores to probabilities: softmax
#
# The last layer gives each image ten **logits**: any real numbers, larger for likelier classes. We want ten
# probabilities: positive, and adding up to 1. Two steps do it. Take the exponential, so that everything is positive.
# Divide by the sum, so that everything adds up to 1.
#
# $$P_{nc} = \frac{e^{Z_{nc}}}{\sum_{k} e^{Z_{nk}}}$$
#
# Row $n$ is one image, and each row is on its own. What the network thinks of image 7 must not touch image 8.

# %% tags=["equation"]
Z = np.array([[2.0, 1.0, 0.0],
              [0.0, 0.0, 5.0]])
P = np.zeros_like(Z)
for n in range(2):
    for c in range(3):
        P[n, c] = np.exp(Z[n, c]) / sum(np.exp(Z[n, k]) for k in range(3))
print(P.round(3))
assert np.allclose(P.sum(axis=1), 1) and (P > 0).all()
assert np.isclose(P[0, 0] / P[0, 1], np.e)         # one unit of logit is a factor e in probability

# %% [markdown]
# Look at the last line again. The *ratio* of two probabilities depends only on the *difference* of their logits. So
# we may add the same number $m$ to a whole row, and no probability changes:
#
# $$\frac{e^{Z_{nc} + m}}{\sum_k e^{Z_{nk} + m}} = \frac{e^{m}\, e^{Z_{nc}}}{e^{m} \sum_k e^{Z_{nk}}} = P_{nc}$$

# %% tags=["equation"]
for m in (-3.0, 10.0):
    shifted = np.exp(Z + m) / np.exp(Z + m).sum(axis=1, keepdims=True)
    assert np.allclose(shifted, P)

# %% [markdown]
# That freedom is worth a lot, because a network can produce a logit of 1000, and you know what `exp(1000)` does.
# **Predict first:** which $m$ makes the largest exponent of a row exactly 0?
#
# ### Exercise 6.1
#
# Write `softmax`. It must survive logits of 1000 and of -1000.

# %% tags=["exercise"]
def softmax(Z):
    """P[n, c] = exp(Z[n, c]) / sum over k of exp(Z[n, k]). Each row on its own. Must not overflow.

    Z: (N, C). Returns P of shape (N, C), each row of which adds up to 1.
    """
    ### BEGIN SOLUTION: two or three lines
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION

# %%
check(softmax)

# %% [markdown]
# **What just happened.** You took the largest logit off each row. Then the largest exponent is 0, its exponential is
# 1, and the sum is at least 1: nothing can overflow, and nothing can be divided by 0.
#
# ### Play: temperature
#
# Divide all logits by a number T before the softmax. A small T makes the network sound surer, a large T less sure.
# Chat programs have the same slider.
#
# **Mission.** Find a T at which one class gets more than 99%, and another at which no class gets more than 12%. What
# happens to the *order* of the classes?

# %% tags=["explorer"]
explorers.temperature(softmax=mine.softmax)

# %% [markdown]
# ## 7. How wrong the network is: cross-entropy
#
# To learn, the network needs one number that says how wrong it is. Look at the probability that it gave to the
# *right* class. If that is 1, there is nothing to complain about. The smaller it is, the worse. The **cross-entropy**
# is minus its logarithm, as a mean over the batch:
#
# $$L = \frac{1}{N} \sum_{n} -\ln P_{n, y_n}$$
#
# Why the logarithm? Probabilities of independent examples multiply, and their logarithms add up. And a confident
# mistake costs a lot: $-\ln 0.5 = 0.69$, but $-\ln 0.001 = 6.9$.

# %% tags=["equation"]
P = np.array([[0.7, 0.2, 0.1],
              [0.1, 0.1, 0.8]])
y = np.array([0, 1])
L = (-np.log(0.7) - np.log(0.1)) / 2
assert np.isclose(L, np.mean([-np.log(P[n, y[n]]) for n in range(2)]))
assert np.isclose(np.log(0.7) + np.log(0.1), np.log(0.7 * 0.1))
print(f"L = {L:.4f},  -ln 0.5 = {-np.log(0.5):.2f},  -ln 0.001 = {-np.log(0.001):.1f}")

# %% [markdown]
# **A number to know by heart.** A network that has learnt nothing gives every class the probability 1 / C. Its loss
# is $\ln C$, which is 2.3026 for ten classes. With tiny weights a new network starts there, with larger ones somewhat
# above. If it starts at 12, something is odd.

# %% tags=["equation"]
C = 10
know_nothing = np.full((4, C), 1 / C)
L = np.mean([-np.log(know_nothing[n, label]) for n, label in enumerate([3, 1, 4, 1])])
print(f"{L:.4f}")
assert np.isclose(L, np.log(C))

# %% [markdown]
# ### The safe way round
#
# With logits of 0 and 1000 the first class gets the probability exp(-1000), which is 0 for a computer. Its logarithm
# is minus infinity, although the true loss is just 1000. So we do not form the probability at all. Put the softmax
# into the loss:
#
# $$-\ln P_{n, y_n} = -\ln \frac{e^{Z_{n y_n}}}{\sum_k e^{Z_{nk}}} = \ln \sum_k e^{Z_{nk}} - Z_{n y_n}$$
#
# The first term is called *log-sum-exp*. Take the same $m$ off every logit of the row, **the label's too**: both
# terms fall by m, so the loss stays as it was.

# %% tags=["equation"]
Z = np.array([2.0, -1.0, 0.5])
c, m = 2, Z.max()
P = np.exp(Z) / np.exp(Z).sum()
assert np.isclose(-np.log(P[c]), np.log(np.exp(Z).sum()) - Z[c])
assert np.isclose(-np.log(P[c]), np.log(np.exp(Z - m).sum()) - (Z[c] - m))

Z, c = np.array([0.0, 1000.0]), 0
m = Z.max()
assert np.log(np.exp(Z - m).sum()) - (Z[c] - m) == 1000.0        # no infinity anywhere

# %% [markdown]
# ### Exercise 7.1
#
# Write `cross_entropy` from the logits. To pick one number from each row, index with two arrays: the row numbers and
# the labels. That picks what the 1 in a row of `one_hot` points at; the rows themselves return in notebook 2. Here is
# how it works.

# %%
table = np.array([[10, 11, 12],
                  [20, 21, 22]])
print(table[np.arange(2), [2, 0]])        # from row 0 column 2, from row 1 column 0

# %% tags=["exercise"]
def cross_entropy(logits, y):
    """L = mean over n of (ln sum over k of exp(logits[n, k]) - logits[n, y[n]]). Must not overflow.

    logits: (N, C). y: (N,) whole numbers from 0 to C - 1. Returns one number.
    """
    ### BEGIN SOLUTION: three or four lines
    Z = logits - logits.max(axis=1, keepdims=True)
    log_sum_exp = np.log(np.exp(Z).sum(axis=1))
    return np.mean(log_sum_exp - Z[np.arange(len(y)), y])
    ### END SOLUTION

# %%
check(cross_entropy)

# %% [markdown]
# **What just happened.** Softmax and logarithm, taken together, are safer than one after the other. Every serious
# library offers them as one function for this reason, and in notebook 2 their common derivative turns out to be
# astonishingly simple.
#
# ## 8. The whole forward pass
#
# Now put the pieces together. The parameters live in a dict:
#
# | name | shape | what |
# |---|---|---|
# | W1 | (D, H) | weights of the hidden layer |
# | b1 | (H,) | its biases |
# | W2 | (H, C) | weights of the output layer |
# | b2 | (C,) | its biases |
#
# $$Z_1 = X W_1 + b_1, \qquad A_1 = \operatorname{ReLU}(Z_1), \qquad \text{logits} = A_1 W_2 + b_2$$
#
# The equations on a network that is small enough for paper: one input, two hidden units, two classes.

# %% tags=["equation"]
X = np.array([[2.0]])
W1, b1 = np.array([[1.0, -1.0]]), np.array([0.0, 1.0])
W2, b2 = np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([0.5, -0.5])
Z1 = X @ W1 + b1
A1 = np.maximum(Z1, 0)
logits = A1 @ W2 + b2
assert Z1.tolist() == [[2.0 * 1 + 0, 2.0 * -1 + 1]] == [[2.0, -1.0]]
assert A1.tolist() == [[2.0, 0.0]]                             # the second unit is silent
assert logits.tolist() == [[2.0 * 1 + 0.0 * 2 + 0.5, 2.0 * 0 + 0.0 * -1 - 0.5]] == [[2.5, -0.5]]

# %% [markdown]
# Two decisions that beginners often miss:
#
# - **Nothing after the last layer.** The function returns logits. The softmax belongs to the loss, where it is safe.
# - **Keep what you computed.** The way back in notebook 2 needs X, Z1 and A1. We return them in a second dict, the
#   *cache*.
#
# ### Exercise 8.1
#
# Write `mlp_forward`. You may call your own functions from above, or `mine.linear_forward` and `mine.relu`.

# %% tags=["exercise"] points=2
def mlp_forward(X, params):
    """Z1 = X W1 + b1, A1 = relu(Z1), logits = A1 W2 + b2.

    X: (N, D). params: {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}.
    Returns (logits, cache): logits (N, C), cache = {"X": X, "Z1": Z1, "A1": A1}.
    """
    ### BEGIN SOLUTION: four lines
    Z1 = mine.linear_forward(X, params["W1"], params["b1"])
    A1 = mine.relu(Z1)
    logits = mine.linear_forward(A1, params["W2"], params["b2"])
    return logits, {"X": X, "Z1": Z1, "A1": A1}
    ### END SOLUTION

# %%
check(mlp_forward)

# %% [markdown]
# **What just happened.** That is a neural network. Let all training images through it. The weights are still random,
# so the answers are guesses, but every number on the way is there.

# %%
rng = np.random.default_rng(1)
D, H, C = 64, 32, 10
params = {
    "W1": 0.01 * rng.standard_normal((D, H)), "b1": np.zeros(H),
    "W2": 0.01 * rng.standard_normal((H, C)), "b2": np.zeros(C),
}
logits, cache = mine.mlp_forward(S_train, params)
print("logits", logits.shape, "  A1", cache["A1"].shape)
print(f"loss {mine.cross_entropy(logits, y_train):.2f}, and ln 10 is {np.log(10):.2f}")

# %% tags=["figure"]
plots.probability_bars(mine.softmax(logits)[0]);

# %% [markdown]
# These are the probabilities for the first image; the largest bar is orange. With weights this small the network
# knows nothing and says so: about 10% for each class, and a loss of ln 10.
#
# ### Play: what the bend is for
#
# Two classes of points form two crescents that reach into one another. Class 0 is drawn as dots, class 1 as
# triangles. The picture shows where a network of *your* functions says "class 1". Switch the ReLU off and on, and
# give it more hidden units or more training.
#
# **Mission.** First try to get above 95% **without** the ReLU. Then get above 95% with it, with as few hidden units
# as you can.

# %% tags=["explorer"]
explorers.boundary(mlp_forward=mine.mlp_forward)

# %% [markdown]
# ## 9. How often it is right: accuracy
#
# The loss is what a network learns from. What people ask is simpler: how often is it right? The network's answer for
# an image is the class with the largest logit, and the **accuracy** is the fraction of images for which that is the
# label (of two equal logits the first one counts):
#
# $$\text{accuracy} = \frac{1}{N} \sum_n \left[\, \arg\max_c Z_{nc} = y_n \,\right]$$
#
# The square bracket is 1 where the statement in it is true, and 0 where it is false. Softmax is not needed: it keeps
# the order, so the largest logit has the largest probability.

# %% tags=["equation"]
Z = np.array([[2.0, 0.1, 1.0],
              [3.0, 0.5, 1.5],
              [0.3, 4.0, 0.0]])
y = np.array([0, 2, 1])
right = [int(max(range(3), key=lambda c: Z[n, c]) == y[n]) for n in range(3)]
print(right, "accuracy", round(sum(right) / 3, 3))
assert (mine.softmax(Z).argmax(axis=1) == Z.argmax(axis=1)).all()

# %% [markdown]
# ### Exercise 9.1
#
# Write `accuracy`.

# %% tags=["exercise"]
def accuracy(logits, y):
    """The fraction of rows whose largest logit stands in column y[n].

    logits: (N, C). y: (N,) whole numbers. Returns one number from 0 to 1.
    """
    ### BEGIN SOLUTION: one or two lines
    return np.mean(logits.argmax(axis=1) == y)
    ### END SOLUTION

# %%
check(accuracy)

# %% [markdown]
# **Predict first.** What accuracy do you expect from the random network above, with ten classes?

# %%
print(f"{mine.accuracy(logits, y_train):.2f}")

# %% [markdown]
# Somewhere near 0.1: a guess. Accuracy jumps when an answer flips and stands still otherwise, so a network cannot
# learn from it directly. That is why we need the loss as well.
#
# ## 10. The scale of the first weights
#
# This section is the most mathematical one. On a first reading you may go straight to the play at its end.
#
# We started with weights of size 0.01. Is that good? A unit adds up D products $x_d w_d$. Let the weights be drawn
# independently, with mean 0 and standard deviation $s$. Then the products have mean 0 too, and their variances add
# up:
#
# $$\operatorname{Var}(z) = s^2 \sum_d x_d^2 = D\, s^2 \cdot \operatorname{mean}(x^2)$$
#
# If the inputs have mean 0 and standard deviation 1, the mean of $x^2$ is 1, and $z$ has the standard deviation $s
# \sqrt{D}$.

# %% tags=["equation"]
rng = np.random.default_rng(2)
D, s = 400, 0.1
X = rng.standard_normal((2000, D))
Z = X @ (s * rng.standard_normal((D, 500)))
print(f"measured {Z.std():.2f}, predicted {s * np.sqrt(D):.2f}")
assert np.isclose(Z.std(), s * np.sqrt(D), rtol=0.03)

# %% [markdown]
# With $s = 1/\sqrt{D}$ the mean square stays the same from layer to layer, as long as the layers are linear. That is
# **Xavier's** choice (for a layer with as many outputs as inputs).
#
# A ReLU halves it: z is as often negative as positive, and the negative half becomes 0. The next layer sees only the
# mean square, so we make the variance of the weights twice as large. That is **He's** choice:
#
# $$\operatorname{mean}\left(\operatorname{ReLU}(z)^2\right) = \tfrac12 \operatorname{mean}(z^2)
# \quad\Longrightarrow\quad D\, s^2 \cdot \tfrac12 = 1
# \quad\Longrightarrow\quad s = \sqrt{\frac{2}{D}}$$

# %% tags=["equation"]
z = rng.standard_normal(1_000_000)                          # symmetric about 0
assert np.isclose(np.mean(np.maximum(z, 0) ** 2), 0.5 * np.mean(z**2), rtol=0.01)

D = 400
assert np.isclose(D * np.sqrt(2 / D) ** 2 * 0.5, 1)
A = X                                                       # mean of squares 1, as it came in
for _ in range(5):
    A = np.maximum(A @ (np.sqrt(2 / D) * rng.standard_normal((D, D))), 0)
print(f"mean of squares after five ReLU layers with He's scale: {np.mean(A**2):.1f}")
assert 0.4 < np.mean(A**2) < 2.5

# %% [markdown]
# ### Play: how deep does the signal reach?
#
# Each row of the picture is a layer. The slider multiplies He's scale. **Predict first:** with ReLU and Xavier's
# smaller scale, does the signal grow or shrink from layer to layer?
#
# **Mission.** Keep the activations of the tenth layer within a factor of two of those of the first.

# %% tags=["explorer"]
explorers.init_scale(linear_forward=mine.linear_forward, relu=mine.relu)

# %% [markdown]
# Now give our own network He's scale. The loss at the start is no longer ln 10: with weights of this size a network
# already has opinions, only wrong ones. A first loss of exactly 2.3026 belongs to tiny weights.

# %%
rng = np.random.default_rng(3)
D, H, C = 64, 32, 10
params = {
    "W1": np.sqrt(2 / D) * rng.standard_normal((D, H)), "b1": np.zeros(H),
    "W2": np.sqrt(2 / H) * rng.standard_normal((H, C)), "b2": np.zeros(C),
}
logits, cache = mine.mlp_forward(S_train, params)
print(f"loss {mine.cross_entropy(logits, y_train):.1f}, accuracy {mine.accuracy(logits, y_train):.2f}")

# %% [markdown]
# ## 11. Your forward pass, with weights that have learnt
#
# Everything is there except good weights. The course trains some for you now; in notebooks 2 to 4 you will do that
# yourself. The images below have never been seen in training, and they go through *your* functions.

# %%
from course_lib import nn

network = nn.mlp([64, 32, 10], rng=np.random.default_rng(0))
nn.fit(network, S_train, y_train, epochs=20, batch_size=32, lr=0.1, rng=np.random.default_rng(0))
trained = network.named_parameters()                    # a dict with W1, b1, W2, b2, like yours

logits, cache = mine.mlp_forward(S_test, trained)
accuracy_on_new_images = mine.accuracy(logits, y_test)
assert accuracy_on_new_images > 0.95

# %% tags=["live"]
print(f"accuracy on {len(y_test)} images never seen in training: {accuracy_on_new_images:.3f}")
print(f"loss on them: {mine.cross_entropy(logits, y_test):.3f}, far below ln 10")
mine

# %% [markdown]
# Here are some of the images that it gets wrong. Would you have known? Each title gives the label, then what the
# network says.

# %% tags=["figure"]
answers = logits.argmax(axis=1)
wrong = np.flatnonzero(answers != y_test)[:10]
plots.image_grid(X_test[wrong], titles=[f"{y_test[n]}, says {answers[n]}" for n in wrong]);

# %% [markdown]
# ## 12. Recap
#
# - A layer is $Z = XW + b$: (N, D) times (D, H) gives (N, H). A row is an example.
# - Without a bend, many layers are one layer.
# - Logits become probabilities by softmax, and a loss by cross-entropy; a shift of each row by its largest logit
#   keeps both safe.
# - A network that knows nothing has the loss ln C.
# - He's scale $\sqrt{2/D}$ keeps the signal alive through many ReLU layers.
#
# **Explain it to a friend.**
#
# 1. Why can a network without ReLU only draw a straight line, however many layers it has?
# 2. Why do we take the largest logit off each row, and why may we?
# 3. Your network starts with a loss of 12. What would you look at first?
# 4. Why must the test images be scaled with the mean of the training images?
#
# **Where it is used next.** In notebook 2 you go the same way back, from the loss to every weight, and the cache is
# what you will need.

# %% tags=["live"]
progress()
