"""When two values agree: within 1e-9 of the larger, or within 1e-12 of the operands of a difference."""

import math

RELATIVE = 1e-9
OF_OPERANDS = 1e-12


def agrees(ours, theirs, operands=0.0):
    """`operands`: the size of what the value is a difference of; 0: it is none."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    if isinstance(ours, float) or isinstance(theirs, float):
        if math.isnan(ours) or math.isnan(theirs):
            return False
        larger = max(abs(ours), abs(theirs))
        return abs(ours - theirs) <= max(RELATIVE * larger, OF_OPERANDS * operands)
    return ours == theirs


def disagreements(ours, theirs, columns, operands_of):
    """Compares two lists of row dictionaries; returns {column: [(row, ours, theirs), ...]}.

    `operands_of(column, row)` gives the size of a difference's operands. Rows that only one side
    has are listed under the column "rows".
    """
    found = {}
    if len(ours) != len(theirs):
        found["rows"] = [(min(len(ours), len(theirs)), len(ours), len(theirs))]
    for index, (left, right) in enumerate(zip(ours, theirs)):
        for column in columns:
            if not agrees(left[column], right[column], operands_of(column, right)):
                found.setdefault(column, []).append((index, left[column], right[column]))
    return found
