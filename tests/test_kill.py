"""kill -9 of a capture at random moments, and restart: what was on disk is all there, once, and complete."""

import collections
import hashlib
import json
import os
import random
import re
import signal
import time

import pyarrow.parquet as pq
import pytest

from journal_reader import bronze, segments
from processes import Capture, Served, config_text

KILLS = 10
SYMBOLS = {
    "coinbase": ["BTC-USD", "ETH-USD"],
    "binance": ["BTCAUD", "MANAUSDT", "ETHBRL", "DENTUSDT", "ZILUSDT", "RENBTCETH", "BTCSTUSDT", "QTUMETH", "AXSBNB",
                "NEOUSDC"],
}
FILES = {"coinbase": "coinbase/cryptofeed_v3_COINBASE.jsonl.zst",
         "binance": "binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"}
OPTIONS = {"coinbase": {}, "binance": {"trades_stream": "aggTrade"}}
# Short segments, so that kills meet sealing as well.
JOURNAL = {"journal_retention": "forever", "segment_max_age_seconds": 1, "flush_interval_seconds": 0.2}


def written_config(folder, exchange, served, journal):
    config = folder / "config.yaml"
    source = {"name": "captured", "exchange": exchange, "symbols": f"[{', '.join(SYMBOLS[exchange])}]",
              "endpoint": served.values["endpoint"], "rest_endpoint": served.values["rest_endpoint"],
              **OPTIONS[exchange]}
    config.write_text(config_text(folder / "data", [source], journal))
    return config


