# %% [markdown]
# # Backprop derived: from the loss back to every weight
#
# In notebook 1 numbers flowed forward, from pixels to a loss. Now we ask: **if I turn this one weight up a little,
# does the loss go up or down, and by how much?** A network has thousands of weights, and backprop answers for all of
# them in one walk back.
#
# **After this notebook you can**
#
# - derive the gradient of a layer from the chain rule, index by index, and write it as a matrix product;
# - find a wrong line in a derivation by running it on numbers;
# - compute the gradient of a whole network, and use it to make the loss fall.
#
# **Time:** about 100 minutes. **You need:** notebook 1, and the derivatives of sums, products, 1/x, exp and ln.
#
# A cell below may use a function that you have not written yet, here or in notebook 1. Then `mine` lends you the
# course's, and you can go on.

# %%
import numpy as np

from course_lib import explorers, plots
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import load

# %% [markdown]
# ## 1. Slopes and the chain rule
#
# The slope of $f$ at $x$ says how fast $f$ grows there. If x moves by a small h, then f moves by about slope times h:
#
# $$f(x + h) \approx f(x) + f'(x)\, h$$

# %% tags=["equation"]
def f(x):
    return x**2


x, h = 3.0, 0.001
slope = 2 * x
print(f(x + h), "and", f(x) + slope * h)
assert abs(f(x + h) - (f(x) + slope * h)) < 2 * h**2        # what is left over is much smaller than h

# %% [markdown]
# A network is a long chain: the output of one step is the input of the next. The **chain rule** says that slopes
# along a chain multiply. If u moves twice as fast as x, and L three times as fast as u, then L moves six times as fast
# as x:
#
# $$\frac{dL}{dx} = \frac{dL}{du} \cdot \frac{du}{dx}$$
#
# Here is a chain of three steps: one input x, one weight w, one bias b, and the squared distance to a target t.
#
# $$u = w x, \qquad z = u + b, \qquad L = (z - t)^2$$
#
# Walk it back, from the end: $\frac{dL}{dz} = 2 (z - t)$. The step before it is an addition, whose slope is 1. The
# first step is a multiplication, and the slope of $w x$ with respect to $w$ is $x$:
#
# $$\frac{dL}{dw} = \frac{dL}{dz} \cdot \frac{dz}{du} \cdot \frac{du}{dw} = 2 (z - t) \cdot 1 \cdot x$$

# %% tags=["equation"]
def loss(w, x=2.0, b=1.0, t=4.0):
    u = w * x
    z = u + b
    return (z - t) ** 2


w, x, b, t, h = 3.0, 2.0, 1.0, 4.0, 1e-6
z = w * x + b
dL_dw = 2 * (z - t) * 1 * x
print("chain rule:", dL_dw, "  measured:", round((loss(w + h) - loss(w - h)) / (2 * h), 4))
assert np.isclose(dL_dw, (loss(w + h) - loss(w - h)) / (2 * h))

# %% [markdown]
# The last two lines are how every equation in this notebook is checked: move a number a little to both sides, and see
# how the loss answers. Notebook 3 is all about that.
#
# **Shorthand.** The slope of the loss with respect to anything is written with a d in front: `dw` is $\frac{dL}{dw}$,
# and `dZ` is $\frac{dL}{dZ}$. **It always has the shape of the thing itself.**
#
# ## 2. Numbers that flow back
#
# Draw the chain as a graph. Each operation is a node, and values flow forward along the arrows, to the loss.

# %% tags=["figure"]
chain = [("u", "×", "w", "x"), ("z", "+", "u", "b"), ("L", "(z − t)²", "z", "t")]
forward = {"w": 3, "x": 2, "u": 6, "b": 1, "z": 7, "t": 4, "L": 9}
plots.scalar_graph(chain, forward);

# %% [markdown]
# Backward, gradients flow against the arrows. A node needs to know only two things: the gradient of its own output,
# `dout` $= \frac{dL}{d\,\text{out}}$, which arrives from the side of the loss, and its **local slope** for each input.
# It multiplies them, and hands the products on to its inputs.
#
# | node | forward | local slopes | backward |
# |---|---|---|---|
# | add | out = x + y | 1 and 1 | dx = dout, dy = dout |
# | multiply | out = x y | y and x | dx = dout y, dy = dout x |

# %% tags=["equation"]
x, y, h = 3.0, -2.0, 1e-6
slope_of_sum = ((x + h) + y - ((x - h) + y)) / (2 * h)
slope_of_product = ((x + h) * y - (x - h) * y) / (2 * h)
assert np.isclose(slope_of_sum, 1) and np.isclose(slope_of_product, y)

