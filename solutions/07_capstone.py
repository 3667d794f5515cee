# %% [markdown]
# # Capstone: a network of your own
#
# Everything comes together: you choose the settings, your functions train the network, and at the end it reads digits
# that you draw with the mouse. You will also do what most write-ups leave out, and say in writing how good the
# network is, how you know, and where it fails.
#
# **After this notebook you can**
#
# - take a network from raw images to an honest number, without help;
# - find out what it gets wrong, and why;
# - write a model card, and read those of others with suspicion;
# - say how far a small network made of NumPy reaches, and how fast it is.
#
# **Time:** about 70 minutes, and as long as you like with the pad. **You need:** notebooks 1 to 6. Where you have not
# written a function yet, `mine` lends you the course's, and it says whose functions have trained.

# %%
import sys

import numpy as np
from tqdm import tqdm

from course_lib import claims, explorers, journal, plots, speed
from course_lib.checkpoints import check, hint, mine, progress
from course_lib.data import DataError, load, stratified_split
from course_lib.model_card import ModelCard
from course_lib.sealed import SealedTestSet

# %% [markdown]
# ## 1. The images, honestly divided
#
# **MNIST**: 70,000 handwritten digits of 28 by 28 pixels, half of them by clerks of the American census bureau, half
# by high school students. It is fetched once, about 12 MB, and kept. If it cannot be had, the cell below says so, and
# the notebook goes on with the small digits. Everything works with them, too. (But what is said of pictures
# below is said of MNIST's.)

# %% tags=["live"]
try:
    images = load("mnist")
except DataError as error:
    print(error, "\n\nMeanwhile this notebook goes on with the digits of 8 by 8 pixels.")
    images = load("digits")
images

# %% tags=["figure"]
plots.image_grid(images.X_train[:24].reshape(-1, *images.image_shape), titles=[str(y) for y in images.y_train[:24]]);

# %% [markdown]
# Three parts, as in notebook 6. The test images come sealed. A twelfth of the training images becomes the validation
# part, and by that you choose.
#
# Then we standardise, this time with **one** mean and **one** standard deviation for all pixels:
#
# $$\hat X_{nd} = \frac{X_{nd} - \mu}{\sigma}, \qquad \mu = \frac{1}{N D} \sum_{n,d} X_{nd}, \qquad
# \sigma^2 = \frac{1}{N D} \sum_{n,d} (X_{nd} - \mu)^2$$
#
# Why not each pixel on its own, as before? **Think first.** One pixel near the corner of MNIST, in row 3 and column 2,
# has ink in 3 of 60,000 images. Standardised on its own, a pixel that is 1 in a share p of the images, and otherwise
# 0, becomes there
#
# $$\frac{1 - p}{\sqrt{p\,(1 - p)}} = \sqrt{\frac{1 - p}{p}}$$
#
# The rarer the ink, the larger the number. With one $\sigma$ for all pixels, what is nearly always empty stays small.

# %% tags=["equation"]
X = np.array([[0.0, 2.0, 1.0], [4.0, 6.0, 3.0]])
N, D = X.shape
mu = sum(X[n, d] for n in range(N) for d in range(D)) / (N * D)
sigma = np.sqrt(sum((X[n, d] - mu) ** 2 for n in range(N) for d in range(D)) / (N * D))
X_hat = (X - mu) / sigma
assert np.isclose(mu, X.mean()) and np.isclose(sigma, X.std())
assert np.isclose(X_hat.mean(), 0) and np.isclose(X_hat.std(), 1)

corner, p = np.zeros(60_000), 3 / 60_000
corner[:3] = 1                                          # a pixel with ink in three images
alone = (corner - corner.mean()) / corner.std()
assert np.isclose(alone[0], (1 - p) / np.sqrt(p * (1 - p))) and np.isclose(alone[0], np.sqrt((1 - p) / p))
print(f"standardised on its own, its ink becomes {alone[0]:.0f}")

