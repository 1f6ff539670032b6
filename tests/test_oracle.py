"""The oracle's silver/orderbook on streams that are computed by hand."""

import math
import random
from fractions import Fraction

import pytest

from made_events import book, close, column, gap, quote, trade
from oracle.history import Moment
from oracle.orderbook import OrderbookStream, orderbook_rows
from oracle.parameters import ALIASES, Parameters

EACH = Parameters(rolling_windows=(5,), hf_emit_interval=0)
GRID = Parameters(rolling_windows=(5,))


def mids(*steps):
    """Books of spread 2 around the mids, at (seconds, mid)."""
    return [quote(seconds, mid - 1, mid + 1) for seconds, mid in steps]


def near(value):
    return pytest.approx(value, rel=1e-12)


def seconds_of(values, first=0.5):
    """A book a second, in the middle of the seconds."""
    return mids(*[(first + i, value) for i, value in enumerate(values)])


def test_a_window_of_the_grid_begins_with_its_left_edge_and_ends_before_its_label():
    rows = orderbook_rows(mids((0, 100), (1, 100), (5, 100)) + [close(6)], GRID)

    assert [row["book_rate_5s"] * 5 for row in rows] == [1, 2, 2]  # [-4,1), [-3,2), [1,6).


def test_a_window_of_an_event_begins_behind_its_left_edge_and_ends_with_the_event():
    rows = orderbook_rows(mids((0, 100), (1, 100), (5, 100), (5, 100)), EACH)

    assert [row["book_rate_5s"] * 5 for row in rows] == [1, 2, 2, 3]


def test_realised_and_bipower_variation_of_known_returns():
    rows = orderbook_rows(mids((0, 100), (1, 101), (5, 100), (5.5, 102)), EACH)
    r = [math.log(101 / 100), math.log(100 / 101), math.log(102 / 100)]

    assert column(rows, "rv_5s")[:3] == near([0, abs(r[0]), math.hypot(r[0], r[1])])
    assert column(rows, "bipower_5s")[:3] == near([0, 0, math.pi / 2 * abs(r[0] * r[1])])
    assert rows[3]["bipower_5s"] == near(math.pi / 2 * (abs(r[0] * r[1]) + abs(r[1] * r[2])))
    assert column(rows, "mean_return_5s")[:2] == [None, near(r[0])]
    assert rows[2]["ret_std_5s"] == near(abs(r[0] - r[1]) / math.sqrt(2))
    assert column(rows, "return_5s") == [None, None, near(0.0), near(r[2])]


def test_a_pair_of_returns_counts_only_where_both_lie_in_the_window():
    rows = orderbook_rows(mids((0, 100), (1, 101), (6, 100), (7, 102)), EACH)
    r = [math.log(101 / 100), math.log(100 / 101), math.log(102 / 100)]

    assert rows[2]["bipower_5s"] == 0
    assert rows[3]["bipower_5s"] == near(math.pi / 2 * abs(r[1] * r[2]))


def test_order_flow_sums_and_accelerates():
    events = [quote(t, 99.0, 101.0, bid_size=size) for t, size in
              ((0, 1.0), (1, 3.0), (4, 4.0), (6, 9.0), (30, 9.0))]
    rows = orderbook_rows(events, EACH)

    assert column(rows, "ofi_sum_5s") == [0, 2, 3, 6, 0]      # The step at 1 is exactly 5 s old at 6.
    assert column(rows, "ofi_accel_5s") == [None, None, None, near((6 - 2) / 5), None]


def test_sizes_added_and_removed_count_by_their_rank_in_the_full_book():
    bids = [(100.0 - i, 1.0) for i in range(12)]
    rows = orderbook_rows([
        book(0, bids, [(200.0, 1.0)]),
        book(1, [(100.0, 3.0), (95.0, 0.0)], [], "delta"),   # +2 and -1; 90 comes into rank 9 unchanged.
        book(2, [(89.0, 7.0)], [], "delta"),                 # Rank 10: counts for nothing.
        book(3, [(100.5, 1.0)], [], "delta"),                # +1; 90 falls out of the ten unchanged.
        book(4, [(90.0, 0.0)], [(200.0, 0.5)], "delta"),     # Rank 10 before; the ask loses half.
    ], EACH)

    assert column(rows, "bid_added_5s") == [0, 2, 2, 3, 3]
    assert column(rows, "bid_removed_5s") == [0, 1, 1, 1, 1]
    assert column(rows, "ask_removed_5s") == [0, 0, 0, 0, 0.5]


