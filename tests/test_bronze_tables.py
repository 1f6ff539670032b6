"""Bronze has the columns, types and order of docs/formats.md, and reads in what people use."""

import decimal
import pathlib
import re
import subprocess

import pandas
import polars
import pyarrow.dataset
import pyarrow.parquet
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
COINBASE = ("coinbase", "cryptofeed", "coinbase/cryptofeed_v3_COINBASE.jsonl.zst")
TABLES = {"orderbook": "orderbook", "trades": "trades", "ticker": "ticker",
          "instruments": "instruments", "candles": "other"}
FIRST = ["collected_at", "capture_ts", "exchange", "symbol", "year", "month", "day", "hour"]


def type_name(kind):
    """As the document writes it: nothing is said of names and nullness inside lists."""
    plain = str(kind).replace(" not null", "").replace("element: ", "").replace("item: ", "")
    return {"timestamp[us, tz=UTC]": "timestamp[us, UTC]"}.get(plain, plain)


def documented(table):
    text = (ROOT / "docs/formats.md").read_text()
    section = text.split(f"### Table {table}\n")[1].split("\n### ")[0]
    return re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.M)


@pytest.fixture(scope="module")
def ready(recorded):
    root, source, _ = recorded(*COINBASE)
    return root / "raw/ready" / source


