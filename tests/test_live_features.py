"""Features computed while capturing are, to the bit, those that the ETL computes afterwards; restarts included."""

import collections
import json
import math
import subprocess
import time

import pyarrow.dataset as dataset
import pyarrow.parquet as pq
import pytest

from processes import Capture, Served, config_text

JOURNAL = {"segment_max_age_seconds": 3, "flush_interval_seconds": 0.2, "journal_retention": "forever"}
FEATURES = "features:\n  bar_durations: [5, 60]\n  hf_emit_interval: {interval}\n"


def written_config(folder, served, live_format, interval):
    source = {"name": "captured", "exchange": "coinbase", "symbols": "[BTC-USD, ETH-USD]",
              "endpoint": served.values["endpoint"], "rest_endpoint": served.values["rest_endpoint"]}
    config = folder / "config.yaml"
    config.write_text(config_text(folder / "data", [source], JOURNAL) + FEATURES.format(interval=interval) +
                      f"live_features: true\nlive_format: {live_format}\n")
    return config


def captured(binary, folder, config, number, seconds, is_killed):
    capture = Capture(binary, config, folder / f"ingest_{number}.log")
    capture.wait_for("has asked for")
    time.sleep(seconds)
    if is_killed:
        capture.kill()
    else:
        assert capture.stop()[0] == 0, capture.log()
    return capture.log()


def segment_of(path):
    return path.stem.removeprefix("part_captured_")


def parquet_rows(root):
    """{(table, symbol): {segment: rows}}, every value as its bits."""
    rows = collections.defaultdict(dict)
    for path in sorted(root.rglob("part_*.parquet")):
        table = path.relative_to(root).as_posix().split("/exchange=")[0]
        for row in pq.ParquetFile(path).read().to_pylist():
            values = {name: value.hex() if isinstance(value, float) else str(value) for name, value in row.items()}
            rows[table, row["symbol"]].setdefault(segment_of(path), []).append(values)
    return rows


def ndjson_rows(folder):
    rows = collections.defaultdict(dict)
    for path in sorted(folder.glob("*.ndjson")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            rows[row["table"], row["symbol"]].setdefault(path.stem, []).append(row)
    return rows


def etl(binary, config):
    done = subprocess.run([binary, "--config", config, "etl"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("interval", [0.5, 0], ids=["grid", "per_event"])
def test_live_rows_are_the_rows_of_the_etl(binary, tmp_path, interval):
    with Served(binary, "simulate", "--exchange", "coinbase", "--seed", "7", "--symbols", "BTC-USD,ETH-USD") as served:
        config = written_config(tmp_path, served, "parquet", interval)
        captured(binary, tmp_path, config, 0, 8, is_killed=False)
        # The second process is killed, the third goes on behind what it left.
        captured(binary, tmp_path, config, 1, 5, is_killed=True)
        log = captured(binary, tmp_path, config, 2, 8, is_killed=False)
    etl(binary, config)

    live, batch = parquet_rows(tmp_path / "data/live/processed"), parquet_rows(tmp_path / "data/processed")
    assert "go on behind segment_" in log
    compared = collections.Counter()
    for key, segments in live.items():
        for segment, rows in segments.items():
            assert rows == batch[key][segment], (key, segment)
            compared[key[0]] += len(rows)
    # What is missing live is what the killed process had not yet published: its last segment or two.
    published = {segment for segments in live.values() for segment in segments}
    missing = {segment for segments in batch.values() for segment in segments} - published
    assert len(missing) <= 2, missing
    # A minute that ended in those has its bars in them alone.
    assert set(compared) == {table for (table, _), segments in batch.items() if published & segments.keys()}, compared


def test_ndjson_lines_come_while_the_segment_is_open(binary, tmp_path):
    with Served(binary, "simulate", "--exchange", "coinbase", "--seed", "8", "--symbols", "BTC-USD,ETH-USD") as served:
        config = written_config(tmp_path, served, "ndjson", 0.5)
        capture = Capture(binary, config, tmp_path / "ingest.log")
        capture.wait_for("has asked for")
        folder = tmp_path / "data/live/captured"
        deadline = time.monotonic() + 10
        while not any(path.stat().st_size for path in folder.glob("*.ndjson")):
            assert time.monotonic() < deadline, capture.log()
            time.sleep(0.05)
        sealed_before = list((tmp_path / "data/raw/ready").rglob("segments/*.json"))
        time.sleep(6)
        assert capture.stop()[0] == 0, capture.log()
    etl(binary, config)

    assert len(sealed_before) <= 1
    live = ndjson_rows(folder)
    table = dataset.dataset(tmp_path / "data/processed/silver/orderbook", partitioning=None).to_table()
    batch = table.sort_by([("symbol", "ascending"), ("capture_ts", "ascending")]).to_pylist()
    lines = [row for symbol in ("BTC-USD", "ETH-USD")
             for segment in sorted(live["silver/orderbook", symbol])
             for row in live["silver/orderbook", symbol][segment]]
    assert len(lines) == len(batch) > 10
    for line, row in zip(lines, batch):
        for name, value in row.items():
            if isinstance(value, float):
                assert line[name] == value or (line[name] is None and math.isnan(value)), name
            elif name != "capture_ts":
                assert line[name] == value, name
