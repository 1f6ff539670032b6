"""Windows over book events: realised variance, returns, order flow, and sizes added and removed."""

import math

from .history import History, deviation, mean, mean_size, mean_square
from .walker import decayed

JUMP_WINDOW = 300
CHANGES = ("bid_added", "bid_removed", "ask_added", "ask_removed")


class Steps:
    """Events of the book's stretch, and the steps from one good state to the next."""

    def __init__(self, parameters):
        self.levels = [f"ofi_{i}" for i in range(parameters.ofi_levels)]
        self.alpha = parameters.ofi_decay_alpha
        self.events = History()
        self.steps = History(summed=[*self.levels, "sizes", *CHANGES], kept=("ret", "square", "pair"))

    def forget(self):
        self.events.clear()
        self.steps.clear()

    def feed(self, time_ns, result):
        """`result`: what BookWalker.on_book said of an event that feeds."""
        self.events.append(time_ns)
        if result["steps"] is None:
            return
        ret, before = result["ret"], self.steps.values["ret"]
        # A pair lies where its later return does; the first of a window has its earlier one outside.
        pair = abs(ret) * abs(before[-1]) if before else 0.0
        sizes = sum(abs(step) for step in result["steps"])
        self.steps.append(time_ns, ret=ret, square=ret * ret, pair=pair, sizes=sizes,
                          **dict(zip(self.levels, result["steps"])),
                          **dict(zip(CHANGES, result["added_removed"])))

    def bipower(self, begin):
        return math.pi / 2 * math.fsum(self.steps.slice("pair", begin + 1))

    def realized_variance(self, begin):
        return math.fsum(self.steps.slice("square", begin))


def return_since(walker, moment, h):
    now, before = walker.present_mid(), walker.mid_as_of(moment.bound(h), moment.inclusive)
    if now is None or before is None:
        return None
    return math.log1p((now - before) / before)


def window_columns(steps, walker, moment, h, operands):
    history, unit = steps.steps, walker.book.size_unit
    begin, earlier = moment.first(history, h), moment.first(history, 2 * h)
    returns = history.slice("ret", begin)
    sums = [history.sum(level, begin) for level in steps.levels]
    out = {f"rv_{h}s": math.sqrt(steps.realized_variance(begin)),
           f"ret_std_{h}s": deviation(returns), f"mean_return_{h}s": mean(returns),
           f"return_{h}s": return_since(walker, moment, h), f"bipower_{h}s": steps.bipower(begin),
           f"ofi_sum_{h}s": sums[0] / unit, f"mlofi_sum_{h}s": decayed(sums, unit, steps.alpha),
           f"ofi_accel_{h}s": None,
           f"book_rate_{h}s": (len(steps.events) - moment.first(steps.events, h)) / h}
    if earlier < begin < len(history):
        out[f"ofi_accel_{h}s"] = (sums[0] - history.sum("ofi_0", earlier, begin)) / (unit * h)
    operands[f"mean_return_{h}s"] = mean_size(returns)
    operands[f"ret_std_{h}s"] = mean_square(returns)
    sizes = history.sum("sizes", begin) / unit
    operands[f"ofi_sum_{h}s"] = operands[f"mlofi_sum_{h}s"] = sizes
    operands[f"ofi_accel_{h}s"] = history.sum("sizes", earlier) / (unit * h)
    return out


def changed_columns(steps, walker, moment, h):
    """Sizes added and removed."""
    begin = moment.first(steps.steps, h)
    return {f"{name}_{h}s": steps.steps.sum(name, begin) / walker.book.size_unit for name in CHANGES}


def jump_share(steps, moment):
    begin = moment.first(steps.steps, JUMP_WINDOW)
    variance = steps.realized_variance(begin)
    return max(0.0, 1 - steps.bipower(begin) / variance) if variance > 0 else None