# %% tags=["live"]
def prepare(images):
    """Training and validation part, standardised with the training part's mean and deviation, and both of these."""
    rows, val_rows = stratified_split(images.y_train, 1 / 12, rng=np.random.default_rng(0))
    X_train, X_val = images.X_train[rows], images.X_train[val_rows]
    mean, std = X_train.mean(), X_train.std()
    for X in (X_train, X_val):
        X -= mean
        X /= std
    return X_train, images.y_train[rows], X_val, images.y_train[val_rows], mean, std


X_train, y_train, X_val, y_val, mean, std = prepare(images)
sealed = SealedTestSet((images.X_test - mean) / std, images.y_test, name=f"{images.name} of notebook 7")
print("X_train", X_train.shape, "  X_val", X_val.shape, f"  mean {mean:.4f}, std {std:.4f}")
sealed

# %% [markdown]
# ## 2. Your settings
#
# This is your network. The numbers below are a start, and not the best. `hidden` is the number of hidden units, `lam`
# the strength of L2; the learning rate falls along a cosine.
#
# **Mission.** Reach 98% on the MNIST validation images, with at most ten epochs. You know how to search: in steps of
# a factor, one thing at a time, by validation alone.

# %%
config = {"hidden": 64, "epochs": 4, "batch_size": 64, "lr": 0.05, "momentum": 0.9, "lam": 1e-3}

# %% [markdown]
# And this is your training loop from notebook 4, with the penalty of notebook 5. Nothing in it is new.

# %%
def first_params(D, H, C, rng):
    """New weights in He's scale, and biases of 0, in float32, for D inputs, H hidden units and C classes."""
    params = {"W1": np.sqrt(2 / D) * rng.standard_normal((D, H)), "b1": np.zeros(H),
              "W2": np.sqrt(2 / H) * rng.standard_normal((H, C)), "b2": np.zeros(C)}
    return {name: p.astype(np.float32) for name, p in params.items()}


def train(X_train, y_train, X_val, y_val, *, hidden, epochs, batch_size, lr, momentum, lam, seed=0):
    """Train a network with mine. Returns its parameters, and for each epoch the losses and the accuracy."""
    rng = np.random.default_rng(seed)
    params = first_params(X_train.shape[1], hidden, int(y_train.max()) + 1, rng)
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    total, step = epochs * int(np.ceil(len(X_train) / batch_size)), 0
    curves = {"training": [], "validation": [], "accuracy": []}
    with tqdm(total=total, desc=f"seed {seed}", unit=" steps", file=sys.stdout) as bar:
        for _ in range(epochs):
            seen = 0.0
            for X, y in mine.minibatches(X_train, y_train, batch_size, rng):
                logits, cache = mine.mlp_forward(X, params)
                seen += mine.cross_entropy(logits, y) * len(X)
                grads = mine.mlp_backward(mine.softmax_cross_entropy_backward(logits, y), params, cache)
                grads = mine.l2_gradient(params, grads, lam)
                lr_now = float(mine.cosine_decay(lr, step, total))      # a plain float leaves float32 as it is
                mine.momentum_step(params, grads, velocity, lr_now, momentum)
                step += 1
                bar.update()
            logits, _ = mine.mlp_forward(X_val, params)
            curves["training"].append(seen / len(X_train))
            curves["validation"].append(mine.cross_entropy(logits, y_val))
            curves["accuracy"].append(mine.accuracy(logits, y_val))
            bar.set_postfix_str(f"validation {curves['accuracy'][-1]:.2%}")
    return params, curves

# %% [markdown]
# Before a long run, the two checks of notebook 4. Is the loss at the start somewhat above ln 10 = 2.30? And can the
# network learn fifty images by heart?

# %% tags=["live"]
X_few, y_few = X_train[:50], y_train[:50]
new = first_params(X_train.shape[1], config["hidden"], len(images.class_names), np.random.default_rng(0))
print(f"loss before the first step: {mine.cross_entropy(mine.mlp_forward(X_few, new)[0], y_few):.2f}")

