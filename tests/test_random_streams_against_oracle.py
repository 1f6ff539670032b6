"""Random streams with all that hurts: the engine's rows of silver/orderbook equal the oracle's, with random parameters."""

import json
import pathlib
import random
import subprocess

import pyarrow.parquet as pq
import pytest

from made_bronze import EXCHANGE, SYMBOL
from made_streams import write_stream
from oracle.agreement import disagreements
from oracle.bronze import read_events
from oracle.orderbook import orderbook_rows
from oracle.parameters import Parameters

KEYS_NOT_COMPARED = {"capture_ts", "exchange", "symbol", "source"}


def random_features(seed):
    """A `features:` section with any value of any key."""
    source = random.Random(seed)
    tight = source.choice((0.1, 0.2, 0.5))
    features = {
        "depth_levels": source.choice((1, 5, 20, 40)), "ofi_decay_alpha": source.choice((0, 0.5, 3)),
        "bands_bps": source.choice(([5, 10, 25, 50, 100], [1], [3, 40, 400])),
        "rolling_windows": source.choice(([5, 15, 60, 300, 900], [1], [2, 600])),
        "hf_emit_interval": source.choice((0, 0, 1, 0.1, 7, 600)),
        "smart_depth_half_life_bps": source.choice((0.7, 5, 30)),
        "spread_regime_window": source.choice((1, 10, 300)), "spread_tight_percentile": tight,
        "spread_wide_percentile": source.choice((0.6, 0.8)),
        "use_dynamic_spread_regime": source.random() < 0.7,
        "tight_spread_threshold_bps": source.choice((0.5, 1)),
        "wide_spread_threshold_bps": source.choice((2, 20)),
        "kyle_lambda_window": source.choice((30, 40, 300)),
        "vpin_bucket_size": source.choice(("auto", "auto", 0.7, 100)),
        "vpin_window_buckets": source.choice((1, 3, 50)),
        "max_state_staleness_seconds": source.choice((5, 300)),
        "legacy_aliases": source.random() < 0.5, "keep_raw_arrays": source.random() < 0.5}
    features["ofi_levels"] = source.choice((1, features["depth_levels"]))
    return features


def process(binary, root, features):
    config = root / "config.yaml"
    config.write_text(f"data_root: {root}\nfeatures: {json.dumps(features)}\n")
    done = subprocess.run([binary, "--config", config, "etl", "--mode", "all"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def orderbook_rows_of(root):
    parts = [(path.name, pq.ParquetFile(path).read().to_pylist())
             for path in pathlib.Path(root, "processed", "silver", "orderbook").rglob("*.parquet")]
    # One segment's rows may lie in two partitions: the next hour's come behind.
    parts.sort(key=lambda part: (part[0], part[1][0]["capture_ts"]))
    rows = [row for _, part in parts for row in part]
    for row in rows:
        row["capture_ts_us"] = int(row["capture_ts"].timestamp() * 1_000_000 + 0.5)
    return rows


def disagreeing(ours, theirs):
    found = disagreements(ours, theirs, sorted(theirs[0]))
    return {column: (len(rows), rows[0]) for column, rows in found.items()}


def compared(binary, root, features, seed):
    root.mkdir()
    write_stream(root, seed)
    process(binary, root, features)
    theirs = orderbook_rows(read_events(root, EXCHANGE, SYMBOL), Parameters.from_config(features))
    ours = orderbook_rows_of(root)
    assert set(ours[0]) - KEYS_NOT_COMPARED == set(theirs[0])
    return theirs, disagreeing(ours, theirs)


@pytest.mark.parametrize("interval", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_a_random_stream_agrees(binary, data_root, seed, interval):
    theirs, found = compared(binary, data_root, {"hf_emit_interval": interval}, seed)

    assert found == {}
    assert {row["book_state"] for row in theirs} >= {"ok", "locked", "crossed", "one_sided"}


@pytest.mark.parametrize("seed", range(100, 116))
def test_a_random_stream_agrees_with_random_parameters(binary, data_root, seed):
    _, found = compared(binary, data_root, random_features(seed), seed)

    assert found == {}
