"""The same recording through import, and through replay -> ingest over sockets, gives the same bronze.

Compared per (channel, symbol): all rows of kinds live, snapshot, delta (and all tickers), in their order,
every column but those of the capture's own clock and count.
"""

import dataclasses
import re
import signal
import subprocess
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

CLOCK_COLUMNS = {"collected_at", "capture_ts", "year", "month", "day", "hour", "capture_time_ns", "recv_seq", "source"}
CHANNELS = ("orderbook", "trades", "ticker")


@dataclasses.dataclass
class Recording:
    exchange: str
    format: str
    files: list
    symbols: list
    rows: dict  # least rows a channel, so that equal means something
    options: dict = dataclasses.field(default_factory=dict)
    speed: str = "max"


RECORDINGS = {
    "coinbase": Recording(
        "coinbase", "cryptofeed", ["coinbase/cryptofeed_v3_COINBASE.jsonl.zst"], ["BTC-USD", "ETH-USD"],
        {"orderbook": 773, "trades": 57, "ticker": 150}),
    "coinbase_exchange": Recording(
        "coinbase_exchange", "cryptofeed", ["coinbase/cryptofeed_master_COINBASE.ws.28.0_20210417.zst"],
        ["SKL-USD", "SKL-BTC", "BAND-GBP", "NMR-EUR", "BAND-BTC", "YFI-BTC", "DASH-BTC", "NU-GBP", "CRV-EUR", "SKL-GBP"],
        {"orderbook": 9719, "trades": 97, "ticker": 107}),
    "binance": Recording(
        "binance", "cryptofeed", ["binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"],
        ["BTCAUD", "MANAUSDT", "ETHBRL", "DENTUSDT", "ZILUSDT", "RENBTCETH", "BTCSTUSDT", "QTUMETH", "AXSBNB", "NEOUSDC"],
        {"orderbook": 4000, "trades": 1240, "ticker": 5408}, {"trades_stream": "aggTrade"}),
    "binanceus": Recording(
        "binanceus", "cryptofeed", ["binanceus/cryptofeed_hist_BINANCE_US-63b290.0.zst"],
        ["ETHBTC", "MANAUSD", "HNTUSD", "QTUMUSDT", "BCHBTC", "VTHOUSD", "SOLUSD", "MKRUSD", "DOGEUSD", "BTCUSD"],
        {"orderbook": 3000, "trades": 188, "ticker": 2624}, {"trades_stream": "aggTrade"}, speed="20"),
    "binance_usdm": Recording(
        "binance_usdm", "hftbacktest",
        ["binance/hftbacktest/usdm_btcusdt_20240718.gz", "binance/hftbacktest/usdm_btcusdt_20240719.gz"], ["BTCUSDT"],
        {"orderbook": 9000, "trades": 10701, "ticker": 52260}, {"depth_interval": "0ms"}),
    "binance_usdm_2021": Recording(
        "binance_usdm", "cryptofeed", ["binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst"],
        ["SANDUSDT", "CHRUSDT", "NEOUSDT", "CTKUSDT", "BATUSDT"],
        {"orderbook": 4000, "trades": 574, "ticker": 3424}, {"trades_stream": "aggTrade"}),
    "nexousdt": Recording(
        "binance", "hftbacktest",
        ["binance/nexousdt_34h/nexousdt_20240723.dat.gz", "binance/nexousdt_34h/nexousdt_20240724.dat.gz"], ["NEXOUSDT"],
        {"orderbook": 68000, "trades": 12458, "ticker": 33437}),
}


def bronze_of(data_root, source):
    """{(channel, symbol): table of the compared rows, in order, without the capture's clock}."""
    tables = {}
    for path in sorted((data_root / "raw" / "ready" / source).rglob("segment_*.parquet")):
        channel = path.relative_to(data_root / "raw" / "ready" / source).parts[0]
        if channel in CHANNELS:
            table = pq.ParquetFile(path).read()
            symbol = table.column("symbol")[0].as_py()
            tables.setdefault((channel, symbol), []).append(table)
    compared = {}
    for key, parts in tables.items():
        table = pa.concat_tables(parts).sort_by([("capture_time_ns", "ascending"), ("recv_seq", "ascending")])
        if key[0] != "ticker":
            table = table.filter(pc.is_in(table.column("kind"), pa.array(["live", "snapshot", "delta"])))
        compared[key] = table.drop_columns([name for name in table.column_names if name in CLOCK_COLUMNS])
    return compared