@pytest.fixture(scope="module")
def gaps(binary, tmp_path_factory):
    """A source with a gap: a count that jumps."""
    root = tmp_path_factory.mktemp("gaps")
    frame = ('{{"time_ns":{},"data":{{"channel":"market_trades","timestamp":"2026-08-09T21:05:48Z",'
             '"sequence_num":{},"events":[{{"type":"update","trades":[{{"product_id":"BTC-USD",'
             '"trade_id":"{}","price":"10.0","size":"1","time":"2026-08-09T21:05:48Z",'
             '"side":"BUY"}}]}}]}}}}\n')
    recording = root / "frames.ndjson"
    recording.write_text("".join(frame.format(1786309548 * 10**9 + n, n, n) for n in (0, 1, 5)))
    run = subprocess.run([binary, "--data-root", root, "import", "--from", "ndjson", "--exchange",
                          "coinbase", recording], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return root / "raw/ready/import_coinbase/gaps"


def check_columns(folder, table):
    for file in folder.rglob("*.parquet"):
        schema = pyarrow.parquet.ParquetFile(file).schema_arrow
        found = [(field.name, type_name(field.type)) for field in schema]
        assert found == documented(table)


@pytest.mark.parametrize("folder", TABLES)
def test_columns_types_and_order_are_those_documented(ready, folder):
    assert list((ready / folder).rglob("*.parquet"))
    check_columns(ready / folder, TABLES[folder])
    names = [name for name, _ in documented(TABLES[folder])]
    assert names[:8] == FIRST


def test_gaps_are_two_rows_of_the_documented_columns(gaps):
    check_columns(gaps, "gaps")
    rows = pyarrow.dataset.dataset(gaps).to_table().to_pylist()
    assert [(row["edge"], row["channel"], row["kind"], row["expected"], row["received"],
             row["recovered_by"]) for row in rows] == [
        ("open", "trades", "sequence", 2, 5, None), ("close", "trades", "sequence", None, None, "data")]
    assert {row["gap_id"] for row in rows} == {rows[0]["recv_seq"]}


@pytest.mark.parametrize("folder", TABLES)
def test_path_and_columns_agree_in_every_row(ready, folder):
    for file in (ready / folder).rglob("*.parquet"):
        path = dict(part.split("=") for part in file.relative_to(ready / folder).parts[:-1])
        for row in pyarrow.parquet.ParquetFile(file).read().to_pylist():
            assert {key: str(row[key]) for key in path} == path
            time_ns = row["capture_time_ns"]
            assert row["collected_at"] == time_ns // 10**6
            utc = pandas.Timestamp(time_ns, unit="ns", tz="UTC")
            assert [utc.year, utc.month, utc.day, utc.hour] == [
                row["year"], row["month"], row["day"], row["hour"]]
            assert row["capture_ts"] == utc.floor("us").to_pydatetime()


@pytest.mark.parametrize("folder", TABLES)
def test_files_say_what_they_are_of(ready, folder):
    for file in (ready / folder).rglob("*.parquet"):
        metadata = pyarrow.parquet.ParquetFile(file).schema_arrow.metadata
        assert metadata[b"daedalus.segment"].decode() == file.stem
        assert int(metadata[b"daedalus.opened_ns"]) < int(metadata[b"daedalus.closed_ns"])
        assert metadata[b"daedalus.writer"].startswith(b"daedalus ")
        if folder == "trades":
            rows = pyarrow.parquet.ParquetFile(file).read(["price", "amount"]).to_pylist()
            for column, key in (("price", b"daedalus.price_decimals"), ("amount", b"daedalus.size_decimals")):
                decimals = max(-decimal.Decimal(repr(row[column])).normalize().as_tuple().exponent
                               for row in rows)
                assert int(metadata[key]) == decimals


def test_info_json_is_never_an_empty_object(ready):
    for folder in ("trades", "ticker"):
        column = pyarrow.dataset.dataset(ready / folder).to_table(columns=["info_json"])["info_json"]
        assert not {"{}", ""} & set(column.to_pylist())


@pytest.mark.parametrize("folder", ["orderbook", "trades", "ticker"])
def test_reads_the_same_in_duckdb_pyarrow_polars_and_pandas(ready, folder):
    path = ready / folder
    rows = sum(pyarrow.parquet.ParquetFile(file).metadata.num_rows for file in path.rglob("*.parquet"))
    columns = [name for name, _ in documented(TABLES[folder])]
    # pyarrow, with and without partitions read from the path.
    for partitioning in ("hive", None):
        dataset = pyarrow.dataset.dataset(path, partitioning=partitioning)
        assert dataset.schema.names == columns
        table = dataset.to_table(filter=pyarrow.dataset.field("symbol") == "BTC-USD")
        assert 0 < table.num_rows < rows
        assert dataset.to_table().num_rows == rows
    assert pyarrow.parquet.read_table(path, partitioning=None).num_rows == rows
    # Polars.
    for hive in (True, False):
        frame = polars.scan_parquet(path / "**/*.parquet", hive_partitioning=hive)
        assert frame.collect_schema().names() == columns
        assert frame.select(polars.len()).collect().item() == rows
        assert 0 < frame.filter(polars.col("symbol") == "BTC-USD").collect().height < rows
    # pandas.
    frame = pandas.read_parquet(path, partitioning=None)
    assert len(frame) == rows and list(frame.columns) == columns
    # DuckDB.
    duckdb = ROOT / ".venv/bin/duckdb"
    for hive in ("true", "false"):
        query = (f"select count(*), count(distinct symbol), min(year) from "
                 f"read_parquet('{path}/**/*.parquet', hive_partitioning = {hive})")
        run = subprocess.run([duckdb, "-noheader", "-csv", "-c", query], capture_output=True, text=True)
        assert run.stdout.strip() == f"{rows},2,2026", run.stderr


def test_sealing_again_gives_the_same_files(binary, realdata, data_root):
    run = subprocess.run([binary, "--data-root", data_root, "import", "--from", COINBASE[1],
                          "--exchange", COINBASE[0], "--segment-max-mb", "1", realdata(COINBASE[2])],
                         capture_output=True, text=True)
    assert run.returncode == 0, run.stderr

    def content():
        return {path.relative_to(data_root): path.read_bytes()
                for path in data_root.rglob("*") if path.is_file() and path.suffix != ".lock"}

    before = content()
    again = subprocess.run([binary, "--data-root", data_root, "seal", "--again"],
                           capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert content() == before
