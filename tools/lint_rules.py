"""Checks layers, file lengths, names and headers' shape; prints each violation as path:line: text.

Usage: lint_rules.py [ROOT]; exit 1 if anything was found. ROOT (default: the project) may be any
tree with a daedalus/layers.txt, which is how its own tests plant violations.
"""

import functools
import pathlib
import re
import subprocess
import sys

LONGEST_FILE = 500
SOURCE_SUFFIXES = {".cpp", ".hpp", ".py", ".sh"}
JUNK_NAMES = re.compile(r"(util|helper|common|manager|misc|stuff)", re.IGNORECASE)
WRAPPED = {"boost", "openssl", "arrow", "parquet", "yaml-cpp"}
INCLUDE = re.compile(r'^\s*#include\s+["<]([^">]+)[">]')


def read_layers(path):
    """Returns ({module: set of modules it may include}, {third-party prefix: set of folders})."""
    modules, third_party = {}, {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, allowed = line.split(":")
        if name.startswith("third-party "):
            third_party[name.split()[1]] = set(allowed.split())
        else:
            modules[name] = set(allowed.split()) | {name}
    return modules, third_party


def cycles(modules):
    """Modules of which one comes back to itself."""
    found = []
    for start in modules:
        seen, todo = set(), list(modules[start] - {start})
        while todo:
            module = todo.pop()
            if module == start:
                found.append(start)
                break
            if module not in seen:
                seen.add(module)
                todo.extend(modules.get(module, set()) - {module})
    return found


@functools.cache
def inner_headers(root):
    """Headers that show types of wrapped third parties: their own folder alone may include them."""
    return {str(path.relative_to(root)) for path in (root / "daedalus").rglob("*.hpp")
            if any((match := INCLUDE.match(line)) and match.group(1).split("/")[0] in WRAPPED
                   for line in path.read_text().splitlines())}


def check_includes(root, path, modules, third_party):
    module = path.relative_to(root / "daedalus").parts[0]
    if module not in modules:
        yield 1, f"module {module} is not in daedalus/layers.txt"
        return
    is_inner = inner_headers(root)
    is_test = path.stem.endswith(("_test", "_bench", "_fuzz"))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        parts = match.group(1).split("/")
        if parts[0] == "daedalus" and parts[1] not in modules[module] and not is_test:
            yield number, f"{module} may not include {parts[1]} (daedalus/layers.txt)"
        if match.group(1) in is_inner and parts[1] != module:
            yield number, f"{match.group(1)} shows third-party types: for {parts[1]} only"
        third = pathlib.PurePath(parts[0]).stem
        if third in third_party and module not in third_party[third] and not is_test:
            yield number, f"{third} may be included in {', '.join(sorted(third_party[third]))} only"


def check_header(path):
    lines = path.read_text().splitlines()
    if not lines or lines[0] != "#pragma once":
        yield 1, "a header begins with #pragma once"


def tracked_files(root):
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True)
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    paths = [root / name for name in names] or [p for p in root.rglob("*") if ".git" not in p.parts]
    return [p for p in paths if p.is_file()]


def check_tree(root):
    modules, third_party = read_layers(root / "daedalus/layers.txt")
    for module in cycles(modules):
        yield "daedalus/layers.txt", 1, f"module {module} includes itself over others"
    for path in tracked_files(root):
        name = str(path.relative_to(root))
        if path.suffix in SOURCE_SUFFIXES or name in {"dev", "tools/lint"}:
            length = len(path.read_text().splitlines())
            if length > LONGEST_FILE:
                yield name, length, f"{length} lines; the longest allowed is {LONGEST_FILE}"
            if JUNK_NAMES.search(path.stem):
                yield name, 1, "the name does not say what is inside"
        if path.suffix in {".cpp", ".hpp"} and name.startswith("daedalus/"):
            for line, text in check_includes(root, path, modules, third_party):
                yield name, line, text
        if path.suffix == ".hpp":
            for line, text in check_header(path):
                yield name, line, text


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(check_tree(root))
    for name, line, text in found:
        print(f"{name}:{line}: {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
