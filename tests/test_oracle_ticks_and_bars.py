"""The oracle's ticks and bars on streams that are computed by hand."""

import math
from fractions import Fraction

import pytest

from made_events import START, at, book, close, column, counter, gap, trade
from oracle import bars, information_bars, ticks
from oracle.bronze import Event
from oracle.parameters import Parameters


def ticker(seconds, bid, ask, bid_volume=1.0, ask_volume=1.0):
    seq = next(counter)
    row = {"kind": "bbo", "recv_seq": seq, "bid": bid, "ask": ask, "bid_volume": bid_volume,
           "ask_volume": ask_volume}
    return Event(at(seconds), seq, "ticker", row)


FIVE = Parameters(rolling_windows=(5,))


def test_a_trade_sees_its_window_up_to_and_with_itself():
    rows = ticks.trade_rows([trade(0, 100.0, 1.0), trade(1, 110.0, 3.0, "sell"),
                             trade(5, 120.0, 2.0), trade(5, 120.0, 2.0)], FIVE)

    assert column(rows, "trade_count_5s") == [1, 2, 2, 3]  # The first is exactly 5 s old: out.
    assert column(rows, "volume_5s") == [1, 4, 5, 7]
    assert column(rows, "dollar_volume_5s") == [100, 430, 570, 810]
    assert column(rows, "vwap_5s") == [100, 430 / 4, 570 / 5, 810 / 7]
    assert column(rows, "buy_ratio_5s") == [1, 1 / 4, 2 / 5, 4 / 7]
    first, second = math.log(110 / 100) ** 2, math.log(120 / 110) ** 2
    assert column(rows, "realized_var_5s") == pytest.approx([0, first, first + second,
                                                             first + second], rel=1e-12)


def test_a_trade_without_side_counts_but_is_in_no_ratio():
    rows = ticks.trade_rows([trade(0, 100.0, 1.0, None), trade(1, 100.0, 1.0, "sell")], FIVE)

    assert column(rows, "is_buy") == [None, False] and column(rows, "signed_volume") == [None, -1]
    assert column(rows, "buy_ratio_5s") == [None, 0] and column(rows, "volume_5s") == [1, 2]


def test_an_unknown_cost_makes_the_sums_it_lies_in_null():
    rows = ticks.trade_rows([trade(0, 100.0, 1.0, cost=None), trade(4, 100.0, 1.0),
                             trade(6, 100.0, 1.0)], FIVE)

    assert column(rows, "dollar_volume_5s") == [None, None, 200]
    assert column(rows, "vwap_5s") == [None, None, 100]
    assert column(rows, "trade_count_5s") == [1, 2, 2]


def test_tick_sign_inherits_and_history_is_no_trade():
    rows = ticks.trade_rows([trade(0, 5.0, 1.0), trade(1, 6.0, 1.0), trade(2, 7.0, 1.0, kind="snapshot"),
                             trade(3, 6.0, 1.0), trade(4, 5.0, 1.0)], FIVE)

    assert column(rows, "tick_sign") == [None, 1, 1, -1]
    assert column(rows, "log_return") == pytest.approx([None, math.log(6 / 5), 0, math.log(5 / 6)])


def test_a_gap_restarts_a_trades_steps_and_windows_and_empties_them_inside():
    rows = ticks.trade_rows([trade(0, 5.0, 1.0), trade(1, 6.0, 1.0), gap(2, "trades", "open"),
                             trade(2.5, 7.0, 1.0), gap(3, "trades", "close"), trade(3.5, 8.0, 1.0),
                             trade(4, 9.0, 1.0)], FIVE)

    assert column(rows, "trade_count_5s") == [1, 2, None, 1, 2]
    assert column(rows, "realized_var_5s")[2:4] == [None, 0]
    assert column(rows, "tick_sign") == [None, 1, None, None, 1]
    assert [value is None for value in column(rows, "log_return")] == [True, False, True, True, False]