_, few_curves = train(X_few, y_few, X_few, y_few, **{**config, "epochs": 40, "batch_size": 10})
print(f"accuracy on the fifty: {few_curves['accuracy'][-1]:.0%}")

# %% [markdown]
# Now the real run. It takes a few seconds, and the bar shows how far it is. If you stop it (the square in the toolbar),
# you keep the network of the last whole run, and its settings.

# %% tags=["live"]
params, curves = train(X_train, y_train, X_val, y_val, **config)
trained_with = config.copy()
print(f"validation accuracy {curves['accuracy'][-1]:.2%}")
mine

# %% tags=["figure"]
epochs = np.arange(1, trained_with["epochs"] + 1)
plots.run_curves({"training, on the way": (epochs, curves["training"]),
                  "validation, after the epoch": (epochs, curves["validation"])}, xlabel="epoch");

# %% [markdown]
# The card above says which functions are yours; those in the loop have just trained. Go back to your settings and try
# others, until the mission is done. Then go on.
#
# ## 3. From logits to an answer
#
# The network gives ten logits for an image. Its **answer** is the class with the largest one:
#
# $$\hat y_n = \arg\max_c Z_{nc}$$
#
# You have used that inside `accuracy`. From here on you need the answers themselves.

# %% tags=["equation"]
Z = np.array([[2.0, 0.1, 1.0],
              [-3.0, -0.5, -1.5]])
answers = [max(range(3), key=lambda c: Z[n, c]) for n in range(2)]
print(answers)
assert answers == [0, 1] and answers == Z.argmax(axis=1).tolist()
assert (mine.softmax(Z).argmax(axis=1) == Z.argmax(axis=1)).all()      # the softmax keeps the order

# %% [markdown]
# ### Exercise 3.1
#
# Write `predict`.

# %% tags=["exercise"]
def predict(X, params):
    """The class with the largest logit for each row of X, of the network that `mlp_forward` computes.

    X: (N, D). params: {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}. Returns labels (N,), from 0 to C - 1.
    """
    ### BEGIN SOLUTION: two lines
    logits, cache = mine.mlp_forward(X, params)
    return logits.argmax(axis=1)
    ### END SOLUTION

# %%
check(predict)

# %% [markdown]
# **What just happened.** This is all that most people ever see of a network: images in, labels out. It is also what
# the seal wants, later.
#
# ## 4. Save it, load it
#
# The parameters are four arrays. `np.savez` writes them into one file (here beside your progress, over your last one),
# and `np.load` reads it. With `allow_pickle=False` it takes nothing but plain arrays: a *pickle* can run a stranger's
# code while it is being opened, and "trained models" from the internet have done that.
#
# A network is more than its weights. It needs the mean and the deviation that its images were standardised with, so
# they go into the same file. **Predict first:** how good is it when somebody forgets them, and gives it pixels between
# 0 and 1?

# %% tags=["live"]
file = journal.beside_progress(f"my-{images.name}.npz")
file.parent.mkdir(parents=True, exist_ok=True)
np.savez(file, mean=mean, std=std, **params)
with np.load(file, allow_pickle=False) as stored:
    loaded = {name: stored[name] for name in stored.files}
same = (mine.predict(X_val, loaded) == mine.predict(X_val, params)).all()
print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB; the same answers after loading: {same}")

pixels = X_val * loaded["std"] + loaded["mean"]         # as they were before
print(f"accuracy on standardised images: {np.mean(mine.predict(X_val, loaded) == y_val):.1%}")
print(f"accuracy on bare pixels:         {np.mean(mine.predict(pixels, loaded) == y_val):.1%}")

