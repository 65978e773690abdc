"""A process of another language that answers many questions: a line is a verb and its arguments in base64, the answer
a line with "ok" or "error" and a value in base64."""

import base64
import subprocess
from dataclasses import dataclass


class PeerRefused(Exception):
    """What the other program threw."""


@dataclass(frozen=True)
class Answering:
    """It ends when its standard input is closed."""

    process: subprocess.Popen[bytes]

    def asked(self, verb: str, *values: bytes) -> bytes:
        """Raises: PeerRefused."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        # "=": an empty value is still a word of the line.
        words = [verb.encode(), *(b"=" + base64.b64encode(value) for value in values)]
        self.process.stdin.write(b" ".join(words) + b"\n")
        self.process.stdin.flush()
        answered, _, value = self.process.stdout.readline().partition(b" ")
        assert answered in {b"ok", b"error"}, f"{verb}: the process ended, {answered!r}"
        answer = base64.b64decode(value.rstrip(), validate=True)
        if answered == b"error":
            raise PeerRefused(answer.decode("utf-8", "replace"))
        return answer