def test_effective_spread_is_against_the_mid_before_the_trade():
    rows = ticks.trade_rows([trade(0, 100.0, 1.0), book(1, [(99.0, 1.0)], [(101.0, 1.0)]),
                             trade(1, 101.0, 1.0), book(1, [(109.0, 1.0)], [(111.0, 1.0)]),
                             gap(2, "orderbook", "open"), trade(3, 101.0, 1.0)], FIVE)

    assert column(rows, "mid_before") == [None, 100, None]
    assert column(rows, "effective_spread_bps") == [None, 200, None]


def test_without_the_rolling_category_there_are_no_windows():
    parameters = Parameters(categories=("structural",))

    assert not [name for name in ticks.trade_rows([trade(0, 5.0, 1.0)], parameters)[0]
                if name.endswith("5s")]
    assert not [name for name in ticks.ticker_rows([ticker(0, 1.0, 2.0)], parameters)[0]
                if name.endswith("5s")]


def test_ticker_windows_are_over_ticks_with_both_sides():
    rows = ticks.ticker_rows([ticker(0, 99.0, 101.0, 3.0, 1.0), ticker(1, 103.0, 105.0),
                              ticker(2, 106.0, 105.0), ticker(3, None, 105.0), ticker(6, 99.0, 99.0)],
                             FIVE)

    assert column(rows, "mid_price") == [100, 104, None, None, 99]
    assert column(rows, "volume_imbalance") == [0.5, 0, None, None, 0]
    assert column(rows, "mid_price_mean_5s") == [100, 102, 102, 102, 99]
    assert column(rows, "mid_price_std_5s") == [None, math.sqrt(8), math.sqrt(8), math.sqrt(8), None]
    assert column(rows, "spread_mean_5s") == [2, 2, 2, 2, 0]
    assert column(rows, "vol_imbalance_mean_5s") == [0.5, 0.25, 0.25, 0.25, 0]


def test_a_gap_empties_the_tickers_windows():
    rows = ticks.ticker_rows([ticker(0, 1.0, 3.0), gap(1, None, "open"), ticker(2, 1.0, 5.0),
                              gap(3, None, "close"), ticker(4, 1.0, 7.0)], FIVE)

    assert column(rows, "mid_price_mean_5s") == [2, None, 4]


def test_an_orderbook_bar_takes_events_and_seconds():
    events = [book(-0.5, [(99.0, 1.0)], [(101.0, 1.0)]),
              book(0.5, [(100.0, 2.0)], [(102.0, 1.0)]),   # Bid rises: +2; ask rises: +1.
              book(57.5, [(100.0, 1.0)], [(104.0, 4.0)]),  # Bid loses 1: -1; ask rises: +4.
              close(61)]

    bar = bars.orderbook_bars(events, 60)[-1]

    assert (bar["open"], bar["high"], bar["low"], bar["close"]) == (101, 102, 101, 102)
    assert bar["snapshot_count"] == 2 and bar["sum_ofi"] == 2 + 1 - 1 + 1
    assert bar["realized_variance"] == pytest.approx(
        math.log(101 / 100) ** 2 + math.log(102 / 101) ** 2, rel=1e-12)
    assert bar["annualized_vol"] == math.sqrt(bar["realized_variance"] * 365 * 1440)
    # 57 seconds (1 to 57) see the book of 0.5, three (58, 59, 60) that of 57.5.
    assert bar["mean_spread"] == pytest.approx((57 * 2 + 3 * 4) / 60)
    assert (bar["min_spread"], bar["max_spread"]) == (2, 4)
    assert bar["mean_bid_depth"] == pytest.approx((57 * 2 + 3 * 1) / 60)
    assert bar["mean_l1_imbalance"] == pytest.approx((57 / 3 - 3 * 3 / 5) / 60)
    assert bar["gap_seconds"] == 0 and bar["capture_ts_us"] == START // 1000


