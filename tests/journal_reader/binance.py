"""Binance spot and USD-M futures: what their frames hold."""

import json
import urllib.parse

QUOTES = ("FDUSD", "BUSD", "USDT", "USDC", "TUSD", "AUD", "BRL", "BTC", "ETH", "BNB", "EUR", "TRY", "USD")


class Binance:
    def __init__(self, splice):
        self.SPLICE = splice  # range: U follows u; chain: pu names the u before.

    @staticmethod
    def canonical(native, instruments):
        if native in instruments:
            return f"{instruments[native]['base']}-{instruments[native]['quote']}"
        for quote in sorted(QUOTES, key=len, reverse=True):
            if native.endswith(quote) and native != quote:
                return f"{native[:-len(quote)]}-{quote}"
        return native

    @staticmethod
    def streams(names):
        channels = {"depth": "orderbook", "trade": "trades", "aggTrade": "trades", "bookTicker": "ticker",
                    "ticker": "ticker"}
        for name in names:
            symbol, _, stream = name.partition("@")
            yield symbol.upper(), channels.get(stream.split("@")[0], "other")

    def streams_of_url(self, url):
        parts = urllib.parse.urlsplit(url)
        query = urllib.parse.parse_qs(parts.query).get("streams", [""])[0]
        names = query if query else parts.path.partition("/ws/")[2]
        return list(self.streams(name for name in names.split("/") if "@" in name))

    def request(self, payload):
        frame = json.loads(payload)
        return list(self.streams(frame["params"])), frame["id"], frame["method"] == "UNSUBSCRIBE"

    @staticmethod
    def rest(payload, url):
        answer = json.loads(payload)
        if "lastUpdateId" in answer:
            native = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["symbol"][0]
            yield "image", native, {
                "bids": [tuple(level) for level in answer["bids"]], "asks": [tuple(level) for level in answer["asks"]],
                "first": None, "last": answer["lastUpdateId"], "previous": None, "time_us": moment(answer)}
        for symbol in answer.get("symbols", []):
            filters = {one["filterType"]: one for one in symbol["filters"]}
            yield "instrument", symbol["symbol"], {
                "base": symbol["baseAsset"], "quote": symbol["quoteAsset"], "size_unit": "base", "contract_size": None,
                "price_tick": filters["PRICE_FILTER"]["tickSize"], "size_tick": filters["LOT_SIZE"]["stepSize"]}

    @staticmethod
    def count_of(_payload):
        return None

    @staticmethod
    def frame(payload):
        message = json.loads(payload)
        data = message.get("data", message)
        kind = data.get("e", "bookTicker")
        if "result" in data:
            yield "talk", "acknowledged"
            yield "acknowledged", [], data["id"]
        elif "error" in data:
            yield "talk", "refused"
        elif kind == "depthUpdate":
            yield "delta", data["s"], {
                "bids": [tuple(level) for level in data["b"]], "asks": [tuple(level) for level in data["a"]],
                "first": data["U"], "last": data["u"], "previous": data.get("pu"), "time_us": moment(data)}
        elif kind in ("trade", "aggTrade"):
            yield "trade", data["s"], trade(data, kind)
        elif kind == "bookTicker":
            yield "ticker", data["s"], {
                "values": {"bid": data["b"], "ask": data["a"], "bid_volume": data["B"], "ask_volume": data["A"]},
                "kind": "bbo", "info": {"u": data["u"]}, "time_us": moment(data)}


def moment(data):
    """The transaction's time where there is one, else the event's."""
    milliseconds = data.get("T", data.get("E"))
    return None if milliseconds is None else milliseconds * 1000


def trade(data, kind):
    known = {"e", "E", "s", "T", "p", "q", "m", "M", "t" if kind == "trade" else "a"}
    return {
        "trade_id": str(data["t" if kind == "trade" else "a"]), "price": data["p"], "amount": data["q"],
        "side": "sell" if data["m"] else "buy", "taker_side_source": "venue", "kind": "live",
        "aggregate": kind == "aggTrade", "time_us": data["T"] * 1000,
        "info": {key: value for key, value in data.items() if key not in known}}


SPOT = Binance("range")
USDM = Binance("chain")
