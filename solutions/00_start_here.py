# %% [markdown]
# # Start here
#
# In this course you build a neural network by hand, in NumPy, one function after another. At the end it reads the
# digits that you draw with the mouse, and every line in it is yours.
#
# **After this notebook you can**
#
# - run cells, and tell whether everything is in place;
# - read every kind of answer that a check can give;
# - write a first function, and know where help is.
#
# **Time:** about 20 minutes. **You need:** Python functions and loops, and a little NumPy (arrays, indexing).
#
# Click into a cell and press **Shift + Enter** to run it and move on. Start with the one below.

# %%
import numpy as np

from course_lib import explorers, plots
from course_lib.checkpoints import check, hint, judge, mine, progress
from course_lib.data import load

# %% [markdown]
# ## 1. Is everything in place?
#
# The next cell looks at what the course needs. A row that is not right says what to do about it.

# %% tags=["explorer"]
explorers.environment_check()

# %% [markdown]
# ## 2. Draw a digit
#
# Before we take a network apart, look at one at work. The next cell trains a network with 64 hidden units on 1,437
# small images of handwritten digits. That takes about a second. Then it is your turn: **draw a digit** with the
# mouse, a pen or a finger.
#
# The bars show how sure the network is of each digit, and they move while you draw. Beside your drawing you see what
# the network sees: 8 by 8 pixels, no more. So it will sometimes be wrong, and that is part of the fun.
#
# **Mission.** Draw a digit that it gets right with more than 90%. Then draw one that fools it, though a person would
# read it at once. What did you change?

# %% tags=["explorer"]
explorers.draw_a_digit()

# %% [markdown]
# Four steps happen each time the bars move. You will write steps 2 to 4 yourself, for they are the network:
#
# 1. the drawing becomes 64 numbers, one for each pixel;
# 2. a layer of weighted sums turns them into 64 new numbers, and everything negative becomes 0;
# 3. a second layer turns those into ten scores, one for each digit, called *logits*;
# 4. the scores become ten probabilities.
#
# That is the **forward pass**, notebook 1. How the weights were found is notebooks 2 to 4.

# %% tags=["figure"]
plots.network_diagram([64, 64, 10]);

# %% [markdown]
# ## 3. How a check answers
#
# Under every exercise stands a cell like `check(one_hot)`. It runs your function on several inputs, compares it with
# the course's own, and answers with one card. It never just says "wrong" if it can say why.
#
# Our first function turns labels into rows of zeros and ones. The label 2 among four classes becomes `[0, 0, 1, 0]`.
# For N labels $y$ and C classes the result $Y$ has the shape (N, C):
#
# $$Y_{nc} = \begin{cases} 1 & \text{if } c = y_n \\ 0 & \text{otherwise} \end{cases}$$
#
# Here is the equation on numbers, for three labels and four classes.

# %% tags=["equation"]
y = np.array([2, 0, 3])
Y = np.array([[0, 0, 1, 0],
              [1, 0, 0, 0],
              [0, 0, 0, 1]])
for n in range(3):
    for c in range(4):
        assert Y[n, c] == (1 if c == y[n] else 0)
assert (Y.sum(axis=1) == 1).all()        # one 1 in each row

# %% [markdown]
# Below are seven attempts by other people. **Before you run each cell, read the code and say what is wrong with it.**
# Then run it and compare. (`judge` gives the same card as `check`, but does not write it into your progress.)
#
# **Attempt 1.** Nobody has written anything yet.

# %%
def one_hot(y, C):
    raise NotImplementedError


judge(one_hot)

# %% [markdown]
# **Attempt 2.** A slip of the fingers.

# %%
def one_hot(y, C):
    Y = np.zeros((len(y), C))
    for n in range(len(y)):
        Y[n, y[n]] = one
    return Y


judge(one_hot)

# %% [markdown]
# The card shows the line where it happened and what the function had been given. You need no long traceback for that.
#
# **Attempt 3.** A loop. Run it without fear: it takes four seconds.

# %%
def one_hot(y, C):
    Y = np.zeros((len(y), C))
    n = 0
    while n < len(y):
        Y[n, y[n]] = 1
    return Y


judge(one_hot)

# %% [markdown]
# An endless loop is stopped, and the notebook lives on. What is missing in that loop?
#
# **Attempt 4.** The result looks right.

# %%
def one_hot(y, C):
    Y = np.zeros((len(y), C))
    for n in range(len(y)):
        Y[n, y[n]] = 1
        y[n] = 0
    return Y


judge(one_hot)