def test_a_moment_without_two_sides_is_stepped_over():
    rows = orderbook_rows([quote(0, 99.0, 101.0), book(1, [(99.0, 1.0)], []), quote(2, 100.0, 102.0),
                           quote(3, 103.0, 102.0)], EACH)

    assert column(rows, "book_state") == ["ok", "one_sided", "ok", "crossed"]
    assert rows[2]["rv_5s"] == near(math.log(101 / 100))
    assert rows[3]["rv_5s"] == rows[2]["rv_5s"] and rows[3]["return_5s"] is None
    assert rows[1]["ofi_sum_5s"] == 0 and rows[1]["mean_return_5s"] is None


def test_a_gap_empties_windows_and_silence_does_too():
    events = [*mids((0, 100), (1, 101)), gap(2, "orderbook", "open"), gap(3, "orderbook", "close"),
              *mids((3.5, 102), (400, 103))]
    rows = orderbook_rows(events, EACH)

    assert column(rows, "is_gap") == [True, False, True, True]
    assert [row["book_rate_5s"] * 5 for row in rows] == [1, 2, 1, 1]
    assert column(rows, "rv_5s")[2:] == [0, 0]


def test_trades_count_in_their_own_stretch_and_mixed_columns_in_both():
    events = [trade(0, 100.0, 1.0), *mids((1, 100)), trade(2, 101.0, 2.0, "sell"), *mids((3, 100)),
              gap(3.2, "trades", "open"), *mids((3.5, 100)), gap(3.6, "trades", "close"),
              trade(3.7, 100.5, 1.0, None), *mids((4, 100))]
    rows = orderbook_rows(events, EACH)

    assert column(rows, "trade_vol_5s") == [1, 3, None, 1]
    assert column(rows, "tfi_5s") == [1, near(-1 / 3), None, None]
    assert column(rows, "vwap_5s") == [100, near(302 / 3), None, 100.5]
    # The first trade came before the book.
    assert column(rows, "vwap_dev_bps_5s") == [None, near(-100), None, near(-50)]
    assert column(rows, "effective_spread_bps_5s") == [None, near(200), None, near(100)]


def test_amihud_is_the_return_over_the_cost_of_the_trades():
    rows = orderbook_rows([*mids((0, 100)), trade(1, 100.0, 2.0), *mids((6, 102)),
                           trade(6.5, 50.0, 2.0), *mids((7, 102))], EACH)

    assert column(rows, "amihud_5s") == [None, None, near(math.log(102 / 100) / 100)]


def one_second_line(slope, count, noise=None):
    """A trade and the book's answer each second: the mid moves by slope times the signed amount."""
    source, events, mid = random.Random(4), [], Fraction(2)
    for second in range(count + 1):
        amount = source.randint(1, 999)
        side = source.choice((1, -1))
        mid += slope * amount * side
        low, high = float(mid - Fraction(1, 4)), float(mid + Fraction(1, 4))
        events += [trade(second + 0.3, 2.0, float(amount), "buy" if side > 0 else "sell"),
                   quote(second + 0.5, low, high)]
    return events + [close(count + 2)]


def test_kyles_r2_of_an_exact_line_is_one():
    rows = orderbook_rows(one_second_line(Fraction(1, 10 ** 9), 40), GRID)

    assert rows[-1]["kyle_lambda"] == near(1e-9)
    assert rows[-1]["kyle_lambda_r2"] == 1
    assert [row["kyle_lambda"] is None for row in rows] == [True] * 30 + [False] * 11


