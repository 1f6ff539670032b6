"""silver/orderbook, row by row, from bronze events in the order of all."""

import datetime
import math

from . import rolling, seconds, trade_flow
from .derivatives import Derivatives
from .parameters import DEFAULT
from .regression import PriceImpact
from .history import Moment
from .seconds import SecondClock
from .spread_regime import SpreadRegime
from .stream import SECOND
from .structural import ratio, raw_arrays, structural
from .vpin import Vpin
from .walker import BookWalker, decayed, side_step

__all__ = ["BookWalker", "OrderbookStream", "Row", "calendar", "decayed", "orderbook_rows", "side_step"]


class Row(dict):
    """Columns of a row; `operands`: {column: size of what it is a difference of}, where that is no other column."""

    def __init__(self, *arguments, **columns):
        super().__init__(*arguments, **columns)
        self.operands = {}


def calendar(label_ns):
    moment = datetime.datetime.fromtimestamp(label_ns // SECOND, datetime.timezone.utc)
    return {"year": moment.year, "month": moment.month, "day": moment.day, "hour": moment.hour,
            "hour_of_day": moment.hour, "minute_of_hour": moment.minute,
            "day_of_week": moment.weekday(), "is_weekend": moment.weekday() >= 5}


class RowMaker:
    """Collects what happened since the previous row: section 1.3 and the counts of 1.1."""

    def __init__(self, walker):
        self.walker = walker
        self.levels = walker.parameters.ofi_levels
        self.previous_mid = None
        self.breaks_at_row = 0
        self.last_row = None      # Bronze row of the last book event.
        self.start_interval()

    def start_interval(self):
        self.steps = [0] * self.levels
        self.book_events = 0
        self.trade_events = 0
        self.depths = []

    def on_book(self, row, result):
        self.book_events += 1
        self.last_row = row
        if result["steps"] is not None:
            self.steps = [a + b for a, b in zip(self.steps, result["steps"])]
        if result["good"]:
            (_, q), (_, s) = self.walker.good[0][0], self.walker.good[1][0]
            self.depths.append(q + s)

    def is_first(self):
        """Whether a discontinuity lies between the previous row and this one."""
        return self.walker.continuity.breaks != self.breaks_at_row

    def flow(self):
        unit, out = self.walker.book.size_unit, {}
        out["ofi"] = out["ofi_step"] = self.steps[0] / unit
        for i, step in enumerate(self.steps):
            out[f"ofi_L{i}"] = step / unit
        out["ofi_multi"] = sum(self.steps) / unit
        out["mlofi"] = decayed(self.steps, unit, self.walker.parameters.ofi_decay_alpha)
        out["mlofi_step"] = out["mlofi_decay"] = out["mlofi"]
        # ofi over the mean of (q_0 + s_0) / 2.
        out["ofi_depth_norm"] = ratio(2 * self.steps[0] * len(self.depths), sum(self.depths))
        return out

    def dynamic(self, moment):
        walker = self.walker
        mid = walker.present_mid()
        flow = self.flow()
        out = dict.fromkeys(["log_return", "log_return_step", *flow])
        if not self.is_first():
            out.update(flow)
            if mid is not None and self.previous_mid is not None:
                out["log_return"] = math.log1p((mid - self.previous_mid) / self.previous_mid)
                out["log_return_step"] = out["log_return"]
        one = walker.mid_as_of(moment.bound(1), moment.inclusive)
        two = walker.mid_as_of(moment.bound(2), moment.inclusive)
        both = mid is not None and one is not None
        halves = 2 * walker.book.price_unit
        out["mid_velocity"] = (mid - one) / halves if both else None
        out["mid_accel"] = (mid - 2 * one + two) / halves if both and two is not None else None
        self.previous_mid = mid
        return out

    def quality(self, label_ns):
        walker, last = self.walker, self.last_row
        unsynced = walker.state() == "unsynced"
        return {"collected_at": label_ns // 1_000_000, "capture_ts_us": label_ns // 1000,
                **calendar(label_ns), "timestamp": last["timestamp"], "nonce": last["nonce"],
                "capture_time_ns": last["capture_time_ns"],
                "staleness_ms": (label_ns - last["capture_time_ns"]) / 1e6,
                "stream_age_s": None if unsynced else (label_ns - walker.continuity.since) / 1e9,
                "book_state": walker.state(), "book_events": self.book_events,
                "trade_events": self.trade_events,
                "bid_levels": None if unsynced else len(walker.book.bids),
                "ask_levels": None if unsynced else len(walker.book.asks),
                "is_gap": self.is_first()}

    def done(self):
        self.breaks_at_row = self.walker.continuity.breaks
        self.start_interval()


class OrderbookStream:
    """Everything that the rows of one (exchange, symbol) are made of; events go in, rows come out."""

    def __init__(self, events, parameters=DEFAULT):
        self.parameters = parameters
        self.walker = BookWalker(events, parameters)
        self.maker = RowMaker(self.walker)
        self.steps = rolling.Steps(parameters)
        self.trades = trade_flow.Trades(self.walker)
        self.mixed = trade_flow.MixedTrades(self.walker)
        self.clock = SecondClock(self.walker, self.steps.steps)
        self.impact = PriceImpact(self.clock, self.trades)
        self.regime = SpreadRegime(self.clock, parameters)
        self.vpin = Vpin(parameters, self.walker.book.size_unit, self.trades.continuity)
        self.derivatives = Derivatives()
        of_either = [self.mixed.forget, self.impact.forget_either]
        self.walker.continuity.when_ended += [self.steps.forget, self.clock.forget, self.regime.forget,
                                              self.impact.forget_book, *of_either]
        self.trades.continuity.when_ended += [self.vpin.forget, *of_either]
        self.same_book = None   # (rows applied, its structural columns): computed once a state.

    def pass_time(self, time_ns):
        self.clock.pass_time(time_ns)
        self.walker.continuity.on_silence(time_ns)

    def handle(self, event):
        """Takes an event whose time has come; True: a book event."""
        if event.what == "gap":
            self.walker.on_gap(event.row, event.time_ns)
            self.trades.continuity.on_gap(event.row, event.time_ns)
            self.derivatives.on_gap(event.row)
        elif event.what == "derivative":
            self.derivatives.feed(event.time_ns, event.row)
        elif event.what == "trade" and event.row["kind"] == "live":
            self.on_trade(event)
        elif event.what == "book":
            result = self.walker.on_book(event.row, event.time_ns)
            if result is None:
                return False
            if result["fed"]:
                self.steps.feed(event.time_ns, result)
            self.maker.on_book(event.row, result)
            return True
        return False

    def on_trade(self, event):
        self.maker.trade_events += 1
        if not self.trades.continuity.on_data(event.time_ns):
            return
        trade = trade_flow.Trade(event, self.walker.book)
        self.vpin.on_trade(trade)
        self.trades.feed(trade)
        self.mixed.feed(trade)

    def structural(self):
        if self.same_book is None or self.same_book[0] != self.walker.applied:
            self.same_book = self.walker.applied, structural(self.walker.book, self.parameters)
        return self.same_book[1]

    def rolling_columns(self, moment, operands):
        out = {}
        for h in self.parameters.rolling_windows:
            out.update(rolling.window_columns(self.steps, self.walker, moment, h, operands))
            out.update(seconds.spread_columns(self.clock, moment, h))
            out.update(trade_flow.window_columns(self.trades, moment, h))
            out.update(self.mixed.columns(moment, h, out[f"return_{h}s"]))
        return out

    def advanced_columns(self, moment, operands):
        cog = self.structural()["cog_vs_mid"]
        out = self.impact.columns(moment, self.parameters.kyle_lambda_window, operands)
        out["vpin"] = out["order_flow_toxicity"] = self.vpin.value()
        out.update(self.regime.columns(moment))
        out.update(seconds.shape_columns(self.clock, moment, cog, self.parameters, operands))
        return out

    def extended_columns(self, moment, operands):
        out = trade_flow.single_columns(self.trades, moment, operands)
        out.update(seconds.return_columns(self.clock, moment))
        out["jump_share_300s"] = rolling.jump_share(self.steps, moment)
        for h in self.parameters.rolling_windows:
            out.update(rolling.changed_columns(self.steps, self.walker, moment, h))
        out.update(self.derivatives.columns(moment, self.parameters.rolling_windows))
        return out

    def row(self, label_ns, inclusive):
        moment, row = Moment(label_ns, inclusive), Row(self.maker.quality(label_ns))
        unsynced = self.walker.state() == "unsynced"
        for category, columns in (("structural", lambda: self.structural()),
                                  ("dynamic", lambda: self.maker.dynamic(moment)),
                                  ("rolling", lambda: self.rolling_columns(moment, row.operands)),
                                  ("advanced", lambda: self.advanced_columns(moment, row.operands)),
                                  ("extended", lambda: self.extended_columns(moment, row.operands))):
            if self.parameters.has(category):
                values = columns()
                row.update(dict.fromkeys(values) if unsynced else values)
        if self.parameters.keep_raw_arrays:
            arrays = raw_arrays(self.walker.book, self.parameters)
            row.update(dict.fromkeys(arrays) if unsynced else arrays)
        self.maker.done()
        return self.without_aliases(row)

    def without_aliases(self, row):
        kept = Row(self.parameters.select(row))
        kept.operands = row.operands
        return kept


def orderbook_rows(events, parameters=DEFAULT):
    """Rows of silver/orderbook as dictionaries, in order."""
    stream = OrderbookStream(events, parameters)
    interval = parameters.nanoseconds("hf_emit_interval")   # 0: a row per book event.
    rows, label = [], None
    for event in events:
        if interval:
            now = event.time_ns // interval * interval
            if label is not None and now >= label:
                stream.pass_time(label)
                if stream.maker.book_events:
                    rows.append(stream.row(label, inclusive=False))
                stream.maker.start_interval()
            label = now + interval
        stream.pass_time(event.time_ns)
        if stream.handle(event) and not interval:
            rows.append(stream.row(event.time_ns, inclusive=True))
    return rows
