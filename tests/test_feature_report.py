"""What is constant, null or double over real recordings is exactly what is explained here."""

import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq

from conftest import ROOT
from feature_report import report
from oracle.parameters import ALIASES

WINDOWS = (5, 15, 60, 300, 900)
ALIAS_OF = {
    "best_bid": "bid_price_L0", "best_ask": "ask_price_L0", "total_bid_volume": "total_bid_depth",
    "total_ask_volume": "total_ask_depth", "book_pressure": "total_imbalance",
    "bid_slope": "bid_slope_simple", "ask_slope": "ask_slope_simple",
    "log_return_step": "log_return", "ofi_step": "ofi", "mlofi_step": "mlofi",
    "mlofi_decay": "mlofi", "order_flow_toxicity": "vpin", "daily_vol_ann": "annualized_vol"}
# Each with its reason. First what the tables share.
CALENDAR = {"is_weekend": "constant"}           # No recording holds a Saturday or Sunday and another day.
LIVE = {"kind": "constant"}                     # Silver has live trades and bbo tickers only.

ORDERBOOK = {
    **{name: f"same as {of}" for name, of in ALIAS_OF.items() if name != "daily_vol_ann"},  # Old names.
    "level_imbalance_0": "same as imbalance_L1",  # By definition: a sum over one level.
    "ofi_L0": "same as ofi",                      # By definition: the best level's.
    "book_state": "constant",                     # The recorded books are never crossed or one-sided.
    # Of derivatives; two recordings are spot, and the third holds no channel that has them.
    **dict.fromkeys(["mark_price", "index_price", "funding_rate", "open_interest", "basis_bps"], "null"),
    **{f"liq_{side}_{h}s": "null" for side in ("buy", "sell") for h in WINDOWS},
    **CALENDAR}
TRADES = {
    "dollar_volume": "same as cost",  # By definition; silver keeps the columns of bronze.
    "info_json": "constant",          # What a venue says of a trade beyond the columns is the same for each.
    "aggregate": "constant",          # No recording has aggregated trades.
    "taker_side_source": "constant",  # A venue tells its sides in one way.
    **LIVE, **CALENDAR}
TICKER = {
    # Columns of 24 hour statistics: Binance's best bid and ask have none, Coinbase's ticker some,
    # and in 24 seconds its day's high and low do not move.
    **dict.fromkeys(["open", "close", "vwap", "quote_volume", "change"], "null"),
    "high": "constant", "low": "constant", **LIVE, **CALENDAR}
BAR = {"bar_duration_sec": "constant",  # One duration a folder.
       "is_complete": "constant"}       # Unfinished bars are written only when asked for.


def explained():
    tables = {"silver/orderbook": ORDERBOOK, "silver/trades": TRADES, "silver/ticker": TICKER}
    for channel in ("orderbook", "trades", "ticker"):
        for duration in (60, 300, 900, 3600):
            found = dict(BAR)
            if channel == "orderbook":
                found["daily_vol_ann"] = "same as annualized_vol"  # The old name.
            if channel != "trades" and duration >= 900:
                found["min_spread"] = "constant"  # The smallest spread of 15 minutes is a tick.
            tables[f"gold/{channel}_bars/{duration}s"] = found
    return tables


def test_what_real_recordings_leave_constant_null_or_double_is_explained(lakes):
    found = report(*[lakes.lake(recording) for recording in ("coinbase", "usdm", "nexousdt")])

    assert found == explained()


def test_every_alias_is_found_to_be_one():
    assert set(ALIAS_OF) == ALIASES


def write(root, symbol, **columns):
    folder = root / "processed/silver/trades/exchange=x" / f"symbol={symbol}"
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "part.parquet")


def test_the_report_finds_what_holds_for_every_symbol(tmp_path):
    write(tmp_path, "A", a=[1.0, 2.0], b=[1.0, 2.0], c=[3, 3], d=[None, 5.0], e=[1.0, 2.0], f=["x", None])
    write(tmp_path, "B", a=[1.0, None], b=[1.0, None], c=[4, 4], d=[None, 6.0], e=[1.0, 2.0], f=["x", "y"])
    write(tmp_path, "C", a=[7.0], b=[8.0], c=[0], d=[1.0], e=[1.0], f=["x"])  # One row says nothing.

    assert report(tmp_path) == {
        "silver/trades": {"b": "same as a", "c": "constant", "d": "constant"}}


def test_the_report_says_null_and_compares_to_the_last_bit(tmp_path):
    write(tmp_path, "A", a=[0.1, 0.2, 0.3], b=[0.1, 0.2, 0.1 + 0.2], c=pa.array([None] * 3, pa.float64()))

    assert report(tmp_path) == {"silver/trades": {"c": "null"}}


def test_the_report_is_a_program(tmp_path):
    write(tmp_path, "A", a=[1, 2], b=[1, 2])

    done = subprocess.run([sys.executable, ROOT / "tests/feature_report.py", tmp_path],
                          capture_output=True, text=True)

    assert done.stdout == "silver/trades: 1\n  b: same as a\n"