# %% [markdown]
# ### Exercise 2.1
#
# Write the two backward functions for single numbers.

# %% tags=["exercise"]
def add_backward(dout):
    """out = x + y. dout is the gradient of out. Returns (dx, dy), the gradients of both inputs."""
    ### BEGIN SOLUTION: one line
    return dout, dout
    ### END SOLUTION

# %%
check(add_backward)

# %% tags=["exercise"]
def multiply_backward(dout, x, y):
    """out = x y. dout is the gradient of out. Returns (dx, dy), the gradients of both inputs."""
    ### BEGIN SOLUTION: one line
    return dout * y, dout * x
    ### END SOLUTION

# %%
check(multiply_backward)

# %% [markdown]
# **What just happened.** An add node hands its gradient on to both inputs. A multiply node swaps: each input's
# gradient is weighted with the *other* input. With these two you can walk back through the chain without any new
# calculus.

# %% tags=["equation"]
w, x, b, t = 3.0, 2.0, 1.0, 4.0
u = w * x                            # forward
z = u + b
dz = 2 * (z - t)                     # backward, last step first
du, db = mine.add_backward(dz)
dw, dx = mine.multiply_backward(du, w, x)
print("dw =", dw, "  db =", db, "  dx =", dx)
assert dw == dL_dw

# %% tags=["figure"]
plots.scalar_graph(chain, forward, {"L": 1, "z": dz, "u": du, "b": db, "w": dw, "x": dx});

# %% [markdown]
# **A value that is used twice** gets a gradient from each use, and they **add up**. For $x \cdot x$ both inputs are
# x:
#
# $$\frac{d(x \cdot x)}{dx} = x + x = 2x$$

# %% tags=["equation"]
x = 3.0
first, second = mine.multiply_backward(1.0, x, x)
assert first + second == 2 * x

# %% [markdown]
# Remember this one. A weight is used once for *every example* in the batch, so its gradient is a **sum over the
# examples**. That is where the sums in the next section come from.
#
# ## 3. Back through a linear layer
#
# Forward, the layer computes
#
# $$Z_{nh} = \sum_d X_{nd} W_{dh} + b_h$$
#
# As in notebook 1, n counts the examples, d the inputs and h the units. (The small step h of section 1 is not meant
# here. In the code the units are counted by j, for `h` is the step there.)
#
# From the side of the loss arrives dZ, which says how the loss depends on each $Z_{nh}$. Which Z depend on one weight
# $W_{dh}$? Those of unit h, for every example n. In each of them, $W_{dh}$ is multiplied with $X_{nd}$. So the chain
# rule, summed over all uses, gives
#
# $$dW_{dh} = \sum_n dZ_{nh}\, X_{nd}$$
#
# In the same way: $X_{nd}$ is used by every unit h, with the factor $W_{dh}$, and $b_h$ is used by every example,
# with the factor 1.
#
# $$dX_{nd} = \sum_h dZ_{nh}\, W_{dh}, \qquad\qquad db_h = \sum_n dZ_{nh}$$
#
# Sums of products of matrix elements are matrix products, if the index that is summed over stands **in the middle**:
# last in the first factor, and first in the second. In dW the sum runs over n, which is first in $X_{nd}$. A transpose
# turns it round:
#
# $$dW_{dh} = \sum_n X_{nd}\, dZ_{nh} = \sum_n (X^{\mathsf T})_{dn}\, dZ_{nh} = (X^{\mathsf T} dZ)_{dh}$$
#
# In dX the sum runs over h, which is last in $dZ_{nh}$ already, and last in $W_{dh}$ as well: W is turned round. So
#
# $$dW = X^{\mathsf T}\, dZ, \qquad dX = dZ\, W^{\mathsf T}, \qquad db = \text{sum of the rows of } dZ$$

# %% tags=["equation"]
rng = np.random.default_rng(0)
N, D, H = 4, 3, 2
X, W, b = rng.standard_normal((N, D)), rng.standard_normal((D, H)), rng.standard_normal(H)
dZ = rng.standard_normal((N, H))
for d in range(D):
    for j in range(H):
        assert np.isclose((X.T @ dZ)[d, j], sum(dZ[n, j] * X[n, d] for n in range(N)))
for n in range(N):
    for d in range(D):
        assert np.isclose((dZ @ W.T)[n, d], sum(dZ[n, j] * W[d, j] for j in range(H)))
