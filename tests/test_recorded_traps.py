"""What recordings show to be easy to get wrong: bands at the edge of a distance, the taker's side and the order
of trades in one message."""

import json

import numpy as np
import pyarrow.dataset as ds
import pytest
import zstandard

COINBASE = "coinbase/cryptofeed_v3_COINBASE.jsonl.zst"
EDGES = [0, 5, 10, 25, 50, 100]
PRICES, SIZES = 10**3, 10**2  # NEXO/USDT has so many decimals.
GRID = 10_000                 # It trades at 1.2; what is above 10 is in no band.


def bronze(lakes, recording, table, columns, symbol):
    folder = lakes.imported(recording) / "raw/ready"
    found = ds.dataset([str(path) for path in sorted(folder.glob(f"*/{table}/**/*.parquet"))])
    rows = found.to_table(columns=[*columns, "capture_time_ns", "recv_seq"], filter=ds.field("symbol") == symbol)
    return rows.sort_by([("capture_time_ns", "ascending"), ("recv_seq", "ascending")])


class Grid:
    """A book as two arrays of whole sizes by price tick."""

    def __init__(self):
        self.sides = np.zeros(GRID, np.int64), np.zeros(GRID, np.int64)

    def apply(self, row):
        for side, levels in zip(self.sides, (row["bids"], row["asks"])):
            if row["kind"] == "snapshot":
                side[:] = 0
            for level in levels:
                tick = round(level["price"] * PRICES)
                if tick < GRID:
                    side[tick] = round(level["size"] * SIZES)

    def bands(self, distances):
        """Sizes of both sides per band, by a function from ticks and best prices to distances in bps (or
        to what compares with an edge like them)."""
        bid, ask = np.flatnonzero(self.sides[0])[-1], np.flatnonzero(self.sides[1])[0]
        low, high = int(bid * 0.98), int(ask * 1.02) + 1
        ticks = np.arange(low, high)
        distance, edges = distances(ticks, int(bid), int(ask))
        found = []
        for side in self.sides:
            near = side[low:high]
            found += [int(near[(p <= distance) & (distance < n)].sum()) for p, n in zip(edges, edges[1:])]
        return found


def exact_distances(ticks, bid, ask):
    """In whole numbers: abs(2 p - (b + a)) 10^4 against edge (b + a)."""
    twice_mid = bid + ask
    return np.abs(2 * ticks - twice_mid) * 10_000, [edge * twice_mid for edge in EDGES]


def rounded_distances(ticks, bid, ask):
    """As it is written without a thought."""
    mid = (bid / PRICES + ask / PRICES) / 2
    return np.abs(ticks / PRICES - mid) / mid * 1e4, EDGES


@pytest.fixture(scope="module")
def band_rows(lakes):
    """Of every row of a day of NEXO/USDT: our bands, exact ones, and what doubles would make of them."""
    names = [f"{side}_vol_band_{p}_{n}bps" for side in ("bid", "ask") for p, n in zip(EDGES, EDGES[1:])]
    folder = lakes.lake("nexousdt") / "processed/silver/orderbook"
    silver = ds.dataset([str(path) for path in sorted(folder.rglob("*.parquet"))])
    silver = silver.to_table(columns=["collected_at", *names]).sort_by("collected_at")
    ours = np.column_stack([silver[name].to_numpy() for name in names])
    labels = silver["collected_at"].to_numpy() * 1_000_000
    events = bronze(lakes, "nexousdt", "orderbook", ["kind", "bids", "asks"], "NEXO-USDT").to_pylist()
    book, exact, rounded, next_event = Grid(), [], [], 0
    for label in labels:
        while next_event < len(events) and events[next_event]["capture_time_ns"] < label:
            if events[next_event]["kind"] != "checkpoint":
                book.apply(events[next_event])
            next_event += 1
        exact.append(book.bands(exact_distances))
        rounded.append(book.bands(rounded_distances))
    return ours, np.array(exact) / SIZES, np.array(rounded) / SIZES


def test_bands_are_decided_on_exact_decimals(band_rows):
    ours, exact, _ = band_rows

    assert len(ours) > 34_700
    assert np.abs(ours - exact).max() <= 1e-9 * exact.max()


def test_doubles_would_put_levels_into_a_wrong_band(band_rows):
    """The proof that the recording has such levels, and that the test above sees them."""
    _, exact, rounded = band_rows

    assert (exact != rounded).any(axis=1).sum() == 93


def test_trades_of_a_message_are_the_takers_oldest_first(lakes, realdata):
    """Coinbase tells the maker's side and lists the newest trade first."""
    expected, of_many = {}, 0
    with open(realdata(COINBASE), "rb") as recording:
        text = zstandard.ZstdDecompressor().stream_reader(recording).read().decode()
    for line in text.splitlines():
        record = json.loads(line)
        if record["t"] != "recv" or '"market_trades"' not in record["data"][:60]:
            continue
        for event in json.loads(record["data"])["events"]:
            if event.get("type") != "update":
                continue
            of_many += len(event["trades"]) > 1
            for trade in reversed(event["trades"]):
                taker = {"BUY": "sell", "SELL": "buy"}[trade["side"]]
                expected.setdefault(trade["product_id"], []).append(
                    (trade["trade_id"], taker, float(trade["price"]), float(trade["size"])))

    assert of_many > 10
    for symbol, trades in expected.items():
        rows = lakes.rows("coinbase", "default", "silver/trades", symbol)
        assert [(row["trade_id"], row["side"], row["price"], row["amount"]) for row in rows] == trades
        assert all(row["is_buy"] == (row["side"] == "buy") for row in rows)
        assert [int(row["trade_id"]) for row in rows] == sorted(int(row["trade_id"]) for row in rows)
