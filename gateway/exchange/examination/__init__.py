"""What is wrong with a message: every signature, every schema, and the fault that an answer is."""

from gateway.exchange.examination.examination import Examination, Examiner, unreadable_told
from gateway.exchange.examination.reading import Opened, Unreadable, open_bytes, open_package

__all__ = ["Examination", "Examiner", "Opened", "Unreadable", "open_bytes", "open_package", "unreadable_told"]
