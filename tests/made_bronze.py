"""Bronze that is written by hand: a source's segments from rows, as the sealing of a capture would publish them."""

import datetime
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

from oracle.bronze import decimals_of

HOUR = 3600 * 1_000_000_000
SOURCE, EXCHANGE, SYMBOL = "made", "binance_usdm", "BTC-USDT"
LEVELS = pa.list_(pa.field("element", pa.struct([pa.field("price", pa.float64(), False),
                                                 pa.field("size", pa.float64(), False)]), False))
TEXT, LONG, REAL, INT = pa.string(), pa.int64(), pa.float64(), pa.int32()
FIRST = {"collected_at": LONG, "capture_ts": pa.timestamp("us", "UTC"), "exchange": TEXT, "symbol": TEXT,
         "year": INT, "month": INT, "day": INT, "hour": INT}
LAST = {"capture_time_ns": LONG, "recv_seq": LONG, "exchange_time_us": LONG, "symbol_native": TEXT,
        "source": TEXT}
TABLES = {
    "orderbook": {**FIRST, "timestamp": LONG, "nonce": LONG, "bids": LEVELS, "asks": LEVELS, **LAST,
                  "kind": TEXT, "first_sequence": LONG, "last_sequence": LONG},
    "trades": {**FIRST, "trade_id": TEXT, "timestamp": LONG, "side": TEXT, "price": REAL, "amount": REAL,
               "cost": REAL, "info_json": TEXT, **LAST, "kind": TEXT, "aggregate": pa.bool_(),
               "taker_side_source": TEXT},
    "ticker": {**FIRST, **dict.fromkeys((
        "bid", "ask", "bid_volume", "ask_volume", "last", "open", "high", "low", "close", "vwap",
        "base_volume", "quote_volume", "change", "percentage"), REAL), "timestamp": LONG,
        "info_json": TEXT, **LAST, "kind": TEXT},
    "gaps": {**FIRST, **LAST, "gap_id": LONG, "edge": TEXT, "channel": TEXT, "kind": TEXT,
             "expected": LONG, "received": LONG, "frames_affected": LONG, "recovered_by": TEXT,
             "detail": TEXT},
}
for name in ("mark_price_update", "force_order"):
    TABLES[name] = {**FIRST, "type": TEXT, "method": TEXT, "data_json": TEXT, **LAST}


def keys(time_ns, seq):
    moment = datetime.datetime.fromtimestamp(time_ns // 1_000_000_000, datetime.timezone.utc)
    return {"collected_at": time_ns // 1_000_000, "capture_ts": time_ns // 1000, "exchange": EXCHANGE,
            "symbol": SYMBOL, "year": moment.year, "month": moment.month, "day": moment.day,
            "hour": moment.hour, "capture_time_ns": time_ns, "recv_seq": seq,
            "exchange_time_us": time_ns // 1000, "symbol_native": "BTCUSDT", "source": SOURCE}


def decimals(table, rows):
    prices, sizes = set(), set()
    for row in rows:
        if table == "orderbook":
            for level in row["bids"] + row["asks"]:
                prices.add(level["price"])
                sizes.add(level["size"])
        elif table == "trades":
            prices.add(row["price"])
            sizes.add(row["amount"])
    return decimals_of(prices), decimals_of(sizes)


class BronzeWriter:
    """`add` rows in order, then `write` the segments, cut at `cuts` and at each hour."""

    def __init__(self, root):
        self.folder = pathlib.Path(root) / "raw" / "ready" / SOURCE
        self.rows = []      # (time, table, row)
        self.seq = 0

    def add(self, table, time_ns, **values):
        self.seq += 65_536
        row = dict.fromkeys(TABLES[table])
        row.update(keys(time_ns, self.seq), **values)
        self.rows.append((time_ns, table, row))
        return self.seq

    def write(self, closed_ns, cuts=()):
        bounds, start = sorted({*cuts, closed_ns}), self.rows[0][0]
        first_hour = start // HOUR * HOUR
        bounds = sorted({*bounds, *range(first_hour + HOUR, closed_ns, HOUR)})
        name, counter, hour = "", 0, None
        for end in (bound for bound in bounds if bound > start):
            rows = [entry for entry in self.rows if start <= entry[0] < end]
            if rows:
                counter = counter + 1 if hour == start // HOUR else 1
                hour = start // HOUR
                name = self.segment(name, counter, start, end, rows)
            start = end

    def segment(self, previous, counter, opened, closed, rows):
        moment = datetime.datetime.fromtimestamp(opened // 1_000_000_000, datetime.timezone.utc)
        name = f"segment_{moment:%Y%m%dT%H}_{counter:05}"
        files = [self.file(name, opened, closed, table, [row for _, which, row in rows if which == table])
                 for table in TABLES if any(which == table for _, which, _ in rows)]
        record = {"format": 1, "segment": name, "source": SOURCE, "exchange": EXCHANGE,
                  "writer": "test", "previous_segment": previous, "raw_format": "parquet",
                  "opened_ns": opened, "closed_ns": closed,
                  "first_frame_seq": rows[0][2]["recv_seq"] // 65_536,
                  "last_frame_seq": rows[-1][2]["recv_seq"] // 65_536, "records": len(rows),
                  "torn_bytes": 0, "frames": {"rows": len(rows)}, "files": files}
        path = self.folder / "segments" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record))
        return name

    def file(self, name, opened, closed, table, rows):
        first = rows[0]
        place = pathlib.Path(table, f"exchange={EXCHANGE}", f"symbol={SYMBOL}",
                             *[f"{part}={first[part]}" for part in ("year", "month", "day", "hour")],
                             f"{name}.parquet")
        price, size = decimals(table, rows)
        metadata = {"daedalus.segment": name, "daedalus.opened_ns": str(opened),
                    "daedalus.closed_ns": str(closed), "daedalus.price_decimals": str(price),
                    "daedalus.size_decimals": str(size), "daedalus.writer": "test"}
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        schema = pa.schema(TABLES[table].items(), metadata=metadata)
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")
        return {"path": str(place), "channel": table, "exchange": EXCHANGE, "symbol": SYMBOL,
                "rows": len(rows), "bytes": path.stat().st_size, "xxh3_128": "0" * 32}
