"""The tables. Moments are microseconds since 1970 UTC (`gateway.domain.clock`); XML is kept as it came."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
)

METADATA: Final = MetaData()
# SQLite gives a rowid only to INTEGER PRIMARY KEY.
_KEY: Final = BigInteger().with_variant(Integer, "sqlite")

FREE: Final = 0
LEASED: Final = 1

SETTINGS: Final = Table(
    "settings",
    METADATA,
    Column("name", String(50), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

PARTICIPANTS: Final = Table(
    "participants",
    METADATA,
    Column("mnemonic", String(50), primary_key=True),
    Column("name", Text, nullable=False),
    Column("certificate", String(64), unique=True),
    Column("registered_at", BigInteger, nullable=False),
    # Lists of kind ids as JSON. may_request: null is every kind. provides: null leaves it to the topology.
    Column("oktmo", String(11)),
    Column("may_request", Text),
    Column("provides", Text),
    # Written by the admin API, not by a call: it beats the topology.
    Column("edited", Boolean, nullable=False, server_default=false()),
)

MESSAGES: Final = Table(
    "messages",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    # One id space for requests and responses (spec §7): this key refuses duplicates.
    Column("message_id", String(36), nullable=False, unique=True),
    # Request of the interaction; a request's own id.
    Column("interaction", BigInteger),
    Column("version", String(3), nullable=False),
    Column("wire_type", String(9), nullable=False),
    Column("sender", String(50), nullable=False),
    Column("recipient", String(50)),
    Column("message_type", Text, nullable=False),
    Column("reference_message_id", String(36)),
    Column("transaction_code", Text),
    Column("node_id", Text),
    Column("sent_at", BigInteger, nullable=False),
    Column("has_attachments", Boolean, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("caller_signature", LargeBinary),
)

Index("messages_interaction", MESSAGES.c.interaction,
      sqlite_where=text("interaction IS NOT NULL"), postgresql_where=text("interaction IS NOT NULL"))  # fmt: skip

INTERACTIONS: Final = Table(
    "interactions",
    METADATA,
    Column("id", _KEY, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("status", String(30), nullable=False),
    Column("kind", Text),
    Column("eol", BigInteger),
    # Repeated from the request: whoever searches a million interactions reads rows of 100 bytes, not of 2000.
    Column("consumer", String(50), nullable=False),
    Column("provider", String(50)),
    Column("message_type", Text, nullable=False),
    Column("transaction_code", Text),
    Column("sent_at", BigInteger, nullable=False),
    # The last one in the journal, of the request or of an answer.
    Column("fault", String(50)),
    # 210-FZ: the case that the request serves; until when an answer is in time (Art. 7.2 part 3; null where no term
    # runs: our own kinds, broadcasts, rejected requests); when the final answer was taken, and what it was (Outcome).
    Column("case_number", String(100)),
    Column("due", BigInteger),
    Column("answered_at", BigInteger),
    Column("outcome", String(10)),
    # The end of the term has been noted as a violation.
    Column("overdue", Boolean, nullable=False, server_default=false()),
)

Index("interactions_consumer", INTERACTIONS.c.consumer, INTERACTIONS.c.id)
Index("interactions_provider", INTERACTIONS.c.provider, INTERACTIONS.c.id)
Index("interactions_transaction", INTERACTIONS.c.transaction_code, INTERACTIONS.c.id,
      sqlite_where=text("transaction_code IS NOT NULL"),
      postgresql_where=text("transaction_code IS NOT NULL"))  # fmt: skip

Index("interactions_case", INTERACTIONS.c.case_number, INTERACTIONS.c.id,
      sqlite_where=text("case_number IS NOT NULL"), postgresql_where=text("case_number IS NOT NULL"))  # fmt: skip
Index("interactions_due", INTERACTIONS.c.due,
      sqlite_where=text("due IS NOT NULL AND answered_at IS NULL AND NOT overdue"),
      postgresql_where=text("due IS NOT NULL AND answered_at IS NULL AND NOT overdue"))  # fmt: skip

CASES: Final = Table(
    "cases",
    METADATA,
    Column("number", String(100), primary_key=True),
    Column("service", String(50), nullable=False),
    # Mnemonic of the body that provides the service, and its level (gateway.domain.services.Level).
    Column("body", String(50), nullable=False),
    Column("level", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    # The last decision (DecisionOutcome), null while there is none.
    Column("outcome", String(20)),
    # JSON: applicant, named, parameters, documents, channel.
    Column("particulars", Text, nullable=False),
)
Index("cases_opened", CASES.c.opened_at, CASES.c.number)
Index("cases_body", CASES.c.body, CASES.c.opened_at)

CASE_EVENTS: Final = Table(
    "case_events",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("case_number", String(100), nullable=False),
    Column("moment", BigInteger, nullable=False),
    # demand | decision | complaint | complaint-answer | document | documents-refused | inquiry (on paper)
    Column("event", String(20), nullable=False),
    Column("message_id", String(36)),
    Column("details", Text, nullable=False),
)
Index("case_events_case", CASE_EVENTS.c.case_number, CASE_EVENTS.c.id)

DEADLINES: Final = Table(
    "deadlines",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("due", BigInteger, nullable=False),
    # sending | service | complaint; the row goes when it is met or has been noted.
    Column("what", String(20), nullable=False),
    Column("case_number", String(100), nullable=False),
    # Number of the complaint.
    Column("reference", String(100)),
)
Index("deadlines_due", DEADLINES.c.due)
Index("deadlines_case", DEADLINES.c.case_number)

VIOLATIONS: Final = Table(
    "violations",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("moment", BigInteger, nullable=False),
    Column("rule", String(20), nullable=False),
    # Verdict and Severity of gateway.domain.once_only.violation.
    Column("verdict", String(10), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("body", String(50), nullable=False),
    Column("case_number", String(100)),
    Column("service", String(50)),
    Column("kind", Text),
    Column("document", String(50)),
    Column("message_id", String(36)),
    # The message was refused for it; false in the mode "observe" and for what cannot be refused.
    Column("refused", Boolean, nullable=False),
    # JSON: the whole Violation.
    Column("details", Text, nullable=False),
)
Index("violations_moment", VIOLATIONS.c.moment)
Index("violations_case", VIOLATIONS.c.case_number, VIOLATIONS.c.id,
      sqlite_where=text("case_number IS NOT NULL"), postgresql_where=text("case_number IS NOT NULL"))  # fmt: skip
Index("violations_message", VIOLATIONS.c.message_id,
      sqlite_where=text("message_id IS NOT NULL"), postgresql_where=text("message_id IS NOT NULL"))  # fmt: skip

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("message", BigInteger, ForeignKey("messages.id"), nullable=False),
    Column("interaction", BigInteger),
    Column("message_id", String(36), nullable=False),
    Column("recipient", String(50), nullable=False),
    Column("queue", SmallInteger, nullable=False),
    # What a selector compares with: the root of the content; of an answer also the root that was asked with.
    Column("message_type", Text, nullable=False),
    Column("request_type", Text),
    Column("node_id", Text),
    Column("state", SmallInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("eol", BigInteger),
)

# Literal predicates: a parameter in the query would not match them, and taking a message would scan.
Index("deliveries_free", DELIVERIES.c.recipient, DELIVERIES.c.queue, DELIVERIES.c.id,
      sqlite_where=text("state = 0"), postgresql_where=text("state = 0"))  # fmt: skip
Index("deliveries_free_by_type", DELIVERIES.c.recipient, DELIVERIES.c.queue, DELIVERIES.c.message_type,
      DELIVERIES.c.id, sqlite_where=text("state = 0"), postgresql_where=text("state = 0"))  # fmt: skip
Index("deliveries_leased", DELIVERIES.c.lease_until,
      sqlite_where=text("state = 1"), postgresql_where=text("state = 1"))  # fmt: skip
Index("deliveries_ending", DELIVERIES.c.eol,
      sqlite_where=text("eol IS NOT NULL"), postgresql_where=text("eol IS NOT NULL"))  # fmt: skip
Index("deliveries_message_id", DELIVERIES.c.message_id)

ATTACHMENTS: Final = Table(
    "attachments",
    METADATA,
    Column("message", BigInteger, ForeignKey("messages.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("content_id", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Files by reference: the bytes are in files (gateway.storage.attachments), here is whose they are. A row goes with the
# last delivery of its message, and the file after it.
REF_ATTACHMENTS: Final = Table(
    "ref_attachments",
    METADATA,
    Column("message", BigInteger, ForeignKey("messages.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    # The name of the directory, which is the uuid in lower case. Two messages never name the same file.
    Column("folder", String(36), nullable=False, unique=True),
    # As the header spells it.
    Column("uuid", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    # Who sent it, whose quota it counts for.
    Column("sender", String(50), nullable=False),
    # The login of whoever reads it.
    Column("user_name", String(30), nullable=False, unique=True),
    Column("password", String(30), nullable=False),
)
Index("ref_attachments_sender", REF_ATTACHMENTS.c.sender)

JOURNAL: Final = Table(
    "journal",
    METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=True),
    Column("moment", BigInteger, nullable=False),
    Column("event", String(20), nullable=False),
    Column("participant", String(50), nullable=False),
    Column("counterpart", String(50), nullable=False),
    Column("operation", String(30), nullable=False),
    Column("version", String(3), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("original_message_id", Text, nullable=False),
    Column("message_type", Text, nullable=False),
    Column("status", String(30), nullable=False),
    Column("fault", String(50), nullable=False),
    Column("explanation", Text),
    Column("envelope", LargeBinary),
)

Index("journal_message", JOURNAL.c.message_id)
Index("journal_original", JOURNAL.c.original_message_id)