# %% [markdown]
# **What just happened.** The forgetful user gets no error, only more wrong answers. Mistakes in the preparation of data
# are quiet.
#
# ## 5. Where it is wrong
#
# An accuracy is one number. The **confusion matrix** says what is taken for what:
#
# $$M_{ij} = \sum_n [\, y_n = i \,]\, [\, \hat y_n = j \,]$$
#
# The square brackets are 1 where the statement in them is true, and 0 elsewhere. The diagonal holds what is right, so
#
# $$\text{accuracy} = \frac{\sum_i M_{ii}}{\sum_{ij} M_{ij}}, \qquad\quad
# \text{recall}_i = \frac{M_{ii}}{\sum_j M_{ij}}, \qquad\quad \text{precision}_j = \frac{M_{jj}}{\sum_i M_{ij}}$$
#
# Recall: of all images of class i, how many were found? Precision: when the network says j, how often is that true?

# %% tags=["equation"]
def confusion(y, answers, C):
    """M[i, j]: how many images with label i were taken for class j."""
    M = np.zeros((C, C), dtype=int)
    np.add.at(M, (y, answers), 1)                       # unlike M[y, answers] += 1, it counts repeated places
    return M


y, answers = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 2, 1, 0, 2])
M = confusion(y, answers, 3)
assert all(M[i, j] == sum((y[n] == i) and (answers[n] == j) for n in range(6)) for i in range(3) for j in range(3))
assert np.isclose(sum(M[i, i] for i in range(3)) / M.sum(), np.mean(y == answers))
for i in range(3):
    assert np.isclose(M[i, i] / M[i].sum(), np.mean(answers[y == i] == i))             # of images of class i
    assert np.isclose(M[i, i] / M[:, i].sum(), np.mean(y[answers == i] == i))          # of answers i
print(M)

# %% [markdown]
# **Predict first.** Which two digits will your network mix up most? (In the picture grey is right, and the darker the
# orange, the more often the mistake.)

# %% tags=["figure"]
answers = mine.predict(X_val, params).astype(int)
M = confusion(y_val, answers, len(images.class_names))
recall, precision = M.diagonal() / M.sum(axis=1), M.diagonal() / np.maximum(M.sum(axis=0), 1)
print(f"hardest to find: {images.class_names[recall.argmin()]}, recall {recall.min():.1%}; "
      f"least to be believed: {images.class_names[precision.argmin()]}, precision {precision.min():.1%}")
plots.confusion_matrix(M, names=images.class_names);

# %% [markdown]
# Now look at the images themselves. The worst are those whose label got the smallest probability, that is, those with
# the largest loss of their own. Each title gives the label, and what the network says.

# %% tags=["figure"]
P = mine.softmax(mine.mlp_forward(X_val, params)[0])
losses = -np.log(np.maximum(P[np.arange(len(y_val)), y_val], 1e-30))
worst = losses.argsort()[::-1][:16]
wrong = answers != y_val
print(f"wrong: {wrong.sum()}, and in {(P[wrong].max(axis=1) > 0.9).sum()} of these the network is more than 90% sure")
plots.image_grid((X_val[worst] * std + mean).reshape(-1, *images.image_shape),
                 titles=[f"{y_val[n]}, says {answers[n]}" for n in worst]);

# %% [markdown]
# Some of them you could not read either. Some labels may even be wrong: in MNIST's 10,000 test images, people who
# looked for wrong labels found fifteen (Northcutt and others, 2021). And on some images the network is just wrong, and
# very sure. **A softmax of 99% is not a promise.** It says how far the logits are apart, and a network that has never
# seen a certain way of writing a 4 does not know that it has not.
#
# ## 6. What it has learnt
#
# Each hidden unit has one weight for each pixel, so its weights are an image. Red pixels speak for the unit, blue
# ones against it.

# %% tags=["figure"]
def show_weights(params):
    """The first 32 units. The strongest 1 of 200 weights have the full colour."""
    return plots.weight_images(params["W1"][:, :32], limit=np.quantile(np.abs(params["W1"]), 0.995))


show_weights(params);

# %% [markdown]
# Hardly any unit has learnt a whole digit. You see strokes, edges and arcs, in the middle, where digits differ. At the
# rim there is noise, as fine as sand: what is left of the random first weights. The pixels there have the same value in
# nearly every image, so training pushes their weights all in the same way, like one more bias. It cannot smooth them.
# Only L2 does.
#
# A few images are noise all over. Are those units dead, with a ReLU that is 0 for every image?