class Disk:
    """The data root as it is at one moment."""

    def __init__(self, root):
        self.ready, self.journal = root / "raw/ready/captured", root / "raw/journal/captured"
        self.records = {path.stem: json.loads(path.read_text()) for path in self.ready.glob("segments/*.json")}
        files = [path for folder in (self.ready, self.journal) for path in folder.rglob("*") if path.is_file()]
        self.files = {path: (path.stat().st_ino, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
                      for path in files}
        self.left_over = {path.name: segments.whole_frames(path.read_bytes())[0]
                          for path in (root / "raw/active/captured").glob("*.zst")}

    def published(self):
        """Files that exist for others: records, and what they name."""
        named = [self.ready / file["path"] for record in self.records.values() for file in record["files"]]
        return named + [self.ready / f"segments/{name}.json" for name in self.records]

    def unreadable(self):
        for path in self.files:
            if path.suffix == ".parquet":
                pq.ParquetFile(path).read()
        known = re.compile(r"segment_\d{8}T\d\d_\d{5}\.(parquet|json|ndjson\.zst)")
        return [path for path in self.files if not known.fullmatch(path.name)]


def wait_for_a_moment(number, moments, active):
    """While it starts, at any time, or in the middle of sealing."""
    time.sleep(moments.uniform(0.05, 0.5) if number % 3 == 2 else moments.uniform(0.8, 2.0))
    deadline = time.monotonic() + 2
    while number % 3 == 1 and time.monotonic() < deadline and not any(active.glob("*.sealing/*")):
        time.sleep(0.0005)


def killed_again_and_again(binary, exchange, recording, folder):
    """Captures a replay through ten kills; the disk after each and at the end."""
    seed = int(os.environ.get("DAEDALUS_TEST_SEED", random.SystemRandom().randrange(10**6)))
    print(f"DAEDALUS_TEST_SEED={seed}")  # A failure comes back with it, as far as time allows.
    moments = random.Random(seed)
    disks = []
    with Served(binary, "replay", "--from", "cryptofeed", "--exchange", exchange, "--speed", "8", "--loop",
                recording) as served:
        config = written_config(folder, exchange, served, JOURNAL)
        for number in range(KILLS):
            capture = Capture(binary, config, folder / f"ingest_{number}.log")
            wait_for_a_moment(number, moments, folder / "data/raw/active/captured")
            capture.kill()
            disks.append(Disk(folder / "data"))
        capture = Capture(binary, config, folder / "ingest_last.log")
        capture.wait_for("has asked for")
        time.sleep(1.0)
        assert capture.stop()[0] == 0, capture.log()
    return disks, Disk(folder / "data")


@pytest.mark.parametrize("exchange", SYMBOLS)
def test_ten_kills_cost_nothing_that_was_written(binary, realdata, tmp_path, exchange):
    disks, last = killed_again_and_again(binary, exchange, realdata(FILES[exchange]), tmp_path)

    # Every whole frame that a kill left behind is in the kept journal, and nothing else.
    journals = {path.name: segments.whole_frames(path.read_bytes())[0] for path in last.journal.glob("*.zst")}
    assert not last.left_over
    for disk in disks:
        for name, text in disk.left_over.items():
            assert not text or journals[name] == text, name  # One without a whole frame held nothing.
    # What was published stays the same file; what was not yet is made again with the same bytes.
    for disk in disks:
        assert not disk.unreadable()
        for path in disk.published():
            assert last.files[path] == disk.files[path], f"{path} was overwritten"
        for path, (_, _, digest) in disk.files.items():
            assert last.files[path][2] == digest, path
    assert not last.unreadable()
    check_the_chain(last)
    check_the_rows(last)


def check_the_chain(last):
    names = sorted(last.records)
    assert len(names) >= KILLS and names == sorted(path.name.split(".")[0] for path in last.journal.glob("*.zst"))
    before, number, hour_counters = "", 0, collections.defaultdict(list)
    for name in names:
        record = last.records[name]
        assert record["previous_segment"] == before
        assert record["first_frame_seq"] == number + 1, name
        assert record["last_frame_seq"] >= record["first_frame_seq"]
        before, number = name, record["last_frame_seq"]
        hour_counters[name[:-5]].append(int(name[-5:]))
    for counters in hour_counters.values():
        assert counters == list(range(1, len(counters) + 1))


def check_the_rows(last):
    read = bronze.Reading(last.journal.glob("*.zst"))
    records, published = bronze.published(last.ready)

    assert bronze.first_difference(read.rows, published) is None
    tables = collections.Counter()
    for (_, table, _), rows in published.items():
        tables[table] += len(rows)
    assert min(tables[table] for table in ("orderbook", "trades", "ticker", "gaps")) > 50, tables
    kinds = collections.Counter(row["kind"] for (_, table, _), rows in published.items() if table == "gaps"
                                for row in rows if row["edge"] == "open")
    assert kinds["process"] > 0, kinds
    for name, record in records.items():
        assert record["frames"] == read.counts[name], name
        received = sum(one.type in ("recv", "http") for one in read.segments[name].records)
        assert sum(record["frames"].values()) == received, name
        numbers = [one.seq for one in read.segments[name].records]
        assert numbers == sorted(set(numbers))
        assert (numbers[0], record["records"]) == (record["first_frame_seq"], len(numbers))


def traced_calls(path):
    """(begin, end, name, first argument, result) of each system call of all threads."""
    open_calls, calls = {}, []
    for line in path.read_text(errors="replace").splitlines():
        if found := re.match(r"(\d+) +([\d.]+) (\w+)\((\d+<.*?>)[,)\s].*<unfinished \.\.\.>$", line):
            open_calls[found[1]] = float(found[2]), found[3], found[4]
        elif found := re.match(r"(\d+) +([\d.]+) <\.\.\. (\w+) resumed>.* = (-?\d+)", line):
            if found[1] in open_calls:
                begin, name, argument = open_calls.pop(found[1])
                calls.append((begin, float(found[2]), name, argument, int(found[4])))
        elif found := re.match(r"(\d+) +([\d.]+) (\w+)\((\d+<.*?>)[,)].* = (-?\d+).*<([\d.]+)>$", line):
            begin = float(found[2])
            calls.append((begin, begin + float(found[6]), found[3], found[4], int(found[5])))
    return calls


@pytest.mark.parametrize("exchange", SYMBOLS)
def test_the_disk_is_never_more_than_a_second_behind_the_socket(binary, realdata, tmp_path, exchange):
    trace = tmp_path / "trace.txt"
    strace = ("strace", "-f", "-yy", "-ttt", "-T", "-s", "0", "-o", str(trace), "-e",
              "trace=read,recvfrom,recvmsg,write,fsync,fdatasync")
    with Served(binary, "replay", "--from", "cryptofeed", "--exchange", exchange, "--speed", "1",
                realdata(FILES[exchange])) as served:
        config = written_config(tmp_path, exchange, served, {"flush_interval_seconds": 1.0})
        capture = Capture(binary, config, tmp_path / "ingest.log", wrapper=strace)
        capture.wait_for("has asked for")
        time.sleep(7)
        os.kill(int(re.match(r"(\d+) ", trace.read_text())[1]), signal.SIGINT)  # The program, not strace.
        assert capture.process.wait(timeout=30) == 0, capture.log()

    calls = traced_calls(trace)
    reads = [end for _, end, name, argument, result in calls
             if name in ("read", "recvfrom", "recvmsg") and "TCP" in argument and result > 0]
    syncs = [(begin, end) for begin, end, name, argument, result in calls
             if name in ("fsync", "fdatasync") and "raw/active" in argument and result == 0]
    assert len(reads) > 100 and len(syncs) >= 6
    behind = [min((end for begin, end in syncs if begin >= read), default=float("inf")) - read for read in reads]
    print(f"{len(reads)} reads, {len(syncs)} fsyncs, at most {max(behind):.3f} s behind")
    assert max(behind) <= 1.0

