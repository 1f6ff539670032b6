"""Time bars equal plain SQL over silver and bronze, in DuckDB."""

import pytest

from oracle.agreement import agrees

NANOSECONDS = 1_000_000_000
DURATIONS = [60, 300, 3600]

# A row per book event: its first and last, highest and lowest; the sums of its steps.
OF_EVENTS = """
SELECT capture_time_ns // {width} * {duration} AS start,
  arg_min(mid_price, nonce) AS open, max(mid_price) AS high, min(mid_price) AS low,
  arg_max(mid_price, nonce) AS close, max(mid_price) - min(mid_price) AS "range",
  coalesce(fsum(ofi), 0) AS sum_ofi, coalesce(fsum(mlofi), 0) AS sum_mlofi,
  fsum(abs(ofi)) AS size_moved, coalesce(fsum(log_return * log_return), 0) AS realized_variance,
  sqrt(realized_variance * 365 * 86400 / {duration}) AS annualized_vol,
  annualized_vol AS daily_vol_ann, close / open - 1 AS "return", ln(close / open) AS log_return,
  count(*) AS snapshot_count
FROM silver_orderbook GROUP BY start ORDER BY start
"""

# Each event gives the samples at the whole seconds behind it, up to the next event, for at most 300 s.
OF_SECONDS = """
WITH books AS (
  SELECT *, capture_time_ns AS t,
    lead(capture_time_ns, 1, t + 3600 * {second}::BIGINT) OVER (ORDER BY t, nonce) AS next
  FROM silver_orderbook),
samples AS (
  SELECT *, {second} * unnest(range(t // {second} + 1,
    least(next // {second}, t // {second} + 300) + 1)) AS s FROM books)
SELECT (s - {second}) // {width} * {duration} AS start,
  favg(spread) AS mean_spread, min(spread) AS min_spread, max(spread) AS max_spread,
  favg(relative_spread) AS mean_relative_spread, favg(microprice) AS mean_microprice,
  favg(micro_minus_mid) AS mean_micro_minus_mid, favg(imbalance_L1) AS mean_l1_imbalance,
  favg(total_imbalance) AS mean_total_imbalance, favg(total_bid_depth) AS mean_bid_depth,
  favg(total_ask_depth) AS mean_ask_depth,
  favg(smart_depth_imbalance) AS mean_smart_depth_imbalance
FROM samples GROUP BY start ORDER BY start
"""

# What no event covers for 300 s, and what lies before the first.
OF_COVERAGE = """
WITH events AS (
  SELECT capture_time_ns AS t, lead(capture_time_ns, 1, 9e18::BIGINT) OVER (ORDER BY capture_time_ns)
    AS next FROM silver_orderbook),
stretches AS (SELECT t, least(next, t + 300 * {second}::BIGINT) AS until FROM events),
bars AS (SELECT DISTINCT t // {width} * {width} AS a FROM events)
SELECT a // {second} AS start,
  ({width} - sum(greatest(0, least(a + {width}, until) - greatest(a, t)))) / 1e9 AS gap_seconds
FROM bars JOIN stretches ON t < a + {width} AND until > a GROUP BY a ORDER BY a
"""

OF_TRADES = """
SELECT capture_time_ns // {width} * {duration} AS start,
  arg_min(price, recv_seq) AS open, max(price) AS high, min(price) AS low,
  arg_max(price, recv_seq) AS close, max(price) - min(price) AS "range", fsum(amount) AS volume,
  fsum(cost) AS dollar_volume, count(*) AS trade_count,
  coalesce(fsum(amount) FILTER (side = 'buy'), 0) AS buy_volume,
  coalesce(fsum(amount) FILTER (side = 'sell'), 0) AS sell_volume, dollar_volume / volume AS vwap,
  coalesce(fsum(r * r), 0) AS realized_variance, close / open - 1 AS "return",
  ln(close / open) AS log_return,
  (buy_volume - sell_volume) / (buy_volume + sell_volume) AS trade_imbalance
FROM (SELECT capture_time_ns, recv_seq, side, price, amount, {cost} AS cost,
  ln(price / lag(price) OVER (ORDER BY recv_seq)) AS r FROM {trades})
GROUP BY start ORDER BY start
"""

