"""Every column of silver/orderbook equals the oracle's reading of the same bronze, on every row."""

import pytest

from lakes import cases, ends_early, parameters_of
from oracle import orderbook
from oracle.deviation import KEYS_NOT_COMPARED


@pytest.mark.parametrize("recording, symbol, features", cases("default", "per_event", "other"))
def test_every_column_of_silver_orderbook_agrees(lakes, deviations, recording, symbol, features):
    events = lakes.stretch(recording, features, symbol)
    theirs = orderbook.orderbook_rows(events, parameters_of(features))
    most = len(theirs) if ends_early(recording, features) else None
    ours = lakes.rows(recording, features, "silver/orderbook", symbol, most)

    assert len(ours) == len(theirs) > 20
    assert set(ours[0]) - KEYS_NOT_COMPARED == set(theirs[0])
    case = f"{recording} {features} {symbol}"
    assert deviations.compare(case, "silver/orderbook", ours, theirs) == {}


def test_a_recording_crosses_a_utc_midnight(lakes):
    """That of the third, with the default parameters: VPIN's bucket changes there."""
    events = lakes.stretch("nexousdt", "default", "NEXO-USDT")

    days = {event.time_ns // (86_400 * 1_000_000_000) for event in events}
    assert len(days) == 2
