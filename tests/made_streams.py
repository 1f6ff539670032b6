"""Random streams of a symbol with all that hurts: equal times, outliers, empty sides, crossed and locked books,
images in mid-stream, gaps of every channel, quiet hours, trades without side or cost."""

import json
import random

from made_bronze import HOUR, BronzeWriter

SECOND = 1_000_000_000
START = 1_721_778_600 * SECOND   # 2024-07-23T23:50:00Z: midnight comes in ten minutes.
STEPS_NS = (0, 0, 1, 999_999_999, SECOND // 10, SECOND // 2, SECOND, 2 * SECOND)


class RandomStream:
    def __init__(self, root, seed):
        self.source = random.Random(seed)
        self.writer = BronzeWriter(root)
        self.time_ns = START + self.source.choice((0, 1, SECOND // 3))
        self.mid = 10_000     # In cents.
        self.bids, self.asks = {}, {}
        self.gaps = {}        # channel -> gap id
        self.sequence = 0
        self.hour = self.time_ns // HOUR

    def pass_time(self):
        source = self.source
        step = source.choice(STEPS_NS) if source.random() < 0.9 else source.randint(0, 9 * SECOND)
        if source.random() < 0.002:
            step = source.choice((299 * SECOND, 300 * SECOND, 300 * SECOND + 1, 1000 * SECOND, 2 * HOUR))
        if source.random() < 0.2:   # On the grid.
            step += -(self.time_ns + step) % SECOND
        self.time_ns += step
        if self.time_ns // HOUR != self.hour:
            self.hour = self.time_ns // HOUR
            if self.bids and "orderbook" not in self.gaps and None not in self.gaps:
                self.book_row("checkpoint", self.bids, self.asks)

    def size(self):
        if self.source.random() < 0.003:
            return 1e12
        return self.source.randint(1, 5000) / self.source.choice((10, 1000))

    def book_row(self, kind, bids, asks):
        sides = {"bids": sorted(bids.items(), reverse=True), "asks": sorted(asks.items())}
        self.writer.add("orderbook", self.time_ns, kind=kind, timestamp=self.time_ns // 1_000_000,
                        nonce=self.sequence, first_sequence=self.sequence, last_sequence=self.sequence,
                        **{name: [{"price": price / 100, "size": size} for price, size in levels]
                           for name, levels in sides.items()})

    def image(self):
        depth = self.source.choice((0, 1, 3, 8, 30))
        other = self.source.choice((depth, depth, 12))
        spread = self.source.choice((0, 1, 1, 1, 2, 5, 40))
        self.mid = max(100, self.mid + self.source.randint(-3, 3))
        if self.source.random() < 0.02:     # A price beyond reason, and back again with the next of these.
            self.mid = 10 ** 11 if self.mid < 10 ** 8 else 10_000
        step = self.source.choice((1, 1, 7))
        self.bids = {self.mid - i * step: self.size() for i in range(depth) if self.mid > i * step}
        self.asks = {self.mid + spread + i * step: self.size() for i in range(other)}
        self.sequence += 1
        self.book_row("snapshot", self.bids, self.asks)

    def delta(self):
        changed = {}, {}
        if self.source.random() < 0.05:
            self.mid = max(100, self.mid + self.source.choice((-2, -1, 1, 2, 100)))
        for _ in range(self.source.choice((0, 1, 1, 2, 6))):
            is_bid = self.source.random() < 0.5
            book, change = (self.bids, changed[0]) if is_bid else (self.asks, changed[1])
            reach = self.source.choice((0, 1, 3, 12))
            away = self.source.randint(0 if self.source.random() < 0.97 else -2, reach)
            price = max(1, self.mid - away if is_bid else self.mid + 1 + away)
            if book and self.source.random() < 0.4:
                price = self.source.choice(sorted(book, reverse=is_bid)[:12])
            change[price] = 0.0 if self.source.random() < 0.4 else self.size()
        # What now crosses is most often taken away.
        if self.source.random() < 0.9:
            for price in [p for p in self.bids if self.asks and p >= min(self.asks) and p > self.mid]:
                changed[0][price] = 0.0
        for book, change in zip((self.bids, self.asks), changed):
            book.update(change)
            for price in [price for price, size in book.items() if size == 0]:
                del book[price]
        self.sequence += 1
        self.book_row("delta", *changed)

    def trade(self):
        price = max(1, self.mid + self.source.choice((-1, 0, 0, 1, 1, 3))) / 100
        amount, side = self.size(), self.source.choice(("buy", "buy", "sell", "sell", None))
        self.sequence += 1
        self.writer.add("trades", self.time_ns, kind="live" if self.source.random() < 0.97 else "snapshot",
                        trade_id=str(self.sequence), timestamp=self.time_ns // 1_000_000, side=side,
                        price=price, amount=amount, aggregate=False,
                        cost=None if self.source.random() < 0.002 else price * amount,
                        taker_side_source="venue" if side else "none")

    def ticker(self):
        self.writer.add("ticker", self.time_ns, kind="bbo", timestamp=self.time_ns // 1_000_000,
                        bid=self.mid / 100, ask=(self.mid + 1) / 100, bid_volume=1.0, ask_volume=2.0)

    def derivative(self):
        if self.source.random() < 0.5:
            price = self.mid / 100
            self.other("mark_price_update", {"e": "markPriceUpdate", "p": f"{price}", "r": "0.0001",
                                             "i": f"{price + self.source.randint(-9, 9) / 1000:.3f}"})
        else:
            order = {"S": self.source.choice(("BUY", "SELL")), "q": "99", "z": f"{self.size()}"}
            self.other("force_order", {"e": "forceOrder", "o": order})

    def other(self, table, message):
        self.writer.add(table, self.time_ns, type=message["e"], data_json=json.dumps(message))

    def gap(self):
        channel = self.source.choice(("orderbook", "trades", "ticker", "other", None))
        if channel in self.gaps:
            self.close_gap(channel)
            return
        seq = self.writer.seq + 65_536
        kind = self.source.choice(("disconnect", "sequence", "crossed", "process", "stale"))
        self.writer.add("gaps", self.time_ns, edge="open", channel=channel, kind=kind, gap_id=seq)
        self.gaps[channel] = (seq, kind)

    def close_gap(self, channel):
        gap_id, kind = self.gaps.pop(channel)
        self.writer.add("gaps", self.time_ns, edge="close", channel=channel, kind=kind, gap_id=gap_id)

    def shut(self, channel):
        """Whether the channel is in a gap that loses data: then nothing comes, as from a real reader."""
        return any(key in (channel, None) and kind != "stale" for key, (_, kind) in self.gaps.items())

    def step(self):
        self.pass_time()
        draw = self.source.random()
        if self.gaps and draw < 0.1:
            self.close_gap(self.source.choice(sorted(self.gaps, key=str)))
            if not self.shut("orderbook"):
                self.image()
        elif draw < 0.006:
            self.gap()
        elif draw < 0.65:
            if not self.shut("orderbook"):
                self.image() if not self.bids or self.source.random() < 0.03 else self.delta()
        elif draw < 0.95:
            if not self.shut("trades"):
                self.trade()
        elif draw < 0.97:
            if not self.shut("other"):
                self.derivative()
        elif not self.shut("ticker"):
            self.ticker()


def write_stream(root, seed, count=2500):
    """Writes a random stream's bronze; its segments are cut at random."""
    stream = RandomStream(root, seed)
    for _ in range(count):
        stream.step()
    cuts = stream.source.sample([time for time, _, _ in stream.writer.rows], 3)
    stream.writer.write(stream.time_ns + 5 * SECOND, cuts)