assert np.allclose(dZ.sum(axis=0), [sum(dZ[n, j] for n in range(N)) for j in range(H)])

# %% [markdown]
# These index sums agree with the matrix products. But is the *derivation* right? Measure it. Take the loss $L =
# \sum_{nh} dZ_{nh} Z_{nh}$, whose gradient with respect to Z is exactly dZ, and move one weight.

# %% tags=["equation"]
def loss(X, W, b):
    return np.sum(dZ * mine.linear_forward(X, W, b))


def measured(f, x, h=1e-6):
    """The slope of f at each element of x, by moving it a little to both sides."""
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        slopes[i] = (f(x + step) - f(x - step)) / (2 * h)
    return slopes


assert np.allclose(measured(lambda W: loss(X, W, b), W), X.T @ dZ)
assert np.allclose(measured(lambda X: loss(X, W, b), X), dZ @ W.T)
assert np.allclose(measured(lambda b: loss(X, W, b), b), dZ.sum(axis=0))

# %% [markdown]
# ### Play: the shape puzzle
#
# You need not memorise the transposes. **Each gradient has the shape of its own thing**, and mostly only one product
# fits. Mostly: the last round shows when shapes are not enough.

# %% tags=["explorer"]
explorers.shape_puzzle()

# %% [markdown]
# ### Which line is wrong?
#
# A published report on a network like ours gives this derivation for $Z = X W + b$:
#
# 1. $db = \sum_n dZ_n$
# 2. $dX = dZ\, W^{\mathsf T}$
# 3. $dW = X\, dZ$
#
# **Decide first**, then let the machine judge each line.

# %% tags=["equation"]
claims = {
    "1. db = sum of dZ": (lambda: dZ.sum(axis=0), measured(lambda b: loss(X, W, b), b)),
    "2. dX = dZ W^T": (lambda: dZ @ W.T, measured(lambda X: loss(X, W, b), X)),
    "3. dW = X dZ": (lambda: X @ dZ, measured(lambda W: loss(X, W, b), W)),
}
for line, (formula, truth) in claims.items():
    try:
        print(line, " holds" if np.allclose(formula(), truth) else " is wrong")
    except ValueError:
        print(line, " is wrong: these shapes cannot be multiplied")

# %% [markdown]
# The transpose is missing in line 3. A formula that has been run cannot hide such a slip; one that is only printed
# can.
#
# ### Exercise 3.1
#
# Write `linear_backward`.

# %% tags=["exercise"] points=2
def linear_backward(dZ, X, W):
    """The gradients of Z = X W + b, for the gradient dZ (N, H) of its output.

    X: (N, D). W: (D, H). Returns (dX, dW, db) with the shapes (N, D), (D, H) and (H,).
    """
    ### BEGIN SOLUTION: three lines
    dX = dZ @ W.T
    dW = X.T @ dZ
    db = dZ.sum(axis=0)
    return dX, dW, db
    ### END SOLUTION

# %%
check(linear_backward)

# %% [markdown]
# **What just happened.** Nothing was divided by N. The mean over the batch belongs to the loss, and it will come in
# with dZ. Dividing here as well is one of the commonest mistakes: then the gradient is N times too small, and a
# network learns N times too slowly without saying so.
#
# ## 4. Back through the bends
#
# ReLU works on each element alone, so each gets its own slope: 1 where Z is positive, 0 where it is negative.
#
# $$dZ_{nh} = \begin{cases} dA_{nh} & \text{if } Z_{nh} > 0 \\ 0 & \text{otherwise} \end{cases}$$
#
# Exactly at 0 there is a kink, and no slope. We take 0: a unit that is silent should not learn from being silent.

# %% tags=["equation"]
Z = np.array([[-2.0, 0.5, 3.0]])
dA = np.array([[5.0, -6.0, 7.0]])
expected = measured(lambda Z: np.sum(dA * np.maximum(Z, 0)), Z)
print(expected.round(6) + 0.0)
assert np.allclose(expected, dA * (Z > 0))

# %% [markdown]
# ### Exercise 4.1
#
# Write `relu_backward`. It gets the gradient dA and Z, what came *into* the ReLU. Do not write into dA: others may
# still need it.

# %% tags=["exercise"]
def relu_backward(dA, Z):
    """dZ = dA where Z > 0, else 0. All of shape (N, H). Returns a new array."""
    ### BEGIN SOLUTION: one line
    return dA * (Z > 0)
    ### END SOLUTION