OF_TICKS = """
SELECT capture_time_ns // {width} * {duration} AS start,
  arg_min(mid_price, recv_seq) AS open, max(mid_price) AS high, min(mid_price) AS low,
  arg_max(mid_price, recv_seq) AS close, max(mid_price) - min(mid_price) AS "range",
  count(*) AS tick_count, favg(spread) AS mean_spread, min(spread) AS min_spread,
  max(spread) AS max_spread, favg(relative_spread) AS mean_relative_spread,
  close / open - 1 AS "return", ln(close / open) AS log_return
FROM (SELECT capture_time_ns, recv_seq, mid_price, spread, relative_spread FROM silver_ticker)
GROUP BY start ORDER BY start
"""


# What a difference's operands are: the SQL takes it on doubles.
OPERANDS = {"return": 1.0, "log_return": 1.0, "realized_variance": 1e-4, "annualized_vol": 1e-2,
            "daily_vol_ann": 1e-2, "gap_seconds": 1e3}


def operands_of(column, row):
    if column.startswith("sum_"):
        return 10 * (row["size_moved"] or 0)
    return row["open"] if column == "range" else OPERANDS.get(column, 1.0)


def bars(lakes, recording, channel, duration):
    rows = lakes.query(recording, "per_event", f"""
        SELECT epoch_ns(capture_ts) // {NANOSECONDS} AS start, * EXCLUDE (capture_ts)
        FROM gold_{channel}_bars WHERE bar_duration_sec = {duration} ORDER BY start""")
    assert all(row["is_complete"] for row in rows)
    return {row["start"]: row for row in rows}


def by_sql(lakes, recording, sql, duration, **names):
    rows = lakes.query(recording, "per_event",
                       sql.format(duration=duration, width=duration * NANOSECONDS,
                                  second=NANOSECONDS, **names))
    return {row["start"]: row for row in rows}


def compare(theirs, ours, least):
    """Every bar the SQL finds is there, but for the last ones, which no event has closed yet."""
    assert len(ours) >= least
    assert list(ours) == list(theirs)[:len(ours)] and len(theirs) - len(ours) <= 1
    wrong = [(start, column, row[column], theirs[start][column]) for start, row in ours.items()
             for column in theirs[start] if column not in ("start", "size_moved")
             if not agrees(row[column], theirs[start][column],
                           operands_of(column, {**row, **theirs[start]}))]
    assert wrong == []


CASES = [("nexousdt", 60, 900), ("nexousdt", 300, 250), ("nexousdt", 3600, 20), ("usdm", 60, 6)]


@pytest.mark.parametrize("recording, duration, least", CASES)
def test_order_book_bars_are_sql_over_a_row_per_event(lakes, recording, duration, least):
    states = lakes.query(recording, "per_event", "SELECT DISTINCT book_state FROM silver_orderbook")
    assert states == [{"book_state": "ok"}]
    ours = bars(lakes, recording, "orderbook", duration)

    compare(by_sql(lakes, recording, OF_EVENTS, duration), ours, least)


@pytest.mark.parametrize("recording, duration, least", CASES)
def test_means_of_order_book_bars_are_sql_over_whole_seconds(lakes, recording, duration, least):
    ours = bars(lakes, recording, "orderbook", duration)
    theirs = by_sql(lakes, recording, OF_SECONDS, duration)

    compare({start: theirs.get(start) for start in ours}, ours, least)


@pytest.mark.parametrize("recording, duration, least", CASES)
def test_gap_seconds_are_what_no_event_covers(lakes, recording, duration, least):
    ours = bars(lakes, recording, "orderbook", duration)

    compare(by_sql(lakes, recording, OF_COVERAGE, duration), ours, least)


@pytest.mark.parametrize("names", [{"trades": "silver_trades", "cost": "dollar_volume"},
                                   {"trades": "bronze_trades", "cost": "cost"}],
                         ids=["silver", "bronze"])
@pytest.mark.parametrize("recording, duration, least", [("nexousdt", 60, 800), ("nexousdt", 300, 250),
                                                        ("nexousdt", 3600, 20), ("usdm", 60, 6)])
def test_trade_bars_are_sql_over_trades(lakes, recording, duration, least, names):
    ours = bars(lakes, recording, "trades", duration)

    compare(by_sql(lakes, recording, OF_TRADES, duration, **names), ours, least)


@pytest.mark.parametrize("recording, duration, least", CASES)
def test_ticker_bars_are_sql_over_tickers(lakes, recording, duration, least):
    ours = bars(lakes, recording, "ticker", duration)

    compare(by_sql(lakes, recording, OF_TICKS, duration), ours, least)
