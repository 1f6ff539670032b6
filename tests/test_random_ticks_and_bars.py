"""Random streams with all that hurts: rows of trades and tickers and every kind of bar equal the oracle's."""

import json
import pathlib
import random
import subprocess

import pyarrow.parquet as pq
import pytest

from made_bronze import EXCHANGE, SYMBOL
from made_streams import SECOND, RandomStream
from oracle import bars, information_bars, ticks
from oracle.bronze import read_events
from oracle.deviation import KEYS_NOT_COMPARED
from oracle.parameters import Parameters

KEYS = KEYS_NOT_COMPARED | {"collected_at", "capture_ts_us", "year", "month", "day", "hour"}


class Stream(RandomStream):
    """With tickers that lack a side, a size, or are crossed; trades keep to prices that are traded, so
    that an outlier of size does not fill a billion dollar bars."""

    def trade(self):
        self.mid = min(self.mid, 10_000)
        super().trade()

    def ticker(self):
        source = self.source
        ask = self.mid + source.choice((-1, 0, 1, 1, 2, 7))
        sides = {"bid": self.mid / 100, "ask": ask / 100, "bid_volume": self.size(), "ask_volume": self.size()}
        for name in sides:
            if source.random() < 0.05:
                sides[name] = source.choice((None, 0.0)) if name.endswith("volume") else None
        self.writer.add("ticker", self.time_ns, kind="bbo" if source.random() < 0.95 else "stats_24h",
                        timestamp=self.time_ns // 1_000_000, **sides)


def write_stream(root, seed):
    root.mkdir()
    stream = Stream(root, seed)
    for _ in range(2500):
        stream.step()
        if stream.source.random() < 0.1 and not stream.shut("ticker"):
            stream.ticker()
    cuts = stream.source.sample([time for time, _, _ in stream.writer.rows], 3)
    stream.writer.write(stream.time_ns + 5 * SECOND, cuts)
    return read_events(root, EXCHANGE, SYMBOL)


def random_features(seed):
    source = random.Random(seed)
    return {"depth_levels": source.choice((1, 5, 20, 40)), "ofi_levels": 1,
            "ofi_decay_alpha": source.choice((0, 0.5, 3)),
            "rolling_windows": source.choice(([5, 15, 60, 300, 900], [1], [2, 600])),
            "bar_durations": source.choice(([60, 300], [1, 7], [3600])), "hf_emit_interval": 600,
            "smart_depth_half_life_bps": source.choice((0.7, 5, 30)),
            "max_state_staleness_seconds": source.choice((5, 300))}


def run(binary, root, features, *arguments):
    config = root / "config.yaml"
    config.write_text(f"data_root: {root}\nfeatures: {json.dumps(features)}\n")
    done = subprocess.run([binary, "--config", config, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def rows_of(root, table):
    parts = [(path.name, pq.ParquetFile(path).read().to_pylist())
             for path in (pathlib.Path(root) / "processed" / table).rglob("*.parquet")]
    parts.sort(key=lambda part: (part[0], part[1][0]["capture_ts"]))
    return [row for _, part in parts for row in part]


def compare(deviations, root, table, theirs):
    ours = rows_of(root, table)
    assert len(ours) == len(theirs), table
    if not theirs:
        return {}
    assert set(theirs[0]) - KEYS <= set(ours[0])
    found = deviations.compare("random", table.rstrip("0123456789s./"), ours, theirs, set(theirs[0]) - KEYS)
    return {(table, column): what for column, what in found.items()}


@pytest.mark.parametrize("seed", range(200, 212))
def test_rows_and_time_bars_of_a_random_stream_agree(binary, deviations, data_root, seed):
    features = random_features(seed)
    parameters = Parameters.from_config(features)
    events = write_stream(data_root, seed)
    run(binary, data_root, features, "etl")

    found = compare(deviations, data_root, "silver/trades", ticks.trade_rows(events, parameters))
    found |= compare(deviations, data_root, "silver/ticker", ticks.ticker_rows(events, parameters))
    for duration in parameters.bar_durations:
        for channel, theirs in (("orderbook", bars.orderbook_bars(events, duration, parameters)),
                                ("trades", bars.trades_bars(events, duration)),
                                ("ticker", bars.ticker_bars(events, duration))):
            found |= compare(deviations, data_root, f"gold/{channel}_bars/{duration}s", theirs)

    assert found == {}


@pytest.mark.parametrize("kind, threshold", [("volume", "250000000000"), ("dollar", "12345678901234.5"),
                                             ("tick", "7"), ("imbalance", "333333333333.25")])
@pytest.mark.parametrize("seed", range(300, 304))
def test_information_bars_of_a_random_stream_agree(binary, deviations, data_root, kind, threshold, seed):
    events = write_stream(data_root, seed)
    run(binary, data_root, {}, "bars", "--kind", kind, "--threshold", threshold, "--partial")
    theirs = information_bars.information_bars(events, kind, threshold, partial=True)

    assert compare(deviations, data_root, f"gold/{kind}_bars/{threshold}", theirs) == {}