def test_a_constant_response_has_slope_zero_and_no_r2():
    rows = orderbook_rows(one_second_line(Fraction(0), 40), GRID)

    assert (rows[-1]["kyle_lambda"], rows[-1]["kyle_lambda_r2"]) == (0, None)
    assert (rows[-1]["ofi_beta"], rows[-1]["ofi_beta_r2"]) == (None, None)  # Order flow is constant, 0.


def vpin_stream(parameters, trades):
    stream = OrderbookStream(trades, parameters)
    for event in trades:
        stream.pass_time(event.time_ns)
        stream.handle(event)
    return stream.vpin


def test_two_and_a_half_buys_are_two_full_buckets_and_a_half_pending():
    vpin = vpin_stream(Parameters(vpin_bucket_size=1.0), [trade(0, 10.0, 2.5)])

    assert vpin.value() == 1 and len(vpin.full) == 2
    assert vpin.bucket[1] / vpin.bucket[0] == Fraction(1, 2)


def test_buckets_are_split_exactly_and_only_the_last_ones_count():
    one = Parameters(vpin_bucket_size=1.0, vpin_window_buckets=2)
    events = [trade(0, 10.0, 0.25), trade(1, 10.0, 1.0, "sell"), trade(2, 10.0, 1.75)]

    assert vpin_stream(one, events[:2]).value() == 0.5          # |0.25 - 0.75|
    assert vpin_stream(one, events).value() == near((0.5 + 1) / 2)  # 0.25 sold, 0.75 bought; then all bought.
    assert vpin_stream(one, events + [trade(3, 10.0, 1e9)]).value() == 1
    assert vpin_stream(Parameters(enable_vpin=False, vpin_bucket_size=1.0), events).value() is None


def test_the_tick_rule_serves_trades_without_a_side():
    one = Parameters(vpin_bucket_size=1.0)
    events = [trade(0, 10.0, 9.0, None), trade(1, 10.0, 9.0, None), trade(2, 11.0, 0.5, None),
              trade(3, 11.0, 0.3, None), trade(4, 10.0, 0.2, None)]

    assert len(vpin_stream(one, events[:2]).full) == 0
    assert vpin_stream(one, events).value() == near(0.6)


def test_automatic_buckets_begin_after_600_seconds():
    events = [trade(10, 10.0, 6.0), trade(609, 10.0, 6.0), trade(610, 10.0, 50.0)]
    vpin = vpin_stream(Parameters(), events)

    size = Fraction(12 * 86_400, 600 * 50)   # 34.56
    assert len(vpin.full) == 1 and vpin.bucket[:2] == [size, 50 - size]


def test_a_gap_is_not_covered_time_and_empties_buckets():
    events = [trade(0, 10.0, 12.0), gap(100, "trades", "open"), gap(400, "trades", "close"),
              trade(400, 10.0, 12.0), trade(600, 10.0, 10.0)]
    vpin = vpin_stream(Parameters(), events)
    assert vpin.bucket[0] == Fraction(24 * 86_400, 300 * 50)

    more = [gap(700, None, "open"), gap(701, None, "close"), trade(702, 10.0, 1.0)]
    assert vpin_stream(Parameters(), events + more).bucket == [vpin.bucket[0], 1, 1]


def test_the_day_before_gives_the_buckets_of_the_day():
    midnight = 86_400 - 1_700_000_040 % 86_400     # Seconds from START to the next one.
    events = [trade(0, 10.0, 125.0), trade(midnight - 1, 10.0, 40.0), trade(midnight, 10.0, 1.0)]
    vpin = vpin_stream(Parameters(), events)

    old, new = 360, Fraction(165 * 86_400, midnight * 50)
    assert vpin.bucket[:2] == [old, 41]            # Begun under the old size.
    more = events + [trade(midnight + 1, 10.0, 320.0)]
    assert vpin_stream(Parameters(), more).bucket == [new, 1, 1]


def spreads(values):
    return [quote(i + 0.5, 100.0, 101.0 + value) for i, value in enumerate(values)] + [
        close(len(values) + 1)]


