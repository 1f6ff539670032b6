"""kill -9 of an import at random moments: the same command finishes it, and nothing tells it from one that was not
disturbed."""

import hashlib
import os
import random
import re
import signal
import subprocess
import time

import pyarrow.dataset
import pytest
import zstandard

from processes import Capture, config_text

NEXO = ["binance/nexousdt_34h/nexousdt_20240723.dat.gz", "binance/nexousdt_34h/nexousdt_20240724.dat.gz"]
KILLS = 5


@pytest.fixture(scope="module")
def command(binary, realdata):
    """The import into a data root, as arguments."""
    files = [str(realdata(name)) for name in NEXO]

    def of(root, *options, files=files):
        return [str(binary), "--data-root", str(root), "import", "--from", "hftbacktest", "--exchange", "binance",
                "--segment-max-mb", "1", *options, *files]

    return of


def run(arguments):
    return subprocess.run(arguments, capture_output=True, text=True)


def hashes(root):
    ready = root / "raw/ready"
    return {str(path.relative_to(ready)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in ready.rglob("*") if path.is_file()}


def marker(root):
    return root / "state/import/import_binance.json"


def records(root):
    return len(list(root.glob("raw/ready/*/segments/*.json")))


def start_and_kill(arguments, root, more_segments, moment):
    """Kills it that much after it sealed so many more segments; whether it was still at work."""
    wanted = records(root) + more_segments
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and (records(root) < wanted or not marker(root).exists()):
        time.sleep(0.001)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


@pytest.fixture
def undisturbed(command, tmp_path):
    root = tmp_path / "undisturbed"
    first = run(command(root))
    assert first.returncode == 0, first.stderr
    assert records(root) > 20 and not marker(root).exists()
    return root


def test_an_import_killed_five_times_ends_as_one_that_was_not_disturbed(command, undisturbed, tmp_path):
    seed = int(os.environ.get("DAEDALUS_TEST_SEED", random.SystemRandom().randrange(10**6)))
    print(f"DAEDALUS_TEST_SEED={seed}")
    moments = random.Random(seed)
    root = tmp_path / "killed"
    segments = records(undisturbed)
    for kill in range(KILLS):
        more = moments.randrange(segments // (KILLS + 1)) if kill else 0
        assert start_and_kill(command(root), root, more, moments.uniform(0, 0.03))
        assert marker(root).exists()
    assert hashes(root) != hashes(undisturbed)
    last = run(command(root))
    assert last.returncode == 0, last.stderr
    assert hashes(root) == hashes(undisturbed)
    assert not marker(root).exists() and not list(root.glob("raw/active/*/*"))

    again = run(command(root))
    assert again.returncode == 2 and "before the end of what source import_binance holds" in again.stderr
    assert hashes(root) == hashes(undisturbed)


def leave_half_a_segment(root, undisturbed):
    """What a power cut leaves of the next segment if half of its lines were flushed."""
    journals = sorted((undisturbed / "raw/journal/import_binance").glob("*.zst"))
    done = {path.stem for path in root.glob("raw/ready/*/segments/*.json")}
    journal = next(path for path in journals if path.name.split(".")[0] not in done)
    (root / "state/seal/import_binance" / f"{journal.name.split('.')[0]}.state").unlink(missing_ok=True)
    reader = zstandard.ZstdDecompressor().stream_reader(journal.read_bytes(), read_across_frames=True)
    lines = reader.read().splitlines(True)
    half = zstandard.ZstdCompressor(level=1, write_checksum=True).compress(b"".join(lines[:len(lines) // 2]))
    (root / "raw/active/import_binance" / journal.name).write_bytes(half)


def rows(root):
    """All rows but for their numbers: a segment that was cut short moves those behind it."""
    found = {}
    for channel in ("orderbook", "trades", "gaps"):
        folder = root / "raw/ready/import_binance" / channel
        if folder.exists():
            table = pyarrow.dataset.dataset(folder, format="parquet").to_table()
            names = [name for name in table.column_names if name not in ("recv_seq", "gap_id")]
            found[channel] = sorted(map(str, zip(*(table[name].to_pylist() for name in names))))
    return found


@pytest.fixture(scope="module")
def one_file(command, realdata, tmp_path_factory):
    """The import of one file, and the root of an undisturbed one."""
    root = tmp_path_factory.mktemp("one")
    files = [str(realdata(NEXO[1]))]
    assert run(command(root, files=files)).returncode == 0
    return lambda other: command(other, files=files), root


def test_what_a_kill_left_of_a_segment_is_made_anew(one_file, tmp_path):
    import_one, undisturbed = one_file
    root = tmp_path / "killed"
    assert start_and_kill(import_one(root), root, 3, 0)
    leave_half_a_segment(root, undisturbed)
    last = run(import_one(root))
    assert last.returncode == 0, last.stderr
    assert hashes(root) == hashes(undisturbed)


def test_a_segment_that_seal_published_cut_short_loses_and_doubles_nothing(one_file, binary, tmp_path):
    import_one, undisturbed = one_file
    root = tmp_path / "sealed"
    assert start_and_kill(import_one(root), root, 3, 0)
    leave_half_a_segment(root, undisturbed)
    sealed = run([str(binary), "--data-root", str(root), "seal"])
    assert sealed.returncode == 0, sealed.stderr
    assert start_and_kill(import_one(root), root, 2, 0)
    last = run(import_one(root))
    assert last.returncode == 0, last.stderr
    assert hashes(root) != hashes(undisturbed)
    assert rows(root) == rows(undisturbed)
    assert not marker(root).exists()


def test_other_files_are_refused_until_the_import_is_finished(command, realdata, tmp_path):
    root = tmp_path / "data"
    assert start_and_kill(command(root), root, 2, 0)
    before = hashes(root)
    for other in (command(root, files=[str(realdata(NEXO[1]))]), command(root, "--symbol", "BTCUSDT")):
        refused = run(other)
        assert refused.returncode == 2
        assert "finish it first" in refused.stderr and NEXO[0] in refused.stderr and NEXO[1] in refused.stderr
    assert hashes(root) == before and marker(root).exists()


def test_an_import_of_a_cut_off_archive_has_ended(command, realdata, tmp_path):
    root = tmp_path / "data"
    cut = tmp_path / "cut.gz"
    whole = realdata(NEXO[0]).read_bytes()
    cut.write_bytes(whole[:len(whole) // 4])
    assert run(command(root, files=[str(cut)])).returncode == 1
    assert not marker(root).exists()


SHORT = "binance/nexousdt_34h/nexousdt_20240723.dat.gz"  # Two segments of 1 MB.
STEPS = "mkdir,rename,unlink,unlinkat,ftruncate,fsync,fdatasync"
KILLED_AT = 10


def traced(arguments, *options):
    return run(["strace", "-f", "-qq", "-e", f"trace={STEPS}", *options, *arguments])


def main_steps(trace):
    """What the main thread does to the disk, in order: (call, how many times it was made by then)."""
    lines = [line for line in trace.read_text().splitlines() if line.split()[0] == trace.read_text().split()[0]]
    names = [found[1] for line in lines if (found := re.match(r"\d+ +(\w+)\(", line))]
    return [(name, names[:place + 1].count(name)) for place, name in enumerate(names)]


def disturb(arguments, step, by):
    """Runs it with one of its main thread's steps disturbed."""
    call, time = step
    return traced(arguments, "-o", "/dev/null", "-e", f"inject={call}:{by}:when={time}")


@pytest.mark.parametrize("raw_format", ["parquet", "ndjson"])
@pytest.mark.parametrize("by", ["signal=KILL", "error=ENOSPC"])
def test_whatever_step_it_was_ended_at_it_is_finished_alike(binary, realdata, tmp_path, raw_format, by):
    config = tmp_path / "config.yaml"
    config.write_text(f"journal:\n  raw_format: {raw_format}\n  segment_max_mb: 1\n")

    def command(root):
        return [str(binary), "--config", str(config), "--data-root", str(root), "import", "--from", "hftbacktest",
                "--exchange", "binance", str(realdata(SHORT))]

    trace = tmp_path / "trace"
    assert traced(command(tmp_path / "undisturbed"), "-o", str(trace)).returncode == 0
    expected = hashes(tmp_path / "undisturbed")
    assert records(tmp_path / "undisturbed") == 2
    steps = main_steps(trace)
    assert len(steps) > 40 and {"rename", "unlink", "fsync"} <= {call for call, _ in steps}

    seed = int(os.environ.get("DAEDALUS_TEST_SEED", random.SystemRandom().randrange(10**6)))
    count = min(int(os.environ.get("DAEDALUS_TEST_KILLS", KILLED_AT)), len(steps))
    print(f"DAEDALUS_TEST_SEED={seed}, {count} of {len(steps)} steps")
    moments = random.Random(seed)
    # One in each stretch of steps: while it begins, writes, seals, publishes and ends.
    for place in range(count):
        first = moments.choice(steps[len(steps) * place // count:len(steps) * (place + 1) // count])
        second = moments.choice(steps)
        root = tmp_path / str(place)
        ended = disturb(command(root), first, by)
        assert ended.returncode == (1 if "ENOSPC" in by else -signal.SIGKILL), f"{first}: {ended.stderr}"
        disturb(command(root), second, by)
        last = run(command(root))
        # Ended behind its last step it is one that was done before, and so refused.
        is_refused = last.returncode == 2 and "before the end of what source" in last.stderr
        assert last.returncode == 0 or is_refused, f"{first}, {second}: {last.stderr}"
        assert hashes(root) == expected, f"disturbed at {first} and {second}"
        assert not marker(root).exists() and not list(root.glob("raw/active/*/*"))


def test_a_live_capture_into_the_source_ends_the_import(command, binary, tmp_path):
    root = tmp_path / "data"
    assert start_and_kill(command(root), root, 2, 0)
    config = tmp_path / "config.yaml"
    config.write_text(config_text(root, [{"name": "import_binance", "exchange": "binance", "symbols": "[NEXOUSDT]",
                                          "endpoint": "ws://127.0.0.1:9", "rest_endpoint": "http://127.0.0.1:9"}], {}))
    capture = Capture(binary, config, tmp_path / "ingest.log")
    capture.wait_for("127.0.0.1")
    deadline = time.monotonic() + 20
    while marker(root).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert capture.stop()[0] == 0, capture.log()
    assert not marker(root).exists()
    refused = run(command(root))
    assert refused.returncode == 2 and "before the end of what source import_binance holds" in refused.stderr


def test_a_damaged_marker_is_named_and_nothing_is_touched(command, tmp_path):
    root = tmp_path / "data"
    assert start_and_kill(command(root), root, 2, 0)
    before = hashes(root)
    marker(root).write_text(marker(root).read_text()[:100])
    refused = run(command(root))
    assert refused.returncode == 1 and f"{marker(root)} is damaged" in refused.stderr
    assert hashes(root) == before
