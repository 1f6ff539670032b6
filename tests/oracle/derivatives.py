"""Mark, index, funding, open interest and liquidations; all null on spot, where nothing tells them."""

import json
from decimal import Decimal

from .history import History

# What of a venue's message says what (Binance USD-M; open interest is a REST answer).
TABLES = ("mark_price_update", "force_order", "open_interest")
FIELDS = {"mark_price_update": {"p": "mark_price", "i": "index_price", "r": "funding_rate"},
          "open_interest": {"openInterest": "open_interest"}}
LAST = ("mark_price", "index_price", "funding_rate", "open_interest")


def update_of(table, data_json):
    """What a bronze row of one of TABLES says, as exact decimals: any of LAST, or `liquidation` (side, amount)."""
    message = json.loads(data_json)
    if table == "force_order":
        order = message["o"]
        return {"liquidation": (order["S"].lower(), Decimal(order.get("z", order.get("q"))))}
    return {name: Decimal(message[key]) for key, name in FIELDS[table].items() if message.get(key)}


class Derivatives:
    def __init__(self):
        self.forget()

    def forget(self):
        self.last = dict.fromkeys(LAST)
        self.liquidations = History(summed=("buy", "sell"))

    def on_gap(self, row):
        if row["edge"] == "open" and row["channel"] in ("other", None, ""):
            self.forget()

    def feed(self, time_ns, update):
        for name in LAST:
            if name in update:
                self.last[name] = update[name]
        if "liquidation" in update:
            side, amount = update["liquidation"]
            self.liquidations.append(time_ns, buy=amount if side == "buy" else 0,
                                     sell=amount if side == "sell" else 0)

    def columns(self, moment, windows):
        out = {name: None if value is None else float(value) for name, value in self.last.items()}
        mark, index = self.last["mark_price"], self.last["index_price"]
        both = mark is not None and index
        out["basis_bps"] = float(10_000 * (mark - index) / index) if both else None
        for h in windows:
            begin = moment.first(self.liquidations, h)
            for side in ("buy", "sell"):
                known = len(self.liquidations) > 0
                out[f"liq_{side}_{h}s"] = float(self.liquidations.sum(side, begin)) if known else None
        return out
