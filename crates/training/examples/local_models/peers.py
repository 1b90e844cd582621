"""Local models beside statsforecast: the same histories, one thread, CPU seconds and errors in one table.

    python peers.py prepare DATA OUT     histories and what came, one file per panel (OUT/NAME.panel)
    python peers.py peers OUT [NAME…]    statsforecast's forecasts and CPU seconds per series
    cargo run --release -p aisle-training --example local_models -- OUT [NAME…]
    python peers.py table OUT [NAME…]    both together

DATA is the folder that AISLE_TEST_DATA names. Needs statsforecast, pandas, pyarrow, zstandard.
A panel's line: series|origin|season|non-negative history|what came|weights. Histories are absent (nan) where a week has no
row; peers, who cannot take that, see 0 there, as in the published benchmark.
"""
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
import sys, time, warnings
import numpy as np, pandas as pd
warnings.filterwarnings("ignore")


def write(out, name, rows):
    number = lambda values: ",".join("nan" if v != v else repr(round(float(v), 4)) for v in values)
    with open(f"{out}/{name}.panel", "w") as file:
        for series, origin, season, history, actual, weights in rows:
            file.write(f"{series}|{origin}|{season}|{number(history)}|{number(actual)}|{number(weights)}\n")
    print(name, len(rows), "histories, mean length", round(np.mean([len(r[3]) for r in rows]), 1))


def walmart(data):
    t = pd.read_csv(f"{data}/walmart/train.csv", parse_dates=["Date"])
    t["id"] = t.Store.astype(str) + "_" + t.Dept.astype(str)
    wide = t.pivot_table(index="Date", columns="id", values="Weekly_Sales").sort_index()
    holiday = t.groupby("Date").IsHoliday.max()
    rows = []
    for origin in pd.to_datetime(["2011-07-29", "2011-10-28"]):
        seen, after = wide[wide.index <= origin], wide[wide.index > origin].iloc[:13]
        weights = np.where(holiday.reindex(after.index), 5.0, 1.0)
        for series in wide.columns:
            history = seen[series]
            if after[series].notna().sum() == 0:
                continue
            first = history.first_valid_index()
            values = history.loc[first:].values if first is not None else np.array([np.nan])
            rows.append((series, origin.date(), 52, values, after[series].values, weights))
    return rows


def daily(wide, origins, horizon):
    rows = []
    for origin in pd.to_datetime(origins):
        seen, after = wide[wide.index <= origin], wide[wide.index > origin].iloc[:horizon]
        for series in wide.columns:
            history = seen[series]
            first = history[history > 0].index.min()
            if first is pd.NaT or len(history.loc[first:]) < 60:
                continue
            rows.append((series, origin.date(), 7, history.loc[first:].values, after[series].values, np.ones(len(after))))
    return rows


def journey(data):
    t = pd.read_parquet(f"{data}/complete_journey/transactions.parquet")
    t["day"] = pd.to_datetime(t.transaction_timestamp).dt.normalize()
    t = t[t.day < "2018-01-01"]
    products = pd.read_parquet(f"{data}/complete_journey/products.parquet").set_index("product_id")
    return t, products


def panels(data):
    yield "walmart", walmart(data)
    t, products = journey(data)
    days = pd.date_range("2017-01-01", "2017-12-31")
    fuel = t.product_id.map(products.department).isin(["FUEL", "MISCELLANEOUS"])
    t = t[~fuel]
    origins = ["2017-09-24", "2017-11-19"]
    item = t.pivot_table(index="day", columns="product_id", values="quantity", aggfunc="sum").reindex(days).fillna(0)
    often = (item > 0).sum()
    chosen = often[often >= 60].index.to_series().sample(120, random_state=1).sort_values()
    yield "journey_items", daily(item[chosen], origins, 28)
    t["type"] = t.product_id.map(products.product_type)
    kind = t.pivot_table(index="day", columns="type", values="quantity", aggfunc="sum").reindex(days).fillna(0)
    largest = kind.sum().sort_values().index[-75:]
    yield "journey_types", daily(kind[largest].rename(columns=lambda c: c.replace("|", " ").replace(",", " ")), origins, 28)
    o = pd.read_csv(f"{data}/online_retail/online_retail.csv.zst")
    o = o.drop_duplicates()
    o = o[~o.InvoiceNo.astype(str).str.startswith("C") & (o.Quantity > 0) & (o.UnitPrice > 0)]
    o["day"] = pd.to_datetime(o.InvoiceDate).dt.normalize()
    days = pd.date_range("2010-12-01", "2011-12-09")
    wide = o.pivot_table(index="day", columns="StockCode", values="Quantity", aggfunc="sum").reindex(days).fillna(0)
    often = (wide > 0).sum()
    chosen = often[often >= 60].index.to_series().sample(120, random_state=1).sort_values()
    yield "retail_items", daily(wide[chosen], ["2011-09-30", "2011-11-11"], 28)
    draw = np.random.default_rng(1)
    rows, season = [], np.array([1, 0.9, 0.85, 0.9, 1.1, 1.5, 1.4])
    for index in range(24):
        level = 50 * np.exp(np.cumsum(draw.normal(0, 0.01, 1928)))
        values = draw.poisson(level * season[np.arange(1928) % 7]) + 1.0
        rows.append((index, "simulated", 7, values[:1900], values[1900:], np.ones(28)))
    yield "simulated_1900_days", rows


