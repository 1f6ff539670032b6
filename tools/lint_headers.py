"""Compiles every header alone: each must include what it needs.

Usage: lint_headers.py [ROOT]; exit 1 with the compiler's first lines if one does not stand alone.
Headers that did not change since they last passed are passed over (by a hash of the tree's headers).
"""

import concurrent.futures
import hashlib
import pathlib
import subprocess
import sys


def include_flags(root):
    """Where headers of third parties lie that are no system packages."""
    return [f"-isystem{path}" for path in root.glob(".venv/lib/python3*/site-packages/pyarrow/include")]


def stands_alone(root, header):
    """The compiler's complaint, or an empty text. Compiled to an object, so that ccache remembers."""
    folder = root / "build/headers"
    folder.mkdir(parents=True, exist_ok=True)
    name = str(header.relative_to(root))
    source = folder / (name.replace("/", "-") + ".cpp")
    source.write_text(f'#include "{name}"\n')
    run = subprocess.run(
        ["ccache", "g++", "-std=c++20", "-O0", "-Wall", "-Wextra", "-Werror",
         "-Wno-missing-field-initializers", f'-DDAEDALUS_SOURCE_DIR="{root}"', f"-I{root}",
         *include_flags(root), "-c", str(source), "-o", str(source.with_suffix(".o"))],
        capture_output=True, text=True)
    return "" if run.returncode == 0 else "\n".join(run.stderr.splitlines()[:6])


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    headers = sorted((root / "daedalus").rglob("*.hpp"))
    digest = hashlib.sha256(b"".join(h.read_bytes() for h in headers)).hexdigest()
    stamp = root / "build/headers.passed"
    if stamp.exists() and stamp.read_text() == digest:
        return 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        complaints = list(pool.map(lambda header: stands_alone(root, header), headers))
    status = 0
    for header, complaint in zip(headers, complaints):
        if complaint:
            status = 1
            print(f"{header.relative_to(root)}:1: does not stand alone\n{complaint}")
    if status == 0 and stamp.parent.is_dir():
        stamp.write_text(digest)
    return status


if __name__ == "__main__":
    sys.exit(main())