def test_a_constant_spread_is_always_normal():
    rows = orderbook_rows(spreads([0.0] * 50), GRID)

    assert set(column(rows, "spread_regime")) == {"normal"}
    assert set(column(rows, "spread_percentile")) == {0.5}
    assert set(column(rows, "spread_regime_wide_frac")) == {0}


def test_a_continuous_spread_is_tight_and_wide_a_fifth_of_the_time():
    source = random.Random(5)
    rows = orderbook_rows(spreads([source.randint(0, 10 ** 9) / 10 ** 9 for _ in range(1500)]), GRID)

    assert rows[-1]["spread_regime_tight_frac"] == pytest.approx(0.2, abs=0.05)
    assert rows[-1]["spread_regime_wide_frac"] == pytest.approx(0.2, abs=0.05)


def test_the_rank_counts_half_of_what_is_equal():
    rows = orderbook_rows(spreads([1.0, 2.0, 2.0, 0.5, 2.0]), GRID)

    assert rows[-1]["spread_percentile"] == near((2 + 1.5) / 5)
    assert [row["spread_regime"] for row in rows] == ["normal", "normal", "normal", "tight", "normal"]


def test_static_thresholds_are_bps():
    static = Parameters(use_dynamic_spread_regime=False, tight_spread_threshold_bps=100)
    rows = orderbook_rows([quote(0.5, 99.5, 100.5), quote(1.5, 99.5, 100.6), close(3)], static)

    assert column(rows, "spread_regime") == ["tight", "wide"]


def test_roll_spread_of_a_bounce():
    bounce = [trade(i, price, 1.0) for i, price in enumerate((10.0, 11.0, 10.0, 11.0))]
    rows = orderbook_rows([*bounce[:3], *mids((2.5, 10)), bounce[3], *mids((3.5, 10), (301.5, 10))],
                          EACH)

    assert column(rows, "roll_spread_300s") == [None, near(2 * math.sqrt(2)), None]


def test_a_trend_has_no_roll_spread():
    rows = orderbook_rows([trade(i, float(price), 1.0) for i, price in enumerate((1, 2, 4, 7, 11))] +
                          mids((5, 10)), EACH)

    assert rows[0]["roll_spread_300s"] is None


def test_returns_that_turn_back_each_second():
    rows = orderbook_rows(seconds_of([100, 101] * 30 + [100]) + [close(62)], GRID)

    assert rows[-2]["variance_ratio_300s"] is None        # 59 returns.
    assert rows[-1]["variance_ratio_300s"] == near((56 / 55) / (5 * 60 / 59))
    assert rows[-1]["return_autocorr_300s"] == near(-59 / 60)
    assert orderbook_rows(seconds_of([100] * 61) + [close(62)], GRID)[-1]["variance_ratio_300s"] is None


def test_a_lone_jump_is_all_jump():
    rows = orderbook_rows(mids((0, 100), (1, 100), (2, 110), (3, 110)), EACH)

    assert column(rows, "jump_share_300s") == [None, None, 1, 1]


def test_the_intensity_halves_in_five_seconds():
    rows = orderbook_rows([*mids((0, 100)), trade(1, 1.0, 1.0), trade(6, 1.0, 5.0), *mids((6, 100)),
                           close(12)], EACH)
    beta = math.log(2) / 5

    assert column(rows, "hawkes_buy") == [None, near(1.5 * beta)]
    assert column(rows, "hawkes_sell") == [None, 0]


def test_the_size_of_the_last_trade_against_the_others():
    events = [trade(0, 1.0, 1.0), trade(1, 1.0, 1.0), *mids((1, 100)), trade(2, 1.0, 4.0),
              *mids((2, 100), (303, 100))]
    rows = orderbook_rows(events, EACH)

    assert column(rows, "trade_size_z") == [None, near(2 / math.sqrt(3)), None]


