"""LightGBM on the sets that the example `boosting_speed` wrote, one thread, beside our times and losses.
usage: boosting_peer.py FOLDER   (needs lightgbm and numpy)"""
import glob, json, os, sys, time
import numpy as np, lightgbm as lgb

folder = sys.argv[1]
for path in sorted(glob.glob(f"{folder}/*.set.txt")):
    name = os.path.basename(path)[: -len(".set.txt")]
    head, categories = open(path).read().split("[")
    objective, features, training, rounds, leaves, rate, min_rows = head.split()
    features, training, rounds = int(features), int(training), int(rounds)
    rows = np.fromfile(f"{folder}/{name}.set.bin", dtype="<f4").reshape(-1, features + 1)
    x, y = np.ascontiguousarray(rows[:, :features]), rows[:, features].astype(float)
    categorical = [int(c) for c in categories.strip("]").split(",") if c.strip()]
    p = dict(objective=objective, num_leaves=int(leaves), learning_rate=float(rate), min_data_in_leaf=int(min_rows),
             max_bin=255, num_threads=1, verbose=-1, seed=1, tweedie_variance_power=1.3, deterministic=True)
    binning = fitting = np.inf
    for kind in [dict(force_row_wise=True), dict(force_col_wise=True)]:
        for _ in range(1):
            t0 = time.process_time()
            d = lgb.Dataset(x[:training], y[:training], categorical_feature=categorical, params={**p, **kind}).construct()
            t1 = time.process_time()
            model = lgb.train({**p, **kind}, d, rounds)
            t2 = time.process_time()
            binning, fitting = min(binning, t1 - t0), min(fitting, t2 - t1)
    s, t = model.predict(x[training:], raw_score=True), y[training:]
    loss = {"regression": lambda: (s - t) ** 2, "l1": lambda: abs(s - t), "poisson": lambda: np.exp(s) - t * s,
            "tweedie": lambda: np.exp(.7 * s) / .7 + t * np.exp(-.3 * s) / .3}[objective]().mean()
    ours = json.load(open(f"{folder}/{name}.ours.json"))
    print(f"{name}: LightGBM binning {binning:.3f} s, training {fitting:.3f} s, loss {loss:.6f}; "
          f"ours binning {ours['binning']:.3f} s, training {ours['training']:.3f} s, loss {ours['loss']:.6f}; "
          f"ratio of whole time {(ours['binning'] + ours['training']) / (binning + fitting):.2f}", flush=True)
