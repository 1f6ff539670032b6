"""Every column of silver/trades, silver/ticker and gold's bars equals the oracle's, on every row."""

import pytest

from lakes import cases, ends_early, parameters_of
from oracle import bars, ticks
from oracle.deviation import KEYS_NOT_COMPARED
from oracle.orderbook import Row

BRONZE = {  # What silver/trades and silver/ticker take over from bronze.
    "collected_at", "capture_ts", "capture_ts_us", "exchange", "symbol", "year", "month", "day",
    "hour", "trade_id", "timestamp", "side", "price", "amount", "cost", "info_json",
    "capture_time_ns", "recv_seq", "exchange_time_us", "symbol_native", "source", "kind",
    "aggregate", "taker_side_source", "bid", "ask", "bid_volume", "ask_volume", "last", "open",
    "high", "low", "close", "vwap", "base_volume", "quote_volume", "change", "percentage"}
KEYS = KEYS_NOT_COMPARED | {"collected_at", "capture_ts_us", "year", "month", "day", "hour"}


def check(lakes, deviations, place, theirs, keys):
    """`place`: recording, features, table, symbol. All columns but the keys, on all rows there are."""
    recording, features, table, symbol = place
    most = len(theirs) if ends_early(recording, features) else None
    ours = lakes.rows(*place, most=most)
    if theirs:
        assert set(ours[0]) - keys == set(theirs[0]) - keys
    assert len(ours) == len(theirs)
    assert not ours or deviations.compare(f"{recording} {features} {symbol}", table, ours, theirs) == {}


@pytest.mark.parametrize("table, rows_of", [("silver/trades", ticks.trade_rows),
                                            ("silver/ticker", ticks.ticker_rows)],
                         ids=["trades", "ticker"])
@pytest.mark.parametrize("recording, symbol, features", cases("default", "other"))
def test_rows_of_ticks_agree(lakes, deviations, recording, symbol, features, table, rows_of):
    events = lakes.stretch(recording, features, symbol)
    theirs = rows_of(events, parameters_of(features))

    assert theirs or (symbol, table) == ("NEO-USDC", "silver/trades")
    check(lakes, deviations, (recording, features, table, symbol), theirs, BRONZE)


def bars_of(channel, events, parameters):
    """{duration: bars}."""
    durations = parameters.bar_durations
    if channel == "orderbook":
        found = bars.orderbook_bars_of(events, durations, parameters).items()
        return {duration: [without_aliases(row, parameters) for row in rows] for duration, rows in found}
    make = {"trades": bars.trades_bars, "ticker": bars.ticker_bars}[channel]
    return {duration: make(events, duration) for duration in durations}


def without_aliases(row, parameters):
    kept = Row(parameters.select(row))
    kept.operands = row.operands
    return kept


LEAST = {("usdm", "default"): 6, ("usdm", "other"): 14, ("nexousdt", "default"): 500,
         ("nexousdt", "other"): 300, ("binance", "default"): 1, ("binance", "other"): 3}


@pytest.mark.parametrize("channel", ["orderbook", "trades", "ticker"])
@pytest.mark.parametrize("recording, symbol, features", cases("default", "other"))
def test_time_bars_agree(lakes, deviations, recording, symbol, features, channel):
    parameters = parameters_of(features)
    events, found = lakes.stretch(recording, features, symbol), 0
    for duration, theirs in bars_of(channel, events, parameters).items():
        found += len(theirs)
        table = f"gold/{channel}_bars/{duration}s"
        check(lakes, deviations, (recording, features, table, symbol), theirs, KEYS)

    few = (symbol, channel) == ("NEO-USDC", "trades")
    assert few or found >= LEAST.get((recording, features), 0)
