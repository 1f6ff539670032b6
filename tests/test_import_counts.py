"""Trades, tickers and book levels of each recording, counted and summed here by a few lines of
Python that know nothing of the program, equal what import made of them."""

import collections
import decimal
import gzip
import json
import subprocess

import pyarrow.dataset
import pytest

decimal.getcontext().prec = 60
D = decimal.Decimal

USDM = ["binance/hftbacktest/usdm_btcusdt_20240718.gz", "binance/hftbacktest/usdm_btcusdt_20240719.gz"]
NEXO = ["binance/nexousdt_34h/nexousdt_20240723.dat.gz", "binance/nexousdt_34h/nexousdt_20240724.dat.gz"]
RECORDINGS = {
    "coinbase": ("coinbase", "cryptofeed", ["coinbase/cryptofeed_v3_COINBASE.jsonl.zst"]),
    "coinbase_exchange": ("coinbase_exchange", "cryptofeed",
                          ["coinbase/cryptofeed_master_COINBASE.ws.28.0_20210417.zst"]),
    "binance": ("binance", "cryptofeed", ["binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"]),
    "binanceus": ("binanceus", "cryptofeed", ["binanceus/cryptofeed_hist_BINANCE_US-63b290.0.zst"]),
    "usdm_cryptofeed": ("binance_usdm", "cryptofeed",
                        ["binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst"]),
    "usdm": ("binance_usdm", "hftbacktest", USDM),
    "nexo": ("binance", "hftbacktest", NEXO),
}


def lines(path):
    if path.suffix == ".gz":
        with gzip.open(path, "rt") as file:
            yield from file
    else:
        yield from subprocess.run(["zstd", "-dc", path], capture_output=True, text=True,
                                  check=True).stdout.splitlines()


def frames(path):
    """(REST?, message) of each line that the venue sent."""
    for line in lines(path):
        if line.startswith('{"t":'):
            record = json.loads(line)
            if record["t"] in ("recv", "http"):
                yield record["t"] == "http", json.loads(record["data"])
        elif line[:1].isdigit():
            text = line[line.index("{"):]
            yield text.startswith('{"lastUpdateId"'), json.loads(text)
        elif line.startswith("http"):
            yield True, json.loads(line[line.index(": {") + 2:])


class Totals:
    def __init__(self):
        self.count = collections.Counter()
        self.sum = collections.defaultdict(D)

    def trade(self, price, amount, taker_side):
        self.count["trades", taker_side] += 1
        self.sum["price"] += D(price)
        self.sum["amount"] += D(amount)
        self.sum["cost"] += D(price) * D(amount)

    def ticker(self, bid, ask):
        self.count["ticker"] += 1
        self.sum["bid"] += D(bid)
        self.sum["ask"] += D(ask)


def count_coinbase(message, totals):
    other = {"BUY": "sell", "SELL": "buy"}
    for event in message.get("events", []):
        for trade in event.get("trades", []):
            totals.trade(trade["price"], trade["size"], other[trade["side"]])
        for ticker in event.get("tickers", []):
            totals.ticker(ticker["best_bid"], ticker["best_ask"])


def count_coinbase_exchange(message, totals):
    if message["type"] in ("match", "last_match"):
        totals.trade(message["price"], message["size"], {"buy": "sell", "sell": "buy"}[message["side"]])
    if message["type"] == "ticker":
        totals.ticker(message["best_bid"], message["best_ask"])


def count_binance(message, totals):
    stream = message["stream"].split("@")[1]
    data = message["data"]
    if stream in ("trade", "aggTrade"):
        totals.trade(data["p"], data["q"], "sell" if data["m"] else "buy")
    if stream == "bookTicker":
        totals.ticker(data["b"], data["a"])


COUNT = {"coinbase": count_coinbase, "coinbase_exchange": count_coinbase_exchange}


def read(root, source, table, columns):
    return pyarrow.dataset.dataset(root / "raw/ready" / source / table).to_table(columns=columns)


def sent(value):
    """The shortest decimal of a double: what the venue wrote."""
    return D(repr(value))


