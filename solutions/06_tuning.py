# %% [markdown]
# # Tuning: searches that don't fool you
#
# Learning rate, width, batch size, momentum, L2: every network has settings that no gradient can find. You try some
# and keep the best. That sounds harmless, and it is where most wrong numbers in write-ups come from.
#
# **After this notebook you can**
#
# - split data so that the last number you report is an honest one;
# - search settings with a grid, at random, and by successive halving, and say what each costs;
# - tell a better setting from a lucky one;
# - say by how much a test set that was looked at too often flatters.
#
# **Time:** about 100 minutes. **You need:** notebooks 1 to 5.
#
# A cell below may use a function that you have not written yet. Then `mine` lends you the course's, and you can go
# on.

# %%
import itertools
import math

import numpy as np
from tqdm.auto import tqdm

from course_lib import explorers, nn, plots
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import load
from course_lib.sealed import SealedTestSet
from course_lib.tuning.sweep import sweep

# %% [markdown]
# ## 1. Three parts, three questions
#
# A network is made by three kinds of choice, and each needs images of its own:
#
# | part | the question | who chooses by it |
# |---|---|---|
# | **training** | which weights? | the gradient |
# | **validation** | which settings? | you, or a search |
# | **test** | how good is it, on images that nobody chose anything by? | nobody |
#
# Weights that were fitted to some images look good on those images; that is why you validate on others. Settings that
# were chosen by some images look good on *those*; that is why the test part is a third one, and is opened last.
#
# Who is dealt into which part must be left to chance, with one restriction. By pure chance a class can be rare in one
# part. A split is **stratified** if every class gives the same fraction of its images to each part. With $N_c$ images
# of class c and the fractions $f_\text{val}$ and $f_\text{test}$, the parts get
#
# $$n_c^\text{val} = f_\text{val}\, N_c, \qquad n_c^\text{test} = f_\text{test}\, N_c, \qquad
# n_c^\text{train} = (1 - f_\text{val} - f_\text{test})\, N_c$$
#
# images of it, rounded. Note that `val` is a fraction of *all* images. Whoever cuts the test part off first, and
# then takes $f$ of the rest for validation, needs
#
# $$f\,(1 - f_\text{test}) = f_\text{val} \quad\Longleftrightarrow\quad f = \frac{f_\text{val}}{1 - f_\text{test}}$$

# %% tags=["equation"]
N, val, test = 1000, 0.2, 0.2
rest = N - test * N
assert np.isclose(val / (1 - test) * rest, val * N)
assert not np.isclose(val * rest, val * N)              # 160 images instead of 200

# %% [markdown]
# **Predict first.** The 1,797 digits have about 180 images of each class. Draw a test part of 20% by pure chance, and
# each class *should* have 36. How far off will the worst class be? Write down a number.

# %%
digits = load("digits")
X = np.concatenate([digits.X_train, digits.X_test])     # all 1,797, to split them ourselves
y = np.concatenate([digits.y_train, digits.y_test])

rng = np.random.default_rng(0)
by_chance = rng.permutation(len(y))[:359]
counts = np.bincount(y[by_chance], minlength=10)
print("in the test part, by class:", counts, "  furthest from 36:", abs(counts - 36).max())

# %% [markdown]
# ### Exercise 1.1
#
# Write `train_val_test_split`. The rows of X and y must stay together, and everything random must come from `rng`.

# %% tags=["exercise"] points=2
def train_val_test_split(X, y, val, test, rng):
    """Deal all examples into three parts, at random and stratified.

    X: (N, D). y: (N,) labels. val, test: the fractions of all examples that go to these parts; every class gives the
    same fraction of its own, rounded. The training part gets the others.
    Returns X_train, y_train, X_val, y_val, X_test, y_test. Every example is in exactly one part.
    """
    ### BEGIN SOLUTION: about ten lines
    train, validation, testing = [], [], []
    for c in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == c))
        n_val, n_test = round(val * len(rows)), round(test * len(rows))
        validation.append(rows[:n_val])
        testing.append(rows[n_val : n_val + n_test])
        train.append(rows[n_val + n_test :])
    train, validation, testing = (np.concatenate(part) for part in (train, validation, testing))
    return X[train], y[train], X[validation], y[validation], X[testing], y[testing]
    ### END SOLUTION

# %%
check(train_val_test_split)

# %%
X_train, y_train, X_val, y_val, X_test, y_test = mine.train_val_test_split(X, y, 0.2, 0.2, np.random.default_rng(0))

