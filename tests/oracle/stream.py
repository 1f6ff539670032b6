"""Continuity of one channel of one stream: gaps, silence, and since when it has been unbroken."""

SECOND = 1_000_000_000
STALENESS_NS = 300 * SECOND


class Continuity:
    """Feed it gap edges and data; `since` is the start of the unbroken stretch, or None."""

    def __init__(self, channel, staleness_ns=None):
        self.channel = channel
        self.staleness_ns = staleness_ns
        self.open_gaps = set()
        self.since = None
        self.last = None
        self.covered = []   # Finished stretches: (start, end).
        self.breaks = 0     # Counts where stretches begin and end.
        self.when_ended = []  # Called when a stretch ends: who remembers it forgets.

    def on_gap(self, row, time_ns):
        if row["channel"] not in (self.channel, None, ""):
            return
        self.on_silence(time_ns)
        if row["edge"] == "open":
            self.open_gaps.add(row["gap_id"])
            self._end(time_ns)
        else:
            self.open_gaps.discard(row["gap_id"])

    def on_silence(self, time_ns):
        """Time has come to `time_ns`: a stretch without an event for too long has ended."""
        if self.since is not None and self.staleness_ns is not None:
            if time_ns - self.last > self.staleness_ns:
                self._end(self.last + self.staleness_ns)

    def on_data(self, time_ns):
        """True if the event feeds: no gap is open."""
        self.on_silence(time_ns)
        if self.open_gaps:
            return False
        if self.since is None:
            self.since = time_ns
            self.breaks += 1
        self.last = time_ns
        return True

    def _end(self, time_ns):
        if self.since is not None:
            self.covered.append((self.since, time_ns))
            self.since = None
            self.breaks += 1
            for forget in self.when_ended:
                forget()

    def uncovered_ns(self, start, end):
        """How much of [start, end) no stretch covers; to be asked when time is at or after `end`."""
        stretches = list(self.covered)
        if self.since is not None:
            until = end
            if self.staleness_ns is not None:
                until = min(end, self.last + self.staleness_ns)
            stretches.append((self.since, max(until, self.since)))
        covered = sum(max(0, min(end, b) - max(start, a)) for a, b in stretches)
        return (end - start) - covered
