"""./dev install makes a copy that runs outside the build folder, with its own libraries and DuckDB."""

import subprocess


def test_an_installed_copy_uses_its_own_libraries_and_answers_queries(binary, tmp_path):
    root = binary.parent.parent.parent
    prefix = tmp_path / "prefix"
    subprocess.run([root / "tools/install", "--prefix", prefix], check=True, capture_output=True)
    program = prefix / "bin/daedalus"
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for line in libraries.splitlines():
        if "libarrow" in line or "libparquet" in line:
            assert str(root) not in line
    done = subprocess.run(
        [program, "--data-root", tmp_path / "data", "query", "--format", "csv",
         "SELECT count(*) AS n FROM silver_orderbook"],
        env={"PATH": "/usr/bin:/bin"}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["n", "0"]
    own = prefix / "lib/daedalus/duckdb"
    own.write_text("#!/bin/sh\necho own copy\n")
    done = subprocess.run([program, "--data-root", tmp_path / "data", "query", "SELECT 1"],
                          capture_output=True, text=True)
    assert done.stdout == "own copy\n"


def test_install_without_a_prefix_is_refused(binary):
    root = binary.parent.parent.parent
    done = subprocess.run([root / "tools/install"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--prefix" in done.stderr