@pytest.mark.parametrize("name", RECORDINGS)
def test_trades_and_tickers_equal_an_independent_count(name, recorded, realdata):
    exchange, kind, files = RECORDINGS[name]
    expected = Totals()
    for file in files:
        for is_rest, message in frames(realdata(file)):
            if not is_rest:
                COUNT.get(exchange, count_binance)(message, expected)
    root, source, _ = recorded(exchange, kind, *files)
    found = Totals()
    trades = read(root, source, "trades", ["price", "amount", "cost", "side"])
    for price, amount, cost, side in zip(*(column.to_pylist() for column in trades.columns)):
        found.trade(sent(price), sent(amount), side)
        assert cost == float(sent(price) * sent(amount))
    tickers = read(root, source, "ticker", ["bid", "ask"])
    for bid, ask in zip(*(column.to_pylist() for column in tickers.columns)):
        found.ticker(sent(bid), sent(ask))
    assert found.count == expected.count
    assert found.sum == expected.sum


def test_book_levels_of_coinbase_equal_an_independent_count(recorded, realdata):
    exchange, kind, files = RECORDINGS["coinbase"]
    updates = collections.Counter()
    for is_rest, message in frames(realdata(files[0])):
        if message.get("channel") == "l2_data":
            for event in message["events"]:
                updates[event["type"]] += len(event["updates"])
    assert sum(updates.values()) == 74_193
    root, source, _ = recorded(exchange, kind, *files)
    book = read(root, source, "orderbook", ["kind", "bids", "asks"])
    found = collections.Counter()
    for row in book.to_pylist():
        found[{"snapshot": "snapshot", "delta": "update"}[row["kind"]]] += len(row["bids"]) + len(row["asks"])
    assert found == updates


@pytest.mark.parametrize("name", RECORDINGS)
def test_no_recording_has_a_gap_and_every_frame_is_counted(name, recorded, realdata):
    exchange, kind, files = RECORDINGS[name]
    received = sum(1 for file in files for _ in frames(realdata(file)))
    root, source, _ = recorded(exchange, kind, *files)
    assert not (root / "raw/ready" / source / "gaps").exists()
    counted = collections.Counter()
    for record in (root / "raw/ready" / source / "segments").iterdir():
        counted.update(json.loads(record.read_text())["frames"])
    assert sum(counted.values()) == received
    assert set(counted) <= {"rows", "before_snapshot", "heartbeat", "acknowledged", "instruments"}


def test_a_truncated_recording_is_imported_as_far_as_it_is_whole(binary, realdata, data_root, tmp_path):
    cut = tmp_path / "cut.gz"
    cut.write_bytes(realdata(USDM[0]).read_bytes()[:200_000])
    run = subprocess.run([binary, "--data-root", data_root, "import", "--from", "hftbacktest",
                          "--exchange", "binance_usdm", cut], capture_output=True, text=True)
    assert run.returncode == 1
    errors = [line for line in run.stderr.splitlines() if line.startswith("daedalus: ")]
    assert len(errors) == 1 and str(cut) in errors[0] and "what is whole is imported" in errors[0]
    assert read(data_root, "import_binance_usdm", "ticker", ["bid"]).num_rows > 1000


def test_what_is_there_already_is_refused(binary, realdata, data_root):
    command = [binary, "--data-root", data_root, "import", "--from", "hftbacktest", "--exchange",
               "binance_usdm", realdata(USDM[0])]
    assert subprocess.run(command, capture_output=True).returncode == 0
    before = sorted(path for path in data_root.rglob("*"))
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 2
    assert "before the end of what source import_binance_usdm holds" in again.stderr
    assert "--source" in again.stderr
    assert sorted(path for path in data_root.rglob("*")) == before


def test_an_unknown_exchange_names_the_nearest(binary, data_root, tmp_path):
    run = subprocess.run([binary, "--data-root", data_root, "import", "--from", "cryptofeed",
                          "--exchange", "binanse", tmp_path / "x"], capture_output=True, text=True)
    assert run.returncode == 2
    assert 'Did you mean "binance"?' in run.stderr


def test_a_recording_goes_on_where_the_one_before_ended(binary, recorded, realdata, data_root):
    """Two imports of one file each give the same rows as one import of both."""
    for file in USDM:
        run = subprocess.run([binary, "--data-root", data_root, "import", "--from", "hftbacktest",
                              "--exchange", "binance_usdm", realdata(file)], capture_output=True,
                             text=True)
        assert run.returncode == 0, run.stderr
    root, source, _ = recorded("binance_usdm", "hftbacktest", *USDM)
    columns = ["capture_time_ns", "kind", "nonce", "bids", "asks"]
    one = read(root, source, "orderbook", columns)
    two = read(data_root, source, "orderbook", columns)
    assert one.sort_by("capture_time_ns").equals(two.sort_by("capture_time_ns"))