# %%
check(relu_backward)

# %% [markdown]
# **What just happened.** On the way forward ReLU decided which units speak; on the way back the same decision says
# which units learn.
#
# The sigmoid has a slope that can be written with its own value. Differentiate $A = \frac{1}{u}$ with $u = 1 + e^{-Z}$.
# The slope of $\frac{1}{u}$ is $-\frac{1}{u^2}$, and the slope of u is $-e^{-Z}$; the two minus signs cancel:
#
# $$\frac{dA}{dZ} = \frac{e^{-Z}}{(1 + e^{-Z})^2} = \frac{1}{1 + e^{-Z}} \cdot \frac{e^{-Z}}{1 + e^{-Z}} = A\,(1 - A)$$
#
# The first factor is A. The second one is $1 - A$, for the two add up to 1. So $dZ = dA \cdot A (1 - A)$, element by
# element, and the way back needs no exponential.

# %% tags=["equation"]
Z = np.array([[-3.0, 0.0, 1.5]])
A = mine.sigmoid(Z)
assert np.allclose(np.exp(-Z) / (1 + np.exp(-Z)), 1 - A)
assert np.allclose(np.exp(-Z) / (1 + np.exp(-Z)) ** 2, A * (1 - A))
assert np.allclose(measured(lambda Z: np.sum(mine.sigmoid(Z)), Z), A * (1 - A))
print("slope at 0:", A[0, 1] * (1 - A[0, 1]), "  the largest there is")

# %% [markdown]
# ### Exercise 4.2
#
# Write `sigmoid_backward`. It gets A, the *output* of the sigmoid.

# %% tags=["exercise"]
def sigmoid_backward(dA, A):
    """dZ = dA * A * (1 - A), where A is the output of the sigmoid. All of shape (N, H)."""
    ### BEGIN SOLUTION: one line
    return dA * A * (1 - A)
    ### END SOLUTION

# %%
check(sigmoid_backward)

# %% [markdown]
# **What just happened.** A (1 - A) is at most a quarter. On its way back through ten sigmoid layers a gradient meets
# ten such factors, and ten weights. Unless large weights make up for it, almost nothing reaches the first layer:

# %% tags=["equation"]
A = mine.sigmoid(np.linspace(-10, 10, 2001)[None])          # [None] makes an array of one row
assert np.isclose((A * (1 - A)).max(), 0.25)
print(f"ten factors of a quarter: {0.25**10:.0e}")

# %% [markdown]
# That is the *vanishing gradient*, and a reason why ReLU took over.
#
# ## 5. Back through softmax and cross-entropy
#
# Take one example with label y. From notebook 1 its loss is
#
# $$L = \ln \sum_k e^{Z_k} - Z_y$$
#
# Differentiate with respect to the logit of class c. The logarithm gives one over the sum, and the inner derivative
# is $e^{Z_c}$. That is the softmax again. The second term counts only if c is the label, which we write as
# $[c = y]$: 1 if it is, else 0.
#
# $$\frac{dL}{dZ_c} = \frac{e^{Z_c}}{\sum_k e^{Z_k}} - [c = y] = P_c - [c = y]$$
#
# **What the network says, minus what is true.** For the mean over a batch, each row carries a factor 1/N:
#
# $$d\text{logits}_{nc} = \frac{1}{N} \left( P_{nc} - [c = y_n] \right)$$

# %% tags=["equation"]
logits = np.array([[2.0, 1.0, 0.0],
                   [0.0, 0.0, 3.0]])
y = np.array([0, 1])
truth = measured(lambda Z: mine.cross_entropy(Z, y), logits)
dlogits = (mine.softmax(logits) - mine.one_hot(y, 3)) / 2
print(truth.round(4))
assert np.allclose(truth, dlogits)
assert np.allclose(dlogits.sum(axis=1), 0)          # what one class gains, the others lose

# %% [markdown]
# ### Which line is wrong?
#
# Here is a derivation as it stands in print. One sign is wrong. **Find the line first.**
#
# 1. $L = \ln \sum_k e^{Z_k} - Z_y$
# 2. $\dfrac{d}{dZ_c} \ln \sum_k e^{Z_k} = P_c$
# 3. $\dfrac{dL}{dZ_c} = [c = y] - P_c$

