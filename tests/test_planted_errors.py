"""Errors planted into the oracle are found by comparing it with the engine: so are the engine's."""

import dataclasses

import pytest

from lakes import parameters_of
from oracle import (history, orderbook, regression, rolling, seconds, spread_regime, structural,
                    trade_flow, vpin, walker)
from oracle.agreement import disagreements
from oracle.parameters import Parameters


# Each must show in the column it belongs to. What a planter returns
# replaces parameters.
def plant_sign(monkeypatch):
    real = walker.side_step
    monkeypatch.setattr(walker, "side_step",
                        lambda b, n, is_bid: real(b, n, is_bid) if is_bid else -real(b, n, is_bid))


def plant_level_off_by_one(monkeypatch):
    real = structural.per_level
    monkeypatch.setattr(structural, "per_level",
                        lambda out, bids, asks, *rest: real(out, bids[1:], asks, *rest))


def plant_band_edge(monkeypatch):
    real = structural.size_between
    monkeypatch.setattr(structural, "size_between",
                        lambda near, mid2, low, high: real(near, mid2, low, 11 if high == 10 else high))


def plant_window_end(monkeypatch):
    real = walker.BookWalker.mid_as_of
    monkeypatch.setattr(walker.BookWalker, "mid_as_of",
                        lambda self, time_ns, inclusive: real(self, time_ns + 200_000_000, inclusive))


def plant_decay(monkeypatch):
    return {"ofi_decay_alpha": 0.51}


def plant_half_life(monkeypatch):
    return {"smart_depth_half_life_bps": 5.01}


def plant_slope_level(monkeypatch):
    real = structural.slope_regression
    monkeypatch.setattr(structural, "slope_regression",
                        lambda levels, mid2, units: real(levels[:9], mid2, units))


def plant_weights_swapped(monkeypatch):
    real = structural.prices_of_both

    def swapped(out, bids, asks, units):
        real(out, bids, asks, units)
        out["microprice"] = 2 * out["mid_price"] - out["microprice"]
    monkeypatch.setattr(structural, "prices_of_both", swapped)


def plant_depth_of_all_levels(monkeypatch):
    return {"depth_levels": 21}


def plant_row_before(monkeypatch):
    real = orderbook.RowMaker.start_interval

    def forgetful(self):
        real(self)
        self.previous_mid = None
    monkeypatch.setattr(orderbook.RowMaker, "start_interval", forgetful)


def plant_window_length(monkeypatch):
    real = history.Moment.bound
    monkeypatch.setattr(history.Moment, "bound", lambda self, h: real(self, h + 0.001))


def plant_second_window_edge(monkeypatch):
    monkeypatch.setattr(history.Moment, "first_second",
                        lambda self, samples, h: samples.first(self.bound(h), inclusive=False))


def plant_population_variance(monkeypatch):
    real = history.deviation
    monkeypatch.setattr(rolling, "deviation", lambda values: real(values + values))


def plant_pair_over_the_edge(monkeypatch):
    real = rolling.Steps.bipower
    monkeypatch.setattr(rolling.Steps, "bipower", lambda self, begin: real(self, max(0, begin - 1)))


def plant_unsigned_trades_are_sells(monkeypatch):
    real = trade_flow.Trades.feed

    def feed(self, trade):
        trade.sign = -trade.sign
        real(self, trade)
    monkeypatch.setattr(trade_flow.Trades, "feed", feed)


def plant_mid_after(monkeypatch):
    monkeypatch.setattr(trade_flow.MixedTrades, "feed", lambda self, trade: None)


def plant_no_intercept(monkeypatch):
    real = regression.Intervals.append
    monkeypatch.setattr(regression.Intervals, "append",
                        lambda self, second_ns, x, y: real(self, second_ns, x + 1, y + x))


def plant_rank_of_the_equal(monkeypatch):
    real = spread_regime.mid_rank
    monkeypatch.setattr(spread_regime, "mid_rank",
                        lambda spread, spreads: real(spread + 1, spreads))


def plant_slow_decay(monkeypatch):
    monkeypatch.setattr(trade_flow, "BETA", 0.1387)


def plant_four_seconds(monkeypatch):
    monkeypatch.setattr(seconds, "LONG_RETURN", 4)


def plant_nine_ranks(monkeypatch):
    monkeypatch.setattr(walker, "CHANGED_RANKS", 9)


def plant_whole_buckets(monkeypatch):
    monkeypatch.setattr(vpin.Vpin, "pour", lambda self, rest, sign: rest)


PLANTED = [(plant_sign, "ofi"), (plant_level_off_by_one, "bid_size_L1"),
           (plant_band_edge, "bid_vol_band_5_10bps"), (plant_window_end, "mid_velocity"),
           (plant_decay, "mlofi"), (plant_half_life, "smart_bid_depth"),
           (plant_slope_level, "bid_slope_regression"), (plant_weights_swapped, "microprice"),
           (plant_depth_of_all_levels, "total_bid_depth"), (plant_row_before, "log_return"),
           (plant_window_length, "trade_count_5s"), (plant_second_window_edge, "bid_slope_mean_60s"),
           (plant_population_variance, "ret_std_5s"), (plant_pair_over_the_edge, "bipower_5s"),
           (plant_unsigned_trades_are_sells, "tfi_5s"), (plant_mid_after, "effective_spread_bps_5s"),
           (plant_no_intercept, "kyle_lambda"), (plant_rank_of_the_equal, "spread_percentile"),
           (plant_slow_decay, "hawkes_buy"), (plant_four_seconds, "variance_ratio_300s"),
           (plant_nine_ranks, "bid_added_5s")]


@pytest.mark.parametrize("plant, column", PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_a_planted_error_is_found(lakes, monkeypatch, plant, column):
    ours = lakes.rows("usdm", "default", "silver/orderbook", "BTC-USDT")
    events = lakes.events("usdm", "BTC-USDT")[:30_000]
    parameters = dataclasses.replace(Parameters(), **(plant(monkeypatch) or {}))
    theirs = orderbook.orderbook_rows(events, parameters)
    assert column in disagreements(ours[:len(theirs)], theirs, [column])


def test_a_planted_error_in_the_buckets_is_found(lakes, monkeypatch):
    ours = lakes.rows("usdm", "other", "silver/orderbook", "BTC-USDT")
    events = lakes.events("usdm", "BTC-USDT")[:30_000]
    plant_whole_buckets(monkeypatch)
    theirs = orderbook.orderbook_rows(events, parameters_of("other"))
    assert "vpin" in disagreements(ours[:len(theirs)], theirs, ["vpin"])