def read(path):
    number = lambda cell: np.array([float(v) for v in cell.split(",")])
    for line in open(path):
        series, origin, season, history, actual, weights = line.rstrip("\n").split("|")
        yield series, origin, int(season), number(history), number(actual), number(weights)


def models(name, season):
    from statsforecast import models as m
    if name == "walmart":
        return {
            "sf.seasonal_naive": lambda: m.SeasonalNaive(52),
            "sf.ets": lambda: m.AutoETS(season_length=1),
            "sf.theta": lambda: m.AutoTheta(season_length=52),
            "sf.mstl_ets": lambda: m.MSTL(season_length=52, trend_forecaster=m.AutoETS(model="ZZN")),
        }
    found = {
        "sf.seasonal_naive": lambda: m.SeasonalNaive(7),
        "sf.ets": lambda: m.AutoETS(season_length=7),
        "sf.theta": lambda: m.AutoTheta(season_length=7),
        "sf.mstl_ets": lambda: m.MSTL(season_length=7, trend_forecaster=m.AutoETS(model="ZZN")),
    }
    if name.endswith("items"):
        found |= {
            "sf.croston": lambda: m.CrostonClassic(), "sf.sba": lambda: m.CrostonSBA(),
            "sf.tsb": lambda: m.TSB(alpha_d=0.2, alpha_p=0.2), "sf.adida": lambda: m.ADIDA(), "sf.imapa": lambda: m.IMAPA(),
        }
    return found


def peers(out, name):
    rows = list(read(f"{out}/{name}.panel"))
    warm = np.arange(60) % 7 + 5.0
    with open(f"{out}/{name}.peers", "w") as file:
        for label, make in models(name, rows[0][2]).items():
            try:
                make().forecast(np.tile(warm, 3), h=3)
            except Exception:
                pass
            spent, failed = 0.0, 0
            for series, origin, season, history, actual, _ in rows:
                filled = np.nan_to_num(history)
                started = time.process_time()
                try:
                    path = make().forecast(filled, h=len(actual))["mean"]
                except Exception:
                    path, failed = np.full(len(actual), filled[-1]), failed + 1
                spent += time.process_time() - started
                file.write(f"{label}|{series}|{origin}|" + ",".join(repr(float(v)) for v in path) + "\n")
            file.write(f"{label}|seconds|{spent}|{failed}\n")
            print(name, label, round(spent, 2), "CPU s,", failed, "failed", flush=True)


def table(out, name):
    truth, order = {}, []
    for series, origin, season, history, actual, weights in read(f"{out}/{name}.panel"):
        lag = season if len(history) > season else 1
        scale = np.nanmean(np.abs(history[lag:] - history[:-lag])) if len(history) > lag else np.nan
        truth[series, origin] = (actual, weights, scale)
        order.append((series, origin))
    found, seconds = {}, {}
    for file in (f"{out}/{name}.peers", f"{out}/{name}.ours"):
        for line in open(file) if os.path.exists(file) else ():
            label, series, origin, cells = line.rstrip("\n").split("|")
            if series == "seconds":
                seconds[label] = float(origin)
            else:
                found.setdefault(label, {})[series, origin] = np.array([float(v) for v in cells.split(",")])
    print(f"\n{name}: {len(order)} histories")
    print(f"{'model':28} {'WMAE':>9} {'WAPE':>7} {'MASE':>7} {'RMSE':>9} {'bias':>7} {'CPU ms per series':>18}")
    for label, paths in found.items():
        e = w = a = 0.0; bias = plain = squares = 0.0; scaled = []; points = 0
        for key in order:
            actual, weights, scale = truth[key]
            path = paths.get(key, np.zeros(len(actual)))
            known = ~np.isnan(actual)
            error = (path - actual)[known]
            e += (weights[known] * np.abs(error)).sum(); w += weights[known].sum()
            plain += np.abs(error).sum(); a += np.abs(actual[known]).sum(); bias += error.sum()
            squares += (error**2).sum(); points += len(error)
            if scale > 0 and len(error):
                scaled.append(np.abs(error).mean() / scale)
        cost = 1e3 * seconds.get(label, np.nan) / len(order)
        print(f"{label:28} {e/w:9.3f} {plain/a:7.4f} {np.mean(scaled):7.4f} {np.sqrt(squares/points):9.3f} {bias/a:+7.4f} {cost:18.4f}")


NAMES = ["walmart", "journey_items", "journey_types", "retail_items", "simulated_1900_days"]
if __name__ == "__main__":
    step, rest = sys.argv[1], sys.argv[2:]
    if step == "prepare":
        os.makedirs(rest[1], exist_ok=True)
        for name, rows in panels(rest[0]):
            write(rest[1], name, rows)
    else:
        for name in rest[1:] or NAMES:
            (peers if step == "peers" else table)(rest[0], name)
