"""When two values agree: within 1e-9 of the larger, or within 1e-12 of the operands of a difference."""

import math
import re

RELATIVE = 1e-9
OF_OPERANDS = 1e-12

# Square roots of a difference: their squares are compared, with operands of the squares' size.
ROOTS = re.compile(r"(ret_std_\d+s|(bid_slope|ask_slope|cog_momentum)_std_60s|depth_0_5bps_sigma|"
                   r"roll_spread_300s|mid_price_std_\d+s)$")

# Roots over values that are differences themselves, of this size: the root is at least as uncertain as they.
OF_DIFFERENCES = {"cog_momentum_std_60s": 1e4}

# What a column is a difference of: a column of the same row, or a number. Where only the data say it
# (sums of steps, regressions, deviations), the oracle's row has it in `operands`.
OPERANDS = [(re.compile(pattern), operand) for pattern, operand in (
    (r"mid_velocity$|mid_accel$", "mid_price"), (r"vwap_spread$", "vwap_ask_5"),
    (r"range$", "open"),
    (r"ofi$|ofi_step$|ofi_L\d+$|ofi_multi$|mlofi$|mlofi_step$|mlofi_decay$", "total_bid_depth"),
    (r"cog_vs_mid$|cog_change_60s$|cog_momentum_mean_60s$", 1e4),
    (r"micro_minus_mid_bps$|spread_bps$|basis_bps$|vwap_dev_bps_\d+s$", 1e4),
    (r"return$|log_return$|sum_mlofi$|sum_ofi$", 1.0),
    (r".*imb", 1.0), (r"tfi_\d+s$", 1.0),
    (r"kyle_lambda_r2$|ofi_beta_r2$|vpin$|order_flow_toxicity$", 1.0),
    (r"variance_ratio_300s$|return_autocorr_300s$|jump_share_300s$", 1.0))]


def operands_of(column, row):
    """The size of what the column is a difference of; 0: of nothing."""
    known = getattr(row, "operands", {}).get(column)
    if known is not None:
        return known
    for pattern, operand in OPERANDS:
        if pattern.match(column):
            return abs(row.get(operand) or 0.0) if isinstance(operand, str) else operand
    return 0.0


def agrees(ours, theirs, operands=0.0):
    """`operands`: the size of what the value is a difference of; 0: it is none."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    if isinstance(ours, float) or isinstance(theirs, float):
        if math.isnan(ours) or math.isnan(theirs):
            return False
        larger = max(abs(ours), abs(theirs))
        return abs(ours - theirs) <= max(RELATIVE * larger, OF_OPERANDS * operands)
    return ours == theirs


def column_agrees(column, ours, theirs, operands=0.0):
    """The same for a column by its name: a root agrees where it does, or where its square does."""
    if agrees(ours, theirs, OF_DIFFERENCES.get(column, 0.0) if ROOTS.match(column) else operands):
        return True
    if ROOTS.match(column) and isinstance(ours, float) and isinstance(theirs, float):
        return agrees(ours * ours, theirs * theirs, operands)
    return False


def deviation(ours, theirs, operands=0.0):
    """How far apart two numbers are, as a share of what may be: up to 1 they agree."""
    if not isinstance(ours, float) or not isinstance(theirs, float) or ours == theirs:
        return 0.0
    allowed = max(RELATIVE * max(abs(ours), abs(theirs)), OF_OPERANDS * operands)
    return abs(ours - theirs) / allowed


def disagreements(ours, theirs, columns, operands_of=operands_of):
    """Compares two lists of row dictionaries; returns {column: [(row, ours, theirs), ...]}.

    `operands_of(column, row)` gives the size of a difference's operands. Rows that only one side
    has are listed under the column "rows".
    """
    found = {}
    if len(ours) != len(theirs):
        found["rows"] = [(min(len(ours), len(theirs)), len(ours), len(theirs))]
    for index, (left, right) in enumerate(zip(ours, theirs)):
        for column in columns:
            if left[column] == right[column]:
                continue
            if not column_agrees(column, left[column], right[column], operands_of(column, right)):
                found.setdefault(column, []).append((index, left[column], right[column]))
    return found
