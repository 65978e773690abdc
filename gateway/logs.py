"""Logs on standard error: for people on a terminal, JSON otherwise. Nothing from outside gets in unescaped."""

import json
import logging
import sys
from datetime import datetime
from typing import Final

from gateway.protocol.moments import MOSCOW

_BEYOND_ASCII: Final = (0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)
_ESCAPES: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *_BEYOND_ASCII)}
_JSON_ESCAPES: Final = {code: f"\\u{code:04x}" for code in _BEYOND_ASCII}
"""Control characters that JSON lets stand as they are, and a terminal obeys."""


def escaped(text: str) -> str:
    """Return `text` in one line without control characters."""
    return text.translate(_ESCAPES)


class HumanFormatter(logging.Formatter):
    """One line a record; a traceback of ours below it."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, MOSCOW).strftime("%H:%M:%S")
        line = f"{moment} {record.levelname.lower():7} {escaped(record.getMessage())}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "moment": datetime.fromtimestamp(record.created, MOSCOW).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False).translate(_JSON_ESCAPES)


def configure(level: int) -> None:
    """Send the program's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(HumanFormatter() if sys.stderr.isatty() else JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
