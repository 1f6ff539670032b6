"""What tests across modules share: the built program and the recordings."""

import os
import pathlib
import subprocess

import pytest

from lakes import Lakes
from oracle.deviation import Deviations

ROOT = pathlib.Path(__file__).resolve().parent.parent
REALDATA = ROOT.parent / "shared" / "realdata"
DEVIATIONS = Deviations()  # Of all comparisons of this run.


@pytest.fixture(scope="session")
def binary():
    path = pathlib.Path(os.environ.get("DAEDALUS_BINARY", ROOT / "build/release/daedalus"))
    assert path.exists(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def realdata():
    """A function from a recording's name to its path. Absent: skipped, but failed in CI."""

    def find(name):
        path = REALDATA / name
        if not path.exists():
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no recording {path}")
        return path

    return find


@pytest.fixture(scope="session")
def lakes(binary, realdata, tmp_path_factory):
    return Lakes(binary, realdata, tmp_path_factory.mktemp("lakes"))


@pytest.fixture(scope="session")
def deviations():
    return DEVIATIONS


def pytest_terminal_summary(terminalreporter):
    if not DEVIATIONS.largest:
        return
    path = ROOT / "build" / "feature_deviations.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(DEVIATIONS.lines()) + "\n")
    terminalreporter.section("engine against oracle")
    for line in DEVIATIONS.summary():
        terminalreporter.write_line(line)
    terminalreporter.write_line("every column: build/feature_deviations.txt")


@pytest.fixture
def data_root(tmp_path):
    return tmp_path / "data"


@pytest.fixture(scope="session")
def recorded(binary, realdata, tmp_path_factory):
    """A function that imports recordings once a session: gives the data root, the source and what
    the program printed. The data are shared: do not change them."""
    done = {}

    def import_once(exchange, kind, *names, options=()):
        key = (exchange, kind, names, tuple(options))
        if key not in done:
            root = tmp_path_factory.mktemp("recorded")
            files = [str(realdata(name)) for name in names]
            run = subprocess.run([binary, "--data-root", root, "import", "--from", kind,
                                  "--exchange", exchange, *options, *files],
                                 capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            done[key] = root, f"import_{exchange}", run.stdout
        return done[key]

    return import_once
