"""Section 1.2: what one book alone gives. Values are floats rounded once from exact fractions, or None."""

import math
from fractions import Fraction

DEPTH_LEVELS = 20
BANDS_BPS = (5, 10, 25, 50, 100)
HALF_LIFE_BPS = 5.0
SMART_REACH_HALF_LIVES = 20


def ratio(numerator, denominator):
    """numerator / denominator, None where either is absent or the denominator is 0."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return numerator / denominator


def to_float(value):
    return None if value is None else float(value)


def distance_bps(price, mid):
    return abs(price - mid) / mid * 10_000


def vwap(levels):
    total = sum(size for _, size in levels)
    return ratio(sum(price * size for price, size in levels), total)


def imbalance(bid, ask):
    return ratio(bid - ask, bid + ask)


def slope_simple(levels):
    if len(levels) < 5:
        return None
    return ratio(abs(levels[4][0] - levels[0][0]), sum(size for _, size in levels[:5]))


def slope_regression(levels, mid):
    """OLS slope, with intercept, of cumulative size on distance over the first 10 levels."""
    used = levels[:10]
    if len(used) < 3:
        return None
    xs = [distance_bps(price, mid) for price, _ in used]
    ys, total = [], Fraction(0)
    for _, size in used:
        total += size
        ys.append(total)
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    sxx = sum((x - mean_x) ** 2 for x in xs)
    sxy = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys))
    return ratio(sxy, sxx)


def decay(levels):
    return ratio(levels[4][1], levels[0][1]) if len(levels) >= 5 else None


def concentration(levels):
    total = sum(size for _, size in levels)
    return ratio(sum(size * size for _, size in levels), total * total)


def half_depth_levels(levels):
    total = sum(size for _, size in levels)
    reached = Fraction(0)
    for count, (_, size) in enumerate(levels, 1):
        reached += size
        if 2 * reached >= total:
            return count
    return None


def smart_depth(levels, mid):
    total = []
    for price, size in levels:
        distance = distance_bps(price, mid)
        if distance >= SMART_REACH_HALF_LIVES * Fraction(HALF_LIFE_BPS):
            break
        total.append(float(size) * 2.0 ** (-float(distance) / HALF_LIFE_BPS))
    return math.fsum(total)


def size_between(levels, mid, near, far):
    """Size of levels with near <= distance < far."""
    total = Fraction(0)
    for price, size in levels:
        distance = distance_bps(price, mid)
        if distance >= far:
            break
        if distance >= near:
            total += size
    return total


def per_level(out, bids, asks):
    for name, levels in (("bid", bids), ("ask", asks)):
        for i in range(DEPTH_LEVELS):
            price, size = levels[i] if i < len(levels) else (None, Fraction(0))
            out[f"{name}_price_L{i}"] = price
            out[f"{name}_size_L{i}"] = size


def one_side(out, name, levels):
    """What one side gives whatever the other is."""
    top = levels[:DEPTH_LEVELS]
    out[f"best_{name}"] = levels[0][0] if levels else None
    depth = sum((size for _, size in top), Fraction(0))
    out[f"total_{name}_depth"] = out[f"total_{name}_volume"] = depth
    out[f"vwap_{name}_5"] = vwap(levels[:5])
    out[f"{name}_slope_simple"] = out[f"{name}_slope"] = slope_simple(levels)
    out[f"{name}_depth_decay_5"] = decay(levels)
    out[f"{name}_concentration"] = concentration(top)
    out[f"{name}_50pct_depth_levels"] = half_depth_levels(top)


BOTH_SIDES = (
    ["mid_price", "spread", "relative_spread", "spread_bps", "microprice", "micro_minus_mid",
     "micro_minus_mid_bps", "weighted_mid", "imbalance_L1", "imbalance_L3", "imbalance_L5",
     "imbalance_L10"] + [f"level_imbalance_{i}" for i in range(10)] +
    ["total_imbalance", "book_pressure", "vwap_spread", "smart_bid_depth", "smart_ask_depth",
     "smart_depth_imbalance", "bid_slope_regression", "ask_slope_regression", "slope_asymmetry",
     "center_of_gravity", "cog_vs_mid", "avg_depth_decay_5", "book_convexity", "lambda_like",
     "amihud_like"])


def prices_of_both(out, bids, asks, mid):
    (b, q), (a, s) = bids[0], asks[0]
    out["mid_price"] = mid
    out["spread"] = a - b
    out["relative_spread"] = (a - b) / mid
    out["spread_bps"] = (a - b) / mid * 10_000
    out["microprice"] = ratio(b * s + a * q, q + s)
    out["micro_minus_mid"] = (a - b) / 2 * (q - s) / (q + s)
    out["micro_minus_mid_bps"] = out["micro_minus_mid"] / mid * 10_000
    q5 = sum(size for _, size in bids[:5])
    s5 = sum(size for _, size in asks[:5])
    out["weighted_mid"] = ratio(vwap(bids[:5]) * s5 + vwap(asks[:5]) * q5, q5 + s5)
    out["vwap_spread"] = vwap(asks[:5]) - vwap(bids[:5])
    cog = vwap(bids[:DEPTH_LEVELS] + asks[:DEPTH_LEVELS])
    out["center_of_gravity"] = cog
    out["cog_vs_mid"] = (cog - mid) / mid * 10_000


def depths_of_both(out, bids, asks, mid):
    for count in (1, 3, 5, 10):
        out[f"imbalance_L{count}"] = imbalance(sum(size for _, size in bids[:count]),
                                               sum(size for _, size in asks[:count]))
    for i in range(10):
        out[f"level_imbalance_{i}"] = imbalance(bids[i][1] if i < len(bids) else Fraction(0),
                                                asks[i][1] if i < len(asks) else Fraction(0))
    total = imbalance(out["total_bid_depth"], out["total_ask_depth"])
    out["total_imbalance"] = out["book_pressure"] = total
    out["smart_bid_depth"] = smart_depth(bids, mid)
    out["smart_ask_depth"] = smart_depth(asks, mid)
    out["smart_depth_imbalance"] = imbalance(out["smart_bid_depth"], out["smart_ask_depth"])
    near = 0
    for far in BANDS_BPS:
        bid, ask = size_between(bids, mid, near, far), size_between(asks, mid, near, far)
        out[f"bid_vol_band_{near}_{far}bps"] = bid
        out[f"ask_vol_band_{near}_{far}bps"] = ask
        out[f"imb_band_{near}_{far}bps"] = imbalance(bid, ask)
        near = far
    within = {bps: size_between(bids, mid, 0, bps) + size_between(asks, mid, 0, bps)
              for bps in (5, 10, 50)}
    out["book_convexity"] = ratio(within[5], within[50])
    out["lambda_like"] = ratio(out["spread"], within[5])
    out["amihud_like"] = ratio(out["spread"], within[10])


def slopes_of_both(out, bids, asks, mid):
    out["bid_slope_regression"] = slope_regression(bids, mid)
    out["ask_slope_regression"] = slope_regression(asks, mid)
    out["slope_asymmetry"] = ratio(out["bid_slope_regression"], out["ask_slope_regression"])
    bid, ask = out["bid_depth_decay_5"], out["ask_depth_decay_5"]
    out["avg_depth_decay_5"] = None if bid is None or ask is None else (bid + ask) / 2


def structural(book):
    """All columns of section 1.2 as floats (counts as int), None where the specification says null."""
    bids = [(book.price(p), book.size(v)) for p, v in book.levels("bids")]
    asks = [(book.price(p), book.size(v)) for p, v in book.levels("asks")]
    out = {}
    per_level(out, bids, asks)
    one_side(out, "bid", bids)
    one_side(out, "ask", asks)
    out.update(dict.fromkeys(BOTH_SIDES))
    near = 0
    for far in BANDS_BPS:
        for name in ("bid_vol_band", "ask_vol_band", "imb_band"):
            out[f"{name}_{near}_{far}bps"] = None
        near = far
    mid = book.mid()
    if mid is not None:
        prices_of_both(out, bids, asks, mid)
        depths_of_both(out, bids, asks, mid)
        slopes_of_both(out, bids, asks, mid)
    return {name: value if isinstance(value, int) else to_float(value) for name, value in out.items()}
