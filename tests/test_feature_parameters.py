"""Each key of the section `features:` changes the columns that it should, and no others; what is impossible is refused."""

import fnmatch
import functools
import json
import re
import shutil
import subprocess

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
import pytest

from conftest import ROOT

RECORDING = "binance/nexousdt_34h/nexousdt_20240723.dat.gz"
# Buckets small enough that twenty minutes fill some.
BASE = {"vpin_bucket_size": 40}
BOOK, BARS = "silver/orderbook", "gold/orderbook_bars/*"


class Case:
    """A key with another value; what it changes: {table: patterns of columns}. `besides`: other keys, in both runs."""

    def __init__(self, key, value, changed=None, removed=None, added=None, besides=None, name=None):
        self.key, self.value = key, value
        self.changed, self.removed, self.added = changed or {}, removed or {}, added or {}
        self.base = BASE | (besides or {})
        self.id = name or key


REGIME = ["spread_regime", "spread_regime_tight_frac", "spread_regime_wide_frac"]
STATIC = {"use_dynamic_spread_regime": False}
CASES = [
    Case("depth_levels", 12,
         changed={BOOK: ["total_*", "book_pressure", "center_of_gravity", "cog_*", "*_concentration",
                         "*_50pct_depth_levels"],
                  BARS: ["mean_total_imbalance", "mean_bid_depth", "mean_ask_depth"]},
         removed={BOOK: ["*_price_L1[2-9]", "*_size_L1[2-9]"]}),
    Case("ofi_levels", 6, changed={BOOK: ["ofi_multi", "mlofi*"], BARS: ["sum_mlofi"]},
         removed={BOOK: ["ofi_L[6-9]"]}),
    Case("ofi_decay_alpha", 0.25, changed={BOOK: ["mlofi*"], BARS: ["sum_mlofi"]}),
    Case("bands_bps", [5, 10, 25, 50, 80], removed={BOOK: ["*_band_50_100bps"]}, added={BOOK: ["*_band_50_80bps"]}),
    Case("rolling_windows", [5, 15, 60, 300, 600],
         removed={"silver/*": ["*_900s"]}, added={"silver/*": ["*_600s"]}),
    Case("smart_depth_half_life_bps", 2.5,
         changed={BOOK: ["smart_*"], BARS: ["mean_smart_depth_imbalance"]}),
    Case("spread_regime_window", 60, changed={BOOK: ["spread_percentile", *REGIME, "depth_0_5bps_sigma"]}),
    Case("spread_tight_percentile", 0.4, changed={BOOK: ["spread_regime", "spread_regime_tight_frac"]}),
    Case("spread_wide_percentile", 0.6, changed={BOOK: ["spread_regime", "spread_regime_wide_frac"]}),
    Case("use_dynamic_spread_regime", False, changed={BOOK: REGIME}),
    Case("tight_spread_threshold_bps", 8.24, besides=STATIC,
         changed={BOOK: ["spread_regime", "spread_regime_tight_frac"]}),
    Case("wide_spread_threshold_bps", 10, besides=STATIC,
         changed={BOOK: ["spread_regime", "spread_regime_wide_frac"]}),
    Case("tight_spread_threshold_bps", 8.24, name="tight_spread_threshold_bps of the dynamic regime"),
    Case("wide_spread_threshold_bps", 10, name="wide_spread_threshold_bps of the dynamic regime"),
    Case("kyle_lambda_window", 60, changed={BOOK: ["kyle_lambda*", "ofi_beta*"]}),
    Case("enable_vpin", False, changed={BOOK: ["vpin", "order_flow_toxicity"]}),
    Case("vpin_bucket_size", 30.5, changed={BOOK: ["vpin", "order_flow_toxicity"]}),
    Case("vpin_bucket_size", "auto", changed={BOOK: ["vpin", "order_flow_toxicity"]}, name="vpin_bucket_size auto"),
    Case("vpin_window_buckets", 2, changed={BOOK: ["vpin", "order_flow_toxicity"]}),
    Case("keep_raw_arrays", True, added={BOOK: ["bids", "asks"]}),
]
NOT_BY_COLUMN = {"bar_durations", "hf_emit_interval", "max_state_staleness_seconds", "categories", "legacy_aliases"}
OLD_NAMES = {"max_levels": "depth_levels", "horizons": "rolling_windows", "hf_sample_interval": "hf_emit_interval",
             "vpin_bucket_volume": "vpin_bucket_size"}


