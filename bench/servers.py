"""Processes under test, servers and commands, and what the kernel says of them."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.exchange import KIND

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A running process. `started_in` is seconds from its start to its first good answer."""

    pid: int
    port: int
    started_in: float

    def cpu_seconds(self) -> float:
        """CPU that the process has used, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def rss_mb(self) -> float:
        """Resident memory in MB."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="mock-smev-bench-")


@contextmanager
def gateway(
    data: Path,
    *,
    store: str | None = None,
    kinds: Path | None = None,
    signatures: str = "off",
    program: str = "gateway",
) -> Iterator[Server]:
    """Run a gateway without nodes, with the two participants of the bench."""
    port = free_port()
    arguments = ["-m", program, "serve", "--port", str(port), "--data", str(data), "--topology", "none"]
    arguments += ["--participant", "CONSUMER", "--provide", f"PROVIDER={KIND}", "--signatures", signatures]
    if store:
        arguments += ["--store", store]
    if kinds:
        arguments += ["--kinds", str(kinds)]
    with serving(arguments, port, "/readyz") as server:
        yield server


@contextmanager
def serving(arguments: Sequence[str], port: int, probe: str) -> Iterator[Server]:
    """Run `python arguments`, wait for `probe` to answer, end the process afterwards."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{port}{probe}"):
            if process.poll() is not None:
                raise RuntimeError(f"{arguments} ended with {process.returncode}")
            time.sleep(0.005)
        yield Server(process.pid, port, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - a loopback address of our own
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, ConnectionError):
        return False


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended: what it wrote, how long it took, the CPU that it used (seconds)."""

    output: str
    seconds: float
    cpu_seconds: float


def command(*arguments: str, status: int = 0) -> Ended:
    """Run `mock-smev arguments` to its end, in English.

    Raises: RuntimeError when it ends with another exit code.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "MOCK_SMEV_LANG": "en", "COLUMNS": "200"}  # noqa: TID251 - of a child
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, check=False, env=environment
    )
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != status:
        raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr or done.stdout}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ended(done.stdout, seconds, cpu)
