"""Answers to the exercises of notebook 6, as the body of the function: right in odd ways, and wrong in ways that look right."""

RIGHT = {
    "train_val_test_split": [
        # rows class by class: rounded, rounded down, rounded up
        "parts = [[], [], []]\n    for c in np.unique(y):\n        rows = rng.permutation(np.flatnonzero(y == c)); a = round(test * len(rows)); b = round(val * len(rows))\n        parts[2].append(rows[:a]); parts[1].append(rows[a:a + b]); parts[0].append(rows[a + b:])\n    tr, va, te = (np.concatenate(p) for p in parts)\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "tr, va, te = [], [], []\n    for c in set(y.tolist()):\n        rows = [i for i in range(len(y)) if y[i] == c]; rng.shuffle(rows)\n        a, b = int(test * len(rows)), int(val * len(rows))\n        te += rows[:a]; va += rows[a:a + b]; tr += rows[a + b:]\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "tr, va, te = [], [], []\n    for c in range(y.max() + 1):\n        rows = np.where(y == c)[0][rng.random((y == c).sum()).argsort()]\n        a, b = math.ceil(test * len(rows)), math.ceil(val * len(rows))\n        te.extend(rows[:a]); va.extend(rows[a:a + b]); tr.extend(rows[a + b:])\n    return [X[tr], y[tr], X[va], y[va], X[te], y[te]]",
        # one class at a time, cut by its cumulative fractions
        "tr, va, te = [], [], []\n    for c in np.unique(y):\n        rows = rng.permutation(np.where(y == c)[0]); n = len(rows)\n        v, t = np.split(rows, [int(round(n * (1 - val - test))), int(round(n * (1 - test)))])[1:]\n        tr.append(np.split(rows, [int(round(n * (1 - val - test)))])[0]); va.append(v); te.append(t)\n    out = []\n    for part in (tr, va, te):\n        rows = rng.permutation(np.concatenate(part)); out += [X[rows], y[rows]]\n    return tuple(out)",
        # two cuts in a row
        "def cut(rows, fraction):\n        a, b = [], []\n        for c in np.unique(y):\n            r = rng.permutation([i for i in rows if y[i] == c]); n = round(fraction * len(r)); a.extend(r[n:]); b.extend(r[:n])\n        return np.array(a), np.array(b)\n    rest, te = cut(range(len(y)), test); tr, va = cut(rest, val / (1 - test))\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        # shuffle everything, sort it by class, deal it out like cards
        "order = rng.permutation(len(y)); order = order[np.argsort(y[order], kind='stable')]\n    at = (np.arange(len(y)) + rng.random()) / len(y) * 1e9\n    k = np.arange(len(y)); t = np.floor((k + 1) * test) > np.floor(k * test); rest = order[~t]\n    k = np.arange(len(rest)); f = val / (1 - test); v = np.floor((k + 1) * f) > np.floor(k * f)\n    te, va, tr = order[t], rest[v], rest[~v]\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        # rows drawn by choice, taken away by a mask
        "mask = np.zeros(len(y), int)\n    for c in np.unique(y):\n        rows = np.flatnonzero(y == c); n = len(rows)\n        chosen = rng.choice(rows, round(test * n) + round(val * n), replace=False); mask[chosen[:round(test * n)]] = 2; mask[chosen[round(test * n):]] = 1\n    return X[mask == 0], y[mask == 0], X[mask == 1], y[mask == 1], X[mask == 2], y[mask == 2]",
        # X and y glued together, and taken apart
        "XY = np.column_stack([X, y]); rng.shuffle(XY); cuts = [[], [], []]\n    for c in np.unique(y):\n        Z = XY[XY[:, -1] == c]; a, b = round(test * len(Z)), round((test + val) * len(Z)); cuts[2].append(Z[:a]); cuts[1].append(Z[a:b]); cuts[0].append(Z[b:])\n    out = []\n    for part in cuts:\n        P = np.vstack(part); out += [P[:, :-1], P[:, -1].astype(int)]\n    return out",
        # iterators and lists
        "tr, va, te = [], [], []\n    for c in np.unique(y):\n        for k, i in enumerate(rng.permutation(np.flatnonzero(y == c))):\n            u = (k + 0.5) / (y == c).sum(); (te if u < test else va if u < test + val else tr).append(int(i))\n    for part in (tr, va, te):\n        yield [X[i] for i in part]; yield [int(y[i]) for i in part]",
        "from sklearn.model_selection import train_test_split as s\n    A, X_te, a, y_te = s(X, y, test_size=test, stratify=y, random_state=int(rng.integers(2**31)))\n    X_tr, X_va, y_tr, y_va = s(A, a, test_size=val / (1 - test), stratify=a, random_state=int(rng.integers(2**31)))\n    return X_tr, y_tr, X_va, y_va, X_te, y_te",
        "from course_lib.data import stratified_split\n    rest, te = stratified_split(y, test, rng=rng); tr, va = stratified_split(y[rest], val / (1 - test), rng=rng)\n    return X[rest[tr]], y[rest[tr]], X[rest[va]], y[rest[va]], X[te], y[te]",
        "order = np.lexsort((rng.random(len(y)), y)); starts = np.cumsum(np.bincount(y)) - np.bincount(y)\n    rank = np.empty(len(y), int); rank[order] = np.arange(len(y)); rank -= starts[y]\n    n = np.bincount(y)[y]; frac = (rank + 0.5) / n\n    v, t = frac < val, (frac >= val) & (frac < val + test)\n    return X[~v & ~t], y[~v & ~t], X[v], y[v], X[t], y[t]",
        "A = [[], [], [], [], [], []]\n    for c in np.unique(y):\n        Xc, yc = X[y == c], y[y == c]; p = rng.permutation(len(Xc)); Xc, yc = Xc[p], yc[p]\n        i, j = int(len(p) * (1 - val - test)), int(len(p) * (1 - test))\n        for k, (s, t) in enumerate(((0, i), (i, j), (j, None))): A[2*k].append(Xc[s:t]); A[2*k+1].append(yc[s:t])\n    return tuple(np.vstack(a) if k % 2 == 0 else np.hstack(a) for k, a in enumerate(A))",
        "C = len(np.unique(y)); tr, va, te = [], [], []\n    for c in range(C):\n        r = rng.permutation(np.flatnonzero(y == c)); n_v = max(1, round(val * len(r))); n_t = max(1, round(test * len(r)))\n        va.extend(r[:n_v]); te.extend(r[n_v:n_v+n_t]); tr.extend(r[n_v+n_t:])\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "tr, va, te = [], [], []\n    for c in np.unique(y):\n        r = rng.permutation(np.flatnonzero(y == c)); n_v, n_t = math.ceil(val * len(r)), math.ceil(test * len(r))\n        te.append(r[-n_t:]); va.append(r[-(n_t + n_v):-n_t]); tr.append(r[:-(n_t+n_v)])\n    tr, va, te = map(np.concatenate, (tr, va, te))\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "va, te, tr = [], [], []\n    for c in np.unique(y):\n        pool = list(np.flatnonzero(y == c)); n = len(pool)\n        va += [pool.pop(rng.integers(len(pool))) for _ in range(round(val * n))]; te += [pool.pop(rng.integers(len(pool))) for _ in range(round(test * n))]; tr += pool\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
    ],
    "sample_log_uniform": [
        "return np.exp(rng.uniform(np.log(low), np.log(high)))",
        "return 10 ** rng.uniform(np.log10(low), np.log10(high))",
        "return float(2.0 ** rng.uniform(math.log2(low), math.log2(high)))",
        "return low * (high / low) ** rng.random()",
        "u = rng.random(); return low ** (1 - u) * high ** u",
        "return high * (low / high) ** rng.random()",
        "return math.exp(math.log(low) + (math.log(high) - math.log(low)) * rng.random())",
        "return np.array(np.exp(rng.uniform(np.log(low), np.log(high))))",
        "return np.exp(rng.uniform(np.log(low), np.log(high), size=1))[0]",
        "return np.exp(-rng.uniform(-np.log(high), -np.log(low)))",
        "return rng.choice(np.geomspace(low, high, 2_000))",
        "return np.float32(np.exp(rng.uniform(np.log(low), np.log(high))))",
        "from scipy.stats import loguniform; return loguniform.rvs(low, high, random_state=rng)",
        "return np.exp(np.log(low) + np.log(high / low) * rng.beta(1, 1))",
        "while True:\n        x = 10 ** rng.uniform(math.floor(math.log10(low)), math.ceil(math.log10(high)))\n        if low <= x <= high: return x",
        "return 1 / np.exp(rng.uniform(np.log(1 / high), np.log(1 / low)))",
    ],
    "grid_search": [
        "import itertools\n    best, best_score = None, -np.inf\n    for values in itertools.product(*grid.values()):\n        config = dict(zip(grid, values)); score = evaluate(config)\n        if score > best_score: best, best_score = config, score\n    return best, best_score",
        # recursion
        "def go(names, config):\n        if not names: return config, evaluate(config)\n        best = None\n        for value in grid[names[0]]:\n            found = go(names[1:], {**config, names[0]: value})\n            if best is None or found[1] > best[1] or best[1] != best[1]: best = found\n        return best\n    return go(list(grid), {})",
        # all configs first, in a list that grows name by name
        "configs = [{}]\n    for name, values in grid.items(): configs = [{**c, name: v} for c in configs for v in values]\n    scores = [evaluate(c) for c in configs]; i = int(np.nanargmax(scores)); return configs[i], scores[i]",
        "from sklearn.model_selection import ParameterGrid\n    best = (None, -math.inf)\n    for c in ParameterGrid({k: list(v) for k, v in grid.items()}):\n        s = evaluate(c)\n        if s > best[1]: best = (c, s)\n    return best",
        # one dict that goes on changing, and a copy of it kept
        "import itertools\n    config, best, top = {}, {}, float('-inf')\n    for values in itertools.product(*grid.values()):\n        config.update(zip(grid.keys(), values)); score = evaluate(config)\n        if score > top: top = score; best = dict(config)\n    return best, top",
        "import itertools\n    scored = [(evaluate(c), -i, c) for i, c in enumerate(dict(zip(grid, v)) for v in itertools.product(*grid.values()))]\n    score, _, config = max(scored, key=lambda t: (-np.inf if np.isnan(t[0]) else t[0], t[1])); return [config, score]",
        # the first name fastest, an index for each name
        "names = list(grid); lists = [list(grid[n]) for n in names]; best = None\n    for index in np.ndindex(*[len(v) for v in lists][::-1]):\n        config = {n: v[i] for n, v, i in zip(names, lists, index[::-1])}; score = evaluate(config)\n        if not np.isnan(score) and (best is None or score > best[1]): best = config, score\n    return best",
        # by numbers, backwards through the grid would change ties: forwards by a counter
        "names = list(grid); sizes = [len(grid[n]) for n in names]; best, top, k = None, -1e300, 0\n    while k < math.prod(sizes):\n        rest, config = k, {}\n        for name, size in zip(names[::-1], sizes[::-1]): config[name] = grid[name][rest % size]; rest //= size\n        s = float(evaluate(config)); k += 1\n        if s > top: best, top = config, s\n    return best, np.float64(top)",
        "import itertools\n    from concurrent.futures import ThreadPoolExecutor\n    configs = [dict(zip(grid, v)) for v in itertools.product(*grid.values())]\n    with ThreadPoolExecutor(1) as pool: scores = list(pool.map(evaluate, configs))\n    i = max(range(len(configs)), key=lambda i: np.nan_to_num(scores[i], nan=-np.inf)); return configs[i], scores[i]",
        "import itertools\n    from functools import reduce\n    tried = ((c, evaluate(c)) for c in (dict(zip(grid, v)) for v in itertools.product(*grid.values())))\n    return reduce(lambda a, b: b if b[1] > a[1] else a, tried, (None, -np.inf))",
        'names = list(grid); idx = [0] * len(names); best = None; top = float("-inf")\n    while True:\n        c = {n: grid[n][i] for n, i in zip(names, idx)}; s = evaluate(c)\n        if s > top: best = c; top = s\n        k = len(names) - 1\n        while k >= 0:\n            idx[k] += 1\n            if idx[k] < len(grid[names[k]]): break\n            idx[k] = 0; k -= 1\n        if k < 0: return best, top',
        "import itertools\n    def call(**config): return evaluate(config), config\n    tried = [call(**dict(zip(grid, v))) for v in itertools.product(*grid.values())]\n    s, c = max(tried, key=lambda t: (t[0] == t[0], t[0])); return c, s",
        "stack, best, top = [{}], None, -np.inf\n    names = list(grid)\n    while stack:\n        c = stack.pop()\n        if len(c) == len(names):\n            s = evaluate(c)\n            if s > top: best, top = c, s\n        else:\n            n = names[len(c)]; stack += [{**c, n: v} for v in list(grid[n])[::-1]]\n    return best, top",
    ],
    "random_search": [
        "best, best_score = None, -np.inf\n    for _ in range(trials):\n        config = sample(rng); score = evaluate(config)\n        if score > best_score: best, best_score = config, score\n    return best, best_score",
        "configs = [sample(rng) for _ in range(trials)]; scores = [evaluate(c) for c in configs]; i = np.argmax(np.nan_to_num(scores, nan=-np.inf)); return configs[i], scores[i]",
        "configs = [sample(rng) for _ in range(trials)][::-1]; scores = list(map(evaluate, configs)); i = int(np.nanargmax(scores)); return configs[i], scores[i]",
        "best = sample(rng); top = evaluate(best); n = 1\n    while n < trials:\n        c = sample(rng); s = evaluate(c); n += 1\n        if s > top or top != top: best, top = c, s\n    return best, top",
        "tried = []\n    for t in range(trials):\n        c = sample(rng); tried.append((evaluate(c), t, c))\n    tried.sort(key=lambda t: -t[0] if t[0] == t[0] else math.inf); return tried[0][2], tried[0][0]",
        "if trials == 1:\n        c = sample(rng); return c, evaluate(c)\n    a = random_search(evaluate, sample, trials - 1, rng); c = sample(rng); s = evaluate(c); return (c, s) if s > a[1] or a[1] != a[1] else a",
        "from course_lib.tuning.searches import grid_search\n    configs = [sample(rng) for _ in range(trials)]; found = grid_search(lambda c: evaluate(configs[c['i']]), {'i': list(range(trials))}); return configs[found[0]['i']], found[1]",
        "tried = [(c, evaluate(c)) for c in map(sample, rng.spawn(trials))]; return max(tried, key=lambda p: -np.inf if np.isnan(p[1]) else p[1])",
        "return max(((c, evaluate(c)) for c in (sample(rng) for _ in range(trials))), key=lambda p: np.nan_to_num(p[1], nan=-np.inf))",
        "configs = [sample(np.random.default_rng(rng.integers(2**32))) for _ in range(trials)]; scores = np.array([evaluate(c) for c in configs]); scores[np.isnan(scores)] = -np.inf; return configs[scores.argmax()], scores.max()",
        "def go(n, best, top):\n        if n == 0: return best, top\n        c = sample(rng); s = evaluate(c)\n        return go(n - 1, c, s) if s > top else go(n - 1, best, top)\n    return go(trials, {}, -math.inf)",
        "import heapq\n    h = []\n    for t in range(trials):\n        c = sample(rng); s = evaluate(c)\n        if not math.isnan(s): heapq.heappush(h, (-s, t, c))\n    s, _, c = h[0]; return c, -s",
    ],
    "successive_halving": [
        "while len(configs) > 1:\n        scores = [evaluate(c, budget) for c in configs]; order = np.argsort(scores)[::-1]\n        configs = [configs[i] for i in order[:max(1, len(configs) // eta)]]; budget *= eta\n    return configs[0]",
        "left = list(configs)\n    while len(left) > 1:\n        left = sorted(left, key=lambda c: evaluate(c, budget), reverse=True)[:max(1, len(left) // eta)]; budget = budget * eta\n    return left[0]",
        "if len(configs) == 1: return configs[0]\n    scores = [evaluate(c, budget) for c in configs]; n = max(1, len(configs) // eta)\n    keep = sorted(range(len(configs)), key=scores.__getitem__)[-n:]; return successive_halving(evaluate, [configs[i] for i in keep], budget * eta, eta)",
        "import heapq\n    n, round_ = len(configs), 0\n    while n > 1:\n        n = max(1, n // eta); configs = heapq.nlargest(n, configs, key=lambda c: evaluate(c, budget * eta ** round_)); round_ += 1\n    return configs[0]",
        # in another order inside a round, and the indices of those that are left
        "left = set(range(len(configs)))\n    while True:\n        if len(left) == 1: return dict(configs[left.pop()])\n        scores = {i: evaluate(configs[i], budget) for i in sorted(left, reverse=True)}\n        left = set(sorted(scores, key=scores.get)[-max(1, len(scores) // eta):]); budget = eta * budget",
        # a single config is trained all the same
        "while True:\n        scored = sorted(((evaluate(c, budget), i) for i, c in enumerate(configs)), reverse=True)\n        configs = [configs[i] for _, i in scored[:len(configs) // eta or 1]]\n        if len(configs) == 1: return configs[0]\n        budget *= eta",
        "configs = configs.copy()\n    while len(configs) > 1:\n        scores = [evaluate(c, float(budget)) for c in configs]; n = max(len(configs) // eta, 1)\n        while len(configs) > n: i = int(np.argmin(scores)); configs.pop(i); scores.pop(i)\n        budget *= eta\n    return configs[0]",
        "cs = np.array(configs, dtype=object)\n    while len(cs) > 1:\n        s = np.array([evaluate(c, budget) for c in cs]); n = max(1, len(cs) // eta)\n        cs = cs[np.argpartition(-s, n - 1)[:n]]; budget *= eta\n    return cs[0]",
        "left = dict(enumerate(configs)); b = float(budget)\n    while len(left) > 1:\n        score = {k: float(evaluate(c, b)) for k, c in left.items()}\n        for k in sorted(score, key=score.get)[: len(left) - max(1, len(left) // eta)]: del left[k]\n        b *= eta\n    return next(iter(left.values()))",
        "import itertools\n    for r in itertools.count():\n        if len(configs) == 1: break\n        scores = list(map(lambda c: evaluate(c, budget * eta ** r), configs)); order = sorted(range(len(scores)), key=lambda i: scores[i])\n        configs = [configs[i] for i in order[len(order) - max(1, len(configs) // eta):]]\n    return configs[0]",
        "cs = list(enumerate(configs))\n    while len(cs) > 1:\n        cs = [(i, c) for _, i, c in sorted((-evaluate(c, budget), i, c) for i, c in cs)][:max(1, len(cs) // eta)]; budget *= eta\n    return cs[0][1]",
    ],
    "seed_spread": [
        "scores = [evaluate(config, seed) for seed in seeds]; return np.mean(scores), np.std(scores, ddof=1)",
        "s = np.array([evaluate(config, seed) for seed in seeds]); return s.mean(), np.sqrt(s.var(ddof=1))",
        "import statistics\n    s = [evaluate(config, seed) for seed in seeds]; return statistics.mean(s), statistics.stdev(s)",
        "n = total = squares = 0\n    for seed in seeds:\n        s = evaluate(config, seed); n += 1; total += s; squares += s * s\n    return [total / n, math.sqrt((squares - total * total / n) / (n - 1))]",
        "s = np.fromiter((evaluate(config, seed) for seed in seeds), float); return np.average(s), np.std(s) * np.sqrt(len(s) / (len(s) - 1))",
        "s = np.array([evaluate(config, seed) for seed in reversed(seeds)], np.float32); return s.mean(), s.std(ddof=1)",
        "return float(np.mean([evaluate(config, s) for s in seeds])), float(np.sqrt(np.cov([evaluate(config, s) for s in seeds])))",
        "s = [evaluate(config, k) for k in seeds]; yield sum(s) / len(s); yield np.linalg.norm(np.array(s) - sum(s) / len(s)) / math.sqrt(len(s) - 1)",
        "n, m, M2 = 0, 0.0, 0.0\n    for k in seeds:\n        x = evaluate(dict(config), k); n += 1; d = x - m; m += d / n; M2 += d * (x - m)\n    return m, math.sqrt(M2 / (n - 1))",
        "s = np.array([evaluate(config, k) for k in seeds]); n = len(s); return s.sum() / n, np.sqrt(((s[:, None] - s) ** 2).sum() / (2 * n * (n - 1)))",
    ],
}