# %% tags=["live"]
A1 = mine.mlp_forward(X_val, params)[1]["A1"]
print("units that are 0 for every validation image:", np.flatnonzero((A1 == 0).all(axis=0)).tolist())

# %% [markdown]
# Count along the rows, from 0, and you find those that are among the first 32. They cost time and do nothing.
#
# **Predict first.** What will the rim look like with three times as much L2? And the dead units? Try it with
# `"lam": 3e-3`. What does the accuracy say?
#
# ## 7. How sure are you?
#
# Two sources of chance, as in notebook 6, and both belong in your claim. The **seed**: another start, another order of
# the images, another network. The **test images**: with N of them, an accuracy p is known give or take its standard
# error
#
# $$\sqrt{\frac{p\,(1 - p)}{N}}$$

# %% tags=["equation"]
rng = np.random.default_rng(0)
p, N = 0.975, 10_000
measured = (rng.random((1000, N)) < p).mean(axis=1)     # a thousand test sets for a network that is right with 97.5%
assert np.isclose(measured.std(), np.sqrt(p * (1 - p) / N), rtol=0.1)
print(f"give or take {np.sqrt(p * (1 - p) / N):.2%}")

# %% [markdown]
# So on MNIST's 10,000 test images, two networks that are 0.1 points apart may well be equally good. Train three times,
# half as long, and see how much the seed matters.

# %% tags=["live"]
def validation_accuracy(config, seed):
    return train(X_train, y_train, X_val, y_val, **config, seed=seed)[1]["accuracy"][-1]


