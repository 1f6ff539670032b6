"""`daedalus bars` over bronze that is there: against the oracle, the ETL, and itself run again."""

import hashlib
import json
import pathlib
import shutil
import subprocess
from fractions import Fraction

import pyarrow.parquet as pq
import pytest

from lakes import RECORDINGS, name_and_partition
from oracle.bars import LiveTrades
from oracle.bronze import exact
from oracle.information_bars import information_bars

THRESHOLDS = {  # Volume and imbalance, dollars, trades.
    ("coinbase", "BTC-USD"): ("0.013", "1234.5", "10"),
    ("usdm", "BTC-USDT"): ("7.3", "500000", "25"),
    ("nexousdt", "NEXO-USDT"): ("1234.56", "1000", "7"),
}
KEYS = {"capture_ts", "exchange", "symbol", "collected_at", "capture_ts_us", "year", "month", "day",
        "hour"}


def threshold_of(case, kind):
    volume, dollars, trades = THRESHOLDS[case]
    return {"volume": volume, "imbalance": volume, "dollar": dollars, "tick": trades}[kind]


def rows_of(root, table, exchange, symbol):
    folder = pathlib.Path(root) / "processed/gold" / table / f"exchange={exchange}/symbol={symbol}"
    rows = []
    for path in sorted(folder.rglob("*.parquet"), key=name_and_partition):
        rows.extend(pq.ParquetFile(path).read().to_pylist())
    for row in rows:
        row["capture_ts_us"] = int(row["capture_ts"].timestamp() * 1_000_000 + 0.5)
    return rows