# %% tags=["equation"]
Z, label = np.array([2.0, 1.0, 0.0]), 0
P, Y = mine.softmax(Z[None])[0], np.eye(3)[label]            # softmax wants rows: Z[None] is one row
print("line 1", np.isclose(np.log(np.exp(Z).sum()) - Z[label], -np.log(P[label])))
print("line 2", np.allclose(measured(lambda Z: np.log(np.exp(Z).sum()), Z), P))
print("line 3", np.allclose(measured(lambda Z: np.log(np.exp(Z).sum()) - Z[label], Z), Y - P))

# %% [markdown]
# With that sign, each step of learning would push the network away from the right answer.
#
# ### Exercise 5.1
#
# Write `softmax_cross_entropy_backward`.

# %% tags=["exercise"]
def softmax_cross_entropy_backward(logits, y):
    """The gradient of the mean cross-entropy with respect to the logits: (P - one_hot(y)) / N.

    logits: (N, C). y: (N,) whole numbers. Returns dlogits of shape (N, C).
    """
    ### BEGIN SOLUTION: two to four lines
    P = mine.softmax(logits)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)
    ### END SOLUTION

# %%
check(softmax_cross_entropy_backward)

# %% [markdown]
# **What just happened.** Exponentials, a sum, a quotient, a logarithm, and yet the gradient is one subtraction. And
# the factor 1/N has come in, here and nowhere else.
#
# ## 6. The whole way back
#
# Put it together. Each line of the forward pass has its backward function. The lines come in reverse order:
#
# | forward | backward |
# |---|---|
# | Z1 = X W1 + b1 | dW1, db1 from dZ1 |
# | A1 = ReLU(Z1) | dZ1 from dA1 |
# | logits = A1 W2 + b2 | dA1, dW2, db2 from dlogits |
# | L = cross-entropy(logits, y) | dlogits |
#
# Read the right column from the bottom to the top. As equations, where $\odot$ multiplies element by element and all
# other products are matrix products:
#
# $$dW_2 = A_1^{\mathsf T}\, d\text{logits}, \qquad db_2 = \sum_n d\text{logits}_n, \qquad
# dA_1 = d\text{logits}\; W_2^{\mathsf T}$$
#
# $$dZ_1 = dA_1 \odot [Z_1 > 0], \qquad dW_1 = X^{\mathsf T}\, dZ_1, \qquad db_1 = \sum_n (dZ_1)_n$$

# %% tags=["equation"]
rng = np.random.default_rng(1)
X, y = rng.standard_normal((5, 4)), np.array([0, 2, 1, 1, 0])
params = {"W1": rng.standard_normal((4, 6)), "b1": rng.standard_normal(6),
          "W2": rng.standard_normal((6, 3)), "b2": rng.standard_normal(3)}


def loss(params):
    return mine.cross_entropy(mine.mlp_forward(X, params)[0], y)


logits, cache = mine.mlp_forward(X, params)
dlogits = mine.softmax_cross_entropy_backward(logits, y)
dA1 = dlogits @ params["W2"].T
dZ1 = dA1 * (cache["Z1"] > 0)
assert np.allclose(cache["A1"].T @ dlogits, measured(lambda W2: loss({**params, "W2": W2}), params["W2"]), atol=1e-6)
assert np.allclose(dlogits.sum(axis=0), measured(lambda b2: loss({**params, "b2": b2}), params["b2"]), atol=1e-6)
assert np.allclose(X.T @ dZ1, measured(lambda W1: loss({**params, "W1": W1}), params["W1"]), atol=1e-6)
assert np.allclose(dZ1.sum(axis=0), measured(lambda b1: loss({**params, "b1": b1}), params["b1"]), atol=1e-6)

# %% [markdown]
# ### Exercise 6.1
#
# Write `mlp_backward`. It starts from dlogits, so the loss is already behind you. Use your own functions, or
# `mine.linear_backward` and `mine.relu_backward`.