# %% [markdown]
# This one is worth a pause. The result *is* right, but the function has wiped out the labels of whoever called it.
# Such a mistake shows up much later and somewhere else, so checks look for it every time.
#
# **Attempt 5.** Count the rows and the columns.

# %%
def one_hot(y, C):
    Y = np.zeros(C)
    Y[y] = 1
    return Y


judge(one_hot)

# %% [markdown]
# **Attempt 6.** Rows, columns, ones: all there.

# %%
def one_hot(y, C):
    Y = np.zeros((len(y), C))
    Y[:, y] = 1
    return Y


judge(one_hot)

# %% [markdown]
# Many people make this mistake, so the check knows it by name. It also knows more than seventy others in the first
# two notebooks.
#
# **Attempt 7.** And this one it does not know.

# %%
def one_hot(y, C):
    Y = np.zeros((len(y), C))
    for n in range(len(y)):
        Y[n, : y[n] + 1] = 1
    return Y


judge(one_hot)

# %% [markdown]
# Then it says so, and shows the smallest case in which the function goes wrong. Work such a case through on paper: it
# is small enough.
#
# **What just happened.** You have seen every answer but one: *not started, crashed, timed out, changed its input,
# wrong form, wrong values*. The last one, *passed*, is yours to earn.

# %% [markdown]
# ## 4. Your first function: one_hot
#
# Why we need it: a label such as 7 is a name, not a quantity. Class 7 is not "more" than class 3. A row with a single
# 1 gives every class its own place, and it can be read as a probability: all of it on one class.
#
# ### Exercise 4.1
#
# Write `one_hot`. A loop is as good as anything shorter.

# %% tags=["exercise"]
def one_hot(y, C):
    """Y[n, c] = 1 if c == y[n], else 0.

    y: (N,) whole numbers from 0 to C - 1. Returns an array of shape (N, C).
    """
    ### BEGIN SOLUTION: one to four lines
    Y = np.zeros((len(y), C))
    Y[np.arange(len(y)), y] = 1
    return Y
    ### END SOLUTION

# %%
check(one_hot)

# %% [markdown]
# **What just happened.** The check called your function with few and with many labels, with classes that no label
# uses, and with labels of other integer types. If any of these fails later, you will find out here and not in the
# middle of a network.
#
# ## 5. When you are stuck
#
# Every exercise has three hints. Each call of `hint` gives the next one: a nudge, then the idea with a pointer, then
# nearly the code. Nobody counts them against you.

# %%
hint(one_hot)

# %% [markdown]
# After the third hint, the solution is in the folder `solutions/`. Read it, close it, and write it again from memory:
# that is how it sticks.
#
# **You can always go on.** Later cells use your functions under the name `mine`. `mine.one_hot` is your own function
# once it has passed a check, in this notebook and in all others. Until then it is the course's. So a skipped exercise
# never blocks the way, and this tells you whose is whose:

# %% tags=["live"]
mine

# %% tags=["equation"]
Y = mine.one_hot(np.array([2, 0, 3]), 4)
assert (Y.argmax(axis=1) == [2, 0, 3]).all()      # the place of the 1 is the label again

# %% [markdown]
# `progress()` shows the whole course. It is kept in a small file on your own computer and goes nowhere else.

# %% tags=["live"]
progress()

# %% [markdown]
# ## 6. The data of the course
#
# Up to the tuning notebook the course uses real handwriting that came with its installation: 1,797 images of 8 by 8
# pixels, written by thirteen people. It is small, so a network learns it in a second and sliders feel alive. The
# larger MNIST comes at the end.

# %%
digits = load("digits")
print(digits)

# %% tags=["figure"]
first_of_each = [np.flatnonzero(digits.y_train == c)[0] for c in range(10)]
plots.image_grid(digits.X_train[first_of_each], titles=[str(c) for c in range(10)]);

# %% [markdown]
# ## 7. Recap
#
# - Run a cell with **Shift + Enter**. Exercise, then `check`, then on.
# - A card tells one thing at a time: what is the case, the numbers that show it, and where to look.
# - `hint(name)` helps, `mine.name` lets you go on, `progress()` shows where you are.
#
# **Explain it to a friend.**
#
# 1. Why is a label turned into a row of zeros and ones and not used as a number?
# 2. A function returns the right values and still gets the card "changed its input". What would go wrong without that
#    card?
# 3. Your check shows a small case with three numbers. Why is that more useful than "1,000 of 1,437 wrong"?
#
# **Next:** notebook 1, *Forward pass*. You write the steps that turned your drawing into probabilities.
