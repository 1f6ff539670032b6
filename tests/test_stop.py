"""SIGTERM and SIGINT under load: three venues over TLS, tens of thousands of frames a second, sealing in progress."""

import json
import signal
import time

import pyarrow.parquet as pq
import pytest

from journal_reader import segments
from processes import Capture, Served, config_text

FRAMES_PER_SECOND = 20_000
ATTEMPTS = 3
AT_LEAST = 10_000  # On a machine that does other things as well, after all attempts.
USDM = [f"binance/hftbacktest/usdm_btcusdt_202407{day}.gz" for day in (18, 19)]
SPOT = [f"binance/nexousdt_34h/nexousdt_202407{day}.dat.gz" for day in (23, 24)]


def source(exchange, symbols, served, **more):
    return {"exchange": exchange, "symbols": f"[{symbols}]", "endpoint": served.values["endpoint"],
            "rest_endpoint": served.values["rest_endpoint"], **more}


def last_second(root):
    """Frames of all sources with capture times in the last second before the stop."""
    times = [record.time_ns for path in (root / "raw/journal").rglob("*.zst")
             for record in segments.read_segment(path).records if record.type == "recv"]
    end = max(times)
    return sum(time_ns > end - 10**9 for time_ns in times)


def stopped_under_load(binary, realdata, folder, by):
    """The capture's log, exit code, how long the stop took, and frames a second before it."""
    tls = folder / "tls"
    with Served(binary, "replay", "--exchange", "binance_usdm", "--from", "hftbacktest", "--speed", "85",
                *map(realdata, USDM), tls_folder=tls) as usdm:
        same = ["--certificate", tls / "certificate.pem", "--key", tls / "key.pem"]
        with Served(binary, "replay", "--exchange", "binance", "--from", "hftbacktest", "--speed", "14500", *same,
                    *map(realdata, SPOT)) as spot, \
                Served(binary, "simulate", "--exchange", "coinbase", "--rate", "600", *same) as coinbase:
            config = folder / "config.yaml"
            config.write_text(config_text(folder / "data", [
                source("binance_usdm", "BTCUSDT", usdm, depth_interval="0ms"), source("binance", "NEXOUSDT", spot),
                source("coinbase", "BTC-USD, ETH-USD", coinbase)],
                {"segment_max_mb": 1, "segment_max_age_seconds": 2}, tls / "certificate.pem"))
            capture = Capture(binary, config, folder / "ingest.log")
            for served in (usdm, spot, coinbase):
                capture.wait_for(f"({served.values['endpoint']}")
            time.sleep(4)
            code, seconds = capture.stop(by)
    return capture.log(), code, seconds, last_second(folder / "data")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=lambda by: by.name)
def test_a_capture_under_load_stops_clean_within_ten_seconds(binary, realdata, tmp_path, by):
    for attempt in range(ATTEMPTS):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        log, code, seconds, rate = stopped_under_load(binary, realdata, folder, by)
        print(f"stopped within {seconds:.2f} s at {rate} frames/s")

        assert code == 0, log
        assert seconds < 10
        assert [path for path in (folder / "data/raw/active").rglob("*") if path.is_file()] == []
        check_everything_is_sealed(folder / "data")
        if rate >= FRAMES_PER_SECOND:
            return
    assert rate >= AT_LEAST, "too little load to prove anything"


def check_everything_is_sealed(root):
    for venue in ("binance_usdm", "binance", "coinbase"):
        journals = sorted(path.name.split(".")[0] for path in (root / "raw/journal" / venue).glob("*.zst"))
        ready = root / "raw/ready" / venue
        records = [json.loads(path.read_text()) for path in sorted(ready.glob("segments/*.json"))]
        assert [record["segment"] for record in records] == journals
        assert len(journals) > 1, "no sealing was in progress"
        assert [record["previous_segment"] for record in records] == ["", *journals[:-1]]
        for record in records:
            assert record["torn_bytes"] == 0
            for file in record["files"]:
                assert pq.ParquetFile(ready / file["path"]).metadata.num_rows == file["rows"]
        last = segments.read_segment(root / "raw/journal" / venue / f"{journals[-1]}.ndjson.zst")
        assert last.closed and last.records[-2].type == "stop"
