"""Section 1.2: what one book alone gives.

Prices and sizes are integers in the book's units, so that every sum and comparison is exact; a value is rounded
once, by Python's true division of integers, which is correctly rounded.
"""

import math

from .parameters import DEFAULT

SMART_HALF_LIVES = 20   # How far the smart depth reaches.
SINGLE_LEVELS = 10      # level_imbalance_{0..9}, slopes, imbalance_L10, whatever depth_levels is.


def ratio(numerator, denominator):
    """numerator / denominator, None where either is absent or the denominator is 0."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return numerator / denominator


def sizes(levels):
    return sum(size for _, size in levels)


def value(levels):
    return sum(price * size for price, size in levels)


def imbalance(bid, ask):
    return ratio(bid - ask, bid + ask)


def distances(side, twice_mid, reach_bps):
    """[(|p - m| * 2e4, size)] of the whole side up to `reach_bps`: the distance in bps, times 2m."""
    found = []
    for price, size in side:
        distance = abs(2 * price - twice_mid) * 10_000
        if distance >= reach_bps * twice_mid:
            break
        found.append((distance, size))
    return found


def slope_simple(levels, units):
    if len(levels) < 5:
        return None
    return ratio(abs(levels[4][0] - levels[0][0]) * units.size, sizes(levels[:5]) * units.price)


def slope_regression(levels, twice_mid, units):
    """OLS slope, with intercept, of cumulative size on distance over the first 10 levels."""
    used = levels[:10]
    n = len(used)
    if n < 3:
        return None
    xs = [abs(2 * price - twice_mid) for price, _ in used]  # In bps: times 1e4 / twice_mid.
    ys, total = [], 0
    for _, size in used:
        total += size
        ys.append(total)
    sxx = n * sum(x * x for x in xs) - sum(xs) ** 2
    sxy = n * sum(x * y for x, y in zip(xs, ys)) - sum(xs) * sum(ys)
    return ratio(sxy * twice_mid, sxx * 10_000 * units.size)


def decay(levels):
    return ratio(levels[4][1], levels[0][1]) if len(levels) >= 5 else None


def concentration(levels):
    return ratio(sum(size * size for _, size in levels), sizes(levels) ** 2)


def half_depth_levels(levels):
    total, reached = sizes(levels), 0
    for count, (_, size) in enumerate(levels, 1):
        reached += size
        if 2 * reached >= total:
            return count
    return None


def smart_depth(near, twice_mid, units, half_life):
    """Over levels nearer than 20 half-lives; `half_life` is an exact fraction of bps."""
    reach = SMART_HALF_LIVES * half_life.numerator * twice_mid
    return math.fsum(size / units.size * 2.0 ** -(distance / twice_mid / float(half_life))
                     for distance, size in near if distance * half_life.denominator < reach)


def size_between(near, twice_mid, low_bps, high_bps):
    """Size of levels with low <= distance < high."""
    low, high = low_bps * twice_mid, high_bps * twice_mid
    return sum(size for distance, size in near if low <= distance < high)


class Units:
    def __init__(self, book):
        self.price, self.size = book.price_unit, book.size_unit


def per_level(out, bids, asks, units, depth_levels):
    for name, levels in (("bid", bids), ("ask", asks)):
        for i in range(depth_levels):
            price, size = levels[i] if i < len(levels) else (None, 0)
            out[f"{name}_price_L{i}"] = ratio(price, units.price)
            out[f"{name}_size_L{i}"] = size / units.size


def one_side(out, name, levels, units, depth_levels):
    """What one side gives whatever the other is; `levels` are its first, at least SINGLE_LEVELS."""
    out[f"best_{name}"] = ratio(levels[0][0], units.price) if levels else None
    deep = levels[:depth_levels]
    out[f"total_{name}_depth"] = out[f"total_{name}_volume"] = sizes(deep) / units.size
    out[f"vwap_{name}_5"] = ratio(value(levels[:5]), sizes(levels[:5]) * units.price)
    out[f"{name}_slope_simple"] = out[f"{name}_slope"] = slope_simple(levels, units)
    out[f"{name}_depth_decay_5"] = decay(levels)
    out[f"{name}_concentration"] = concentration(deep)
    out[f"{name}_50pct_depth_levels"] = half_depth_levels(deep)


BOTH_SIDES = (
    ["mid_price", "spread", "relative_spread", "spread_bps", "microprice", "micro_minus_mid",
     "micro_minus_mid_bps", "weighted_mid", "imbalance_L1", "imbalance_L3", "imbalance_L5",
     "imbalance_L10"] + [f"level_imbalance_{i}" for i in range(10)] +
    ["total_imbalance", "book_pressure", "vwap_spread", "smart_bid_depth", "smart_ask_depth",
     "smart_depth_imbalance", "bid_slope_regression", "ask_slope_regression", "slope_asymmetry",
     "center_of_gravity", "cog_vs_mid", "avg_depth_decay_5", "book_convexity", "lambda_like",
     "amihud_like"])


def centre_of_gravity(bids, asks, units):
    """(center_of_gravity, cog_vs_mid) over the levels given."""
    mid2 = bids[0][0] + asks[0][0]
    total_value, total = value(bids) + value(asks), sizes(bids) + sizes(asks)
    return (total_value / (total * units.price),
            10_000 * (2 * total_value - mid2 * total) / (mid2 * total))


def prices_of_both(out, bids, asks, units):
    (b, q), (a, s) = bids[0], asks[0]
    mid2 = a + b
    out["mid_price"] = mid2 / (2 * units.price)
    out["spread"] = (a - b) / units.price
    out["relative_spread"] = 2 * (a - b) / mid2
    out["spread_bps"] = 20_000 * (a - b) / mid2
    out["microprice"] = (b * s + a * q) / ((q + s) * units.price)
    out["micro_minus_mid"] = (a - b) * (q - s) / (2 * (q + s) * units.price)
    out["micro_minus_mid_bps"] = 10_000 * (a - b) * (q - s) / ((q + s) * mid2)
    near_bids, near_asks = bids[:5], asks[:5]
    q5, s5, bid_value, ask_value = sizes(near_bids), sizes(near_asks), value(near_bids), value(near_asks)
    # (VWAP_bid * S5 + VWAP_ask * Q5) / (Q5 + S5) over one denominator.
    out["weighted_mid"] = (bid_value * s5 * s5 + ask_value * q5 * q5) / (
        q5 * s5 * (q5 + s5) * units.price)
    out["vwap_spread"] = (ask_value * q5 - bid_value * s5) / (q5 * s5 * units.price)
def imbalances_of_both(out, bids, asks):
    for count in (1, 3, 5, 10):
        out[f"imbalance_L{count}"] = imbalance(sizes(bids[:count]), sizes(asks[:count]))
    for i in range(SINGLE_LEVELS):
        out[f"level_imbalance_{i}"] = imbalance(bids[i][1] if i < len(bids) else 0,
                                                asks[i][1] if i < len(asks) else 0)


def depths_of_both(out, book, mid2, units, parameters):
    half_life = parameters.exact("smart_depth_half_life_bps")
    reach = max(math.ceil(SMART_HALF_LIVES * half_life), parameters.bands_bps[-1], 50)
    near_bids, near_asks = distances(book.bids, mid2, reach), distances(book.asks, mid2, reach)
    out["smart_bid_depth"] = smart_depth(near_bids, mid2, units, half_life)
    out["smart_ask_depth"] = smart_depth(near_asks, mid2, units, half_life)
    out["smart_depth_imbalance"] = imbalance(out["smart_bid_depth"], out["smart_ask_depth"])
    low = 0
    for high in parameters.bands_bps:
        bid = size_between(near_bids, mid2, low, high)
        ask = size_between(near_asks, mid2, low, high)
        out[f"bid_vol_band_{low}_{high}bps"] = bid / units.size
        out[f"ask_vol_band_{low}_{high}bps"] = ask / units.size
        out[f"imb_band_{low}_{high}bps"] = imbalance(bid, ask)
        low = high
    within = {bps: size_between(near_bids, mid2, 0, bps) + size_between(near_asks, mid2, 0, bps)
              for bps in (5, 10, 50)}
    spread = (book.asks.top(1)[0][0] - book.bids.top(1)[0][0]) * units.size
    out["book_convexity"] = ratio(within[5], within[50])
    out["lambda_like"] = ratio(spread, within[5] * units.price)
    out["amihud_like"] = ratio(spread, within[10] * units.price)


def depth_within(book, twice_mid, bps):
    """Size of both sides nearer than `bps`, as an integer."""
    return sum(size for side in (book.bids, book.asks) for _, size in distances(side, twice_mid, bps))


def slopes_of_both(out, bids, asks, units):
    mid2 = bids[0][0] + asks[0][0]
    out["bid_slope_regression"] = slope_regression(bids, mid2, units)
    out["ask_slope_regression"] = slope_regression(asks, mid2, units)
    out["slope_asymmetry"] = ratio(out["bid_slope_regression"], out["ask_slope_regression"])
    bid, ask = out["bid_depth_decay_5"], out["ask_depth_decay_5"]
    out["avg_depth_decay_5"] = None if bid is None or ask is None else (bid + ask) / 2


def raw_arrays(book, parameters):
    """The first levels as lists, where a config keeps them."""
    units = Units(book)
    return {name: [{"price": price / units.price, "size": size / units.size}
                   for price, size in side.top(parameters.depth_levels)]
            for name, side in (("bids", book.bids), ("asks", book.asks))}


def structural(book, parameters=DEFAULT):
    """All columns of section 1.2 as floats (counts as int), None where the specification says null."""
    units, deep = Units(book), parameters.depth_levels
    count = max(deep, SINGLE_LEVELS)
    bids, asks = book.bids.top(count), book.asks.top(count)
    out = {}
    per_level(out, bids, asks, units, deep)
    one_side(out, "bid", bids, units, deep)
    one_side(out, "ask", asks, units, deep)
    out.update(dict.fromkeys(BOTH_SIDES))
    near = 0
    for far in parameters.bands_bps:
        for name in ("bid_vol_band", "ask_vol_band", "imb_band"):
            out[f"{name}_{near}_{far}bps"] = None
        near = far
    mid2 = book.twice_mid()
    if mid2 is not None:
        prices_of_both(out, bids, asks, units)
        out["center_of_gravity"], out["cog_vs_mid"] = centre_of_gravity(bids[:deep], asks[:deep], units)
        out["total_imbalance"] = out["book_pressure"] = imbalance(sizes(bids[:deep]), sizes(asks[:deep]))
        imbalances_of_both(out, bids, asks)
        depths_of_both(out, book, mid2, units, parameters)
        slopes_of_both(out, bids, asks, units)
    return out