# %% tags=["equation"]
for c in range(10):
    N_c = np.sum(y == c)
    assert abs(np.sum(y_val == c) - 0.2 * N_c) < 2 and abs(np.sum(y_test == c) - 0.2 * N_c) < 2
    assert np.sum(y_train == c) == N_c - np.sum(y_val == c) - np.sum(y_test == c)

# %% tags=["figure"]
plots.split_bars({
    "training": np.bincount(y_train), "validation": np.bincount(y_val), "test": np.bincount(y_test),
});

# %% [markdown]
# **What just happened.** Every class was shuffled and cut at the same fractions. Chance decides *which* images go
# where, and no longer *how many* of each class.
#
# **Standardise with the training part alone.** The mean and the standard deviation are fitted to images too. Those of
# all images would carry something of the test part into training:
#
# $$X' = \frac{X - \mu_\text{train}}{\sigma_\text{train}} \qquad \text{for all three parts}$$

# %% tags=["equation"]
standardized = mine.standardize(X_train, X_val)
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
changing = std > 0
assert np.allclose(standardized[:, changing], ((X_val - mean) / np.where(changing, std, 1))[:, changing], atol=1e-4)
assert abs(mine.standardize(X_train, X_train).mean()) < 1e-5
assert abs(standardized.mean()) > 1e-5                  # the validation part keeps its own mean: that is right

# %% [markdown]
# Now the test images are put away. `SealedTestSet` takes them, and from here on there is one way to them, which
# counts every look. We come back to it in section 10.

# %%
sealed = SealedTestSet(mine.standardize(X_train, X_test), y_test, name="digits of notebook 6")
X_val = mine.standardize(X_train, X_val)
X_train = mine.standardize(X_train, X_train)
del X_test, y_test

# %% [markdown]
# ## 2. A score for a setting
#
# A search needs to know nothing of networks. It needs one function: `evaluate(config)` takes the settings as a dict
# and gives a **score**: the higher, the better. Ours trains a network and returns its accuracy on the
# validation part.
#
# We train with `nn.fit`, the course's network. It is the same mathematics as your functions, made quick: a run takes
# about a twentieth of a second. (On real problems it may take a day. Keep that in mind whenever something is
# evaluated twice below.)

# %%
STANDARD = {"lr": 0.1, "hidden": 32, "lam": 0.0, "batch": 32, "momentum": 0.0}


def train(config, seed=0, epochs=20):
    """A network with these settings, trained on the training part."""
    config = STANDARD | config
    rng = np.random.default_rng(seed)
    network = nn.mlp([64, config["hidden"], 10], rng=rng)
    optimizer = nn.SGD(momentum=config["momentum"], lam=config["lam"])
    nn.fit(network, X_train, y_train, epochs=epochs, lr=config["lr"], batch_size=config["batch"],
           optimizer=optimizer, rng=rng)
    return network


def evaluate(config, seed=0, epochs=20):
    """The accuracy on the validation part; nan if the training diverged."""
    try:
        network = train(config, seed, epochs)
    except nn.DivergenceError:
        return math.nan
    return nn.evaluate(network, X_val, y_val)[1]

# %% tags=["live"]
for lr in (0.001, 0.1, 10.0):
    print(f"lr = {lr:<6} score {evaluate({'lr': lr}):.3f}")

# %% [markdown]
# The largest learning rate has no score at all: the training diverged, and we call that `nan`. A search will meet
# many of those, and **a nan must never win**. Careful, nan is a strange guest:

# %%
nan = math.nan
print("nan > 0.9:", nan > 0.9, "   0.9 > nan:", 0.9 > nan, "   max([nan, 0.9]):", max([nan, 0.9]),
      "   argmax:", np.argmax([0.9, nan]))

# %% [markdown]
# Every comparison with nan is False. What comes first in `max` is then never beaten, and `np.argmax` even takes nan
# for the largest.
#
# ## 3. Learning rates live on a log scale
#
# **Predict first.** You try ten learning rates, evenly spaced from 0.0001 to 1. How many of them are smaller than
# 0.1? And how many smaller than 0.01?

# %%
evenly = np.linspace(0.0001, 1, 10)
print(evenly.round(2))

# %% [markdown]
# One of ten, and that one is all there is for three powers of ten. From 0.001 to 0.01 is as large a change for
# training as from 0.1 to 1: what counts is the **ratio**. So space the *logarithms* evenly. Here are both, with the
# same number of runs.

# %% tags=["figure"]
on_log_scale = np.geomspace(0.0001, 1, 10)
plots.score_curves(
    {
        "evenly spaced": (evenly, [evaluate({"lr": lr}) for lr in evenly]),
        "evenly spaced on the log scale": (on_log_scale, [evaluate({"lr": lr}) for lr in on_log_scale]),
    },
    xlabel="learning rate",
    ylabel="accuracy (validation)",
);

