"""SQL over the lake, with the real program and the real DuckDB."""

import json
import subprocess

import pyarrow.parquet as pq
import pytest

FILE = "binance/nexousdt_34h/nexousdt_20240723.dat.gz"


def run(binary, root, *arguments, stdin=None):
    return subprocess.run([binary, "--data-root", root, *arguments], capture_output=True, text=True,
                          input=stdin)


@pytest.fixture(scope="module")
def lake(binary, realdata, tmp_path_factory):
    root = tmp_path_factory.mktemp("query") / "data"
    done = run(binary, root, "import", "--from", "hftbacktest", "--exchange", "binance", "--symbol",
               "NEXO/USDT", realdata(FILE))
    assert done.returncode == 0, done.stderr
    return root


def query(binary, root, sql, form="json"):
    done = run(binary, root, "query", sql, "--format", form)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if form == "json" else done.stdout


def test_bronze_is_one_table_before_and_after_the_etl(binary, lake):
    count = "SELECT count(*) AS n, count(DISTINCT recv_seq) AS seqs FROM bronze_orderbook"
    before = query(binary, lake, count)
    assert run(binary, lake, "etl", "--limit", "1").returncode == 0
    between = query(binary, lake, count)
    assert run(binary, lake, "etl").returncode == 0

    assert before[0]["n"] == before[0]["seqs"] > 1000
    assert before == between == query(binary, lake, count)


def test_every_table_is_listed_with_its_rows(binary, lake):
    assert run(binary, lake, "etl").returncode == 0

    done = run(binary, lake, "query", "--tables", "--format", "json")

    rows = {row["table"]: row["rows"] for row in json.loads(done.stdout)}
    assert rows["bronze_trades"] == rows["silver_trades"] == 178
    assert rows["silver_orderbook"] > 100 and rows["gold_orderbook_bars"] > 10
    assert rows["gaps"] == 0 and rows["instruments"] == 0


def test_bars_of_all_durations_are_one_table(binary, lake):
    assert run(binary, lake, "etl").returncode == 0

    rows = query(binary, lake, "SELECT DISTINCT bar_duration_sec AS d FROM gold_trades_bars "
                               "ORDER BY d")

    assert [row["d"] for row in rows] == [60, 300, 900]


def test_a_data_root_without_data_has_the_tables(binary, tmp_path):
    rows = query(binary, tmp_path, "SELECT count(best_bid) AS n FROM silver_orderbook")

    assert rows == [{"n": 0}]


def test_an_sql_error_is_duckdbs_own_and_exit_1(binary, tmp_path):
    done = run(binary, tmp_path, "query", "SELECT nothing FROM silver_orderbook")

    assert done.returncode == 1
    assert 'Binder Error: Referenced column "nothing" not found' in done.stderr


def test_parquet_is_written_whole(binary, lake, tmp_path):
    target = tmp_path / "out.parquet"

    done = run(binary, lake, "query", "SELECT symbol, bids FROM bronze_orderbook", "--format",
               "parquet", "--output", target)

    assert done.returncode == 0, done.stderr
    assert pq.read_table(target).num_rows > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_without_sql_a_shell_has_the_tables_ready(binary, lake):
    done = run(binary, lake, "query", stdin="SELECT count(*) > 0 AS there FROM bronze_ticker;\n")

    assert done.returncode == 0 and "true" in done.stdout


def test_a_missing_duckdb_is_told(binary, tmp_path):
    done = subprocess.run([binary, "--data-root", tmp_path, "query", "SELECT 1"],
                          capture_output=True, text=True, env={"DAEDALUS_DUCKDB": "/nowhere"})

    assert done.returncode == 2
    assert done.stderr == "daedalus: DAEDALUS_DUCKDB=/nowhere: no such program\n"


def gappy(folder):
    """Two hours of a feed whose count jumps, once over the hour's end."""
    frame = ('{{"time_ns":{},"data":{{"channel":"market_trades","timestamp":"2026-08-09T21:05:48Z","sequence_num":{},'
             '"events":[{{"type":"update","trades":[{{"product_id":"BTC-USD","trade_id":"{}","price":"10.0",'
             '"size":"1","time":"2026-08-09T21:05:48Z","side":"BUY"}}]}}]}}}}\n')
    recording = folder / "frames.ndjson"
    moments = [(0, 0), (1, 1), (2, 5), (3, 6), (3600, 9), (3601, 10), (3602, 20)]
    recording.write_text("".join(frame.format((1786309548 + s) * 10**9, n, n) for s, n in moments))
    return recording


def gappy_lake(binary, folder, raw_format):
    config = folder / "config.yaml"
    config.write_text(f"journal:\n  raw_format: {raw_format}\n")
    root = folder / "data"
    done = run(binary, root, "--config", config, "import", "--from", "ndjson", "--exchange", "coinbase", gappy(folder))
    assert done.returncode == 0, done.stderr
    for limit in ("1", "9"):  # In two runs: gaps and their ends come from one segment to the next.
        done = run(binary, root, "--config", config, "etl", "--limit", limit)
        assert done.returncode == 0, done.stderr
    return root


def test_gaps_can_be_queried_though_journals_are_all_that_is_published(binary, tmp_path):
    (tmp_path / "parquet").mkdir()
    (tmp_path / "ndjson").mkdir()
    with_bronze = gappy_lake(binary, tmp_path / "parquet", "parquet")
    without = gappy_lake(binary, tmp_path / "ndjson", "ndjson")

    for table in ("gaps", "bronze_gaps"):
        found = query(binary, without, f"SELECT * FROM {table} ORDER BY ALL")
        assert len(found) >= 3 and found == query(binary, with_bronze, f"SELECT * FROM {table} ORDER BY ALL")
    assert not query(binary, without, "SELECT * FROM bronze_trades")
    assert not list((without / "raw").rglob("*.parquet"))

    # Done again, they are there once; with all done, nothing is staged any more.
    before = sorted((without / "processed/silver/gaps").rglob("*.parquet"))
    done = run(binary, without, "etl", "--mode", "range", "--start", "2026-08-01", "--end", "2026-08-30")
    assert done.returncode == 0, done.stderr
    assert before == sorted((without / "processed/silver/gaps").rglob("*.parquet"))
    assert query(binary, without, "SELECT * FROM gaps") == query(binary, with_bronze, "SELECT * FROM gaps")
    assert not list((without / "state/etl_staging").rglob("*.parquet*"))
