"""The lint rules hold for the project, and each finds a violation that is planted for it."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = "base:\nmarket: base\nnet: base\ncli: base net\nthird-party boost: net\n"


def rules(root):
    run = subprocess.run([sys.executable, ROOT / "tools/lint_rules.py", root],
                         capture_output=True, text=True)
    return run.returncode, run.stdout


@pytest.fixture
def tree(tmp_path):
    """A small tree that breaks no rule."""
    for module in ("base", "market", "net", "cli"):
        (tmp_path / "daedalus" / module).mkdir(parents=True)
    (tmp_path / "daedalus/layers.txt").write_text(LAYERS)
    (tmp_path / "daedalus/base/error.hpp").write_text("#pragma once\n")
    (tmp_path / "daedalus/market/price.hpp").write_text(
        '#pragma once\n#include "daedalus/base/error.hpp"\n')
    (tmp_path / "daedalus/net/inner.hpp").write_text("#pragma once\n#include <boost/asio.hpp>\n")
    return tmp_path


def test_the_project_breaks_no_rule():
    status, output = rules(ROOT)
    assert status == 0, output


def test_a_clean_tree_passes(tree):
    assert rules(tree) == (0, "")


@pytest.mark.parametrize("path, text, complaint", [
    ("daedalus/base/bad.cpp", '#include "daedalus/market/price.hpp"\n',
     "daedalus/base/bad.cpp:1: base may not include market"),
    ("daedalus/market/bad.cpp", "\n#include <boost/asio.hpp>\n",
     "daedalus/market/bad.cpp:2: boost may be included in net only"),
    ("daedalus/extra/bad.cpp", "", "module extra is not in daedalus/layers.txt"),
    ("daedalus/base/long.cpp", "\n" * 501, "501 lines; the longest allowed is 500"),
    ("daedalus/base/string_utils.cpp", "", "the name does not say what is inside"),
    ("daedalus/base/open.hpp", "int x;\n", "a header begins with #pragma once"),
    ("daedalus/cli/bad.cpp", '#include "daedalus/net/inner.hpp"\n',
     "daedalus/net/inner.hpp shows third-party types: for net only"),
    ("daedalus/layers.txt", "base: market\nmarket: base\nnet: base\ncli: base\n",
     "includes itself over others"),
])
def test_a_planted_violation_is_found(tree, path, text, complaint):
    planted = tree / path
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(text)
    status, output = rules(tree)
    assert status == 1
    assert complaint in output


def test_a_header_that_needs_another_first_is_found(tree):
    (tree / "daedalus/base/needy.hpp").write_text("#pragma once\nstd::string name();\n")
    run = subprocess.run([sys.executable, ROOT / "tools/lint_headers.py", tree],
                         capture_output=True, text=True)
    assert run.returncode == 1
    assert "daedalus/base/needy.hpp:1: does not stand alone" in run.stdout


def test_unformatted_code_is_found(tree):
    bad = tree / "bad.cpp"
    bad.write_text("int  main( ){return 0 ;}\n")
    run = subprocess.run(["clang-format-19", f"--style=file:{ROOT}/.clang-format", "--dry-run",
                          "-Werror", bad], capture_output=True, text=True)
    assert run.returncode != 0