class Runs:
    """One recording, processed with one set of parameters after the other."""

    def __init__(self, binary, recording, folder):
        self.binary, self.folder = binary, folder
        subprocess.run([binary, "--data-root", folder / "bronze", "import", "--from", "hftbacktest", "--exchange",
                        "binance", "--symbol", "NEXO/USDT", recording], check=True, capture_output=True)

    def tables(self, features, channels=None):
        return self.processed(json.dumps(features, sort_keys=True), json.dumps(channels or {}, sort_keys=True))

    @functools.cache
    def processed(self, features, channels):
        root = self.folder / "run"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.folder / "bronze", root)
        config = root / "config.yaml"
        options = {name: {"processor_options": keys} for name, keys in json.loads(channels).items()}
        config.write_text(f"data_root: {root}\nfeatures: {features}\netl: {json.dumps({'channels': options})}\n")
        subprocess.run([self.binary, "--config", config, "etl"], check=True, capture_output=True)
        return read_tables(root / "processed")


def read_tables(processed):
    """All tables, gold by kind and duration; rows in the order of their time."""
    files = {}
    for path in sorted(processed.rglob("*.parquet"), key=lambda path: path.name):
        table = str(path.relative_to(processed)).split("/exchange=")[0]
        files.setdefault(table, []).append(pq.ParquetFile(path).read())
    tables = {table: pa.concat_tables(parts) for table, parts in files.items()}
    by = {"silver/trades": "recv_seq", "silver/ticker": "recv_seq"}
    return {table: rows.sort_by([("collected_at", "ascending"), (by.get(table, "collected_at"), "ascending")])
            for table, rows in tables.items()}


@pytest.fixture(scope="module")
def runs(binary, realdata, tmp_path_factory):
    return Runs(binary, realdata(RECORDING), tmp_path_factory.mktemp("parameters"))


def columns_of(tables):
    return {(table, name) for table, rows in tables.items() for name in rows.column_names}


def changed_columns(one, other):
    return {(table, name) for table, name in columns_of(one) & columns_of(other)
            if not one[table][name].equals(other[table][name])}


def fitting(columns, patterns):
    """Those of the columns that {table: patterns} names."""
    return {(table, name) for table, name in columns for place, names in patterns.items()
            if fnmatch.fnmatchcase(table, place) and any(fnmatch.fnmatchcase(name, each) for each in names)}


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_key_changes_its_columns_and_no_others(runs, case):
    before, after = runs.tables(case.base), runs.tables(case.base | {case.key: case.value})
    removed, added = columns_of(before) - columns_of(after), columns_of(after) - columns_of(before)

    assert removed == fitting(columns_of(before), case.removed)
    assert added == fitting(columns_of(after), case.added)
    assert bool(removed) == bool(case.removed) and bool(added) == bool(case.added)
    assert changed_columns(before, after) == fitting(columns_of(before) & columns_of(after), case.changed)
    for table, rows in before.items():
        assert rows.num_rows == after[table].num_rows, table


def test_vpin_that_is_off_leaves_its_columns_null(runs):
    rows = runs.tables(BASE | {"enable_vpin": False})[BOOK]
    assert rows["vpin"].null_count == rows["order_flow_toxicity"].null_count == rows.num_rows
    assert runs.tables(BASE)[BOOK]["vpin"].null_count < rows.num_rows


def test_bar_durations_choose_the_bars_and_change_none(runs):
    before, after = runs.tables(BASE), runs.tables(BASE | {"bar_durations": [60, 120]})
    durations = {table.split("/")[-1] for table in after if table.startswith("gold/")}
    assert durations == {"60s", "120s"}
    assert not changed_columns(before, after)


# What a row counts since the row before it.
SINCE_THE_ROW_BEFORE = ["book_events", "trade_events", "is_gap", "log_return", "log_return_step", "ofi", "ofi_step",
                        "ofi_L*", "ofi_multi", "mlofi", "mlofi_step", "mlofi_decay", "ofi_depth_norm"]