def files_of(folder):
    """Hashes by path, of all that is Parquet."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(pathlib.Path(folder).rglob("*.parquet"))}


def fails(lakes, *arguments):
    """The exit code and what was said."""
    done = subprocess.run([lakes.binary, *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stderr + done.stdout


CASES = [pytest.param(*case, kind, id=f"{case[0]}-{kind}")
         for case in THRESHOLDS for kind in ("volume", "dollar", "tick", "imbalance")]


@pytest.mark.parametrize("recording, symbol, kind", CASES)
def test_information_bars_agree_with_the_oracle_and_conserve(lakes, deviations, tmp_path, recording,
                                                             symbol, kind):
    root, exchange = lakes.imported(recording), RECORDINGS[recording].exchange
    threshold = threshold_of((recording, symbol), kind)
    lakes.run("--data-root", root, "bars", "--kind", kind, "--threshold", threshold, "--symbol",
              symbol, "--partial", "--out", tmp_path)
    ours = rows_of(tmp_path, f"{kind}_bars/{threshold}", exchange, symbol)
    events = lakes.events(recording, symbol)
    theirs = information_bars(events, kind, threshold, partial=True)

    assert len(ours) == len(theirs) > 3
    assert set(ours[0]) - KEYS == set(theirs[0]) - KEYS
    table = f"gold/{kind}_bars"
    assert deviations.compare(f"{recording} {symbol}", table, ours, theirs,
                              set(theirs[0]) - KEYS) == {}
    live = LiveTrades()
    traded = [trade[0]["amount"] for trade in map(live.on_event, events) if trade]
    assert sum(exact(row["volume"]) for row in ours) == sum(map(exact, traded))
    assert [row["is_complete"] for row in ours[:-1]] == [True] * (len(ours) - 1)
    filled = {"volume": "volume", "dollar": "dollar_volume", "tick": "trade_count"}.get(kind)
    if filled:
        assert {Fraction(row[filled]) for row in ours[:-1]} == {Fraction(float(threshold))}


@pytest.mark.parametrize("recording", ["coinbase", "nexousdt", "usdm"])
def test_bars_of_time_equal_the_etls_to_the_last_bit(lakes, tmp_path, recording):
    root, etl = lakes.imported(recording), lakes.lake(recording)
    for duration in ("60", "1h"):
        lakes.run("--data-root", root, "bars", "--kind", "time", "--duration", duration, "--out",
                  tmp_path)
    compared = 0
    for channel in ("orderbook", "trades", "ticker"):
        for table in (f"{channel}_bars/60s", f"{channel}_bars/3600s"):
            for symbol in RECORDINGS[recording].symbols:
                ours = rows_of(tmp_path, table, RECORDINGS[recording].exchange, symbol)
                theirs = rows_of(etl, table, RECORDINGS[recording].exchange, symbol)
                assert ours == theirs  # Doubles as they are; no NaN is in a file.
                compared += len(ours)
    names = set(files_of(tmp_path))
    assert names == {name for name in files_of(etl) if "_bars/60s/" in name or "_bars/3600s/" in name}
    assert compared >= {"coinbase": 0, "usdm": 10, "nexousdt": 1000}[recording]


@pytest.fixture
def nexo(lakes, tmp_path):
    """Bronze of 24 hours in many segments, to be worked on."""
    root = tmp_path / "nexo"
    shutil.copytree(lakes.imported("nexousdt"), root)
    return root


def volume_bars(lakes, root, *further):
    return lakes.run("--data-root", root, "bars", "--kind", "volume", "--threshold", "1000",
                     *further)


def test_a_repeated_run_gives_the_same_bytes_and_replaces_what_was_unfinished(lakes, nexo):
    volume_bars(lakes, nexo)
    first = files_of(nexo / "processed")
    volume_bars(lakes, nexo, "--partial")
    with_unfinished = rows_of(nexo, "volume_bars/1000", "binance", "NEXO-USDT")
    volume_bars(lakes, nexo)

    assert len(first) > 5
    assert with_unfinished[-1]["is_complete"] is False
    assert files_of(nexo / "processed") == first
    rows = rows_of(nexo, "volume_bars/1000", "binance", "NEXO-USDT")
    assert len(rows) == len(with_unfinished) - 1
    assert list((nexo / "state").rglob("*.tmp")) == []


def test_a_run_that_is_killed_is_finished_by_the_next(lakes, nexo, tmp_path):
    whole = tmp_path / "whole"
    volume_bars(lakes, nexo, "--out", whole)
    command = [lakes.binary, "--data-root", nexo, "bars", "--kind", "volume", "--threshold", "1000"]
    for wait in (0.02, 0.05, 0.1, 0.2, 0.4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for path in (nexo / "processed").rglob("*.parquet"):
            pq.ParquetFile(path)  # Whole, whatever there is.
    volume_bars(lakes, nexo)

    assert files_of(nexo / "processed") == files_of(whole / "processed")


def test_a_range_writes_its_segments_alone_and_as_they_always_are(lakes, nexo, tmp_path):
    whole = tmp_path / "whole"
    volume_bars(lakes, nexo, "--out", whole)
    expected = files_of(whole / "processed")
    printed = volume_bars(lakes, nexo, "--from", "2024-07-24T06:00:00Z", "--to",
                          "2024-07-24T09:00:00Z")
    found = files_of(nexo / "processed")

    hours = {name.split("segment_")[1][:11] for name in found}
    assert hours == {"20240724T06", "20240724T07", "20240724T08"}
    assert found.items() <= expected.items()
    assert "bars in" in printed


def test_what_the_etl_has_written_stays_as_it_is(lakes, nexo):
    lakes.run("--data-root", nexo, "etl")
    before = files_of(nexo / "processed")
    lakes.run("--data-root", nexo, "bars", "--kind", "time", "--duration", "60")
    lakes.run("--data-root", nexo, "bars", "--kind", "time", "--duration", "2m", "--channel", "trades")
    after = files_of(nexo / "processed")

    assert before.items() <= after.items()
    assert {name.split("/")[2] for name in set(after) - set(before)} == {"120s"}
    code, said = fails(lakes, "--data-root", nexo, "bars", "--kind", "time", "--duration", "60",
                       "--partial")
    assert code == 2 and "the ETL's own" in said


def test_journals_that_were_published_as_they_are_give_the_same_bars(lakes, tmp_path, realdata):
    what, root = RECORDINGS["coinbase"], tmp_path / "journals"
    config = tmp_path / "config.yaml"
    config.write_text(f"data_root: {root}\njournal:\n  raw_format: ndjson\n")
    lakes.run("--config", config, "import", "--from", what.form, "--exchange", what.exchange,
              *[realdata(name) for name in what.files])
    arguments = ("bars", "--kind", "dollar", "--threshold", "500", "--partial")
    lakes.run("--config", config, *arguments)
    lakes.run("--data-root", lakes.imported("coinbase"), *arguments, "--out", tmp_path / "parquet")

    for symbol in what.symbols:
        ours = rows_of(root, "dollar_bars/500", what.exchange, symbol)
        assert ours == rows_of(tmp_path / "parquet", "dollar_bars/500", what.exchange, symbol)
        assert ours


def test_queries_see_the_bars_as_tables(lakes, nexo):
    volume_bars(lakes, nexo)
    lakes.run("--data-root", nexo, "bars", "--kind", "tick", "--threshold", "50")
    sql = "SELECT threshold, count(*) AS bars, min(volume) AS least FROM gold_volume_bars GROUP BY 1"
    rows = json.loads(lakes.run("--data-root", nexo, "query", sql, "--format", "json"))
    ticks = json.loads(lakes.run("--data-root", nexo, "query",
                                 "SELECT count(*) AS bars FROM gold_tick_bars", "--format", "json"))

    assert [(row["threshold"], row["least"]) for row in rows] == [(1000, 1000)]
    assert rows[0]["bars"] > 50 and ticks[0]["bars"] > 50


def test_a_missing_segment_is_named_and_becomes_a_gap_on_request(lakes, nexo):
    records = sorted(nexo.glob("raw/ready/*/segments/*.json"))
    missing = records[5].stem
    records[5].unlink()
    arguments = ("--data-root", nexo, "bars", "--kind", "tick", "--threshold", "100")
    code, said = fails(lakes, *arguments)

    assert code == 1 and missing in said and "--skip-missing" in said
    lakes.run(*arguments, "--skip-missing")


@pytest.mark.parametrize("arguments, expected", [
    (("--kind", "volume"), "--threshold"),
    (("--kind", "volume", "--threshold", "-1"), "above 0"),
    (("--kind", "volume", "--threshold", "many"), "above 0"),
    (("--kind", "tick", "--threshold", "2.5"), "whole number"),
    (("--kind", "time"), "--duration"),
    (("--kind", "time", "--duration", "3 moons"), "--duration"),
    (("--kind", "time", "--duration", "2d"), "1s to 1d"),
    (("--kind", "time", "--duration", "60", "--threshold", "3"), "no --threshold"),
    (("--kind", "dollar", "--threshold", "3", "--channel", "ticker"), "made of trades"),
    (("--kind", "time", "--duration", "60", "--from", "yesterday"), "not a time"),
    (("--kind", "time", "--duration", "60", "--from", "2024-07-24", "--to", "2024-07-23"), "not before"),
    (("--kind", "renko", "--threshold", "3"), "renko"),
])
def test_wrong_usage_is_refused_with_what_is_allowed(lakes, tmp_path, arguments, expected):
    code, said = fails(lakes, "--data-root", tmp_path, "bars", *arguments)

    assert code == 2
    assert expected in said
    assert list(tmp_path.iterdir()) == []
