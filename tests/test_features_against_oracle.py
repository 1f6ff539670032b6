"""Every column of silver and gold equals the oracle's reading of the same bronze, on every row."""

import functools
import pathlib
import subprocess

import pyarrow.parquet as pq
import pytest

from oracle import bars, orderbook, structural, ticks
from oracle.agreement import disagreements
from oracle.bronze import read_events

RECORDINGS = {
    "coinbase": ("cryptofeed", "coinbase", ["coinbase/cryptofeed_v3_COINBASE.jsonl.zst"],
                 ["BTC-USD", "ETH-USD"]),
    "usdm": ("hftbacktest", "binance_usdm",
             ["binance/hftbacktest/usdm_btcusdt_20240718.gz",
              "binance/hftbacktest/usdm_btcusdt_20240719.gz"], ["BTC-USDT"]),
}
KEYS_NOT_COMPARED = {"capture_ts", "exchange", "symbol"}
# What a column is a difference of, as a column of the same row, or as a number.
OPERANDS = {"mid_velocity": "mid_price", "mid_accel": "mid_price", "vwap_spread": "vwap_ask_5",
            "cog_vs_mid": 1e4, "micro_minus_mid_bps": 1e4, "spread_bps": 1e4, "ofi": "total_bid_depth",
            "mlofi": "total_bid_depth", "ofi_multi": "total_bid_depth", "range": "open",
            "return": 1.0, "log_return": 1.0, "sum_mlofi": 1.0, "sum_ofi": 1.0}


def operands_of(column, row):
    if "imb" in column:
        return 1.0
    operand = OPERANDS.get(column, 0.0)
    return abs(row.get(operand) or 0.0) if isinstance(operand, str) else operand


