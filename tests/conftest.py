"""What tests across modules share: the built program and the recordings."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
REALDATA = ROOT.parent / "shared" / "realdata"


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