# %% [markdown]
# Nine of the ten evenly spaced runs stand close together at the right. Of the long way up, from 0.0001 to 0.1, they
# know nothing. This small network happens to be at its best on the right. Had its best been at 0.01, they would all
# have missed it.
#
# The same holds when settings are drawn at random. We want every power of ten to be equally likely. So the
# *logarithm* is uniform: with $u$ uniform in $[0, 1)$,
#
# $$\ln x = \ln(\text{low}) + u\, (\ln(\text{high}) - \ln(\text{low})) \quad\Longleftrightarrow\quad
# x = \text{low} \left(\frac{\text{high}}{\text{low}}\right)^{u}$$
#
# Then the chance to fall between a and b depends on their ratio alone:
#
# $$P(a \le x < b) = \frac{\ln(b / a)}{\ln(\text{high} / \text{low})}$$

# %% tags=["equation"]
low, high = 0.0001, 1.0
u = np.random.default_rng(0).random(100_000)
x = low * (high / low) ** u
assert np.allclose(np.log(x), np.log(low) + u * (np.log(high) - np.log(low)))
for a, b in [(0.0001, 0.001), (0.01, 0.1), (0.02, 0.04)]:
    measured = np.mean((a <= x) & (x < b))
    assert abs(measured - np.log(b / a) / np.log(high / low)) < 0.01

# %% [markdown]
# ### Exercise 3.1
#
# Write `sample_log_uniform`. Either logarithm will do, as long as you undo the one that you have taken.

# %% tags=["exercise"]
def sample_log_uniform(low, high, rng):
    """One number between low and high (both above 0), whose logarithm is uniform: each power of ten equally likely.

    Draws from rng. Returns a float.
    """
    ### BEGIN SOLUTION: one or two lines
    return np.exp(rng.uniform(np.log(low), np.log(high)))
    ### END SOLUTION

# %%
check(sample_log_uniform)

# %% [markdown]
# **What just happened.** Which settings want a log scale? Those that act by their ratio: the learning rate, lam,
# widths and batch sizes (in powers of two). Momentum $\mu$ is a special case: from 0.9 to 0.99 is a large step,
# because the sum of all past gradients weighs $1 / (1 - \mu)$. There $1 - \mu$ belongs on the log scale.

# %% tags=["equation"]
for mu in (0.0, 0.9, 0.99):
    assert np.isclose(sum(mu**k for k in range(5000)), 1 / (1 - mu))

# %% [markdown]
# ## 4. Grid search
#
# List some values for each setting, and try every combination. With $n_1, n_2, \dots$ values that is
#
# $$n = n_1 \cdot n_2 \cdots n_k$$
#
# trainings: a new setting with five values makes the search five times as long.

# %% tags=["equation"]
small_grid = {"lr": [0.01, 0.1, 1.0], "hidden": [16, 64], "lam": [0.0, 0.001]}
combinations = list(itertools.product(*small_grid.values()))
assert len(combinations) == math.prod(len(values) for values in small_grid.values()) == 12
print("first:", combinations[0], "  last:", combinations[-1])

# %% [markdown]
# ### What is wrong with this search?
#
# A published homework has a grid search over learning rate, width and lam, built like the one below, and reports the
# "best" settings with pride. It has **three mistakes**. Find them before you read on. The toy score makes it easy to
# see what should win: lr = 0.1 with hidden = 64 and lam = 0.001.

# %%
def published_search(evaluate, grid):
    config, best, best_score = {"hidden": 32}, None, 0.0
    for lr in grid["lr"]:
        for lam in grid["lam"]:
            config["lr"], config["lam"] = lr, lam
            score = evaluate(config)
    if score > best_score:
        best, best_score = config, score
    return best, best_score


def toy_score(config):
    print({name: config[name] for name in ("lr", "hidden", "lam")})
    return 1 - abs(math.log10(config["lr"]) + 1) / 4 - abs(config["hidden"] - 64) / 100 - abs(config["lam"] - 0.001)


found, _ = published_search(toy_score, small_grid)
print("found:", found)

# %% [markdown]
# 1. **A loop is missing.** `hidden` is in the grid and never moves.
# 2. **The selection stands outside the loop.** Six configs are trained, and only the last one is ever compared.
# 3. **`best = config` makes no copy.** Both names mean the same dict, and the loop goes on writing into it. With the
#    comparison inside the loop you would still end with the *score* of the best and the *settings* of the last.
#
# The third one bites with weights too. `dict(params)` copies the dict and not the arrays in it, and SGD changes those
# in place. That is a **shallow copy**: the "best" weights move on with every step.