def test_a_gap_costs_a_bar_the_return_across_it_and_its_seconds_say_so():
    events = [book(10, [(99.0, 1.0)], [(101.0, 1.0)]), gap(20, "orderbook", "open"),
              gap(25, "orderbook", "close"), book(30, [(199.0, 1.0)], [(201.0, 1.0)]), close(60)]

    bar, = bars.orderbook_bars(events, 60)

    assert (bar["open"], bar["close"], bar["realized_variance"]) == (100, 200, 0)
    assert bar["gap_seconds"] == 10 + 10 and bar["sum_ofi"] == 0
    assert bar["log_return"] == pytest.approx(math.log(2))


def test_a_quiet_book_is_uncovered_after_its_staleness():
    events = [book(0, [(99.0, 1.0)], [(101.0, 1.0)]), close(60)]

    bar, = bars.orderbook_bars(events, 60, Parameters(max_state_staleness_seconds=15))

    assert bar["gap_seconds"] == 45


def test_parameters_reach_the_bars_that_they_matter_to():
    def stream():
        return [book(0, [(99.0, 1.0), (98.0, 5.0)], [(101.0, 1.0), (102.0, 2.0)]),
                book(1, [(99.0, 2.0), (98.0, 7.0)], [(101.0, 1.0), (102.0, 2.0)]), close(60)]

    plain, = bars.orderbook_bars(stream(), 60)
    shallow, = bars.orderbook_bars(stream(), 60, Parameters(depth_levels=1, ofi_levels=1))
    flat, = bars.orderbook_bars(stream(), 60, Parameters(ofi_decay_alpha=0))
    short, = bars.orderbook_bars(stream(), 60, Parameters(smart_depth_half_life_bps=10))

    assert plain["mean_bid_depth"] == pytest.approx((6 + 59 * 9) / 60)
    assert shallow["mean_bid_depth"] == pytest.approx((1 + 59 * 2) / 60)
    assert plain["sum_mlofi"] == pytest.approx(1 + 2 * math.exp(-0.5))
    assert shallow["sum_mlofi"] == 1 and flat["sum_mlofi"] == 3
    # 99 and 101 are 100 bps off: 20 half-lives of 5 bps reach no level, 20 of 10 bps reach it.
    assert plain["mean_smart_depth_imbalance"] is None
    assert short["mean_smart_depth_imbalance"] == pytest.approx(59 / 60 / 3)


def test_a_trades_bar_reaches_back_to_the_trade_before():
    events = [trade(-1, 100.0, 9.0), trade(0, 110.0, 1.0), trade(30, 99.0, 2.0, "sell"),
              trade(59.999, 121.0, 1.0, None), trade(60, 1.0, 1.0)]

    bar = bars.trades_bars(events, 60)[-1]

    assert (bar["open"], bar["high"], bar["low"], bar["close"]) == (110, 121, 99, 121)
    assert (bar["volume"], bar["buy_volume"], bar["sell_volume"], bar["trade_count"]) == (4, 1, 2, 3)
    assert bar["dollar_volume"] == 110 + 198 + 121 and bar["vwap"] == 429 / 4
    assert bar["trade_imbalance"] == pytest.approx(-1 / 3) and bar["range"] == 22
    assert bar["realized_variance"] == pytest.approx(
        math.log(110 / 100) ** 2 + math.log(99 / 110) ** 2 + math.log(121 / 99) ** 2, rel=1e-12)
    assert bar["return"] == pytest.approx(0.1) and bar["log_return"] == pytest.approx(math.log(1.1))


def test_ticker_bars_are_over_ticks_and_count_those_without_a_mid_too():
    bar, = bars.ticker_bars([ticker(0, 99.0, 101.0), ticker(1, 102.0, 106.0), ticker(2, 9.0, 8.0),
                             close(60)], 60)

    assert (bar["open"], bar["close"], bar["tick_count"], bar["mean_spread"]) == (100, 104, 3, 3)
    assert bar["mean_relative_spread"] == pytest.approx((2 / 100 + 4 / 104) / 2)


