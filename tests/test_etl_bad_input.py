"""Bad input costs the ETL one clear line, and nobody else's rows."""

import hashlib
import json
import subprocess

import pytest

FILE = "coinbase/cryptofeed_v3_COINBASE.jsonl.zst"
SOURCE = "import_coinbase"


def run(binary, root, *arguments, code=0):
    done = subprocess.run([binary, "--data-root", root, *arguments], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def hashes(root, symbol):
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (root / "processed").rglob("*.parquet") if f"symbol={symbol}/" in str(path)}


def complaints(done):
    return [line for line in done.stderr.splitlines() if " warning " in line]


@pytest.fixture
def lake(binary, realdata, tmp_path):
    root = tmp_path / "data"
    run(binary, root, "import", "--from", "cryptofeed", "--exchange", "coinbase", realdata(FILE))
    return root


@pytest.fixture
def record(lake):
    return json.loads(next((lake / "raw/ready" / SOURCE / "segments").glob("*.json")).read_text())


def path_of(lake, record, channel, symbol):
    found = [f for f in record["files"] if f["channel"] == channel and f["symbol"] == symbol]
    return lake / "raw/ready" / SOURCE / found[0]["path"]


@pytest.mark.parametrize("channel", ["orderbook", "trades", "ticker"])
def test_a_file_cut_in_half_costs_its_symbol_only(binary, lake, record, tmp_path, channel):
    whole = tmp_path / "whole"
    subprocess.run(["cp", "-a", lake, whole], check=True)
    run(binary, whole, "etl")
    path = path_of(lake, record, channel, "BTC-USD")
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])

    done = run(binary, lake, "etl", code=1)

    assert len(complaints(done)) == 1
    assert f"damaged Parquet file {path}: " in complaints(done)[0]
    assert (f"; coinbase BTC-USD of source {SOURCE} waits before segment {record['segment']} until "
            "that is repaired, the other symbols go on") in complaints(done)[0]
    assert hashes(lake, "ETH-USD") == hashes(whole, "ETH-USD") != {}
    assert hashes(lake, "BTC-USD") == {}


def test_a_lost_file_costs_its_symbol_only(binary, lake, record):
    path = path_of(lake, record, "trades", "ETH-USD")
    path.unlink()

    done = run(binary, lake, "etl", code=1)

    assert len(complaints(done)) == 1
    assert f"cannot open {path}: No such file or directory" in complaints(done)[0]
    assert hashes(lake, "BTC-USD") and not hashes(lake, "ETH-USD")


def test_a_file_with_other_rows_than_its_record_says_is_damaged(binary, lake, record):
    btc, eth = (path_of(lake, record, "trades", symbol) for symbol in ("BTC-USD", "ETH-USD"))
    btc.write_bytes(eth.read_bytes())

    done = run(binary, lake, "etl", code=1)

    assert f"damaged Parquet file {btc}: it holds " in complaints(done)[0]


def test_a_damaged_record_holds_its_source_up(binary, lake, record):
    path = lake / "raw/ready" / SOURCE / "segments" / f"{record['segment']}.json"
    path.write_text(path.read_text()[:100])

    done = run(binary, lake, "etl", code=1)

    assert len(complaints(done)) == 1
    assert f"source {SOURCE}: segment record {path}: " in complaints(done)[0]


def test_an_unwritable_place_is_named_and_nothing_is_lost(binary, lake):
    (lake / "processed").write_text("a file where a folder should be")

    done = run(binary, lake, "etl", code=1)

    assert len(complaints(done)) == 1
    assert "cannot create folder" in complaints(done)[0]
    (lake / "processed").unlink()
    run(binary, lake, "etl")
    assert hashes(lake, "BTC-USD") and hashes(lake, "ETH-USD")


@pytest.mark.parametrize("arguments, complaint", [
    (["--mode", "date"], "--mode date needs --date"),
    (["--mode", "range", "--start", "2026-08-09"], "--mode range needs --start and --end"),
    (["--mode", "range", "--start", "yesterday", "--end", "2026-08-09"],
     "--start yesterday: not a time; allowed: 2026-08-09, 2026-08-09T21:05:00Z (a date is its UTC "
     "midnight)"),
    (["--date", "2026-08-09"],
     "--mode all takes no --start, --end or --date; use --mode range or date"),
])
def test_a_request_that_makes_no_sense_is_refused(binary, tmp_path, arguments, complaint):
    done = run(binary, tmp_path, "etl", *arguments, code=2)

    assert done.stderr == f"daedalus: {complaint}\n"


def test_an_unknown_source_is_named(binary, lake):
    done = run(binary, lake, "etl", "--source", "nowhere", code=1)

    assert f"source nowhere has no segments under {lake}" in complaints(done)[0]
