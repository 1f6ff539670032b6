"""Symbols are processed at the same time; what comes out is the same, byte for byte."""

import shutil
import subprocess

COINBASE = "coinbase/cryptofeed_v3_COINBASE.jsonl.zst"
BINANCE = "binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"


def processed(binary, bronze, root, threads, code=0):
    """All files that a run leaves, below root: their bytes."""
    shutil.copytree(bronze, root)
    config = root.parent / f"{root.name}.yaml"
    config.write_text(f"data_root: {root}\netl: {{threads: {threads}}}\n")
    done = subprocess.run([binary, "--config", config, "etl"], capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return {str(path.relative_to(root)): path.read_bytes()
            for folder in ("processed", "state") for path in (root / folder).rglob("*")
            if path.is_file()}


def test_outputs_states_and_manifests_do_not_depend_on_threads(binary, recorded, tmp_path):
    bronze, _, _ = recorded("coinbase", "cryptofeed", COINBASE, options=("--segment-max-mb", "1"))
    alone = processed(binary, bronze, tmp_path / "alone", 1)
    assert any("symbol=BTC-USD" in name for name in alone) and any("symbol=ETH-USD" in name for name in alone)
    assert any(name.startswith("state/manifests") for name in alone)
    for threads in (3, 0):
        assert processed(binary, bronze, tmp_path / f"threads_{threads}", threads) == alone


def test_nor_with_a_symbol_that_is_damaged(binary, recorded, tmp_path):
    imported, _, _ = recorded("binance", "cryptofeed", BINANCE)
    bronze = tmp_path / "bronze"
    shutil.copytree(imported, bronze)
    book = next(bronze.rglob("orderbook/*/symbol=DENT-USDT/**/*.parquet"))
    whole = book.read_bytes()
    book.write_bytes(whole[:len(whole) // 2])
    alone = processed(binary, bronze, tmp_path / "alone", 1, code=1)
    assert any("NEO-USDC" in name for name in alone)
    assert not any("DENT-USDT" in name for name in alone)
    assert processed(binary, bronze, tmp_path / "many", 4, code=1) == alone
