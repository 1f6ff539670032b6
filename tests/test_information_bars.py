"""The command `bars` over bronze of real recordings: what the oracle says, and what is conserved."""

from fractions import Fraction

import pytest

from oracle import bars, information_bars
from oracle.deviation import KEYS_NOT_COMPARED

KEYS = KEYS_NOT_COMPARED | {"collected_at", "capture_ts_us", "year", "month", "day", "hour"}
CASES = [("nexousdt", "NEXO-USDT", kind, threshold) for kind, threshold in (
    ("volume", "500"), ("volume", "37.7"), ("dollar", "1000.5"), ("tick", "25"), ("imbalance", "300.25"))]
CASES += [("usdm", "BTC-USDT", kind, threshold) for kind, threshold in (
    ("volume", "3.3"), ("dollar", "125000"), ("tick", "100"), ("imbalance", "2.5"))]
CASES += [("coinbase", "ETH-USD", "volume", "0.01"), ("coinbase", "BTC-USD", "dollar", "99.5")]


def written(lakes, recording, symbol, kind, threshold, *options):
    root = lakes.bars(recording, "--kind", kind, "--threshold", threshold, "--symbol", symbol, *options)
    return lakes.rows_of(root, recording, f"gold/{kind}_bars/{threshold}", symbol)


@pytest.mark.parametrize("recording, symbol, kind, threshold", CASES)
def test_information_bars_agree_with_the_oracle(lakes, deviations, recording, symbol, kind, threshold):
    events = lakes.events(recording, symbol)
    theirs = information_bars.information_bars(events, kind, threshold, partial=True)
    ours = written(lakes, recording, symbol, kind, threshold, "--partial")

    assert len(theirs) > 10 and len(ours) == len(theirs)
    assert set(ours[0]) - KEYS == set(theirs[0]) - KEYS
    assert deviations.compare(recording, f"gold/{kind}_bars", ours, theirs) == {}


def exact(value):
    return Fraction(repr(value))


@pytest.mark.parametrize("recording, symbol, threshold", [("nexousdt", "NEXO-USDT", "500"),
                                                          ("usdm", "BTC-USDT", "3.3")])
def test_volume_bars_conserve_exactly(lakes, recording, symbol, threshold):
    traded = sum(exact(event.row["amount"]) for event in lakes.events(recording, symbol)
                 if event.what == "trade")
    rows = written(lakes, recording, symbol, "volume", threshold, "--partial")

    assert all(row["volume"] == float(threshold) for row in rows[:-1])
    assert [row["is_complete"] for row in rows[-2:]] == [True, False]
    assert sum(exact(row["volume"]) for row in rows) == traded


@pytest.mark.parametrize("recording, symbol, threshold", [("nexousdt", "NEXO-USDT", "1000.5"),
                                                          ("usdm", "BTC-USDT", "125000")])
def test_dollar_bars_conserve(lakes, recording, symbol, threshold):
    traded = sum(exact(event.row["cost"]) for event in lakes.events(recording, symbol)
                 if event.what == "trade")
    rows = written(lakes, recording, symbol, "dollar", threshold, "--partial")

    assert all(row["dollar_volume"] == float(threshold) for row in rows[:-1])
    total = sum(exact(row["dollar_volume"]) for row in rows)
    assert abs(total - traded) <= exact(rows[-1]["dollar_volume"]) * Fraction(1, 10**12)


def test_without_partial_the_unfinished_bar_is_not_written(lakes):
    place = ("nexousdt", "NEXO-USDT", "tick", "25")
    all_rows, complete = written(lakes, *place, "--partial"), written(lakes, *place)

    assert all_rows[:-1] == complete and all(row["is_complete"] for row in complete)


@pytest.mark.parametrize("channel", ["orderbook", "trades", "ticker"])
def test_time_bars_of_another_duration_agree_with_the_oracle(lakes, deviations, channel):
    events = lakes.events("usdm", "BTC-USDT")
    root = lakes.bars("usdm", "--kind", "time", "--duration", "45s")
    theirs = getattr(bars, f"{channel}_bars")(events, 45)
    ours = lakes.rows_of(root, "usdm", f"gold/{channel}_bars/45s", "BTC-USDT")

    assert len(ours) == len(theirs) >= 9
    assert deviations.compare("bars", f"gold/{channel}_bars/45s", ours, theirs) == {}
