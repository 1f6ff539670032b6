"""Lakes of real recordings, made once a session: imported once, processed with a set of parameters."""

import dataclasses
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess

import pyarrow.parquet as pq
import pytest

from oracle.bronze import read_events
from oracle.parameters import Parameters


@dataclasses.dataclass(frozen=True)
class Recording:
    form: str
    exchange: str
    files: tuple
    symbols: tuple
    options: tuple = ()


RECORDINGS = {
    "coinbase": Recording("cryptofeed", "coinbase", ("coinbase/cryptofeed_v3_COINBASE.jsonl.zst",),
                          ("BTC-USD", "ETH-USD")),
    "usdm": Recording("hftbacktest", "binance_usdm",
                      ("binance/hftbacktest/usdm_btcusdt_20240718.gz",
                       "binance/hftbacktest/usdm_btcusdt_20240719.gz"), ("BTC-USDT",)),
    "nexousdt": Recording("hftbacktest", "binance",
                          ("binance/nexousdt_34h/nexousdt_20240723.dat.gz",
                           "binance/nexousdt_34h/nexousdt_20240724.dat.gz"), ("NEXO-USDT",),
                          ("--symbol", "NEXO/USDT")),
    "binance": Recording("cryptofeed", "binance", ("binance/cryptofeed_hist_BINANCE-b38f7c.0.zst",),
                         ("DENT-USDT", "NEO-USDC")),
}

# Every key of the section `features:`, other than its default where that is of use to every case.
OTHER_VALUES = {
    "depth_levels": 12, "ofi_levels": 6, "ofi_decay_alpha": 0.3, "bands_bps": [2, 7, 30],
    "rolling_windows": [2, 20, 120], "bar_durations": [30, 120], "hf_emit_interval": 0.5,
    "smart_depth_half_life_bps": 3, "spread_regime_window": 45, "spread_tight_percentile": 0.3,
    "spread_wide_percentile": 0.6, "use_dynamic_spread_regime": False,
    "tight_spread_threshold_bps": 0.02, "wide_spread_threshold_bps": 3, "kyle_lambda_window": 60,
    "enable_vpin": True, "vpin_bucket_size": 1.5, "vpin_window_buckets": 7,
    "max_state_staleness_seconds": 20, "categories": ["structural", "dynamic", "rolling", "advanced"],
    "legacy_aliases": False, "keep_raw_arrays": True,
}
# The oracle is slow: of these it takes so many events, and no more, unless the environment asks for all
# (about ten minutes). 45,000 end after a UTC midnight.
STRETCHES = {("usdm", "per_event"): 20_000, ("nexousdt", "default"): 45_000,
             ("nexousdt", "per_event"): 12_000, ("nexousdt", "other"): 20_000}
if os.environ.get("DAEDALUS_WHOLE_RECORDINGS"):
    STRETCHES = {}
FEATURES = {"default": {}, "per_event": {"hf_emit_interval": 0}, "other": OTHER_VALUES}


def name_and_partition(path):
    """One segment's rows may lie in two partitions: the next hour's come behind."""
    return path.name, [int(number) for number in re.findall(r"=(\d+)/", str(path))]


class Lakes:
    def __init__(self, binary, realdata, folder):
        self.binary, self.realdata, self.folder = binary, realdata, folder

    def run(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, (done.returncode, arguments, done.stderr)
        return done.stdout

    @functools.cache
    def imported(self, recording):
        """The data root of a recording that is bronze only: to be copied, not changed."""
        what, root = RECORDINGS[recording], self.folder / recording
        self.run("--data-root", root, "import", "--from", what.form, "--exchange", what.exchange,
                 *what.options, *[self.realdata(name) for name in what.files])
        return root

    @functools.cache
    def lake(self, recording, features="default"):
        """The data root of a recording that was processed with FEATURES[features]."""
        root = self.folder / f"{recording}_{features}"
        shutil.rmtree(root, ignore_errors=True)  # Of an attempt that failed.
        shutil.copytree(self.imported(recording), root)
        config = root / "config.yaml"
        config.write_text(f"data_root: {root}\nfeatures: {json.dumps(FEATURES[features])}\n")
        self.run("--config", config, "etl", "--mode", "all")
        return root

    @functools.cache
    def events(self, recording, symbol):
        return read_events(self.imported(recording), RECORDINGS[recording].exchange, symbol)

    def stretch(self, recording, features, symbol):
        """The events that the oracle takes of a lake."""
        return self.events(recording, symbol)[:STRETCHES.get((recording, features))]

    @functools.cache
    def bars(self, recording, *options):
        """A folder with nothing but what the command `bars` wrote of a recording."""
        root = self.folder / "_".join([recording, *options]).replace("/", "_")
        self.run("--data-root", self.imported(recording), "bars", *options, "--out", root)
        return root

    def rows(self, recording, features, table, symbol, most=None):
        """The rows of one symbol of a processed table, in order of their files and places: the first
        so many, or all."""
        return self.rows_of(self.lake(recording, features), recording, table, symbol, most)

    def rows_of(self, root, recording, table, symbol, most=None):
        """The same under any data root."""
        exchange = RECORDINGS[recording].exchange
        folder = pathlib.Path(root) / "processed" / table
        folder = folder / f"exchange={exchange}" / f"symbol={symbol}"
        rows = []
        for path in sorted(folder.rglob("*.parquet"), key=name_and_partition):
            if most is None or len(rows) < most:
                rows.extend(pq.ParquetFile(path).read().to_pylist())
        rows = rows[:most]
        for row in rows:
            row["capture_ts_us"] = int(row["capture_ts"].timestamp() * 1_000_000 + 0.5)
        return rows

    def query(self, recording, features, sql):
        """Rows as dictionaries, by DuckDB over the lake."""
        root = self.lake(recording, features)
        return json.loads(self.run("--data-root", root, "query", sql, "--format", "json"))


def ends_early(recording, features):
    return (recording, features) in STRETCHES


def cases(*further):
    """pytest.param of (recording, symbol), with each of `further` if any."""
    marks = [(recording, symbol) for recording, what in RECORDINGS.items() for symbol in what.symbols]
    if further:
        marks = [(*mark, features) for mark in marks for features in further]
    return [pytest.param(*mark, id="-".join(mark)) for mark in marks]


def parameters_of(features):
    return Parameters.from_config(FEATURES[features])
