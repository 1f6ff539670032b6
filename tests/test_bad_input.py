"""Bad input costs one clear line, and nobody else's rows. (A Parquet file cut in half: test_etl_bad_input.py.)"""

import re
import socket
import subprocess
import time

import pyarrow.parquet as pq
import pytest
import zstandard

from processes import Capture, Served, config_text

EXCHANGES = "coinbase, coinbase_exchange, binance, binanceus, binance_usdm"
COINBASE = "coinbase/cryptofeed_v3_COINBASE.jsonl.zst"
BINANCE = "binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"
USDM = "binance/hftbacktest/usdm_btcusdt_20240718.gz"


def run(binary, *arguments, code):
    done = subprocess.run([str(binary), *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def complaint(*arguments, **options):
    """The one line on stderr."""
    lines = run(*arguments, **options).stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def config_with(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return path


# Configs and arguments.


@pytest.mark.parametrize("command", [["ingest"], ["config", "check"]], ids=" ".join)
@pytest.mark.parametrize("text, line", [
    ("sources:\n  - exchange: coinbase\n    symbolz: [BTC-USD]\n",
     "3: sources[0].symbolz: unknown key; did you mean symbols?"),
    ("journal:\n  flush_intervall_seconds: 2\n",
     "2: journal.flush_intervall_seconds: unknown key; did you mean flush_interval_seconds?"),
    ("sources:\n  - exchange: coinbas\n    symbols: [BTC-USD]\n",
     f"2: sources[0].exchange: \"coinbas\" is unknown; did you mean coinbase? allowed: {EXCHANGES}"),
    ("sources:\n  - exchange: coinbase\n    symbols: [BTC-USD]\n    channels: [orderbok]\n",
     "4: sources[0].channels: \"orderbok\" is unknown; did you mean orderbook? allowed: orderbook, trades, ticker"),
], ids=["unknown key", "unknown key of a section", "unknown exchange", "unknown channel"])
def test_a_wrong_config_is_refused_with_line_and_nearest_name(binary, tmp_path, command, text, line):
    path = config_with(tmp_path, text)

    assert complaint(binary, "--config", path, *command, code=2) == f"daedalus: {path}:{line}"


def test_an_unknown_exchange_or_channel_in_the_arguments_is_refused(binary, tmp_path):
    there_are = f"there are {EXCHANGES}. Did you mean \"coinbase\"?"
    root = ("--data-root", tmp_path)

    assert complaint(binary, *root, "ingest", "--exchange", "coinbas", "--symbols", "BTC-USD", code=2) == \
        f"daedalus: unknown exchange \"coinbas\": {there_are}"
    assert complaint(binary, *root, "import", "--from", "cryptofeed", "--exchange", "coinbas", "x", code=2) == \
        f"daedalus: unknown exchange \"coinbas\": {there_are}"
    assert complaint(binary, "simulate", "--exchange", "coinbas", code=2) == \
        f"daedalus: unknown exchange \"coinbas\": {there_are}"
    line = complaint(binary, *root, "ingest", "--exchange", "coinbase", "--symbols", "BTC-USD", "--channels",
                     "orderbok", code=2)
    assert "has no channel \"orderbok\"; it has orderbook, trades, ticker; did you mean orderbook?" in line


# Folders and ports.


@pytest.mark.parametrize("command", [["ingest", "--exchange", "coinbase", "--symbols", "BTC-USD"],
                                     ["import", "--from", "cryptofeed", "--exchange", "coinbase"]],
                         ids=lambda words: words[0])
def test_an_unwritable_folder_is_named(binary, realdata, command):
    files = [realdata(COINBASE)] if command[0] == "import" else []

    assert complaint(binary, "--data-root", "/proc/x", *command, *files, code=1) == \
        "daedalus: cannot create folder /proc/x: No such file or directory"


@pytest.mark.parametrize("command", ["simulate", "replay"])
def test_a_port_in_use_is_named(binary, realdata, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        more = ["--from", "hftbacktest", "--exchange", "binance_usdm", realdata(USDM)] if command == "replay" else []

        assert complaint(binary, command, "--port", port, *more, code=1) == \
            f"daedalus: port {port} of 127.0.0.1 is in use"


# Recordings.


def rows(root, source):
    """{(table, symbol): rows} without what another number of frames changes."""
    read = {}
    for path in sorted((root / "raw/ready" / source).rglob("*.parquet")):
        for row in pq.ParquetFile(path).read().to_pylist():
            key = path.relative_to(root / "raw/ready" / source).parts[0], row["symbol"]
            read.setdefault(key, []).append(row)
    return read


@pytest.mark.parametrize("name, form, exchange, whole_bytes, lines", [
    (COINBASE, "cryptofeed", "coinbase", 300_000, 21), (USDM, "hftbacktest", "binance_usdm", 200_000, 3704)],
    ids=["zstd", "gzip"])
def test_a_recording_that_is_cut_off_gives_its_whole_lines(binary, recorded, realdata, tmp_path, name, form, exchange,
                                                           whole_bytes, lines):
    cut = tmp_path / f"cut{realdata(name).suffix}"
    cut.write_bytes(realdata(name).read_bytes()[:whole_bytes])

    line = complaint(binary, "--data-root", tmp_path / "data", "import", "--from", form, "--exchange", exchange, cut,
                     code=1)

    assert line == (f"daedalus: not all could be read: {cut} is cut off after byte {whole_bytes}; {lines} lines before "
                    "it were taken; what is whole is imported")
    whole_root, source, _ = recorded(exchange, form, name)
    whole = rows(whole_root, source)
    for key, some in rows(tmp_path / "data", source).items():
        assert some == whole[key][:len(some)], key


def with_one_bad_frame(realdata, tmp_path, bad):
    """The Binance recording's lines with one made bad; MANAUSDT's fifth trade, or its thirtieth delta."""
    lines = zstandard.ZstdDecompressor().stream_reader(realdata(BINANCE).open("rb")).read().decode().split("\n")
    stream, place, change = bad
    at = [number for number, line in enumerate(lines) if f"\"manausdt@{stream}" in line and "wss:" not in line][place]
    lines[at] = change(lines[at])
    path = tmp_path / "bad.txt"
    path.write_text("\n".join(lines))
    return path


def price(text):
    return lambda line: re.sub(r'"p":"[^"]*"', f'"p":"{text}"', line)


def level(text):
    return lambda line: re.sub(r'"b":\[\["[^"]*"', f'"b":[["{text}"', line)


BAD = {
    "a trade's price NaN": ("aggTrade", 4, price("NaN")),
    "a trade's price of 400 digits": ("aggTrade", 4, price("9" * 400)),
    "a level's price NaN": ("depth", 30, level("NaN")),
    "a level's price of 400 digits": ("depth", 30, level("9" * 400)),
    "no JSON": ("aggTrade", 4, lambda line: line.split(":")[0] + ": this is no JSON"),
    "JSON cut off": ("aggTrade", 4, lambda line: line[:-30]),
}
TEXTS = {
    "a trade's price NaN": "binance aggTrade MANAUSDT: p is no number: \"NaN\"",
    "a trade's price of 400 digits": f"binance aggTrade MANAUSDT: p is no number: \"{'9' * 63}",
    "a level's price NaN": "binance depth MANAUSDT: b is no number: \"NaN\"",
    "a level's price of 400 digits": f"binance depth MANAUSDT: b is no number: \"{'9' * 63}",
    "no JSON": "binance: not JSON",
    "JSON cut off": "binance: not JSON",
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_frame_costs_one_line_and_no_other_symbols_rows(binary, realdata, recorded, tmp_path, bad):
    path = with_one_bad_frame(realdata, tmp_path, BAD[bad])

    line = complaint(binary, "--data-root", tmp_path / "data", "import", "--from", "cryptofeed", "--exchange",
                     "binance", path, code=0)

    assert line == f"daedalus: could not parse: {TEXTS[bad]}; the journal keeps it"
    good_root, source, _ = recorded("binance", "cryptofeed", BINANCE)
    good, with_bad = rows(good_root, source), rows(tmp_path / "data", source)
    assert {key for key in good if key[1] != "MANA-USDT"} == {key for key in with_bad if key[1] != "MANA-USDT"}
    for key, some in good.items():
        if key[1] != "MANA-USDT":
            assert with_bad[key] == some, key
    if "JSON" not in bad:  # Else nobody can say whose it was.
        assert {row["edge"] for row in with_bad["gaps", "MANA-USDT"]} >= {"open"}


def test_a_bad_frame_is_told_by_a_capture_and_costs_it_nothing_else(binary, realdata, tmp_path):
    path = with_one_bad_frame(realdata, tmp_path, BAD["a trade's price NaN"])
    with Served(binary, "replay", "--from", "cryptofeed", "--exchange", "binance", "--speed", "100", path) as served:
        config = tmp_path / "config.yaml"
        config.write_text(config_text(tmp_path / "data", [
            {"exchange": "binance", "symbols": "[MANAUSDT, ZILUSDT]", "trades_stream": "aggTrade",
             "endpoint": served.values["endpoint"], "rest_endpoint": served.values["rest_endpoint"]}],
            {"segment_max_mb": 128}))
        capture = Capture(binary, config, tmp_path / "ingest.log")
        while not any("at its end" in line for line in served.lines):
            assert capture.process.poll() is None, capture.log()
            time.sleep(0.05)
        code, _ = capture.stop()

    assert code == 0
    told = [line for line in capture.log().splitlines() if TEXTS["a trade's price NaN"] in line]
    assert len(told) == 1, capture.log()
    zil = rows(tmp_path / "data", "binance")["trades", "ZIL-USDT"]
    assert len(zil) > 50
    assert ("gaps", "ZIL-USDT") not in rows(tmp_path / "data", "binance")
