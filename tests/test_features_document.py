"""docs/features.md is what the code declares, and every column says what it is."""

import json
import subprocess

import pytest

from conftest import ROOT


def features(binary, *arguments):
    done = subprocess.run([binary, "--config", "/dev/null", "features", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def catalog(binary):
    return json.loads(features(binary, "--json"))


def test_the_document_is_not_stale(binary):
    assert (ROOT / "docs/features.md").read_text() == features(binary, "--markdown"), "run ./dev docs"


def test_the_document_leads_to_the_rules():
    text = (ROOT / "docs/features.md").read_text()
    assert "(feature-rules.md)" in text and (ROOT / "docs/feature-rules.md").exists()


def test_every_column_has_a_unit_and_a_formula(catalog):
    bare = [(entry["table"], entry["column"]) for entry in catalog if not entry["unit"] or not entry["formula"]]
    assert bare == []


def test_every_family_says_what_moves_it_and_what_it_costs(catalog):
    bare = {entry["family"] for entry in catalog if not (entry["clock"] and entry["cost"] and entry["category"])}
    assert bare == set()


def test_no_table_has_a_column_twice(catalog):
    seen = [(entry["table"], entry["column"]) for entry in catalog]
    assert len(seen) == len(set(seen))


def test_an_alias_names_a_column_of_its_table(catalog):
    columns = {(entry["table"], entry["column"]): entry for entry in catalog}
    aliases = [entry for entry in catalog if entry["alias_of"]]
    assert aliases
    for entry in aliases:
        original = columns[entry["table"], entry["alias_of"]]
        assert original["alias_of"] is None
        assert (original["unit"], original["type"]) == (entry["unit"], entry["type"]), entry["column"]


def legacy_names():
    """The names that users' notebooks know, of silver/orderbook."""
    return (ROOT / "tests/legacy_columns.txt").read_text().split()


def test_every_name_of_the_older_system_exists(catalog):
    names = legacy_names()
    assert len(names) == len(set(names)) == 199
    present = {entry["column"] for entry in catalog if entry["table"] == "silver/orderbook"}
    assert set(names) - present == set()


def test_without_aliases_only_duplicates_are_gone(binary, catalog, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("features: {legacy_aliases: false}\n")
    done = subprocess.run([binary, "--config", config, "features", "--json"], capture_output=True, text=True)
    rest = {(entry["table"], entry["column"]) for entry in json.loads(done.stdout)}
    gone = {(entry["table"], entry["column"]): entry["alias_of"] for entry in catalog} 
    gone = {key: alias for key, alias in gone.items() if key not in rest}
    assert gone and all(gone.values())
    assert {(table, alias) for (table, _), alias in gone.items()} <= rest
    assert {name for _, name in gone} >= {"best_bid", "best_ask", "total_bid_volume", "book_pressure", "bid_slope",
                                          "ask_slope", "ofi_step", "mlofi_step", "log_return_step", "order_flow_toxicity"}
