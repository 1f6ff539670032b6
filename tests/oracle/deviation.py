"""The largest deviation of each column between the engine's rows and the oracle's."""

import dataclasses

from .agreement import OF_DIFFERENCES, ROOTS, deviation, disagreements, operands_of

KEYS_NOT_COMPARED = {"capture_ts", "exchange", "symbol", "source"}


@dataclasses.dataclass
class Largest:
    """`share`: of what may be, up to 1 agrees; `relative`: of the larger value, over all rows."""

    rows: int = 0
    share: float = 0.0
    relative: float = 0.0
    where: str = ""


def share_of_allowed(column, ours, theirs, operands):
    if not ROOTS.match(column):
        return deviation(ours, theirs, operands)
    squares = [value * value if isinstance(value, float) else value for value in (ours, theirs)]
    return min(deviation(ours, theirs, OF_DIFFERENCES.get(column, 0.0)), deviation(*squares, operands))


class Deviations:
    """Collects over all comparisons of a run: {(table, column): Largest}."""

    def __init__(self):
        self.largest = {}

    def note(self, case, table, ours, theirs, columns):
        for column in columns:
            entry = self.largest.setdefault((table, column), Largest())
            entry.rows += min(len(ours), len(theirs))
            for left, right in zip(ours, theirs):
                mine, other = left[column], right[column]
                if mine == other or not isinstance(mine, float) or not isinstance(other, float):
                    continue
                relative = abs(mine - other) / max(abs(mine), abs(other))
                entry.relative = max(entry.relative, relative)
                share = share_of_allowed(column, mine, other, operands_of(column, right))
                if share > entry.share:
                    entry.share, entry.where = share, case

    def compare(self, case, table, ours, theirs, columns=None):
        """{column: (number of rows, first of them)} of what disagrees; notes what does not, too."""
        columns = sorted(set(columns or theirs[0]) - KEYS_NOT_COMPARED)
        self.note(case, table, ours, theirs, columns)
        found = disagreements(ours, theirs, columns)
        return {column: (len(rows), rows[0]) for column, rows in found.items()}

    def lines(self):
        """A line a column, the nearest to what may be first within its table."""
        yield f"{'table':24} {'column':30} {'rows':>8} {'relative':>9} {'of allowed':>10}  where"
        order = sorted(self.largest.items(), key=lambda item: (item[0][0], -item[1].share, item[0][1]))
        for (table, column), entry in order:
            yield (f"{table:24} {column:30} {entry.rows:8} {entry.relative:9.1e} {entry.share:10.1e}"
                   f"  {entry.where}").rstrip()

    def summary(self, count=10):
        """The columns that came nearest to what may be, and how many there are of which kind."""
        entries = sorted(self.largest.items(), key=lambda item: -item[1].share)
        equal = sum(1 for _, entry in entries if entry.relative == 0)
        rows = sum(entry.rows for _, entry in entries)
        yield f"{len(entries)} columns, {rows} values; {equal} columns equal to the last bit"
        for (table, column), entry in entries[:count]:
            yield f"{table} {column}: {entry.share:.1e} of what may be ({entry.where})"