# %%
params = {"W1": np.array([1.0, 2.0])}
shallow = dict(params)
deep = {name: array.copy() for name, array in params.items()}
params["W1"] -= 0.5                                     # training goes on
print("shallow copy:", shallow["W1"], "  deep copy:", deep["W1"])

# %% [markdown]
# ### Exercise 4.1
#
# Write `grid_search`, right this time, for a grid with any names.

# %% tags=["exercise"] points=2
def grid_search(evaluate, grid):
    """Try every combination of the values in the grid. Returns (best config, its score).

    grid: a dict, name -> list of values. evaluate(config) -> score, higher is better, where config is a dict, name ->
    value. It is a whole training run, so call it once for each combination.
    Of equal scores the first counts. A score of nan (the run diverged) never wins.
    """
    ### BEGIN SOLUTION: about seven lines
    best, best_score = None, -np.inf
    for values in itertools.product(*grid.values()):
        config = dict(zip(grid, values, strict=True))
        score = evaluate(config)
        if score > best_score:
            best, best_score = config, score
    return best, best_score
    ### END SOLUTION

# %%
check(grid_search)

# %% tags=["live"]
grid = {"lr": [0.001, 0.01, 0.1, 1.0], "hidden": [8, 32, 128]}
found, score = mine.grid_search(evaluate, grid)
print(found, f"score {score:.3f}")

# %% [markdown]
# **What just happened.** Twelve trainings, one winner. Look where it lies: if it stands at the edge of your grid, the
# best may lie outside. Widen the grid and search again.
#
# ## 5. Random search
#
# A grid of three learning rates and three values of lam needs nine trainings, and has tried **three** learning
# rates. If lam hardly matters, six of the nine were wasted. Nine configs drawn at random have tried nine learning
# rates.
#
# And they come with a guarantee. Call the best q of all settings "good" (say q = 5%), whatever shape that region
# has. Each draw hits it with probability q, so n draws hit it at least once with
#
# $$P = 1 - (1 - q)^n \qquad\text{and so}\qquad n \ge \frac{\ln(1 - P)}{\ln(1 - q)}$$
#
# draws are enough for P. With 60 draws you have hit the best 5% with 95% certainty, in two dimensions as in ten.

# %% tags=["equation"]
q, n = 0.05, 60
rng = np.random.default_rng(0)
hit = (rng.random((20_000, n)) < q).any(axis=1).mean()
assert abs(hit - (1 - (1 - q) ** n)) < 0.01
needed = math.log(1 - 0.95) / math.log(1 - q)
assert 1 - (1 - q) ** math.ceil(needed) >= 0.95 > 1 - (1 - q) ** (math.ceil(needed) - 1)
print(f"chance to hit with {n} draws: {1 - (1 - q) ** n:.3f}; draws needed for 95%: {math.ceil(needed)}")

# %% [markdown]
# ### Exercise 5.1
#
# Write `random_search`. Where the configs come from is not its business: `sample(rng)` draws one.

# %% tags=["exercise"]
def random_search(evaluate, sample, trials, rng):
    """Try `trials` configs, each drawn by sample(rng). Returns (best config, its score).

    evaluate(config) -> score, higher is better. It is a whole training run, so call it once for each config.
    A score of nan (the run diverged) never wins.
    """
    ### BEGIN SOLUTION: about seven lines
    best, best_score = None, -np.inf
    for _ in range(trials):
        config = sample(rng)
        score = evaluate(config)
        if score > best_score:
            best, best_score = config, score
    return best, best_score
    ### END SOLUTION

# %%
check(random_search)

# %% [markdown]
# Now both searches with nine trainings each, on the same range. Every dot is a training; the marks along the edges
# show which values of each setting were tried.

# %%
def sample(rng):
    """A learning rate and a lam, both on a log scale."""
    return {"lr": mine.sample_log_uniform(0.001, 1.0, rng), "lam": mine.sample_log_uniform(1e-6, 0.01, rng)}


def written_down(tried):
    """`evaluate`, which also writes each config and its score down, in a list."""
    def evaluate_and_note(config):
        score = evaluate(config)
        tried.append((dict(config), score))
        return score
    return evaluate_and_note


by_grid, by_chance = [], []
grid = {"lr": np.geomspace(0.001, 1.0, 3), "lam": np.geomspace(1e-6, 0.01, 3)}
_, grid_score = mine.grid_search(written_down(by_grid), grid)
_, random_score = mine.random_search(written_down(by_chance), sample, 9, np.random.default_rng(3))
print("learning rates tried: grid", len({config["lr"] for config, _ in by_grid}),
      " random", len({config["lr"] for config, _ in by_chance}))

