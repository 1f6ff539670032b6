"""Mark, index, funding, open interest and liquidations; all null on spot, where nothing tells them."""

from .bronze import exact
from .history import History

LAST = ("mark_price", "index_price", "funding_rate", "open_interest")


class Derivatives:
    """Fed with events `derivative`, whose rows hold any of LAST, or `liq_side` (buy, sell) and `liq_amount`."""

    def __init__(self):
        self.last = dict.fromkeys(LAST)
        self.liquidations = History(summed=("buy", "sell"))

    def forget(self):
        """A gap of every channel: what was told before may be long past."""
        self.__init__()

    def feed(self, time_ns, row):
        for name in LAST:
            if row.get(name) is not None:
                self.last[name] = row[name]
        if row.get("liq_side"):
            amount = exact(row["liq_amount"])
            self.liquidations.append(time_ns, buy=amount if row["liq_side"] == "buy" else 0,
                                     sell=amount if row["liq_side"] == "sell" else 0)

    def columns(self, moment, windows):
        out = dict(self.last)
        mark, index = out["mark_price"], out["index_price"]
        both = mark is not None and index
        out["basis_bps"] = float(10_000 * (exact(mark) - exact(index)) / exact(index)) if both else None
        for h in windows:
            begin = moment.first(self.liquidations, h)
            for side in ("buy", "sell"):
                known = len(self.liquidations) > 0
                out[f"liq_{side}_{h}s"] = float(self.liquidations.sum(side, begin)) if known else None
        return out
