"""The fold of docs/formats.md, "How a journal is read": records in, rows out."""

import collections
import dataclasses

from . import binance, books, coinbase

VENUES = {"coinbase": coinbase, "binance": binance.SPOT, "binanceus": binance.SPOT, "binance_usdm": binance.USDM}
REMEMBERED_TRADES = 4096


@dataclasses.dataclass
class Stream:
    symbol: str
    channel: str
    native: str
    coverage: str = "never"   # never, live, gap
    gap: dict | None = None   # Of the open row.
    affected: int = 0
    book: books.Book | None = None
    trades: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(collections.OrderedDict))


@dataclasses.dataclass
class Fate:
    """What becomes of a received frame: the reasons met, in their order, and deltas still kept."""
    rows: int = 0
    kept: int = 0
    reasons: list = dataclasses.field(default_factory=list)

    def reason(self):
        if self.rows:
            return "rows"
        return "buffered" if self.kept else (self.reasons + ["empty"])[0]


class Fold:
    def __init__(self, exchange, emit):
        """`emit(table, symbol, native, record, recv_seq, fields)` gets each row in its order."""
        self.venue = VENUES[exchange]
        self.emit = emit
        self.streams = {}         # (symbol, channel) -> Stream, in the order they became known.
        self.connections = {}     # Number -> {stream key: None}, in the order they came to it.
        self.counts = {}          # Connection -> its last count.
        self.requests = {}        # (connection, id) -> streams.
        self.instruments = {}     # Native -> facts.
        self.told = {}            # Native -> facts as written since the last `start` live.
        self.with_data = {}       # Native symbols that have had data.
        self.live = True          # The last `start` was live.

    def segment(self, segment):
        """The counts by reason of one segment."""
        self.fates = []
        for record in segment.records:
            self.record, self.place, self.fate = record, 0, None
            if record.type == "segment":
                self.checkpoints(segment.header)
            elif hasattr(self, f"on_{record.type}"):
                getattr(self, f"on_{record.type}")(record)
        return dict(collections.Counter(fate.reason() for fate in self.fates))

    def row(self, table, symbol, native, fields, fate=None):
        if table != "gaps" and (fate or self.fate):
            (fate or self.fate).rows += 1
        recv_seq = self.record.seq * 65536 + self.place
        self.place += 1
        self.emit(table, symbol, native, self.record, recv_seq, fields)
        return recv_seq

    def checkpoints(self, header):
        if header["first_of_hour"]:
            for stream in sorted(self.streams.values(), key=lambda stream: stream.symbol.encode()):
                if stream.book and stream.book.synced:
                    bids, asks = stream.book.levels()
                    self.row("orderbook", stream.symbol, stream.native, {
                        "kind": "checkpoint", "bids": bids, "asks": asks, "first": None, "last": stream.book.last,
                        "time_us": None})

    # Streams and gaps.

    def stream(self, native, channel, conn):
        symbol = self.venue.canonical(native, self.instruments)
        stream = self.streams.get((symbol, channel))
        if stream is None:
            stream = self.streams[symbol, channel] = Stream(symbol, channel, native)
            stream.book = books.Book() if channel == "orderbook" else None
        if conn is not None and (symbol, channel) not in self.connections.get(conn, {}):
            for hanging in self.connections.values():
                hanging.pop((symbol, channel), None)
            self.connections.setdefault(conn, {})[symbol, channel] = None
        return stream

    def open_gap(self, stream, kind, detail=None, expected=None, received=None):
        if stream.coverage == "live" or (kind == "snapshot_late" and stream.coverage == "never"):
            recv_seq = self.record.seq * 65536 + self.place
            stream.coverage, stream.affected = "gap", 0
            stream.gap = {"gap_id": recv_seq, "channel": stream.channel, "kind": kind}
            self.row("gaps", stream.symbol, stream.native, {
                **stream.gap, "edge": "open", "detail": detail, "expected": expected, "received": received})
        if stream.book and not (kind == "crossed" and not self.live) and kind != "snapshot_late":
            self.drop_book(stream)

    def drop_book(self, stream):
        self.drop_kept(stream, len(stream.book.kept), "unsynced")
        stream.book.drop()

    def drop_kept(self, stream, number, reason):
        for _ in range(number):
            _delta, fate = stream.book.kept.popleft()
            fate.kept -= 1
            fate.reasons.append(reason)

    def close_gap(self, stream, recovered_by):
        if stream.coverage == "gap":
            self.row("gaps", stream.symbol, stream.native, {
                **stream.gap, "edge": "close", "frames_affected": stream.affected, "recovered_by": recovered_by})
        stream.coverage, stream.gap = "live", None

    # Records that are no data.

    def on_start(self, record):
        self.connections, self.counts, self.requests = {}, {}, {}
        self.live = record.detail == "live"
        if self.live:
            self.told = {}
            for stream in list(self.streams.values()):
                self.open_gap(stream, "process")

    def on_connect(self, record):
        if record.conn in self.connections:
            self.disconnected(record.conn, "connected again")
        self.connections[record.conn] = {}
        self.counts[record.conn] = -1
        streams = [self.stream(native, channel, record.conn)
                   for native, channel in self.venue.streams_of_url(record.url)]
        for stream in streams:
            if stream.channel != "orderbook":
                self.close_gap(stream, "connect")

    def on_disconnect(self, record):
        self.disconnected(record.conn, record.detail)

    def disconnected(self, conn, detail):
        for key in self.connections.pop(conn, {}):
            self.open_gap(self.streams[key], "disconnect", detail)
        self.counts.pop(conn, None)

    def on_send(self, record):
        wanted, request_id, ends = self.venue.request(record.payload)
        streams = [self.stream(native, channel, record.conn) for native, channel in wanted]
        if ends:
            for stream in streams:
                self.open_gap(stream, "disconnect", "unsubscribed")
        elif request_id is not None:
            self.requests[record.conn, request_id] = streams

    # Received frames.

    def on_http(self, record):
        self.fate = Fate()
        self.fates.append(self.fate)
        if record.status not in (None, 200):
            self.fate.reasons.append("http_error")
            return
        for event, *values in self.venue.rest(record.payload, record.url):
            if event == "instrument":
                self.on_instrument(*values)
            else:
                self.on_rest_image(self.stream(values[0], "orderbook", None), values[1])

    def on_instrument(self, native, facts):
        self.fate.reasons.append("instruments")
        self.instruments[native] = facts
        if native in self.with_data and self.told.get(native) != facts:
            self.tell_instrument(native)

    def tell_instrument(self, native):
        self.told[native] = self.instruments[native]
        self.row("instruments", self.venue.canonical(native, self.instruments), native, self.instruments[native])

    def on_recv(self, record):
        self.fate = Fate()
        self.fates.append(self.fate)
        if not self.counts_on(record.conn, self.venue.count_of(record.payload)):
            self.fate.reasons.append("duplicate")
            return
        for event, *values in self.venue.frame(record.payload):
            if event == "talk":
                self.fate.reasons.append(values[0])
            elif event == "acknowledged":
                self.on_acknowledged(record.conn, *values)
            else:
                self.on_data(event, *values)

    def counts_on(self, conn, count):
        if count is None:
            return True
        last = self.counts.get(conn)
        if last is not None and count <= last:
            if count:
                return False
            self.on_all(conn, "disconnect", "count restarted")
        elif last is not None and count > last + 1:
            self.on_all(conn, "sequence", None, last + 1, count)
        self.counts[conn] = count
        return True

    def on_all(self, conn, *gap):
        for key in list(self.connections.get(conn, {})):
            self.open_gap(self.streams[key], *gap)

    def on_acknowledged(self, conn, listed, request_id):
        streams = [self.stream(native, channel, conn) for native, channel in listed]
        streams += self.requests.get((conn, request_id), [])
        for stream in streams:
            if stream.channel != "orderbook":
                self.close_gap(stream, "resubscribe")

    def on_data(self, event, native, values):
        channel = {"image": "orderbook", "delta": "orderbook", "trade": "trades", "ticker": "ticker"}.get(event, "other")
        stream = self.stream(native, channel, self.record.conn)
        if native not in self.with_data:
            self.with_data[native] = None
            if native in self.instruments:
                self.tell_instrument(native)
        if event == "image":
            self.sync(stream, values)
        elif event == "delta":
            self.on_delta(stream, values)
        else:
            self.close_gap(stream, "data")
            if event == "trade" and self.is_known_trade(stream, values):
                self.fate.reasons.append("duplicate")
                return
            self.row(values.get("channel", channel), stream.symbol, native, values)

    @staticmethod
    def is_known_trade(stream, trade):
        known = stream.trades[trade["aggregate"]]
        if trade["trade_id"] in known:
            return True
        known[trade["trade_id"]] = None
        if len(known) > REMEMBERED_TRADES:
            known.popitem(last=False)
        return False

    # Books.

    def sync(self, stream, image):
        self.close_gap(stream, "snapshot")
        stream.book.load(image)
        self.row("orderbook", stream.symbol, stream.native, {**image, "kind": "snapshot"})
        self.look_for_crossed(stream)

    def apply(self, stream, delta, fate):
        stream.book.apply(delta)
        stream.book.last = delta["last"]
        if stream.coverage == "gap" and stream.gap["kind"] == "crossed" and not stream.book.is_crossed():
            self.close_gap(stream, "uncrossed")
        self.row("orderbook", stream.symbol, stream.native, {**delta, "kind": "delta"}, fate)
        self.look_for_crossed(stream)

    def look_for_crossed(self, stream):
        if stream.book.synced and stream.coverage == "live" and stream.book.crossed_too_long(self.record.time_ns):
            self.open_gap(stream, "crossed")

    def on_delta(self, stream, delta):
        rule, book = self.venue.SPLICE, stream.book
        if not book.synced:
            stream.affected += stream.coverage == "gap"
            if rule:
                self.keep(stream, delta)
            else:
                self.fate.reasons.append("unsynced")
        elif rule is None:
            self.apply(stream, delta, self.fate)
        elif book.bridging:
            self.on_first_delta(stream, delta)
        elif delta["last"] <= book.last:
            self.fate.reasons.append("duplicate")
        elif books.follows(rule, book.last, delta):
            self.apply(stream, delta, self.fate)
        else:
            self.broken(stream, delta)

    def on_first_delta(self, stream, delta):
        rule, book = self.venue.SPLICE, stream.book
        if books.is_older(rule, book.last, delta):
            self.fate.reasons.append("before_snapshot")
        elif books.bridges(rule, book.last, delta):
            book.bridging = False
            self.apply(stream, delta, self.fate)
        else:
            self.broken(stream, delta)

    def broken(self, stream, delta):
        expected, received = books.expected_and_received(self.venue.SPLICE, stream.book.last, delta)
        self.open_gap(stream, "sequence", None, expected, received)
        stream.affected += 1
        self.keep(stream, delta)

    def keep(self, stream, delta):
        kept = stream.book.kept
        if len(kept) == books.KEPT_AT_MOST:
            self.open_gap(stream, "snapshot_late")
            self.drop_kept(stream, len(kept), "unsynced")
        if kept and delta["last"] <= kept[-1][0]["last"]:
            self.fate.reasons.append("duplicate")
            return
        if kept and not books.follows(self.venue.SPLICE, kept[-1][0]["last"], delta):
            self.drop_kept(stream, len(kept), "unsynced")
        kept.append((delta, self.fate))
        self.fate.kept += 1

    def on_rest_image(self, stream, image):
        rule, book = self.venue.SPLICE, stream.book
        if book.synced and book.last > image["last"]:
            self.fate.reasons.append("stale_snapshot")
            return
        older = sum(books.is_older(rule, image["last"], delta) for delta, _ in book.kept)
        self.drop_kept(stream, older, "before_snapshot")
        if book.kept and not books.bridges(rule, image["last"], book.kept[0][0]):
            self.fate.reasons.append("stale_snapshot")
            self.open_gap(stream, "snapshot_late", None, image["last"] + 1, book.kept[0][0]["first"])
            return
        kept, book.kept = list(book.kept), collections.deque()
        stream.affected -= len(kept) if stream.coverage == "gap" else 0
        self.sync(stream, image)
        book.bridging = not kept
        for delta, fate in kept:
            fate.kept -= 1
            self.apply(stream, delta, fate)