@pytest.mark.parametrize("interval", [0.5, 5, 0])
def test_the_interval_changes_the_rows_and_what_they_count_since_the_one_before(runs, interval):
    before, after = runs.tables(BASE), runs.tables(BASE | {"hf_emit_interval": interval})
    labels = after[BOOK]["capture_ts"].to_pylist()
    assert {table for table, _ in changed_columns(before, after)} == {BOOK}
    if interval == 0:
        last = before[BOOK]["capture_ts"][-1].as_py()
        assert sum(label < last for label in labels) == sum(before[BOOK]["book_events"].to_pylist())
        assert set(after[BOOK]["book_events"].to_pylist()) == {1}
        return
    assert all((label.timestamp() % interval) == 0 for label in labels) and len(labels) == len(set(labels))
    assert (after[BOOK].num_rows > before[BOOK].num_rows) == (interval < 1)
    common = pa.array(sorted(set(labels) & set(before[BOOK]["capture_ts"].to_pylist())),
                      before[BOOK].schema.field("capture_ts").type)
    assert len(common) > 50
    one, other = ({BOOK: tables[BOOK].filter(pa.compute.is_in(tables[BOOK]["capture_ts"], value_set=common))}
                  for tables in (before, after))
    may = fitting(columns_of(one), {BOOK: SINCE_THE_ROW_BEFORE})
    assert changed_columns(one, other) <= may
    assert {(BOOK, "book_events"), (BOOK, "ofi"), (BOOK, "mlofi"), (BOOK, "log_return")} <= changed_columns(one, other)


# Columns that know nothing before the row's own moment, and those of the trades' stretch alone.
WITHOUT_A_BOOK_STRETCH = ["tfi_*", "trade_vol_*", "trade_count_*", "hawkes_*", "trade_size_z", "roll_spread_*", "vpin",
                          "order_flow_toxicity", "book_events", "trade_events", "staleness_ms", "nonce", "timestamp"]


def test_a_staleness_limit_begins_the_book_anew_and_leaves_the_rest(runs, binary):
    before, after = runs.tables(BASE), runs.tables(BASE | {"max_state_staleness_seconds": 3})
    changed = changed_columns(before, after)
    catalog = json.loads(subprocess.run([binary, "--config", "/dev/null", "features", "--table", BOOK, "--json"],
                                        capture_output=True, text=True).stdout)
    structural = [entry["column"] for entry in catalog if entry["category"] == "structural"]
    assert not changed & fitting(columns_of(before), {BOOK: WITHOUT_A_BOOK_STRETCH + structural})
    assert changed >= {(BOOK, name) for name in ("stream_age_s", "is_gap", "ofi", "rv_60s", "mean_spread_60s",
                                                  "ofi_sum_60s", "spread_percentile")}
    assert (("gold/orderbook_bars/60s", "gap_seconds")) in changed
    assert {table for table, _ in changed} <= {BOOK, "silver/trades", *(t for t in before if "orderbook_bars" in t)}
    assert changed & columns_of({"silver/trades": before["silver/trades"]}) <= {
        ("silver/trades", "mid_before"), ("silver/trades", "effective_spread_bps")}


@pytest.mark.parametrize("category", ["structural", "dynamic", "rolling", "advanced", "extended"])
def test_a_category_that_is_off_takes_its_columns_and_changes_no_others(runs, binary, category):
    others = [each for each in ("structural", "dynamic", "rolling", "advanced", "extended") if each != category]
    before, after = runs.tables(BASE), runs.tables(BASE | {"categories": others})
    catalog = json.loads(subprocess.run([binary, "--config", "/dev/null", "features", "--category", category, "--json"],
                                        capture_output=True, text=True).stdout)
    gone = {(entry["table"], entry["column"]) for entry in catalog}
    assert gone and columns_of(before) - columns_of(after) == gone
    assert columns_of(after) <= columns_of(before) and not changed_columns(before, after)


def test_without_aliases_the_duplicates_are_gone_and_no_more(runs, binary):
    before, after = runs.tables(BASE), runs.tables(BASE | {"legacy_aliases": False})
    catalog = json.loads(subprocess.run([binary, "--config", "/dev/null", "features", "--json"],
                                        capture_output=True, text=True).stdout)
    aliases = {(entry["table"], entry["column"]): entry["alias_of"] for entry in catalog if entry["alias_of"]}
    gone = {(re.sub(r"(_bars)/\d+s$", r"\1", table), name) for table, name in columns_of(before) - columns_of(after)}
    assert gone == {key for key in aliases if key[0] in {re.sub(r"(_bars)/\d+s$", r"\1", t) for t in before}}
    assert not changed_columns(before, after)
    for (table, name), original in aliases.items():
        for place in (place for place in before if re.sub(r"(_bars)/\d+s$", r"\1", place) == table):
            assert before[place][name].equals(before[place][original]), (place, name)


