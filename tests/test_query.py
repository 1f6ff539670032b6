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