def run(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


class Lakes:
    """Data roots made once a session: a recording imported, then processed with an interval."""

    def __init__(self, binary, realdata, folder):
        self.binary, self.realdata, self.folder = binary, realdata, folder

    @functools.cache
    def lake(self, recording, interval):
        form, exchange, files, _ = RECORDINGS[recording]
        root = self.folder / f"{recording}_{interval}"
        root.mkdir()
        config = root / "config.yaml"
        config.write_text(f"data_root: {root}\nfeatures:\n  hf_emit_interval: {interval}\n")
        run(self.binary, "--config", config, "import", "--from", form, "--exchange", exchange,
            *[self.realdata(name) for name in files])
        run(self.binary, "--config", config, "etl", "--mode", "all")
        return root

    @functools.cache
    def events(self, recording, symbol):
        return read_events(self.lake(recording, 1), RECORDINGS[recording][1], symbol)


@pytest.fixture(scope="session")
def lakes(binary, realdata, tmp_path_factory):
    return Lakes(binary, realdata, tmp_path_factory.mktemp("oracle"))


def processed(root, table, exchange, symbol):
    """All rows of one symbol of a processed table, in order of their files and places."""
    folder = pathlib.Path(root) / "processed" / table / f"exchange={exchange}" / f"symbol={symbol}"
    rows = []
    for path in sorted(folder.rglob("*.parquet"), key=lambda p: p.name):
        table_read = pq.ParquetFile(path).read()
        rows.extend(table_read.to_pylist())
    for row in rows:
        row["capture_ts_us"] = int(row["capture_ts"].timestamp() * 1_000_000 + 0.5)
    return rows


def compare(ours, theirs, expected_columns=None):
    columns = sorted(set(expected_columns or theirs[0]) - KEYS_NOT_COMPARED)
    return disagreements(ours, theirs, columns, operands_of)


def cases(*intervals):
    return list(each_case(intervals))


def each_case(intervals):
    for recording, (_, _, _, symbols) in RECORDINGS.items():
        for symbol in symbols:
            for interval in intervals or (None,):
                marks = (recording, symbol) if interval is None else (recording, symbol, interval)
                yield pytest.param(*marks, id="-".join(map(str, marks)))


@pytest.mark.parametrize("recording, symbol, interval", cases(1, 0))
def test_every_structural_and_dynamic_column_agrees(lakes, recording, symbol, interval):
    theirs = orderbook.orderbook_rows(lakes.events(recording, symbol), interval)
    root = lakes.lake(recording, interval)
    ours = processed(root, "silver/orderbook", RECORDINGS[recording][1], symbol)
    assert len(theirs) > (20 if interval else 300)
    assert set(ours[0]) >= set(theirs[0])
    assert compare(ours, theirs) == {}


@pytest.mark.parametrize("recording, symbol", cases())
def test_the_schema_has_no_column_that_the_oracle_does_not_know(lakes, recording, symbol):
    theirs = orderbook.orderbook_rows(lakes.events(recording, symbol)[:200], 0)
    ours = processed(lakes.lake(recording, 0), "silver/orderbook", RECORDINGS[recording][1], symbol)
    assert set(ours[0]) - set(theirs[0]) <= KEYS_NOT_COMPARED | {"source"}


@pytest.mark.parametrize("recording, symbol", cases())
def test_trades_and_ticker_rows_agree(lakes, recording, symbol):
    events = lakes.events(recording, symbol)
    root, exchange = lakes.lake(recording, 1), RECORDINGS[recording][1]
    for table, theirs in (("silver/trades", ticks.trade_rows(events)),
                          ("silver/ticker", ticks.ticker_rows(events))):
        assert theirs
        assert compare(processed(root, table, exchange, symbol), theirs) == {}, table


@pytest.mark.parametrize("recording, symbol", [("usdm", "BTC-USDT")])
def test_time_bars_agree(lakes, recording, symbol):
    events = lakes.events(recording, symbol)
    root, exchange = lakes.lake(recording, 1), RECORDINGS[recording][1]
    for channel, make in (("orderbook", bars.orderbook_bars), ("trades", bars.trades_bars),
                          ("ticker", bars.ticker_bars)):
        theirs = make(events, 60)
        assert len(theirs) >= 5
        ours = processed(root, f"gold/{channel}_bars/60s", exchange, symbol)
        assert compare(ours, theirs) == {}, channel


# Ten errors planted into the oracle: each must show in the column it belongs to.
def plant_sign(monkeypatch):
    real = orderbook.side_step
    monkeypatch.setattr(orderbook, "side_step",
                        lambda b, n, is_bid: real(b, n, is_bid) if is_bid else -real(b, n, is_bid))


def plant_level_off_by_one(monkeypatch):
    real = structural.per_level

    def shifted(out, bids, asks, units):
        real(out, bids[1:], asks, units)
    monkeypatch.setattr(structural, "per_level", shifted)


def plant_band_edge(monkeypatch):
    monkeypatch.setattr(structural, "BANDS_BPS", (5, 11, 25, 50, 100))
    real = structural.depths_of_both

    def renamed(out, book, bids, asks, units):
        real(out, book, bids, asks, units)
        for name in ("bid_vol_band", "ask_vol_band", "imb_band"):
            out[f"{name}_5_10bps"] = out.pop(f"{name}_5_11bps")
            out.pop(f"{name}_11_25bps")
    monkeypatch.setattr(structural, "depths_of_both", renamed)


def plant_window_end(monkeypatch):
    real = orderbook.BookWalker.mid_as_of
    monkeypatch.setattr(orderbook.BookWalker, "mid_as_of",
                        lambda self, time_ns, inclusive: real(self, time_ns + 200_000_000, inclusive))


def plant_decay(monkeypatch):
    monkeypatch.setattr(orderbook, "OFI_DECAY_ALPHA", 0.51)


def plant_half_life(monkeypatch):
    monkeypatch.setattr(structural, "HALF_LIFE_BPS", 5.01)


def plant_slope_level(monkeypatch):
    real = structural.slope_regression
    monkeypatch.setattr(structural, "slope_regression", lambda levels, mid2, units: real(levels[:9], mid2, units))


def plant_weights_swapped(monkeypatch):
    real = structural.prices_of_both

    def swapped(out, bids, asks, units):
        real(out, bids, asks, units)
        out["microprice"] = 2 * out["mid_price"] - out["microprice"]
    monkeypatch.setattr(structural, "prices_of_both", swapped)


def plant_depth_of_all_levels(monkeypatch):
    monkeypatch.setattr(structural, "DEPTH_LEVELS", 21)


def plant_row_before(monkeypatch):
    real = orderbook.RowMaker.start_interval

    def forgetful(self):
        real(self)
        self.previous_mid = None
    monkeypatch.setattr(orderbook.RowMaker, "start_interval", forgetful)


PLANTED = [(plant_sign, "ofi"), (plant_level_off_by_one, "bid_size_L1"),
           (plant_band_edge, "bid_vol_band_5_10bps"), (plant_window_end, "mid_velocity"),
           (plant_decay, "mlofi"), (plant_half_life, "smart_bid_depth"),
           (plant_slope_level, "bid_slope_regression"), (plant_weights_swapped, "microprice"),
           (plant_depth_of_all_levels, "total_bid_depth"), (plant_row_before, "log_return")]


@pytest.mark.parametrize("plant, column", PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_a_planted_error_is_found(lakes, monkeypatch, plant, column):
    ours = processed(lakes.lake("usdm", 1), "silver/orderbook", "binance_usdm", "BTC-USDT")
    events = lakes.events("usdm", "BTC-USDT")[:20_000]
    plant(monkeypatch)
    theirs = orderbook.orderbook_rows(events, 1)
    assert column in compare(ours[:len(theirs)], theirs, [column])
