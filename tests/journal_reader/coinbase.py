"""Coinbase Advanced Trade: what its frames hold."""

import datetime
import json

CHANNELS = {"level2": "orderbook", "l2_data": "orderbook", "market_trades": "trades", "ticker": "ticker",
            "candles": "other"}
SPLICE = None  # Images come in the stream.


def canonical(native, _instruments):
    return native


def microseconds(text):
    """RFC 3339 with up to nine digits, rounded down."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.datetime.fromisoformat(seconds).replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 10**6 + int(fraction.ljust(9, "0")[:6])


def streams_of_url(_url):
    return []


def request(payload):
    """(wanted streams, id, whether it ends them) of a frame that we sent."""
    frame = json.loads(payload)
    channel = CHANNELS.get(frame["channel"])
    wanted = [(product, channel) for product in frame.get("product_ids", [])] if channel else []
    return wanted, None, frame["type"] == "unsubscribe"


def rest(payload, _url):
    for product in json.loads(payload).get("products", []):
        yield "instrument", product["product_id"], {
            "base": product["base_currency_id"], "quote": product["quote_currency_id"], "size_unit": "base",
            "contract_size": None, "price_tick": product["price_increment"], "size_tick": product["base_increment"]}


def count_of(payload):
    return json.loads(payload).get("sequence_num")


def frame(payload):
    message = json.loads(payload)
    channel = message.get("channel")
    if message.get("type") == "error":
        yield "talk", "refused"
    elif channel == "heartbeats":
        yield "talk", "heartbeat"
    elif channel == "subscriptions":
        yield "talk", "acknowledged"
        for event in message["events"]:
            listed = [(product, CHANNELS[name]) for name, products in event["subscriptions"].items()
                      if name in CHANNELS for product in products]
            yield "acknowledged", listed, None
    else:
        for event in message["events"]:
            yield from READERS[channel](event, message, payload)


def book(event, _message, _payload):
    sides = {"bid": [], "offer": []}
    for update in event["updates"]:
        sides[update["side"]].append((update["price_level"], update["new_quantity"]))
    yield "image" if event["type"] == "snapshot" else "delta", event["product_id"], {
        "bids": sides["bid"], "asks": sides["offer"], "first": None, "last": None, "previous": None,
        "time_us": microseconds(event["updates"][-1]["event_time"]) if event["updates"] else None}


def trades(event, _message, _payload):
    for trade in reversed(event["trades"]):  # The newest is first.
        yield "trade", trade["product_id"], {
            "trade_id": trade["trade_id"], "price": trade["price"], "amount": trade["size"],
            "side": {"BUY": "sell", "SELL": "buy"}[trade["side"]],  # It names the maker's.
            "taker_side_source": "maker_inverted", "kind": "snapshot" if event["type"] == "snapshot" else "live",
            "aggregate": False, "time_us": microseconds(trade["time"]), "info": {}}


def tickers(event, message, _payload):
    columns = {"best_bid": "bid", "best_ask": "ask", "best_bid_quantity": "bid_volume",
               "best_ask_quantity": "ask_volume", "price": "last", "high_24_h": "high", "low_24_h": "low",
               "volume_24_h": "base_volume", "price_percent_chg_24_h": "percentage"}
    for ticker in event["tickers"]:
        yield "ticker", ticker["product_id"], {
            "values": {columns[key]: value for key, value in ticker.items() if key in columns}, "kind": "bbo",
            "info": {key: value for key, value in ticker.items()
                     if key not in columns and key not in ("type", "product_id")},
            "time_us": microseconds(message["timestamp"])}


def candles(event, message, payload):
    for product in dict.fromkeys(candle["product_id"] for candle in event["candles"]):
        yield "other", product, {"channel": "candles", "data_json": payload,
                                 "time_us": microseconds(message["timestamp"])}


READERS = {"l2_data": book, "market_trades": trades, "ticker": tickers, "candles": candles}