shorter = {**trained_with, "epochs": max(1, trained_with["epochs"] // 2)}
seed_mean, seed_std = mine.seed_spread(validation_accuracy, shorter, [1, 2, 3])
print(f"{shorter['epochs']} epochs: {seed_mean:.2%} ± {seed_std:.2%} over three seeds")

# %% [markdown]
# ## 8. Open the seal, and write the card
#
# Are you done choosing? Then open the test set. **Once.** Every look is counted, also if you run the whole notebook
# again, and the number of looks goes on the card.

# %% tags=["live"]
test_accuracy, tested = sealed.evaluate(lambda X: mine.predict(X, params)), params

# %% [markdown]
# A **model card** is one page for whoever wants to use your network and cannot ask you. Most of it writes itself. The
# last two fields, `weak` and `limits`, are yours: fill them in and run the cell again. Look at the confusion matrix and
# at the worst mistakes once more, and think of who might rely on it. Bank cheques? Postcodes? Other alphabets? A camera
# instead of a scanner? "It may make mistakes" helps nobody. "It takes a 9 with an open loop for a 4" does.

# %% tags=["live"]
card = ModelCard(
    name="reads one handwritten digit",
    data=f"{images.name}: {len(images.X_train):,} images of {images.image_shape[0]} by {images.image_shape[1]} pixels",
    split=f"{len(X_train):,} to train, {len(X_val):,} to choose by, {len(images.X_test):,} sealed",
    network=f"{X_train.shape[1]}-{trained_with['hidden']}-{len(images.class_names)}, ReLU, "
            f"{sum(p.size for p in params.values()):,} parameters, made in NumPy",
    training=", ".join(f"{name} {value}" for name, value in trained_with.items()) + ", cosine, seed 0",
    validation=f"{curves['accuracy'][-1]:.2%}; over three seeds, {shorter['epochs']} epochs each, "
               f"{seed_mean:.2%} ± {seed_std:.2%}",
    test=f"{test_accuracy:.2%} ± {np.sqrt(test_accuracy * (1 - test_accuracy) / len(images.X_test)):.2%} "
         f"(standard error) on {len(images.X_test):,} images" if tested is params else "",    # "": trained since then
    looks=sealed.looks,
    weak="",
    limits="",
)
print("kept in", card.save().name)
card

# %% [markdown]
# ## 9. Draw for your network
#
# A network knows only images like those it learned from. What you draw on a pad is larger, thicker, off the middle.
# So your drawing goes through the steps that MNIST's digits went through, long before you met them:
#
# 1. Cut out the **bounding box**, the smallest rectangle that holds all ink.
# 2. Bring its longer side to **20 pixels** and keep the proportions. A new pixel is the mean of the old ones that it
#    covers, so edges become grey.
# 3. Put it on an empty image of 28 by 28, with its **centre of mass** in the middle. With ink $I_{rc}$ in row r and
#    column c, the centre is
#
# $$\bar r = \frac{\sum_{rc} r\, I_{rc}}{\sum_{rc} I_{rc}}, \qquad\quad
# \bar c = \frac{\sum_{rc} c\, I_{rc}}{\sum_{rc} I_{rc}}$$

# %% tags=["equation"]
from course_lib.explorers.mnist_preprocessing import centre, fit_into_box, mnist_pixels

drawing = np.zeros((112, 112))
drawing[20:80, 60:70] = 1                               # a thick, tall L, up on the right
drawing[70:80, 60:100] = 1
boxed = fit_into_box(drawing[20:80, 60:100].astype(np.float32))
image = centre(boxed)
r, c = np.indices(image.shape)
r_mean, c_mean = (r * image).sum() / image.sum(), (c * image).sum() / image.sum()
print(boxed.shape, "->", image.shape)
assert max(boxed.shape) == 20 and abs(r_mean - 14) <= 0.5 and abs(c_mean - 14) <= 0.5
assert np.allclose(mnist_pixels(drawing).reshape(28, 28), image)

# %% tags=["figure"]
plots.image_stages({"the drawing": drawing, "in a box of 20": boxed, "centred, 28 by 28": image});

# %% [markdown]
# **Predict first.** How good is your network on images that are moved to the right by a few pixels? For you they are
# the same digits.

# %% tags=["live"]
square = X_val.reshape(-1, *images.image_shape)
for shift in range(images.image_shape[1] // 7 + 1):
    moved = np.pad(square, ((0, 0), (0, 0), (shift, 0)), mode="edge")[:, :, : square.shape[2]]
    print(f"moved by {shift}: accuracy {np.mean(mine.predict(moved.reshape(X_val.shape), params) == y_val):.1%}")

# %% [markdown]
# Each weight belongs to one place, so a digit elsewhere meets other weights. That is why step 3 is needed.
#
# Now draw. The probabilities move while your hand does.
#
# **Mission.** Let it read one of your digits with more than 90%. Then fool it with a digit that anybody could read.
# What did you have to do?

# %% tags=["explorer"]
def read(X):
    """Pixels between 0 and 1 (N, D) -> probabilities (N, 10), by your network."""
    logits, _ = mine.mlp_forward((X - mean) / std, params)
    return mine.softmax(logits)


explorers.draw_a_digit(read, images)

# %% [markdown]
# ## 10. Clothes instead of digits
#
# **Fashion-MNIST** has the same form, 70,000 images of 28 by 28 pixels in ten classes, and shows clothes. Your code
# does not notice the difference. **Predict first:** how much worse will it be, with the same settings, and which two
# classes will it mix up?

# %% tags=["live"]
try:
    clothes = load("fashion-mnist")
except DataError as error:
    print(error, "\n\nMeanwhile this section shows the digits once more.")
    clothes = images
X_train_2, y_train_2, X_val_2, y_val_2, mean_2, std_2 = prepare(clothes)
params_2, curves_2 = train(X_train_2, y_train_2, X_val_2, y_val_2, **trained_with)
print(f"{clothes.name}: validation accuracy {curves_2['accuracy'][-1]:.2%}")

# %% tags=["figure"]
answers_2 = mine.predict(X_val_2, params_2).astype(int)
plots.confusion_matrix(confusion(y_val_2, answers_2, len(clothes.class_names)), names=clothes.class_names);

# %% tags=["figure"]
show_weights(params_2);

# %% [markdown]
# Shirts, T-shirts, pullovers and coats look alike at 28 by 28 pixels. People who know nothing of fashion and were asked
# to name these images got 83.5% right, say those who made the data. Is your network better at it than they were?
#
# In the weights you can see the outlines of pullovers, trouser legs and soles. S4, one of the write-ups of the next
# section, prints such pictures too.
#
# ## 11. Five write-ups, held to their words
#
# This course grew from five write-ups of networks like yours, here called S0 to S4. Each makes claims, and each has
# mistakes that you know by now. `python -m course_lib claims` trains all of their networks again; below is what it
# measured. In each table, read the column *claimed* first. Would you believe it? What would you ask?
#
# **S0** wishes for momentum, early stopping and a falling learning rate, and has none of them. How much would they
# bring?

# %%
claims.recorded()["S0"]

# %% [markdown]
# **S1** promises a first loss of 2.3026 from weights in He's scale. You have measured yours, in section 2. Can it be?

# %%
claims.recorded()["S1"]

# %% [markdown]
# **S2** says "about 98%", but not how wide the network is.

# %%
claims.recorded()["S2"]

# %% [markdown]
# **S3** is the case of notebook 5. Compare the *last epoch* as printed with the *last epoch* mended.

# %%
claims.recorded()["S3"]

# %% [markdown]
# **S4** is about clothes. Its grid search has a mistake by which only the last setting competes. What will an honest
# search find?

# %%
claims.recorded()["S4"]

# %% [markdown]
# Your card says how the images were divided, how much of the number is luck, and how often the test set was looked at.
# Look for these three things in whatever you read.
#
# ## 12. How fast is NumPy, and how far does it reach?
#
# You wrote plain formulas. `course_lib.nn` holds the same formulas made fast: float32 everywhere, arrays that are
# allocated once, all parameters in one vector. How does that compare with what the world uses? On one processor core,
# and for networks of this size:

# %%
speed.recorded()

# %% [markdown]
# *products* are nothing but the matrix products that a step cannot do without, so no program in NumPy can be faster.
# *naive float64* are plain formulas in NumPy's usual precision: what you get without a thought of speed. PyTorch and
# scikit-learn can do far more than this, and with matrices so small, being ready for it takes much of their time. JAX
# translates the whole training into one program for the processor, which pays as soon as it is translated. On a
# graphics card, or with a hundred million weights, NumPy would be far behind.
#
# `python -m course_lib bench --record` measures all this anew, on your machine, with those of the others that are
# installed, and keeps the table for this notebook.
#
# And how far does it reach? Two layers of 512 units, dropout in front of each layer, 100 epochs, and batch norm, which
# comes in notebook 8, bring the same kind of network to more than 98.8% of MNIST's test images, in under five minutes.
# `fashion-mnist.yaml`, beside it, gets 90% of the clothes right. Both were chosen by validation images.
#
#     python -m course_lib train course_lib/configs/mnist-best.yaml --out mnist-best.npz
#
# What is left needs layers that know which pixels are neighbours. Notebook 8 says where to read about them.
#
# ## 13. Recap
#
# - Divide first, standardise from the training part, choose by validation, open the test set once.
# - A saved network is its weights *and* what its inputs need.
# - A confusion matrix says what is taken for what; the worst mistakes say why.
# - A claim has a spread: over seeds, and over test images.
# - A network that is sure is not therefore right. Say in writing where it must not be used.
#
# **Explain it to a friend.**
#
# 1. Your network is 99% sure of a wrong answer. How can that be?
# 2. Why does a drawing have to be centred before the network sees it? Which of its weights would have to know
#    otherwise?
# 3. Two papers report 98.3% and 98.4% on MNIST. Which network is better?
# 4. Somebody sends you a model file and says "accuracy 99.2%". What do you ask?
#
# **Where it is used next.** Notebook 8 goes further: optimisers that choose their own step sizes, batch norm, deeper
# networks, and the same network in PyTorch.

# %% tags=["live"]
progress()