# %% tags=["exercise"] points=2
def mlp_backward(dlogits, params, cache):
    """The gradients of all parameters, for the gradient dlogits (N, C) of the logits.

    params: {"W1", "b1", "W2", "b2"}. cache: {"X", "Z1", "A1"}, from mlp_forward.
    Returns a dict with the same names as params; each gradient has the shape of its parameter.
    """
    ### BEGIN SOLUTION: four lines
    dA1, dW2, db2 = mine.linear_backward(dlogits, cache["A1"], params["W2"])
    dZ1 = mine.relu_backward(dA1, cache["Z1"])
    _, dW1, db1 = mine.linear_backward(dZ1, cache["X"], params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    ### END SOLUTION

# %%
check(mlp_backward)

# %% [markdown]
# **What just happened.** One walk back gives the gradient of *every* parameter, for about twice the work of the
# forward pass. Measuring each of them by moving it would take two forward passes for each of thousands of weights.
#
# ### Play: the backprop stepper
#
# The same walk, number by number: a network with two inputs, three hidden units and two classes. Step forward and
# backward with the arrow keys. At each step the node, its equation, its line of code, its shapes and its numbers
# light up together.
#
# **Mission.** With the five sliders, make the gradient of the middle hidden unit 0, its whole column of dZ1. Why is it
# 0?

# %% tags=["explorer"]
explorers.backprop_stepper(
    linear_forward=mine.linear_forward,
    relu=mine.relu,
    softmax=mine.softmax,
    cross_entropy=mine.cross_entropy,
    softmax_cross_entropy_backward=mine.softmax_cross_entropy_backward,
    linear_backward=mine.linear_backward,
    relu_backward=mine.relu_backward,
)

# %% [markdown]
# ### Play: predict the sign
#
# Will the loss go up or down if this weight grows a little? Say so first; then the explorer moves the weight.

# %% tags=["explorer"]
explorers.predict_sign()

# %% [markdown]
# ## 7. Make the loss fall
#
# The gradient points to where the loss grows. So take a small step the other way, for every parameter, again and
# again:
#
# $$W \leftarrow W - \text{lr} \cdot dW$$
#
# **lr**, the *learning rate*, says how long the step is. How far does the loss fall? Take section 1, where the loss
# changes by about slope times move. The move of each weight is $-\text{lr}$ times its own slope g, so it changes the
# loss by about $-\text{lr} \cdot g^2$. All weights together:
#
# $$L_\text{after} \approx L - \text{lr} \sum_i g_i^2$$

# %% tags=["equation"]
logits, cache = mine.mlp_forward(X, params)
grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y), params, cache)
lr = 1e-5
after = {name: params[name] - lr * grads[name] for name in params}
expected_fall = lr * sum(np.sum(grads[name] ** 2) for name in params)
assert np.isclose(loss(params) - loss(after), expected_fall, rtol=0.01)

# %% [markdown]
# Now with the digits, and a hundred steps on all training images. Nothing below is new to you.

# %%
digits = load("digits")
X_train = mine.standardize(digits.X_train, digits.X_train)
X_test = mine.standardize(digits.X_train, digits.X_test)
rng = np.random.default_rng(0)
D, H, C, lr = 64, 32, 10, 0.5
params = {"W1": np.sqrt(2 / D) * rng.standard_normal((D, H)), "b1": np.zeros(H),
          "W2": np.sqrt(2 / H) * rng.standard_normal((H, C)), "b2": np.zeros(C)}
losses = []
for _ in range(100):
    logits, cache = mine.mlp_forward(X_train, params)
    losses.append(mine.cross_entropy(logits, digits.y_train))
    grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, digits.y_train), params, cache)
    for name in params:
        params[name] -= lr * grads[name]
print(f"loss at the start {losses[0]:.1f}; ten times smaller after 100 steps: {losses[-1] < losses[0] / 10}")

# %% tags=["live"]
logits, _ = mine.mlp_forward(X_test, params)
print(f"accuracy on images never seen in training: {mine.accuracy(logits, digits.y_test):.3f}")
mine

# %% tags=["figure"]
plots.training_curves({"loss on the training images": losses});

# %% [markdown]
# You have trained a neural network, with gradients that you derived yourself.
#
# ## 8. Recap
#
# - A gradient has the shape of what it belongs to.
# - A node multiplies what arrives from the side of the loss with its local slope. What is used several times adds its
#   gradients up.
# - $dW = X^{\mathsf T} dZ$, $dX = dZ\, W^{\mathsf T}$, $db$ adds up the rows; ReLU stops gradients where it stopped
#   values.
# - Softmax with cross-entropy: P minus the truth, divided by N, and N enters nowhere else.
#
# **Explain it to a friend.**
#
# 1. Why does db add up the rows of dZ and not average them?
# 2. A hidden unit is silent for every image in the batch. What is the gradient of its weights, and what follows?
# 3. In the table of section 6, which forward values does the way back need? Why did the forward pass keep them?
# 4. Someone's dW has the right shape and the wrong numbers. How could that happen, and how would you find out?
#
# **Where it is used next.** Question 4 is notebook 3: a tool that finds wrong gradients, and a hunt for them.

# %% tags=["live"]
progress()