WRONG = {
    "train_val_test_split": [
        # one of the parts comes unshuffled from the file
        "tr, va, te = [], [], []\n    for c in np.unique(y):\n        rows = np.flatnonzero(y == c); a, b = round(test * len(rows)), round(val * len(rows))\n        te.append(rows[:a]); rest = rng.permutation(rows[a:]); va.append(rest[:b]); tr.append(rest[b:])\n    tr, va, te = map(np.concatenate, (tr, va, te))\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        # as many of each class
        "order = rng.permutation(len(y)); C = y.max() + 1; va, te = [], []\n    for c in range(C):\n        rows = order[y[order] == c]; a, b = round(test * len(y) / C), round(val * len(y) / C); te.extend(rows[:a]); va.extend(rows[a:a + b])\n    tr = np.setdiff1d(order, va + te); return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        # the seed is kept, and shuffles the same way every time
        "g = np.random.default_rng(3); rng.random(); tr, va, te = [], [], []\n    for c in np.unique(y):\n        rows = g.permutation(np.flatnonzero(y == c)); a, b = round(test * len(rows)), round(val * len(rows)); te.extend(rows[:a]); va.extend(rows[a:a + b]); tr.extend(rows[a + b:])\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "return X, y, X, y, X, y",
        "return X[:0], y[:0], X, y, X, y",
        "n = rng.integers(5); return X, y",
        "tr, va, te = [], [], []\n    for c in range(10):\n        r = rng.permutation(np.flatnonzero(y == c)); n_v, n_t = round(val * len(r)), round(test * len(r))\n        va.append(r[:n_v]); te.append(r[n_v:n_v+n_t]); tr.append(r[n_v+n_t:])\n    tr, va, te = map(np.concatenate, (tr, va, te))\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "tr, va, te = [], [], []\n    for c in np.unique(y):\n        r = rng.permutation(np.flatnonzero(y == c)); n_v, n_t = round(val * len(r)), round(test * len(r))\n        va.append(r[:n_v]); te.append(r[n_v+1:n_v+n_t]); tr.append(r[n_v+n_t+1:])\n    tr, va, te = map(np.concatenate, (tr, va, te))\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
        "tr, va, te = [], [], []\n    for c in np.unique(y):\n        r = np.flatnonzero(y == c); v = rng.choice(r, round(val * len(r))); t = rng.choice(np.setdiff1d(r, v), round(test * len(r)), replace=False)\n        va.extend(v); te.extend(t); tr.extend(np.setdiff1d(r, [*v, *t]))\n    return X[tr], y[tr], X[va], y[va], X[te], y[te]",
    ],
    "sample_log_uniform": [
        "return rng.uniform(low, high) ** 2",
        "return np.exp(rng.uniform(np.log(low), 0))",
        "return np.exp(rng.normal(np.log(low * high) / 2, np.log(high / low) / 6))",
        "return np.sqrt(low * high)",
        "return low * (high / low) ** rng.random() ** 2",
        "return rng.choice([low, high])",
        "return 10 ** rng.uniform(np.log10(low), np.log10(high), size=5)",
        "return str(rng.random())",
        "return rng.choice(np.geomspace(low, high))",
        "return rng.choice(np.logspace(np.log10(low), np.log10(high), 100))",
        "return rng.uniform(1, 10) * 10.0 ** rng.integers(math.floor(np.log10(low)), math.floor(np.log10(high)))",
    ],
    "grid_search": [
        "return {name: values[0] for name, values in grid.items()}, evaluate({name: values[0] for name, values in grid.items()})",
        "return max(grid.items()), 1.0",
        "import itertools\n    scored = [(dict(zip(grid, v)), evaluate(dict(zip(grid, v)))) for v in itertools.product(*grid.values())]\n    return sorted(scored, key=lambda p: np.nan_to_num(p[1], nan=-9e9))[len(scored) // 2]",
        "import itertools\n    scored = [(dict(zip(grid, v)), round(evaluate(dict(zip(grid, v))), 1)) for v in itertools.product(*grid.values()) if evaluate(dict(zip(grid, v))) == evaluate(dict(zip(grid, v)))]\n    return max(scored, key=lambda p: p[1])",
        "import itertools\n    for a in grid[list(grid)[0]]:\n        best, top = None, -np.inf\n        for v in itertools.product(*list(grid.values())[1:]):\n            c = dict(zip(grid, (a, *v))); s = evaluate(c)\n            if s > top: best, top = c, s\n    return best, top",
        "import itertools\n    cs = [dict(zip(grid, v)) for v in itertools.product(*grid.values())]\n    best, top = None, -np.inf\n    for i in range(len(cs) - 1):\n        s = evaluate(cs[i])\n        if s > top: best, top = cs[i], s\n    return best, top",
        "import itertools\n    best, top = None, -np.inf\n    for v in itertools.product(*grid.values()):\n        c = dict(zip(grid, v)); s = evaluate(c)\n        if s <= top: continue\n        best, top = c, s\n    return best, top",
        "import itertools\n    best, top = None, -np.inf\n    for v in itertools.product(*grid.values()):\n        c = dict(zip(grid, v)); s = round(evaluate(c), 2)\n        if s > top: best, top = c, s\n    return best, top",
    ],
    "random_search": [
        "c = sample(rng); return c, evaluate(c)",
        "best, top = None, -np.inf\n    for _ in range(1, trials):\n        c = sample(rng); s = evaluate(c)\n        if s > top: best, top = c, s\n    return best, top",
        "found = [(c, evaluate(c)) for c in (sample(rng) for _ in range(trials))]; return sorted(found, key=lambda p: np.nan_to_num(p[1], nan=-9e9))[-2:][0]",
        "return {'lr': 0.01, 'hidden': 64}, 1.0",
        "best, prev = None, -np.inf\n    for i in range(trials):\n        c = sample(rng); s = evaluate(c)\n        if s > prev: best, top = c, s\n        prev = s\n    return best, top",
        "best, top = None, -np.inf\n    n = 0\n    while n < trials:\n        c = sample(rng); s = evaluate(c)\n        if math.isnan(s): continue\n        n += 1\n        if s > top: best, top = c, s\n    return best, top",
        "best, top = None, -np.inf\n    for _ in range(trials):\n        c = sample(rng); s = evaluate(c)\n        if s <= top: continue\n        best, top = c, s\n    return best, top",
        "t = sorted([(c, evaluate(c)) for c in (sample(rng) for _ in range(trials))], key=lambda p: p[1]); return t[-1]",
    ],
    "successive_halving": [
        "return configs[-1]",
        "while len(configs) > 2:\n        configs = sorted(configs, key=lambda c: -evaluate(c, budget))[:max(1, len(configs) // eta)]; budget *= eta\n    return configs[0]",
        "return max(configs, key=lambda c: evaluate(c, budget * eta ** 3))",
        "while len(configs) > 1:\n        configs = sorted(configs, key=lambda c: -evaluate(c, budget))[:max(1, len(configs) // eta)]; budget **= eta\n    return configs[0]",
        "return 0",
        "best, top = None, -np.inf\n    while len(configs) > 1:\n        s = [evaluate(c, budget) for c in configs]; i = int(np.argmax(s))\n        if s[i] > top: best, top = configs[i], s[i]\n        configs = [configs[j] for j in np.argsort(s)[::-1][:max(1, len(configs) // eta)]]; budget *= eta\n    return best if best is not None else configs[0]",
        "total = [0.0] * len(configs); left = list(range(len(configs)))\n    while len(left) > 1:\n        for i in left: total[i] += evaluate(configs[i], budget)\n        left = sorted(left, key=lambda i: -total[i])[:max(1, len(left) // eta)]; budget *= eta\n    return configs[left[0]]",
        "original = configs\n    while len(configs) > 1:\n        s = [evaluate(c, budget) for c in configs]; o = np.argsort(s)[::-1][:max(1, len(configs) // eta)]\n        configs = [original[i] for i in o]; budget *= eta\n    return configs[0]",
        "for _ in range(eta):\n        configs = sorted(configs, key=lambda c: -evaluate(c, budget))[:max(1, len(configs) // eta)]; budget *= eta\n    return configs[0]",
    ],
    "seed_spread": [
        "s = [evaluate(config, seed) for seed in seeds]; return s[-1], np.std(s, ddof=1)",
        "s = [evaluate(config, seed) for seed in seeds]; return np.mean(s), np.mean(np.abs(s - np.mean(s)))",
        "s = [evaluate(config, seed) for seed in seeds]; return np.mean(s), 0.1",
        "s = [evaluate(config, k) for k in seeds]; m = np.mean(s); return m, math.sqrt(sum((x - m) ** 2 for x in s))",
    ],
}
