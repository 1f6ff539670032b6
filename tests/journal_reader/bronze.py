"""Rows of the fold as the tables' rows, and the published tables as rows."""

import collections
import datetime
import decimal
import json
import pathlib

import pyarrow.parquet as pq

from .fold import Fold
from .segments import read_segment

EXACT = decimal.Context(prec=200)
UNIX = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TICKER_COLUMNS = ("bid", "ask", "bid_volume", "ask_volume", "last", "open", "high", "low", "close", "vwap",
                  "base_volume", "quote_volume", "change", "percentage")


def number(text):
    return None if text is None else float(text)


def info(fields):
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False) if fields else None


def levels(pairs):
    return [{"price": float(price), "size": float(size)} for price, size in pairs]


def columns_of(table, fields):
    """The columns that are a table's own."""
    if table == "orderbook":
        return {"nonce": fields["last"], "bids": levels(fields["bids"]), "asks": levels(fields["asks"]),
                "kind": fields["kind"], "first_sequence": fields["first"], "last_sequence": fields["last"]}
    if table == "trades":
        cost = EXACT.multiply(decimal.Decimal(fields["price"]), decimal.Decimal(fields["amount"]))
        return {"trade_id": fields["trade_id"], "side": fields["side"], "price": number(fields["price"]),
                "amount": number(fields["amount"]), "cost": float(cost), "info_json": info(fields["info"]),
                "kind": fields["kind"], "aggregate": fields["aggregate"],
                "taker_side_source": fields["taker_side_source"]}
    if table == "ticker":
        return {**{name: number(fields["values"].get(name)) for name in TICKER_COLUMNS},
                "info_json": info(fields["info"]), "kind": fields["kind"]}
    if table == "gaps":
        return {name: fields.get(name) for name in ("gap_id", "edge", "channel", "kind", "expected", "received",
                                                    "frames_affected", "recovered_by", "detail")}
    if table == "instruments":
        return {name: number(fields[name]) if name in ("contract_size", "price_tick", "size_tick") else fields[name]
                for name in ("base", "quote", "size_unit", "contract_size", "price_tick", "size_tick")}
    return {"type": None, "method": None, "data_json": fields["data_json"]}


def row_of(table, symbol, native, header, record, recv_seq, fields):
    time_us = fields.get("time_us")
    captured = UNIX + datetime.timedelta(microseconds=record.time_ns // 1000)
    row = {"collected_at": record.time_ns // 10**6, "capture_ts": captured, "exchange": header["exchange"],
           "symbol": symbol, "year": captured.year, "month": captured.month, "day": captured.day,
           "hour": captured.hour, **columns_of(table, fields), "capture_time_ns": record.time_ns,
           "recv_seq": recv_seq, "exchange_time_us": time_us, "symbol_native": native, "source": header["source"]}
    if table in ("orderbook", "trades", "ticker"):
        row["timestamp"] = None if time_us is None else time_us // 1000
    return row


class Reading:
    """Of all journals of a source: rows by (segment, table, symbol), and counts by segment."""

    def __init__(self, paths):
        self.rows = collections.defaultdict(list)
        self.counts = {}
        self.segments = {}
        fold = None
        for path in sorted(paths, key=lambda path: pathlib.Path(path).name):
            segment = read_segment(path)
            if segment is None:
                continue
            self.current = self.segments[segment.name] = segment
            fold = fold or Fold(segment.header["exchange"], self.take)
            self.counts[segment.name] = fold.segment(segment)

    def take(self, table, symbol, native, record, recv_seq, fields):
        self.rows[self.current.name, table, symbol].append(
            row_of(table, symbol, native, self.current.header, record, recv_seq, fields))


def published(ready):
    """{segment: its record} and the rows of the files that records name, by (segment, table, symbol)."""
    records, rows = {}, {}
    for path in sorted(pathlib.Path(ready).glob("segments/*.json")):
        record = records[path.stem] = json.loads(path.read_text())
        for file in record["files"]:
            table = pq.ParquetFile(ready / file["path"]).read()
            assert table.num_rows == file["rows"] and (ready / file["path"]).stat().st_size == file["bytes"]
            rows[record["segment"], file["channel"], file["symbol"]] = table.to_pylist()
    return records, rows


def first_difference(ours, theirs):
    """None if both are the same rows, else where they part."""
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key, []), theirs.get(key, [])
        for place in range(max(len(mine), len(other))):
            a = mine[place] if place < len(mine) else None
            b = other[place] if place < len(other) else None
            if a is None or b is None:
                return f"{key} row {place}: {'only published' if a is None else 'not published'}: {str(a or b)[:600]}"
            for name in sorted(a.keys() | b.keys()):
                if name not in a or name not in b or a[name] != b[name]:
                    return (f"{key} row {place}, {name}: read {str(a.get(name, 'no such column'))[:300]}, "
                            f"published {str(b.get(name, 'no such column'))[:300]} at {b['recv_seq']}")
    return None
