"""However a source is processed, stopped, killed and repeated: processed/ is the same, byte for byte."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

FILES = ["binance/nexousdt_34h/nexousdt_20240723.dat.gz",
         "binance/nexousdt_34h/nexousdt_20240724.dat.gz"]
SOURCE = "import_binance"


def run(binary, root, *arguments, code=0):
    done = subprocess.run([binary, "--data-root", root, *arguments], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def start(binary, root, *arguments):
    return subprocess.Popen([binary, "--data-root", root, *arguments],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def hashes(root):
    processed = root / "processed"
    return {str(path.relative_to(processed)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in processed.rglob("*") if path.is_file()}


def records(root, place="ready"):
    return sorted((root / "raw" / place / SOURCE / "segments").glob("*.json"))


def copy_of(source, target):
    subprocess.run(["cp", "-al", source, target], check=True)
    return target


@pytest.fixture(scope="module")
def bronze(binary, realdata, tmp_path_factory):
    """The recording as segments of 1 MB, sealed twice, nothing processed yet."""
    root = tmp_path_factory.mktemp("nexo") / "bronze"
    run(binary, root, "import", "--from", "hftbacktest", "--exchange", "binance", "--symbol",
        "NEXO/USDT", "--segment-max-mb", "1", *[realdata(name) for name in FILES])
    run(binary, root, "seal", "--again", "--source", SOURCE)
    return root


@pytest.fixture(scope="module")
def processed(binary, bronze, tmp_path_factory):
    """(a) All in one go."""
    root = copy_of(bronze, tmp_path_factory.mktemp("once") / "data")
    run(binary, root, "etl")
    assert not records(root) and len(records(root, "archive")) >= 40
    return root


@pytest.fixture(scope="module")
def wanted(processed):
    found = hashes(processed)
    days = {re.search(r"year=\d+/month=\d+/day=\d+", name)[0] for name in found}
    assert len(days) >= 2, "UTC midnight lies inside"
    assert len(found) > 200
    return found


def hours_of(root, place):
    return sorted({path.name[len("segment_"):][:11] for path in records(root, place)})


def hour_range(hour):
    begin = f"{hour[:4]}-{hour[4:6]}-{hour[6:8]}T{hour[9:11]}"
    return ["--mode", "range", "--start", f"{begin}:00:00Z", "--end", f"{begin}:59:59.999999999Z"]


def test_a_watch_while_segments_arrive_gives_the_same(binary, bronze, wanted, tmp_path):
    root = copy_of(bronze, tmp_path / "data")
    arriving = tmp_path / "arriving"
    (root / "raw/ready" / SOURCE / "segments").rename(arriving)
    (root / "raw/ready" / SOURCE / "segments").mkdir()
    watch = start(binary, root, "etl", "--watch", "--poll-interval", "0.05")

    for record in sorted(arriving.iterdir()):
        record.rename(root / "raw/ready" / SOURCE / "segments" / record.name)
        time.sleep(0.02)
    deadline = time.monotonic() + 120
    while records(root) or records(root, "processing"):
        assert watch.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    watch.send_signal(signal.SIGTERM)

    assert watch.wait(timeout=10) == 0
    assert hashes(root) == wanted


def test_twenty_kills_on_the_way_give_the_same(binary, bronze, wanted, tmp_path):
    root = copy_of(bronze, tmp_path / "data")
    seconds = random.Random(6)
    kills = 0

    for _ in range(400):
        etl = start(binary, root, "etl")
        try:
            etl.wait(timeout=seconds.uniform(0.01, 0.12))
        except subprocess.TimeoutExpired:
            etl.kill()
            etl.wait()
            kills += 1
        if kills >= 20:
            break
    run(binary, root, "etl")

    assert kills >= 20
    assert hashes(root) == wanted
    assert not list((root / "state/manifests" / SOURCE).glob("*.pending.json"))


def test_hour_by_hour_gives_the_same(binary, bronze, wanted, tmp_path):
    root = copy_of(bronze, tmp_path / "data")

    for hour in hours_of(root, "ready"):
        run(binary, root, "etl", *hour_range(hour))

    assert not records(root)
    assert hashes(root) == wanted


def test_hours_repeated_out_of_order_from_kept_states_give_the_same(binary, processed, wanted,
                                                                    tmp_path):
    root = tmp_path / "data"
    shutil.copytree(processed, root)
    hours = hours_of(root, "archive")
    random.Random(7).shuffle(hours)
    for path in (root / "processed").rglob("*.parquet"):
        path.write_bytes(b"to be written again")

    for hour in hours:
        done = run(binary, root, "etl", *hour_range(hour))
        assert "warming up" not in done.stderr, done.stderr

    assert hashes(root) == wanted


def test_a_range_without_a_kept_state_warms_up_and_says_so(binary, processed, wanted, tmp_path):
    root = tmp_path / "data"
    shutil.copytree(processed, root)
    for state in (root / "state/etl" / SOURCE).glob("*.state"):
        state.unlink()
    hour = hours_of(root, "archive")[3]

    done = run(binary, root, "etl", *hour_range(hour))

    assert "warming up without output from segment_" in done.stderr
    assert hashes(root) == wanted


def test_a_missing_segment_holds_its_source_up_and_is_named(binary, bronze, wanted, tmp_path):
    root = copy_of(bronze, tmp_path / "data")
    missing = records(root)[5]
    behind = records(root)[6]
    missing.rename(tmp_path / missing.name)

    done = run(binary, root, "etl", code=1)

    assert (f"segment {missing.stem} of source {SOURCE} is missing: {behind.stem} names it as its "
            "predecessor") in done.stderr
    assert len(records(root, "archive")) == 5
    (tmp_path / missing.name).rename(missing)
    run(binary, root, "etl")
    assert hashes(root) == wanted


def test_a_missing_segment_that_is_skipped_becomes_a_gap(binary, bronze, tmp_path):
    root = copy_of(bronze, tmp_path / "data")
    missing = records(root)[5]
    missing.unlink()

    done = run(binary, root, "etl", "--skip-missing")

    assert f"segment {missing.stem} of source {SOURCE} is missing and becomes a gap" in done.stderr
    assert not records(root)


def test_a_damaged_file_is_named_and_can_be_repaired(binary, bronze, wanted, tmp_path):
    root = tmp_path / "data"
    shutil.copytree(bronze, root)
    record = json.loads(records(root)[5].read_text())
    file = next(f for f in record["files"] if f["channel"] == "orderbook")
    path = root / "raw/ready" / SOURCE / file["path"]
    whole = path.read_bytes()
    path.write_bytes(whole[:len(whole) // 2])

    done = run(binary, root, "etl", code=1)

    lines = [line for line in done.stderr.splitlines() if "damaged" in line]
    assert len(lines) == 1
    assert f"damaged Parquet file {path}: " in lines[0]
    assert f"NEXO-USDT of source {SOURCE} waits before segment {record['segment']}" in lines[0]
    (root / "raw/archive" / SOURCE / file["path"]).write_bytes(whole)
    repaired = run(binary, root, "etl")
    assert "NEXO-USDT of source import_binance caught up" in repaired.stderr
    assert hashes(root) == wanted


def test_segments_published_as_journals_give_the_same(binary, realdata, wanted, tmp_path):
    root = tmp_path / "data"
    config = tmp_path / "config.yaml"
    config.write_text(f"data_root: {root}\njournal:\n  raw_format: ndjson\n")
    run(binary, root, "--config", config, "import", "--from", "hftbacktest", "--exchange",
        "binance", "--symbol", "NEXO/USDT", "--segment-max-mb", "1",
        *[realdata(name) for name in FILES])
    assert not list((root / "raw/ready").rglob("*.parquet"))

    run(binary, root, "--config", config, "etl")

    assert hashes(root) == wanted
    assert len(list((root / "raw/archive" / SOURCE).glob("segment_*.ndjson.zst"))) >= 40


def test_other_parameters_begin_with_a_warm_up_and_leave_no_file_of_the_old_ones(
        binary, bronze, tmp_path):
    changed = tmp_path / "changed.yaml"
    changed.write_text("features:\n  bar_durations: [60]\n  depth_levels: 5\n  ofi_levels: 5\n")
    once, twice = copy_of(bronze, tmp_path / "once"), copy_of(bronze, tmp_path / "twice")
    three_hours = ["--mode", "range", "--start", "2024-07-23", "--end", "2024-07-23T18:00:00Z"]
    run(binary, once, "--config", changed, "etl", *three_hours)

    run(binary, twice, "etl", "--limit", "4")
    assert any("300s" in name for name in hashes(twice))
    done = run(binary, twice, "--config", changed, "etl", *three_hours)

    assert "warming up" not in done.stderr  # From the very first segment on.
    assert hashes(twice) == hashes(once)
    assert not any("300s" in name for name in hashes(twice))


def test_later_segments_with_other_parameters_equal_a_run_with_these_alone(binary, bronze,
                                                                           tmp_path):
    changed = tmp_path / "changed.yaml"
    changed.write_text("features:\n  hf_emit_interval: 0\n")
    once, twice = copy_of(bronze, tmp_path / "once"), copy_of(bronze, tmp_path / "twice")
    run(binary, once, "--config", changed, "etl", "--limit", "8")
    run(binary, twice, "etl", "--limit", "5")

    done = run(binary, twice, "--config", changed, "etl", "--limit", "3")

    assert "no state of these features is kept" in done.stderr
    later = {record.stem for record in records(once, "archive")[5:]}
    of_later = {name: value for name, value in hashes(once).items()
                if any(segment in name for segment in later)}
    found = {name: value for name, value in hashes(twice).items()
             if any(segment in name for segment in later)}
    assert len(of_later) > 20
    assert found == of_later


def test_a_second_process_on_a_source_is_refused(binary, bronze, tmp_path):
    root = copy_of(bronze, tmp_path / "data")
    watch = start(binary, root, "etl", "--watch", "--poll-interval", "0.05")
    deadline = time.monotonic() + 20
    while not records(root, "archive"):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    done = run(binary, root, "etl", code=1)
    watch.kill()
    watch.wait()

    assert f"another process works on source {SOURCE}" in done.stderr


def test_a_dry_run_changes_nothing(binary, bronze, tmp_path):
    root = copy_of(bronze, tmp_path / "data")
    before = sorted(os.walk(root))

    done = run(binary, root, "etl", "--dry-run")

    assert re.match(r"would process \d+ segments, \d+ rows", done.stdout)
    assert sorted(os.walk(root)) == before


def test_one_symbol_alone_gives_its_files_and_leaves_the_input(binary, bronze, wanted, tmp_path):
    root = copy_of(bronze, tmp_path / "data")

    run(binary, root, "etl", "--symbol", "NEXO/USDT")
    none = run(binary, root, "etl", "--symbol", "BTC/USDT")

    assert hashes(root) == wanted
    assert len(records(root)) >= 40
    assert " 0 rows out" in none.stdout
