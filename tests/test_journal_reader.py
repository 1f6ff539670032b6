"""The independent reader and the program make the same rows and counts of the recordings' journals."""

import copy

import pytest

from journal_reader import bronze

RECORDINGS = {
    "coinbase": ("cryptofeed", ["coinbase/cryptofeed_v3_COINBASE.jsonl.zst"]),
    "binance": ("cryptofeed", ["binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"]),
    "binanceus": ("cryptofeed", ["binanceus/cryptofeed_hist_BINANCE_US-63b290.0.zst"]),
    "binance_usdm": ("cryptofeed", ["binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst"]),
}


def read_and_published(recorded, exchange):
    kind, names = RECORDINGS[exchange]
    root, source, _ = recorded(exchange, kind, *names)
    read = bronze.Reading((root / "raw/journal" / source).glob("*.zst"))
    return read, *bronze.published(root / "raw/ready" / source)


@pytest.mark.parametrize("exchange", RECORDINGS)
def test_the_reader_and_the_program_agree_on_a_recording(recorded, exchange):
    read, records, published = read_and_published(recorded, exchange)

    assert bronze.first_difference(read.rows, published) is None
    assert {name: record["frames"] for name, record in records.items()} == read.counts
    assert sum(len(rows) for rows in published.values()) > 1000


def change(table, column, to):
    def plant(rows):
        key = next(key for key in sorted(rows) if key[1] == table)
        rows[key][7][column] = to(rows[key][7][column])
    return plant


def without_a_row(rows):
    rows[next(key for key in sorted(rows) if key[1] == "orderbook")].pop(20)


def two_rows_swapped(rows):
    some = rows[next(key for key in sorted(rows) if key[1] == "trades")]
    some[3], some[4] = some[4], some[3]


def without_a_symbol(rows):
    del rows[next(key for key in sorted(rows) if key[1] == "ticker")]


PLANTED = {
    "a side": change("trades", "side", {"buy": "sell", "sell": "buy"}.get),
    "a kind": change("trades", "kind", {"live": "snapshot", "snapshot": "live"}.get),
    "a price's last digit": change("trades", "price", lambda price: price * (1 + 2**-52)),
    "a level": change("orderbook", "asks", lambda asks: asks + [{"price": 1.0, "size": 1.0}]),
    "a number": change("orderbook", "recv_seq", lambda number: number + 1),
    "a time": change("ticker", "exchange_time_us", lambda time: (time or 0) + 1),
    "a row": without_a_row,
    "an order": two_rows_swapped,
    "a symbol": without_a_symbol,
}


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_found(recorded, error):
    read, _, published = read_and_published(recorded, "coinbase")
    planted = copy.deepcopy(published)

    PLANTED[error](planted)

    assert bronze.first_difference(read.rows, planted) is not None
