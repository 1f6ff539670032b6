"""The engines' saved states: what one process saves another goes on from, bit for bit; what is not whole, of an older
version or of other parameters is refused, told, and warmed up for."""

import hashlib
import subprocess
import time

import pytest

RECORDING = "binance/nexousdt_34h/nexousdt_20240723.dat.gz"
SOURCE = "import_binance"
FEATURES = "{vpin_bucket_size: 40, hf_emit_interval: 0, bar_durations: [60, 300]}"
OTHER_FEATURES = "{vpin_bucket_size: 41, hf_emit_interval: 0, bar_durations: [60, 300]}"


class Lake:
    def __init__(self, binary, root, features=FEATURES):
        self.binary, self.root, self.features = binary, root, features

    def copy(self, target, features=FEATURES):
        subprocess.run(["cp", "-a", self.root, target], check=True)
        return Lake(self.binary, target, features)

    def words(self, *arguments):
        config = self.root / "config.yaml"
        config.write_text(f"data_root: {self.root}\nfeatures: {self.features}\n"
                          "journal: {segment_max_age_seconds: 60}\n")
        return [self.binary, "--config", config, *arguments]

    def run(self, *arguments):
        done = subprocess.run(self.words(*arguments), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    def hashes(self):
        return {str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in (self.root / "processed").rglob("*.parquet")}

    def states(self):
        return sorted((self.root / "state/etl" / SOURCE).glob("*.state"))

    def done_segments(self):
        return sorted(path.stem for path in (self.root / "raw/archive" / SOURCE / "segments").glob("*.json"))


@pytest.fixture(scope="module")
def bronze(binary, realdata, tmp_path_factory):
    lake = Lake(binary, tmp_path_factory.mktemp("states") / "bronze")
    lake.root.mkdir()
    lake.run("import", "--from", "hftbacktest", "--exchange", "binance", "--symbol", "NEXO/USDT", realdata(RECORDING))
    assert len(list((lake.root / "raw/ready" / SOURCE / "segments").glob("*.json"))) > 10
    return lake


@pytest.fixture(scope="module")
def straight(bronze, tmp_path_factory):
    """Processed by one process that saved between segments, but never read what it saved."""
    lake = bronze.copy(tmp_path_factory.mktemp("straight") / "data")
    lake.run("etl")
    return lake


def test_each_segment_in_a_process_of_its_own_gives_the_same(bronze, straight, tmp_path):
    lake = bronze.copy(tmp_path / "data")
    for _ in range(100):
        if "0 segments" in lake.run("etl", "--limit", "1").stdout:
            break
    assert lake.done_segments() == straight.done_segments()
    assert lake.hashes() == straight.hashes()
    assert lake.states()[-1].read_bytes() == straight.states()[-1].read_bytes()


def test_killed_between_and_within_segments_gives_the_same(bronze, straight, tmp_path):
    lake = bronze.copy(tmp_path / "data")
    kills = 0
    for already in range(1, len(straight.done_segments()), 3):
        watch = subprocess.Popen(lake.words("etl", "--watch", "--poll-interval", "0.05"), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while len(lake.done_segments()) < already:
            assert time.monotonic() < deadline and watch.poll() is None
            time.sleep(0.001)
        watch.kill()
        watch.wait()
        kills += 1
    lake.run("etl")
    assert kills > 3
    assert lake.hashes() == straight.hashes()


def with_version(state, version):
    """A state's header is DAEDSTAT, then the version as 8 or fewer bytes, the lowest first."""
    assert state.startswith(b"DAEDSTAT")
    return state[:8] + bytes([version]) + state[9:]


def with_flipped_byte(state):
    return state[:len(state) // 2] + bytes([state[len(state) // 2] ^ 1]) + state[len(state) // 2 + 1:]


DAMAGE = {
    "an older version": (lambda state: with_version(state, 1), "a state of format version 1, this program reads "),
    "a flipped byte": (with_flipped_byte, "a damaged state: "),
    "cut in half": (lambda state: state[:len(state) // 2], "a damaged state: its sizes do not agree"),
    "empty": (lambda state: b"", "not a state file, or cut off in its header"),
    "another file": (lambda state: b"PAR1" + state, "not a state file, or cut off in its header"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_state_that_is_not_usable_is_refused_and_warmed_up_for(bronze, straight, tmp_path, damage):
    change, message = DAMAGE[damage]
    lake = bronze.copy(tmp_path / "data")
    lake.run("etl", "--limit", "8")
    assert len(lake.states()) == 1
    state = lake.states()[0]
    state.write_bytes(change(state.read_bytes()))
    eighth, first = lake.done_segments()[-1], lake.done_segments()[0]

    done = lake.run("etl")

    assert f"source {SOURCE}: a kept state is not used: {state}: {message}" in done.stderr
    ninth = straight.done_segments()[8]
    assert (f"source {SOURCE}: no state of these features is kept before {ninth}: warming up without output from "
            f"{first}") in done.stderr
    assert eighth < ninth
    assert lake.hashes() == straight.hashes()
    assert lake.states()[-1].read_bytes() == straight.states()[-1].read_bytes()


@pytest.mark.parametrize("channel", [None, "trades"])
def test_a_state_of_other_parameters_is_refused_and_warmed_up_for(bronze, straight, tmp_path, channel):
    lake = bronze.copy(tmp_path / "data", OTHER_FEATURES)
    if channel:
        lake.features = f"{FEATURES}\netl: {{channels: {{{channel}: {{processor_options: {OTHER_FEATURES}}}}}}}"
    lake.run("etl", "--limit", "8")
    first, ninth = lake.done_segments()[0], straight.done_segments()[8]
    lake.features = FEATURES

    done = lake.run("etl")

    assert (f"source {SOURCE}: a kept state is not used: the state behind {straight.done_segments()[7]} is of other "
            "feature parameters") in done.stderr
    assert f"warming up without output from {first}" in done.stderr
    of_later = {name: value for name, value in straight.hashes().items() if name.split("part_")[1] > f"{SOURCE}_{ninth}"}
    assert len(of_later) > 10 and of_later.items() <= lake.hashes().items()
    assert lake.states()[-1].read_bytes() == straight.states()[-1].read_bytes()


def test_without_a_state_and_without_what_was_before_windows_begin_empty_and_that_is_said(bronze, straight, tmp_path):
    lake = bronze.copy(tmp_path / "data")
    lake.run("etl", "--limit", "8", "--delete-after-processing")
    lake.states()[0].write_bytes(b"")

    done = lake.run("etl", "--limit", "1")

    assert f"no state of these features is kept before {straight.done_segments()[8]}: its windows begin empty" in done.stderr