def test_a_volume_bar_splits_the_trade_that_crosses_its_threshold():
    events = [trade(0, 10.0, 0.4), trade(1, 11.0, 2.5, "sell"), trade(2, 12.0, 0.1)]

    rows = information_bars.information_bars(events, "volume", 1)

    assert column(rows, "volume") == [1, 1, 1] and column(rows, "trade_count") == [2, 1, 2]
    assert column(rows, "buy_volume") == [0.4, 0, 0.1] and column(rows, "sell_volume") == [0.6, 1, 0.9]
    assert column(rows, "dollar_volume") == [4 + 6.6, 11, 9.9 + 1.2]
    assert column(rows, "start_time_ns") == [at(0), at(1), at(1)]
    assert column(rows, "end_time_ns") == [at(1), at(1), at(2)]
    first, last = math.log(11 / 10) ** 2, math.log(12 / 11) ** 2
    assert column(rows, "realized_variance") == pytest.approx([first, 0, last], rel=1e-12)
    assert column(rows, "open") == [10, 11, 11] and column(rows, "close") == [11, 11, 12]


def test_a_dollar_bar_splits_by_cost():
    events = [trade(0, 10.0, 3.0), trade(1, 20.0, 4.0)]

    rows = information_bars.information_bars(events, "dollar", 50, partial=True)

    assert column(rows, "dollar_volume") == [50, 50, 10] and column(rows, "volume") == [4, 2.5, 0.5]
    assert column(rows, "is_complete") == [True, True, False]


def test_tick_bars_count_trades_and_leave_the_unfinished_out():
    events = [trade(i, 10.0 + i, 1.0, None) for i in range(7)]

    rows = information_bars.information_bars(events, "tick", 3)

    assert column(rows, "volume") == [3, 3] and column(rows, "open") == [10, 13]
    assert column(rows, "trade_imbalance") == [None, None]


def test_imbalance_bars_split_where_the_signed_volume_reaches_the_threshold():
    events = [trade(0, 10.0, 1.5), trade(1, 10.0, 4.0, "sell"), trade(2, 10.0, 7.0, None),
              trade(3, 10.0, 1.5, "sell")]

    rows = information_bars.information_bars(events, "imbalance", 2, partial=True)

    # +1.5 - 3.5 = -2; then -0.5, 7 without a side, -1.5: -2 again.
    assert column(rows, "sell_volume") == [3.5, 2] and column(rows, "volume") == [5, 9]
    assert column(rows, "is_complete") == [True, True]


def test_a_gap_costs_an_information_bar_only_the_return_across():
    events = [trade(0, 10.0, 1.0), trade(1, 11.0, 1.0), gap(2, "trades", "open"),
              trade(3, 500.0, 1.0), gap(4, "trades", "close"), trade(5, 20.0, 1.0),
              trade(6, 22.0, 1.0)]

    row, = information_bars.information_bars(events, "tick", 4)

    assert row["volume"] == 4
    assert row["realized_variance"] == pytest.approx(2 * math.log(1.1) ** 2, rel=1e-12)


def test_volume_and_dollar_bars_conserve_exactly(monkeypatch):
    events = [trade(i, 0.1 * (i % 7 + 1), 0.3 * (i % 5 + 1), "sell" if i % 3 else "buy")
              for i in range(200)]
    for kind, per_part in (("volume", 1), ("dollar", 2)):
        bars_of = []
        real = information_bars.traded
        monkeypatch.setattr(information_bars, "traded",
                            lambda out, parts: (bars_of.append(parts), real(out, parts)))
        information_bars.information_bars(events, kind, 0.7, partial=True)
        monkeypatch.undo()
        filled = [sum(part[per_part] for part in parts) for parts in bars_of]
        assert all(total == Fraction(7, 10) for total in filled[:-1]) and len(filled) > 50
        for index, name in ((1, "amount"), (2, "cost")):
            assert sum(part[index] for parts in bars_of for part in parts) == sum(
                Fraction(repr(event.row[name])) for event in events)
