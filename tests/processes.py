"""The program's commands as running processes: a served venue, a capture."""

import re
import signal
import subprocess
import threading
import time


class Served:
    """A replay or a simulation that serves a venue on loopback."""

    def __init__(self, binary, command, *arguments, tls_folder=None):
        words = [binary, command, *arguments]
        if tls_folder:
            words += ["--self-signed", tls_folder]
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.values = {}
        while not {"endpoint", "rest_endpoint"} | ({"ca_file"} if tls_folder else set()) <= self.values.keys():
            line = self.process.stdout.readline()
            assert line, f"{command} ended: {self.lines}"
            self.lines.append(line)
            if found := re.fullmatch(r"\s+(\w+): (\S+)\n", line):
                self.values[found[1]] = found[2]
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def config_text(data_root, sources, journal, ca_file=None):
    """`sources`: dicts of a config's keys."""
    lines = [f"data_root: {data_root}", "sources:"]
    for source in sources:
        lines += [f"  {'-' if place == 0 else ' '} {key}: {value}" for place, (key, value) in enumerate(source.items())]
    lines += ["journal:"] + [f"  {key}: {value}" for key, value in journal.items()]
    if ca_file:
        lines += ["network:", f"  ca_file: {ca_file}"]
    return "\n".join(lines) + "\n"


class Capture:
    """`daedalus ingest`, its log in a file."""

    def __init__(self, binary, config, log_path, wrapper=()):
        self.log_path = log_path
        with open(log_path, "w") as log:
            self.process = subprocess.Popen([*wrapper, str(binary), "--config", str(config), "ingest"],
                                            stdout=log, stderr=log)

    def wait_for(self, text, seconds=20):
        deadline = time.monotonic() + seconds
        while text not in self.log():
            assert self.process.poll() is None, f"ingest ended: {self.log()}"
            assert time.monotonic() < deadline, f"no \"{text}\": {self.log()}"
            time.sleep(0.02)

    def log(self):
        return self.log_path.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, by=signal.SIGINT, seconds=60):
        """The exit code, and how long it took."""
        begin = time.monotonic()
        self.process.send_signal(by)
        code = self.process.wait(timeout=seconds)
        return code, time.monotonic() - begin
