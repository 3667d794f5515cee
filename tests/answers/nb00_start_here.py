"""Answers to the exercises of notebook 0, as the body of the function: right in odd ways, and wrong in ways that look right."""

RIGHT = {
    "one_hot": [
        "return np.eye(C)[y]",
        "return np.eye(C, dtype=np.float16)[y]",
        "from decimal import Decimal\n    return [[Decimal(int(c == label)) for c in range(C)] for label in y]",
        "return np.eye(C, dtype=int)[y]",
        "return np.arange(C) == y[:, None]",
        "return (y[:, None] == np.arange(C)).astype(np.float32)",
        "return [[1 if c == label else 0 for c in range(C)] for label in y]",
        "return ([float(c == label) for c in range(C)] for label in y)",
        "Y = np.zeros((len(y), C)); Y[np.arange(len(y)), y] = 1; return Y",
        "Y = np.zeros((len(y), C)); np.put_along_axis(Y, y[:, None].astype(int), 1, axis=1); return Y",
        "return np.stack([np.eye(C)[label] for label in y])",
        "return map(lambda label: np.eye(C)[label], y)",
        "return np.asfortranarray(np.eye(C)[y])",
    ],
}

WRONG = {
    "one_hot": ["return np.eye(max(C, 10))[y]", "return np.eye(C)[np.sort(y)]", "return np.ones((len(y), C))"],
}