@pytest.mark.parametrize("channel", ["orderbook", "trades", "ticker"])
def test_processor_options_change_their_channels_tables_only(runs, channel):
    own = {"rolling_windows": [5, 15, 60, 300], "bar_durations": [60, 120]}
    before, after = runs.tables(BASE), runs.tables(BASE, {channel: own})
    for table in before.keys() | after.keys():
        is_own = channel in table
        same = table in before and table in after and before[table].equals(after[table])
        assert same != is_own or (is_own and table.endswith("/60s")), table
    assert f"gold/{channel}_bars/120s" in after and f"gold/{channel}_bars/900s" not in after
    assert not any(name.endswith("_900s") for name in after[f"silver/{channel}"].column_names)


@pytest.mark.parametrize("old, new", OLD_NAMES.items())
def test_the_old_name_of_a_key_does_the_same(runs, old, new):
    value = {"depth_levels": 12, "rolling_windows": [5, 15, 60, 300, 600], "hf_emit_interval": 0.5,
             "vpin_bucket_size": 30.5}[new]
    base = {key: known for key, known in BASE.items() if key != new}
    assert runs.tables(base | {old: value}) == runs.tables(base | {new: value})


def test_a_null_in_a_row_with_a_good_book_is_declared(runs, binary):
    catalog = json.loads(subprocess.run([binary, "--config", "/dev/null", "features", "--json"],
                                        capture_output=True, text=True).stdout)
    undeclared = set()
    for table, rows in runs.tables(BASE).items():
        if table == BOOK:
            rows = rows.filter(pa.compute.equal(rows["book_state"], "ok"))
        plain = [entry for entry in catalog if entry["table"] == re.sub(r"(_bars)/\d+s$", r"\1", table)
                 and not entry["null_when"] and not entry["alias_of"]]
        undeclared |= {(table, entry["column"]) for entry in plain if rows[entry["column"]].null_count}
    assert undeclared == set()


def test_every_key_is_tested():
    section = (ROOT / "config/config.example.yaml").read_text().split("\nfeatures:")[1].split("\nnetwork:")[0]
    keys = set(re.findall(r"^  (\w+):", section, re.MULTILINE))
    assert len(keys) == 22
    assert keys == {case.key for case in CASES} | NOT_BY_COLUMN


IMPOSSIBLE = [
    ("depth_levels: 0", "depth_levels: 0 is out of range; allowed: 1 to 1000"),
    ("ofi_levels: 30", "ofi_levels: 30 is out of range; allowed: 1 to 20 (depth_levels)"),
    ("ofi_decay_alpha: .nan", 'ofi_decay_alpha: ".nan" is not a number; allowed: 0 to 100'),
    ("bands_bps: [10, 5]", "bands_bps: [10, 5] is no such list; allowed: whole numbers from 1 to 9999"),
    ("rolling_windows: [-5, 5]", "rolling_windows: [-5, 5] is no such list; allowed: whole numbers from 1"),
    ("bar_durations: [0]", "bar_durations: [0] is no such list; allowed: whole numbers from 1"),
    ("hf_emit_interval: -1", "hf_emit_interval: -1 is out of range; allowed: 0 (a row per book event), or 0.001"),
    ("smart_depth_half_life_bps: -5", "smart_depth_half_life_bps: -5 is out of range; allowed: 0.001 to 400"),
    ("spread_regime_window: -300", "spread_regime_window: -300 is out of range; allowed: 1 to 86400"),
    ("spread_tight_percentile: 0.9", "spread_tight_percentile: 0.9 is out of range; allowed: 0 to 0.8"),
    ("spread_wide_percentile: 80", "spread_wide_percentile: 80 is out of range; allowed: 0 to 1"),
    ("use_dynamic_spread_regime: often", 'use_dynamic_spread_regime: "often" is not true or false'),
    ("tight_spread_threshold_bps: 30", "tight_spread_threshold_bps: 30 is out of range; allowed: 0 to 20"),
    ("wide_spread_threshold_bps: -1", "wide_spread_threshold_bps: -1 is out of range; allowed: 0 to"),
    ("kyle_lambda_window: 20", "kyle_lambda_window: 20 is out of range; allowed: 30 to 86400"),
    ("enable_vpin: maybe", 'enable_vpin: "maybe" is not true or false'),
    ("vpin_bucket_size: 0", 'vpin_bucket_size: "0" is no bucket size; allowed: auto, or a number above 0'),
    ("vpin_window_buckets: 0", "vpin_window_buckets: 0 is out of range; allowed: 1 to 100000"),
    ("max_state_staleness_seconds: -1", "max_state_staleness_seconds: -1 is out of range; allowed: 1 to 86400"),
    ("categories: [rollin]", 'categories: "rollin" is unknown; did you mean rolling? allowed: structural, dynamic'),
    ("legacy_aliases: 2", 'legacy_aliases: "2" is not true or false'),
    ("keep_raw_arrays: some", 'keep_raw_arrays: "some" is not true or false'),
    ("rolling_window: [5]", "rolling_window: unknown key; did you mean rolling_windows?"),
]


