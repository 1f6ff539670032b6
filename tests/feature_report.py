#!/usr/bin/env python
"""python tests/feature_report.py DATA_ROOT...: per table, which columns are constant, null or doubles.

A column is listed when it is so for each symbol of the table that has at least two rows: `null` (every value is),
`constant` (one value a symbol, nulls aside), or `same as` an earlier column (bit for bit, nulls in the same places).
"""

import pathlib
import sys

import numpy
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

# What a row is called by; the partition columns.
KEYS = ("exchange", "symbol", "source", "symbol_native", "year", "month", "day", "hour")


def tables(data_roots):
    """{table: {(data root, exchange, symbol): files}} of processed; bars of each duration are a table."""
    found = {}
    for base in (pathlib.Path(root) / "processed" for root in data_roots):
        for path in sorted(base.rglob("*.parquet")):
            parts = path.relative_to(base).parts
            at = next(i for i, part in enumerate(parts) if part.startswith("exchange="))
            symbols = found.setdefault("/".join(parts[:at]), {})
            symbols.setdefault((base, *parts[at:at + 2]), []).append(path)
    return found


def read(files, most):
    """The rows of the files, the first so many."""
    read_tables, rows = [], 0
    for path in files:
        if rows < most:
            read_tables.append(pq.ParquetFile(path).read())
            rows += read_tables[-1].num_rows
    return pa.concat_tables(read_tables).slice(0, most).combine_chunks()


def bits(column):
    """What two equal columns share: their values as bytes, and where they are null."""
    nulls = column.is_null().to_numpy(zero_copy_only=False).tobytes()
    if pa.types.is_floating(column.type):
        values = column.fill_null(0.0).to_numpy(zero_copy_only=False)
        # -0.0 is 0.0: no reader can tell them apart by comparing.
        return hash((nulls, (values + 0.0).astype(numpy.float64).tobytes()))
    return hash((nulls, str(column.type), repr(column.to_pylist())))


def different_values(column):
    """How many values but null: 0, 1, or 2 for more."""
    if column.null_count == len(column):
        return 0
    return 2 if pa.types.is_nested(column.type) else min(2, pc.count_distinct(column).as_py())


def findings(symbols):
    """{column: "null", "constant" or "same as <an earlier column>"} of the tables of all symbols."""
    found, seen = {}, {}
    for name in symbols[0].column_names:
        columns = [table.column(name).combine_chunks() for table in symbols]
        most = max(map(different_values, columns))
        if name in KEYS:
            continue
        if most < 2:
            found[name] = ("null", "constant")[most]
            continue
        same = seen.setdefault(tuple(map(bits, columns)), name)
        if same != name:
            found[name] = f"same as {same}"
    return found


def report(*data_roots, most=20_000):
    """{table: {column: finding}}: what holds for all symbols of a table. Of a symbol the first `most` rows."""
    result = {}
    for name, symbols in tables(data_roots).items():
        read_tables = [read(files, most) for files in symbols.values()]
        result[name] = findings([table for table in read_tables if table.num_rows > 1] or read_tables)
    return result


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python tests/feature_report.py DATA_ROOT...")
    for name, found in report(*sys.argv[1:]).items():
        print(f"{name}: {len(found)}")
        for column, what in found.items():
            print(f"  {column}: {what}")


if __name__ == "__main__":
    main()