def import_recording(binary, recording, files, data_root):
    done = subprocess.run(
        [binary, "--data-root", data_root, "import", "--from", recording.format, "--exchange", recording.exchange,
         "--source", "imported", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return bronze_of(data_root, "imported")


class Venue:
    """The replay or simulate command, with what it prints."""

    def __init__(self, command, tls_folder=None):
        if tls_folder:
            command = [*command, "--self-signed", tls_folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.lines = []
        self.values = {}
        while "rest_endpoint" not in self.values or (tls_folder and "ca_file" not in self.values):
            line = self.read_line()
            if found := re.fullmatch(r"\s+(\w+): (\S+)\n", line):
                self.values[found[1]] = found[2]

    def read_line(self):
        line = self.process.stdout.readline()
        assert line, f"it ended: {self.lines}"
        self.lines.append(line)
        return line

    def wait_for_end(self):
        while "at its end" not in self.read_line():
            pass

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.lines += self.process.communicate(timeout=20)[0].splitlines(keepends=True)
        return "".join(self.lines)


def config_text(exchange, symbols, options, venue, data_root):
    lines = [f"data_root: {data_root}", "sources:", "  - name: captured", f"    exchange: {exchange}",
             f"    symbols: [{', '.join(symbols)}]", f"    endpoint: {venue.values['endpoint']}",
             f"    rest_endpoint: {venue.values['rest_endpoint']}"]
    lines += [f"    {key}: {value}" for key, value in options.items()]
    if "ca_file" in venue.values:
        lines += ["network:", f"  ca_file: {venue.values['ca_file']}"]
    return "\n".join(lines) + "\n"


def capture(binary, venue, exchange, symbols, options, folder, until):
    """Captures from a venue until `until()` returns; gives bronze, the venue's summary and the capture's log."""
    ingest = None
    log_file = folder / "ingest.log"
    try:
        folder.mkdir(exist_ok=True)
        config = folder / "config.yaml"
        config.write_text(config_text(exchange, symbols, options, venue, folder / "captured"))
        with open(log_file, "w") as log:
            ingest = subprocess.Popen([binary, "--config", config, "ingest"], stdout=log, stderr=log)
        until()
        time.sleep(0.5)  # What is in the sockets is read.
        ingest.send_signal(signal.SIGINT)
        assert ingest.wait(timeout=60) == 0, log_file.read_text()
        summary = venue.stop()
    finally:
        for process in (venue.process, ingest):
            if process is not None and process.poll() is None:
                process.kill()
    return bronze_of(folder / "captured", "captured"), summary, log_file.read_text()


def first_difference(imported, captured):
    for name in imported.column_names:
        ours, theirs = imported.column(name).to_pylist(), captured.column(name).to_pylist()
        for row, (a, b) in enumerate(zip(ours, theirs)):
            if a != b:
                return f"row {row}, {name}: imported {str(a)[:200]}, captured {str(b)[:200]}"
    return "none"


def assert_same_bronze(expected, captured, told):
    assert expected.keys() == captured.keys(), told
    for key, table in expected.items():
        assert captured[key].column_names == table.column_names
        assert captured[key].num_rows == table.num_rows, f"{key}\n{told}"
        assert captured[key].equals(table), f"{key}: {first_difference(table, captured[key])}"


@pytest.fixture(scope="module")
def imported(binary, realdata, tmp_path_factory):
    """A function from a recording's name to its bronze; each is imported once."""
    done = {}

    def find(name):
        if name not in done:
            recording = RECORDINGS[name]
            files = [realdata(file) for file in recording.files]
            done[name] = import_recording(binary, recording, files, tmp_path_factory.mktemp(name))
        return done[name]

    return find


@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_capturing_a_replay_gives_the_bronze_of_importing_the_recording(binary, realdata, imported, tmp_path, name, tls):
    recording = RECORDINGS[name]
    expected = imported(name)
    replay = Venue([binary, "replay", "--from", recording.format, "--exchange", recording.exchange,
                    "--speed", recording.speed, *(realdata(file) for file in recording.files)],
                   tmp_path / "tls" if tls else None)
    captured, summary, log = capture(
        binary, replay, recording.exchange, recording.symbols, recording.options, tmp_path, replay.wait_for_end)

    for channel, least in recording.rows.items():
        rows = sum(table.num_rows for (found, _), table in expected.items() if found == channel)
        assert rows >= least, f"{channel}: too few rows to compare"
    assert_same_bronze(expected, captured, summary + log)
    unserved = int(re.search(r"unserved: (\d+) frames", summary)[1])
    assert unserved == (6 if name == "coinbase" else 0), summary  # The candles nobody asked for.


@pytest.mark.parametrize("exchange", ["coinbase", "binance"])
def test_our_own_journals_replayed_are_captured_again_as_they_were(binary, tmp_path, exchange):
    symbols = ["BTC-USDT", "ETH-USDT"]
    simulated = Venue([binary, "simulate", "--exchange", exchange, "--symbols", ",".join(symbols), "--rate", "300"])
    first, _, log = capture(binary, simulated, exchange, symbols, {}, tmp_path / "first", lambda: time.sleep(5))
    assert {channel for channel, _ in first} == set(CHANNELS), log
    assert sum(table.num_rows for table in first.values()) > 500, log

    replay = Venue([binary, "--data-root", tmp_path / "first" / "captured", "replay", "--source", "captured",
                    "--speed", "max"])
    second, summary, log = capture(binary, replay, exchange, symbols, {}, tmp_path / "second", replay.wait_for_end)
    assert_same_bronze(first, second, summary + log)