def test_statistics_of_the_seconds_are_carried_through_quiet_ones():
    rows = orderbook_rows([quote(0.5, 99.9999, 100.0001, 1.0, 1.0), quote(2.5, 99.9999, 100.0001, 4.0, 1.0),
                           quote(60.5, 99.9999, 100.0001, 4.0, 1.0), close(62)], GRID)

    assert rows[1]["depth_0_5bps_sigma"] == near(math.sqrt(3))    # 2, 2, 5.
    assert rows[1]["mean_spread_5s"] == near(2e-6)
    assert rows[0]["cog_change_60s"] is None
    assert rows[2]["cog_change_60s"] == near(-0.006)              # Against 1 s: 0.
    assert rows[2]["cog_momentum_mean_60s"] == near(-0.006 * 59 / 60)
    assert rows[2]["bid_slope_mean_60s"] is None


def random_stream(count=400):
    source, events, second = random.Random(6), [], 0.0
    for _ in range(count):
        second += source.choice((0, 0.1, 0.3, 1.1, 4))
        mid = 100 + source.randint(-20, 20) / 10
        sides = [[(round(mid + sign * (spread + i) * 0.02, 2), source.randint(1, 90) / 10)
                  for i in range(25)] for sign, spread in ((-1, 1), (1, source.randint(1, 40)))]
        events.append(book(second, *sides))
        if source.random() < 0.5:
            events.append(trade(second, mid, source.randint(1, 500) / 100, source.choice(("buy", "sell"))))
    return events


CHANGES = {
    "depth_levels": (3, "total_bid_depth"), "ofi_levels": (4, "ofi_multi"),
    "ofi_decay_alpha": (0.6, "mlofi_sum_5s"), "rolling_windows": ((7,), None),
    "bands_bps": ((3, 5), None), "hf_emit_interval": (2.0, None),
    "smart_depth_half_life_bps": (4, "smart_bid_depth"), "spread_regime_window": (20, "spread_percentile"),
    "spread_tight_percentile": (0.4, "spread_regime"), "spread_wide_percentile": (0.6, "spread_regime"),
    "use_dynamic_spread_regime": (False, "spread_regime"), "kyle_lambda_window": (60, "kyle_lambda"),
    "enable_vpin": (False, "vpin"), "vpin_bucket_size": (3, "vpin"), "vpin_window_buckets": (2, "vpin"),
    "max_state_staleness_seconds": (3, "stream_age_s"), "categories": (("dynamic",), None),
    "legacy_aliases": (False, None), "keep_raw_arrays": (True, None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_parameter_changes_an_output(name):
    value, changed = CHANGES[name]
    base = {"rolling_windows": (5,), "vpin_bucket_size": 10}
    before = orderbook_rows(random_stream(), Parameters(**base))
    after = orderbook_rows(random_stream(), Parameters(**{**base, name: value}))

    if changed:
        assert column(before, changed) != column(after, changed)
        assert column(before, "mid_price") == column(after, "mid_price")
    else:
        assert len(before) != len(after) or set(before[0]) != set(after[0])


@pytest.mark.parametrize("name", ["tight_spread_threshold_bps", "wide_spread_threshold_bps"])
def test_each_static_threshold_changes_the_regime(name):
    regimes = [column(orderbook_rows(random_stream(), Parameters(
        use_dynamic_spread_regime=False, **{name: bps})), "spread_regime") for bps in (10, 40)]

    assert regimes[0] != regimes[1]


def test_a_config_may_use_the_old_names_and_leaves_out_aliases():
    parameters = Parameters.from_config({"horizons": [3], "max_levels": 4, "legacy_aliases": False})
    row = orderbook_rows([*mids((0.5, 100)), close(2)], parameters)[0]

    assert "rv_3s" in row and "bid_price_L3" in row and "bid_price_L4" not in row
    assert not ALIASES & set(row)


def test_raw_arrays_are_the_first_levels():
    parameters = Parameters(depth_levels=2, keep_raw_arrays=True)
    levels = [(100.0 - i, 1.0 + i) for i in range(4)]
    row = orderbook_rows([book(0.5, levels, []), close(2)], parameters)[0]

    assert row["bids"] == [{"price": 100.0, "size": 1.0}, {"price": 99.0, "size": 2.0}]
    assert row["asks"] == []


def test_the_moment_of_an_event_holds_the_event():
    assert Moment(7_000_000_000, inclusive=True).bound(5) == 2_000_000_000
