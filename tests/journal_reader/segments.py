"""Journal segments: from a file to its records."""

import base64
import dataclasses
import json
import pathlib

import zstandard


@dataclasses.dataclass
class Record:
    seq: int
    time_ns: int
    type: str
    conn: int | None
    status: int | None
    url: str
    detail: str | None
    payload: str | None


@dataclasses.dataclass
class Segment:
    name: str
    header: dict
    records: list
    torn_bytes: int  # Behind the last whole frame.
    closed: bool


def whole_frames(data):
    """The lines of the frames that are whole, and how many bytes follow them."""
    text = b""
    while data:
        frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            lines = frame.decompress(data)
        except zstandard.ZstdError:
            break
        if not frame.eof:
            break
        text += lines
        data = frame.unused_data
    return text, len(data)


def record_of(line):
    fields = json.loads(line)
    payload = fields.get("data")
    if "b64" in fields:
        payload = base64.b64decode(fields["b64"]).decode(errors="replace")
    return Record(fields["seq"], fields["time_ns"], fields["type"], fields.get("conn"), fields.get("status"),
                  fields.get("url", ""), fields.get("detail"), payload)


def read_segment(path):
    """None: a left-over without one whole frame, which held nothing."""
    text, torn_bytes = whole_frames(pathlib.Path(path).read_bytes())
    if not text:
        return None
    records = [record_of(line) for line in text.decode().split("\n") if line]
    header = json.loads(records[0].detail)
    assert records[0].type == "segment" and header["segment"] == pathlib.Path(path).name.split(".")[0]
    return Segment(header["segment"], header, records, torn_bytes, records[-1].type == "close")
