'''The patient of the bug clinic: a small network with five mistakes, as the lesson prints it.

SOURCE is a cell of notebook 3, letter by letter (a test compares them). It is text and not code of this package,
because the learner gets it as it is, mends it there, and calls `clinic(Patient)`. The clinic relies on the names and
the parameters of the methods, and on `params`; everything else may be written otherwise.
'''

SOURCE = '''\
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
'''
