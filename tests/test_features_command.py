"""`daedalus features`: the catalog as a listing, filtered, for the config at hand."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios

import pytest

FIELDS = ["table", "family", "category", "clock", "cost", "column", "type", "unit", "formula", "null_when", "source",
          "alias_of"]


@pytest.fixture
def features(binary, tmp_path):
    def run(*arguments, config="", code=0):
        path = tmp_path / "config.yaml"
        path.write_text(config)
        done = subprocess.run([binary, "--config", path, "features", *arguments], capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done
    return run


def columns(done):
    return [(entry["table"], entry["column"]) for entry in json.loads(done.stdout)]


def test_json_says_all_that_is_known_of_every_column(features):
    entries = json.loads(features("--json").stdout)
    assert all(list(entry) == FIELDS for entry in entries)
    assert {entry["table"] for entry in entries} >= {"silver/orderbook", "silver/trades", "silver/ticker",
                                                     "gold/orderbook_bars", "gold/trades_bars", "gold/ticker_bars"}
    ofi = next(entry for entry in entries if (entry["table"], entry["column"]) == ("silver/orderbook", "ofi"))
    assert (ofi["category"], ofi["unit"], ofi["type"], ofi["alias_of"]) == ("dynamic", "base", "double", None)
    assert "Cont" in ofi["source"] and ofi["formula"] and ofi["cost"]


def test_a_category_and_a_table_and_a_word_narrow_it_down(features):
    everything = json.loads(features("--json").stdout)
    of_category = json.loads(features("--json", "--category", "advanced").stdout)
    assert of_category == [entry for entry in everything if entry["category"] == "advanced"] != []
    of_table = json.loads(features("--json", "--table", "gold/trades_bars").stdout)
    assert of_table == [entry for entry in everything if entry["table"] == "gold/trades_bars"] != []
    assert columns(features("--json", "--table", "gold_trades_bars")) == columns(
        features("--json", "--table", "gold/trades_bars"))
    assert columns(features("--json", "kyle_lambda_R2")) == [("silver/orderbook", "kyle_lambda_r2")]
    by_source = json.loads(features("--json", "amihud 2002").stdout)
    assert by_source and all("Amihud 2002" in entry["source"] for entry in by_source)


def test_the_listing_folds_columns_that_differ_in_a_number_only(features):
    text = features().stdout
    assert "\n    bid_price_L{0..19} " in text and "\n    rv_{h}s " in text
    assert "\n    bid_vol_band_{0_5,5_10,10_25,25_50,50_100}bps " in text
    assert "rv_5s" not in text and "bid_price_L7" not in text
    assert "\n    rv_300s " in features("rv_300s").stdout
    assert "\n    best_bid " in text and "= bid_price_L0\n" in text


def test_every_column_is_in_the_listing(features):
    text, entries = features().stdout, json.loads(features("--json").stdout)
    plain = [entry["column"] for entry in entries if not any(letter.isdigit() for letter in entry["column"])]
    assert len(plain) > 100
    assert [name for name in plain if f"\n    {name} " not in text] == []
    for entry in entries:
        assert entry["formula"] in text or f"= {entry['alias_of']}" in text
        assert entry["cost"] in text and (entry["source"] or "") in text and (entry["null_when"] or "") in text


def test_the_config_decides_what_there_is(features):
    config = "features: {categories: [rolling], rolling_windows: [7], legacy_aliases: false, keep_raw_arrays: true}\n"
    found = {name for table, name in columns(features("--json", config=config)) if table == "silver/orderbook"}
    assert {"rv_7s", "bids", "asks", "book_state"} <= found
    assert not found & {"rv_5s", "mid_price", "best_bid", "kyle_lambda"}


def test_a_channels_own_options_decide_about_its_tables(features):
    config = "etl: {channels: {trades: {processor_options: {rolling_windows: [7]}}}}\n"
    found = columns(features("--json", "vwap_", config=config))
    assert ("silver/trades", "vwap_7s") in found and ("silver/orderbook", "vwap_5s") in found
    assert ("silver/trades", "vwap_5s") not in found and ("silver/orderbook", "vwap_7s") not in found


@pytest.mark.parametrize("arguments, complaint", [
    (["--category", "rollin"], '--category "rollin" is unknown; did you mean rolling? allowed: quality, structural, '),
    (["--table", "silver/orderbok"], '--table "silver/orderbok" is unknown; did you mean silver/orderbook? allowed: '),
])
def test_a_name_that_is_unknown_is_refused_with_the_nearest(features, arguments, complaint):
    assert complaint in features(*arguments, code=2).stderr


def test_a_bad_config_is_refused(features):
    assert "features.ofi_levels: 30 is out of range" in features(config="features: {ofi_levels: 30}\n", code=2).stderr


def test_what_fits_nothing_is_said_and_fails(features):
    done = features("no such thing", code=1)
    assert done.stdout == "" and "no column of this config fits" in done.stderr
    assert json.loads(features("--json", "no such thing", code=1).stdout) == []


def test_a_terminal_gets_lines_of_its_width(binary):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    run = subprocess.Popen([binary, "--config", "/dev/null", "features", "--category", "advanced"], stdout=theirs)
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 65536):
            text += part
    except OSError:
        pass  # The other end is closed.
    assert run.wait() == 0
    lines = text.decode().splitlines()
    assert len(lines) > 20
    indented = [line for line in lines if line.startswith("    ")]
    assert max(map(len, indented)) <= 100
    assert any(line.startswith(" " * 30) for line in indented)  # Formulas go on under themselves.