@pytest.mark.parametrize("line, message", IMPOSSIBLE, ids=[line.split(":")[0] for line, _ in IMPOSSIBLE])
def test_an_impossible_value_is_refused_with_its_key_and_line_and_what_is_allowed(binary, tmp_path, line, message):
    config = tmp_path / "config.yaml"
    config.write_text(f"data_root: {tmp_path}/data\nfeatures:\n  {line}\n")
    for command in (["etl"], ["config", "check"]):
        done = subprocess.run([binary, "--config", config, *command], capture_output=True, text=True)
        assert done.returncode == 2
        assert f"{config}:3: features.{message}" in done.stderr
    assert not (tmp_path / "data").exists()


def test_every_key_has_an_impossible_value():
    keys = {line.split(":")[0] for line, _ in IMPOSSIBLE}
    assert keys >= {case.key for case in CASES} | NOT_BY_COLUMN


def test_an_empty_lake_has_the_columns_that_the_config_gives(binary, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f"data_root: {tmp_path}/data\nfeatures: {{categories: [dynamic], legacy_aliases: false}}\n"
                      "etl: {channels: {trades: {processor_options: {categories: [rolling]}}}}\n")
    catalog = json.loads(subprocess.run([binary, "--config", config, "features", "--json"],
                                        capture_output=True, text=True).stdout)
    for table in {entry["table"] for entry in catalog}:
        view = table.replace("/", "_")
        done = subprocess.run([binary, "--config", config, "query", f"DESCRIBE {view}", "--format", "json"],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        seen = [row["column_name"] for row in json.loads(done.stdout)]
        assert seen == [entry["column"] for entry in catalog if entry["table"] == table]


def test_queries_see_files_of_older_parameters_beside_those_of_newer(binary, runs, tmp_path):
    root = tmp_path / "data"
    shutil.copytree(runs.folder / "bronze", root)
    config = root / "config.yaml"
    config.write_text(f"data_root: {root}\n")
    subprocess.run([binary, "--config", config, "etl", "--limit", "1"], check=True, capture_output=True)
    config.write_text(f"data_root: {root}\nfeatures: {{legacy_aliases: false, rolling_windows: [5, 30], "
                      "keep_raw_arrays: true}\n")
    subprocess.run([binary, "--config", config, "etl"], check=True, capture_output=True)

    def ask(sql):
        done = subprocess.run([binary, "--config", config, "query", sql, "--format", "json"], capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    book = ask("SELECT count(rv_900s) AS older, count(rv_30s) AS newer, count(rv_5s) AS both, count(bids) AS bids, "
               "count(best_bid) AS alias FROM silver_orderbook")[0]
    assert book["older"] == book["alias"] > 0 and book["newer"] == book["bids"] > 0
    assert book["both"] == book["older"] + book["newer"]
    bars = ask("SELECT count(daily_vol_ann) AS alias, count(annualized_vol) AS rows FROM gold_orderbook_bars")[0]
    assert 0 < bars["alias"] < bars["rows"]
