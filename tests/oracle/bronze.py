"""Bronze Parquet of one (exchange, symbol) as events in the order of all: (capture_time_ns, recv_seq)."""

import dataclasses
import decimal
import pathlib

import pyarrow.parquet as pq

from . import derivatives

GAP_KINDS_THAT_LOSE_DATA = {"disconnect", "sequence", "checksum", "crossed", "snapshot_late", "process"}


@dataclasses.dataclass
class Event:
    """One bronze row: `what` is book, trade, ticker, gap, derivative or close; `row` its columns."""

    time_ns: int
    recv_seq: int
    what: str
    row: dict


def exact(value):
    """The shortest decimal that reads back as this double: what the venue sent."""
    return decimal.Decimal(repr(value))


def _rows(files):
    for path in files:
        yield from pq.ParquetFile(path).read().to_pylist()


def find_files(data_root, channel, exchange, symbol):
    """All published files of a channel, wherever the segment stands (ready, processing, archive)."""
    pattern = f"raw/*/*/{channel}/exchange={exchange}/symbol={symbol}/**/*.parquet"
    return sorted(pathlib.Path(data_root).glob(pattern))


def segment_closes(data_root, exchange):
    """Closing times of all segments of an exchange, ascending."""
    closes = set()
    for path in pathlib.Path(data_root).glob(f"raw/*/*/*/exchange={exchange}/**/*.parquet"):
        metadata = pq.ParquetFile(path).schema_arrow.metadata
        closes.add(int(metadata[b"daedalus.closed_ns"]))
    return sorted(closes)


def read_events(data_root, exchange, symbol):
    """Every event of the symbol, with a `close` event at each segment's closing time, in order."""
    events = []
    for channel, what in (("orderbook", "book"), ("trades", "trade"), ("ticker", "ticker"),
                          ("gaps", "gap")):
        for row in _rows(find_files(data_root, channel, exchange, symbol)):
            if what == "gap" and row["kind"] not in GAP_KINDS_THAT_LOSE_DATA:
                continue
            events.append(Event(row["capture_time_ns"], row["recv_seq"], what, row))
    for table in derivatives.TABLES:
        for row in _rows(find_files(data_root, table, exchange, symbol)):
            update = derivatives.update_of(table, row["data_json"])
            events.append(Event(row["capture_time_ns"], row["recv_seq"], "derivative", update))
    for closed_ns in segment_closes(data_root, exchange):
        events.append(Event(closed_ns, -1, "close", {}))
    events.sort(key=lambda event: (event.time_ns, event.recv_seq))
    return events


def decimals_of(values):
    """The most decimals that any of the values has."""
    most = 0
    for value in values:
        exponent = exact(value).normalize().as_tuple().exponent
        most = max(most, -exponent)
    return most


def book_decimals(events):
    """(price decimals, size decimals) that hold every level and trade of the events."""
    prices, sizes = set(), set()
    for event in events:
        if event.what == "book":
            for side in ("bids", "asks"):
                prices.update(level["price"] for level in event.row[side])
                sizes.update(level["size"] for level in event.row[side])
        elif event.what == "trade":
            prices.add(event.row["price"])
            sizes.add(event.row["amount"])
    return decimals_of(prices), decimals_of(sizes)


def scaled(value, decimals):
    """value * 10^decimals as an exact integer."""
    number = exact(value).scaleb(decimals)
    assert number == number.to_integral_value(), (value, decimals)
    return int(number)