# %% tags=["figure"]
left, right = plots.panels([1, 1])
for ax, name, tried in [(left, "grid", by_grid), (right, "random", by_chance)]:
    lr, lam = ([config[setting] for config, _ in tried] for setting in ("lr", "lam"))
    plots.search_points(lr, lam, [score for _, score in tried], xlabel="learning rate", ylabel="lam", ax=ax)
    plots.note(f"{name}: best {max(score for _, score in tried):.1%}", ax=ax)
right.set(xlim=left.get_xlim(), ylim=left.get_ylim())
left.figure

# %% [markdown]
# **What just happened.** Going up and down in the left picture changes little: for these digits lam matters much
# less than the learning rate. The grid does not know that and asks the same three learning rates three times.
# Nobody knows beforehand which settings will matter. That is the case for random search (Bergstra and Bengio,
# 2012). With so few draws either can be lucky; the more settings there are, the clearer the difference becomes.
#
# ## 6. Successive halving
#
# A bad config mostly looks bad early. So why train it to the end? Give *all* configs a small **budget** (say two
# epochs), keep the better half, double the budget, and so on until one is left. With $\eta$ for 2, n configs and the
# first budget b:
#
# | round | configs | budget of each | cost |
# |---|---|---|---|
# | 1 | $n$ | $b$ | $n b$ |
# | 2 | $n / \eta$ | $\eta b$ | $n b$ |
# | 3 | $n / \eta^2$ | $\eta^2 b$ | $n b$ |
# | ... | | | |
#
# Every round costs the same. If n is a power of $\eta$, there are $\log_\eta n$ rounds. To train all of them as long
# as the last ones would cost $n \cdot b\, n / \eta$:
#
# $$\text{cost} = n\, b \log_\eta n \qquad\text{instead of}\qquad n\, b\, \frac{n}{\eta}$$

# %% tags=["equation"]
spent = []


def costly(config, budget):
    spent.append(budget)
    return config["quality"]


n, b, eta = 64, 1, 2
mine.successive_halving(costly, [{"quality": quality} for quality in range(n)], b, eta)
assert sum(spent) == n * b * math.log(n, eta) == 384
assert max(spent) == b * n / eta
print("spent", sum(spent), "instead of", n * b * n // eta)

# %% [markdown]
# ### Exercise 6.1
#
# Write `successive_halving`.

# %% tags=["exercise"] points=2
def successive_halving(evaluate, configs, budget, eta=2):
    """The config that is left of a list of configs.

    Each round evaluates all configs that are left with the same budget, keeps the best max(1, n // eta) of these n,
    and multiplies the budget by eta. When one is left, it is returned, and nothing is evaluated any more.
    evaluate(config, budget) -> score, higher is better. The list `configs` itself stays as it is.
    """
    ### BEGIN SOLUTION: about six lines
    while len(configs) > 1:
        scores = [evaluate(config, budget) for config in configs]
        order = np.argsort(scores)[::-1]                 # best first
        configs = [configs[i] for i in order[: max(1, len(configs) // eta)]]
        budget = budget * eta
    return configs[0]
    ### END SOLUTION

# %%
check(successive_halving)

# %% [markdown]
# Sixteen configs compete, from two epochs on. Each line is one of them: it ends where it was dropped. (The upper end of
# the accuracy axis is stretched, so that you can tell the good ones apart.)

# %%
def sample_all(rng):
    """All five settings at random."""
    return {
        "lr": mine.sample_log_uniform(0.001, 1.0, rng),
        "hidden": int(2 ** rng.integers(3, 8)),
        "lam": mine.sample_log_uniform(1e-6, 0.1, rng),
        "batch": int(2 ** rng.integers(4, 8)),
        "momentum": float(rng.choice([0.0, 0.5, 0.9])),
    }


rng = np.random.default_rng(1)
candidates = [sample_all(rng) for _ in range(16)]
rounds = []


def evaluate_for(config, budget):
    score = np.nan_to_num(evaluate(config, epochs=budget), nan=0.0)     # a run that diverged got nothing right
    rounds.append((candidates.index(config), budget, score))
    return score


winner = mine.successive_halving(evaluate_for, candidates, 2)
print("trainings:", len(rounds), "  epochs:", sum(budget for _, budget, _ in rounds), "instead of", 16 * 16)

# %% tags=["figure"]
curves = [[(budget, score) for number, budget, score in rounds if number == each] for each in range(len(candidates))]
plots.halving_curves(curves);

# %% [markdown]
# **What just happened.** Half of the work, and mostly the same winner. Mostly: a config that **starts slowly**, say
# with a small learning rate, is dropped before it can show what it has. The smaller the first budget, the more often
# that happens. Do any of the lines cross?
#
# ## 7. How sure are you?
#
# You train twice, and B scores half a percent more than A. Is B better? The first weights are random, and so is the
# order of the batches. Train **the same config** with other seeds, and the score moves.
#
# **Predict first.** By how much? A tenth of a percent, a whole one, five?

# %% tags=["figure"]
settings = {"A: hidden = 32": {"hidden": 32}, "B: hidden = 64": {"hidden": 64}}
scores = {name: [evaluate(config, seed) for seed in range(10)] for name, config in settings.items()}
plots.seed_dots(scores, xlabel="accuracy (validation)");

# %% [markdown]
# From the lowest dot of a row to the highest it is more than a percent, and only the seed has changed.
#
# Two numbers say how n scores $s_1, \dots, s_n$ lie: their mean (in the picture the diamond), and their **standard
# deviation** (the bar goes that far to each side), how far one score typically is from the mean:
#
# $$\bar s = \frac{1}{n} \sum_{i=1}^{n} s_i, \qquad\qquad
# \sigma = \sqrt{\frac{1}{n - 1} \sum_{i=1}^{n} (s_i - \bar s)^2}$$
#
# Why $n - 1$? The mean was computed from the same few scores, so it lies in their middle, and they are a little
# closer to it than to the truth. Dividing by n makes the variance too small by the factor $\frac{n - 1}{n}$: a third
# too small with three seeds. In NumPy it is `ddof=1`.

# %% tags=["equation"]
s = np.array([0.95, 0.97, 0.96])
assert np.isclose(np.std(s, ddof=1), math.sqrt(sum((each - s.mean()) ** 2 for each in s) / (len(s) - 1)))
draws = np.random.default_rng(0).normal(0, 1, (100_000, 3))     # the true variance is 1
assert abs(np.mean(draws.var(axis=1, ddof=1)) - 1) < 0.02
assert abs(np.mean(draws.var(axis=1, ddof=0)) - 2 / 3) < 0.02

# %% [markdown]
# ### Exercise 7.1
#
# Write `seed_spread`.

# %% tags=["exercise"]
def seed_spread(evaluate, config, seeds):
    """How much of a score is luck: (mean, standard deviation) of evaluate(config, seed) over the seeds.

    The standard deviation divides by n - 1. seeds: at least two whole numbers.
    """
    ### BEGIN SOLUTION: two lines
    scores = [evaluate(config, seed) for seed in seeds]
    return np.mean(scores), np.std(scores, ddof=1)
    ### END SOLUTION

# %%
check(seed_spread)

# %% [markdown]
# **When may you say that B beats A?** The mean of n scores is steadier than one score: its own standard deviation,
# the **standard error**, is $\sigma / \sqrt{n}$. For the difference of two means the variances add up:
#
# $$\text{SE} = \sqrt{\frac{\sigma_A^2}{n} + \frac{\sigma_B^2}{n}}$$
#
# A difference of more than **two** standard errors is rarely luck: if A and B are equally good, it happens about once
# in twenty times. Turned round: to see a difference d between two configs that both spread by $\sigma$, you need
#
# $$2 \sqrt{\frac{2 \sigma^2}{n}} \le d \quad\Longleftrightarrow\quad n \ge \frac{8\, \sigma^2}{d^2}$$
#
# seeds of each.

# %% tags=["equation"]
rng = np.random.default_rng(0)
sigma_A, sigma_B, n = 0.006, 0.004, 10
A, B = rng.normal(0.96, sigma_A, (50_000, n)), rng.normal(0.96, sigma_B, (50_000, n))     # equally good
difference = B.mean(axis=1) - A.mean(axis=1)
SE = math.sqrt(sigma_A**2 / n + sigma_B**2 / n)
assert np.isclose(difference.std(), SE, rtol=0.02)
assert 0.03 < np.mean(abs(difference) > 2 * SE) < 0.06                                    # once in twenty
d, sigma = 0.005, 0.006
n = 8 * sigma**2 / d**2
assert np.isclose(2 * math.sqrt(2 * sigma**2 / n), d)
print("seeds needed for a difference of 0.5% when one score spreads by 0.6%:", math.ceil(n))

# %% tags=["live"]
(mean_A, spread_A), (mean_B, spread_B) = (
    mine.seed_spread(evaluate, config, range(10)) for config in settings.values()
)
SE = math.sqrt(spread_A**2 / 10 + spread_B**2 / 10)
print(f"A {mean_A:.2%}, spread {spread_A:.2%}      B {mean_B:.2%}, spread {spread_B:.2%}")
print(f"B - A = {mean_B - mean_A:.2%}, which is {(mean_B - mean_A) / SE:.1f} standard errors")

# %% [markdown]
# One more source of luck: **the validation images are a sample too.** With accuracy p, the number of right answers
# among N images is a matter of N coin tosses, and its share has the standard deviation
#
# $$\sqrt{\frac{p\,(1 - p)}{N}}$$
#
# That is 0.9% for p = 97% and our 360 images, where one image alone is 0.28%. More seeds do not help here, since all
# of them are judged by the same images. (For comparing A with B it is less bad than it looks: a hard image is hard
# for both.)

# %% tags=["equation"]
p, N = 0.97, 360
right = np.random.default_rng(0).binomial(N, p, 100_000) / N
assert np.isclose(right.std(), math.sqrt(p * (1 - p) / N), rtol=0.02)
print(f"give or take {math.sqrt(p * (1 - p) / N):.2%}; one image is {1 / N:.2%}")

# %% [markdown]
# **Several at once.** Trainings do not wait for one another, so they can run side by side. `sweep` tries every config
# with every seed, on as many processes as you give it. Starting the processes takes a second or two, which is more than
# our short runs are worth; with runs of a minute, two processes halve your evening.

# %% tags=["live"]
finalists = [winner, *settings.values(), {"lr": 0.3, "hidden": 64, "lam": 0.001}]
results = sweep(evaluate, finalists, seeds=range(5), workers=2, progress_bar=tqdm)
for result in sorted(results, key=lambda result: -result.mean("score")):
    print(f"{result.mean('score'):.2%}, spread {result.spread('score'):.2%}:",
          ", ".join(f"{name} {value:.3g}" for name, value in result.config.items()))

# %% [markdown]
# **What just happened.** The winner of the halving (the one with five settings) was chosen by *one* score, and the
# highest of many scores is often a lucky one. Its five seeds tell. Then look at the differences of the means: which
# are larger than two standard errors? Several configs are often as good as each other; then the simplest will do.
#
# ## 8. The tuning desk
#
# Your turn. Five settings, and a budget of twenty trainings. Every one of them is written into a log that survives
# a restart. In the upper picture each line is a training: follow it from its learning rate to its accuracy; dark is
# good, and the best is orange. The dashed line with the dots is where your sliders stand.
#
# **Mission.** Beat the settings that we began with by half a percent. Then find out how much of that was luck: press
# *Best so far*, and train the same settings with two other seeds.

# %% tags=["explorer"]
desk = explorers.tuning_desk((X_train, y_train, X_val, y_val), sample_log_uniform=mine.sample_log_uniform)
desk

# %% [markdown]
# **What just happened.** Your best score is the best *because* it was good and because it was lucky. With other seeds
# the luck is drawn again, and the mean is mostly a little lower. The more configs a search tries, the more luck there
# is in its winner. So: train the few best again, with several seeds, before you believe in one.
#
# ## 9. What a leak does to a claim
#
# A published project has no validation part. It stops training at the best epoch *on the test set*, keeps the best
# of its models *on the test set*, and reports that accuracy. The network never trained on those images. What
# is wrong with it?
#
# Suppose you compare K networks that are all **equally good**, with accuracy p. Measured on N test images, each of
# them gets p give or take $\sigma = \sqrt{p (1 - p) / N}$. You report the largest of K such numbers. For normal
# errors its mean is above p, and at most
#
# $$p + \sigma \sqrt{2 \ln K}$$
#
# **Predict first.** N = 100 images, p = 90%, K = 100 networks, all equally good. What accuracy will be claimed?

# %% tags=["equation"]
p, N = 0.9, 100
sigma = math.sqrt(p * (1 - p) / N)
rng = np.random.default_rng(0)
for K in (2, 10, 100):
    claims = rng.normal(p, sigma, (20_000, K)).max(axis=1)
    assert p < claims.mean() <= p + sigma * math.sqrt(2 * math.log(K))
    print(f"best of {K:3}: claimed {claims.mean():.3f}   at most {p + sigma * math.sqrt(2 * math.log(K)):.3f}")

# %% [markdown]
# From 90% to more than 97%, by doing nothing but looking. Now for real: sixty networks learn from 300 digits, each with
# random settings. Then we play the project above many times. Each time, 100 other images are the "test set" by which
# the best of K networks is chosen, and all that are left tell the truth about it. (The images in the seal take no
# part.)

# %% tags=["live"]
order = np.random.default_rng(0).permutation(len(y_train))
few, others = order[:300], order[300:]
correct = []                                            # for each network, which of the others it gets right
rng = np.random.default_rng(0)
for _ in tqdm(range(60), desc="networks"):
    network = nn.mlp([64, int(rng.integers(16, 65)), 10], rng=rng)
    nn.fit(network, X_train[few], y_train[few], epochs=12, batch_size=16, lr=mine.sample_log_uniform(0.03, 0.3, rng),
           optimizer=nn.SGD(momentum=0.5), rng=rng)
    correct.append(network.predict(X_train[others]) == y_train[others])
correct = np.array(correct)
print(f"accuracies from {correct.mean(axis=1).min():.1%} to {correct.mean(axis=1).max():.1%}")

# %% tags=["figure"]
looks = [1, 2, 5, 10, 20, 40, 60]
claimed, true = [], []
for K in looks:
    pairs = []
    for _ in range(300):
        networks, images = rng.permutation(60)[:K], rng.permutation(correct.shape[1])
        tested, fresh = correct[np.ix_(networks, images[:100])], correct[np.ix_(networks, images[100:])]
        best = tested.mean(axis=1).argmax()
        pairs.append((tested[best].mean(), fresh[best].mean()))
    claimed.append(np.mean(pairs, axis=0)[0])
    true.append(np.mean(pairs, axis=0)[1])
ax = plots.score_curves(
    {"claimed: on the test set it was chosen by": (looks, claimed), "true: on fresh images": (looks, true)},
    xlabel="networks compared on the test set",
    ylabel="accuracy",
)
ax.set_xticks(looks, looks)
ax.minorticks_off()

# %% [markdown]
# **What just happened.** Choosing among networks does help a little, up to a point. The claim goes on rising all the
# same, and the distance between the lines is what the reader of the write-up is misled by. It is the same effect
# as in your mission, and the same cure: the images that you report on must not be those that you choose by.
#
# How large is the effect for you? It grows with the number of looks, slowly, and shrinks with the root of the number of
# test images. The formula above says what ten looks can add at most, for p = 98%:

# %% tags=["equation"]
p = 0.98
for N in (100, 1_000, 10_000):
    sigma = math.sqrt(p * (1 - p) / N)
    added = sigma * math.sqrt(2 * math.log(10))
    claims = np.random.default_rng(0).normal(p, sigma, (20_000, 10)).max(axis=1)
    assert p < claims.mean() <= p + added
    print(f"{N:6} test images: one look is right give or take {sigma:.2%}, the best of ten adds up to {added:.2%}")

# %% [markdown]
# ## 10. Open the test set, once
#
# Everything is chosen: take your best config from the desk, or the winner of the search above. Its network meets the
# test images now, for the first time.
#
# **Predict first.** Above or below the validation accuracy? By how much?

# %% tags=["live"]
config = desk.best or winner
network = train(config)
print(f"validation: {nn.evaluate(network, X_val, y_val)[1]:.1%}")
accuracy = sealed.evaluate(network.predict)

# %% [markdown]
# Mostly it is a little below: the config was chosen by the validation images. But with so few images chance can turn
# that round. It is the number to report, together with "give or take". You may now be tempted to go back and try
# another config, and look again. The seal will not stop you. It counts, though, and tells, also after a restart. Run
# the cell above once more and read what it says.
#
# ## 11. Recap
#
# - Training part: weights. Validation part: settings. Test part: one honest number, looked at once. Split stratified,
#   and take means and deviations from the training part alone.
# - Learning rate and lam live on a log scale: draw the logarithm evenly.
# - A grid costs the product of its lengths; random draws try a new value of everything each time; halving stops the bad
#   ones early, and sometimes the slow ones.
# - Compare inside the loop, keep a copy, let nan lose.
# - One score is a draw. Mean and standard deviation (n - 1) over seeds; two standard errors before you say "better".
# - The best of many looks better than it is.
#
# **Explain it to a friend.**
#
# 1. Why is the validation accuracy of the config that you chose too good, although no weight was fitted to it?
# 2. You have an evening and the choice: 30 configs with one seed each, or 10 configs with three. What speaks for which?
# 3. Your search found lr = 1.0, and your grid went from 0.001 to 1.0. What do you do next?
# 4. A colleague standardises first and splits then. What exactly leaks, and would you expect it to matter much?
#
# **Where it is used next.** For searches that take hours there is a command, `python -m course_lib tune`: it reads a
# plan like the ones above from a file, runs it on all processors, and can be interrupted. In notebook 7 you choose
# the settings of a network for MNIST yourself, and the test set there is sealed too.

# %% tags=["live"]
progress()
