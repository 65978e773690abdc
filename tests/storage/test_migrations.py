"""Migrations lead to the very tables that the program speaks of; a newer store is refused."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from gateway.domain.participants import Participant
from gateway.storage import interactions, registry, schema
from gateway.storage.database import open_database
from gateway.storage.tables import METADATA


def test_the_newest_migration_is_the_one_that_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def indexes(connection: Connection) -> dict[str, tuple[str | None, ...]]:
    """Every index with its predicate, which Alembic does not compare."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
    else:
        rows = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    return {name: tuple(" ".join(sql.split()).partition(" WHERE ")) for name, sql in rows}


async def test_migrations_lead_to_the_tables(bare_store_url: str, tmp_path: Path) -> None:
    async with open_database(bare_store_url) as store:
        schema._run_alembic(store.engine)
        with store.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, METADATA) == []
            migrated = indexes(connection)
        with store.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE alembic_version")
            METADATA.drop_all(connection)
            METADATA.create_all(connection)
            created = indexes(connection)
        migrated.pop("alembic_version_pkc", None)
        assert {name: parts[2] for name, parts in migrated.items()} == {
            name: parts[2] for name, parts in created.items()
        }
        assert sum(1 for parts in created.values() if parts[2]) == 10  # the partial ones


async def test_a_new_store_is_made_at_once_and_marked_as_current(
    bare_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(bare_store_url) as store:
        monkeypatch.setattr(schema, "_run_alembic", lambda _: pytest.fail("nothing to migrate"))
        schema.upgrade(store.engine)
        with store.engine.connect() as connection:
            assert set(METADATA.tables) < set(inspect(connection).get_table_names())
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == schema.HEAD


async def test_an_old_store_is_migrated(bare_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated: list[Engine] = []
    async with open_database(bare_store_url) as store:
        schema.upgrade(store.engine)
        store.run_now(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'"))
        monkeypatch.setattr(schema, "_run_alembic", migrated.append)
        schema.upgrade(store.engine)
        assert migrated == [store.engine]


async def test_a_current_store_is_left_alone(bare_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_database(bare_store_url) as store:
        schema.upgrade(store.engine)
        store.run_now(lambda c: c.exec_driver_sql("INSERT INTO settings (name, value) VALUES ('kept', '')"))
        monkeypatch.setattr(schema, "_run_alembic", lambda _: pytest.fail("nothing to migrate"))
        schema.upgrade(store.engine)
        assert store.run_now(lambda c: c.exec_driver_sql("SELECT name FROM settings").scalar()) == "kept"


async def test_running_every_migration_again_changes_nothing(bare_store_url: str) -> None:
    async with open_database(bare_store_url) as store:
        schema.upgrade(store.engine)
        store.run_now(lambda c: c.exec_driver_sql("INSERT INTO settings (name, value) VALUES ('kept', '')"))
        schema._run_alembic(store.engine)
        assert store.run_now(lambda c: c.exec_driver_sql("SELECT name FROM settings").scalar()) == "kept"
        assert store.run_now(lambda c: c.exec_driver_sql("SELECT version_num FROM alembic_version").all()) == [
            (schema.HEAD,)
        ]


async def test_a_store_of_a_newer_release_is_refused(bare_store_url: str) -> None:
    async with open_database(bare_store_url) as store:
        schema.upgrade(store.engine)
        store.run_now(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(schema.StoreTooNew, match=r"9999.*обновите"):
            schema.upgrade(store.engine)


async def test_a_migration_that_breaks_leaves_nothing_half_done(
    bare_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    async with open_database(bare_store_url) as store:
        with monkeypatch.context() as patched:
            patched.setattr("alembic.op.create_index", break_off)
            with pytest.raises(RuntimeError, match="power cut"):
                schema._run_alembic(store.engine)
        with store.engine.connect() as connection:
            assert inspect(connection).get_table_names() == []
        schema.upgrade(store.engine)
        with store.engine.connect() as connection:
            assert set(METADATA.tables) < set(inspect(connection).get_table_names())


async def test_a_store_that_another_process_holds_is_waited_for(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(sqlite_url) as store, open_database(sqlite_url) as other:
        holder = other.engine.connect()
        holder.begin()
        monkeypatch.setattr(schema, "LOCKED_ATTEMPTS", 2)
        with pytest.raises(schema.StoreLocked):
            schema.upgrade(store.engine)
        monkeypatch.setattr("time.sleep", lambda _: holder.close())  # it lets go while it is waited for
        schema.upgrade(store.engine)


async def test_what_an_old_store_holds_is_found_by_the_new_search(bare_store_url: str) -> None:
    async with open_database(bare_store_url) as store:
        first = Config()
        first.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        with store.engine.begin() as connection:
            first.attributes["connection"] = connection
            command.upgrade(first, "0001")
            for statement in (
                "INSERT INTO participants (mnemonic, name, registered_at) VALUES ('CITY', 'Город', 1)",
                """INSERT INTO messages (id, message_id, version, wire_type, sender, recipient, message_type,
                   transaction_code, sent_at, has_attachments, source)
                   VALUES (5, 'r5', '1.2', 'REQUEST', 'CITY', 'FNS', '{u}A', 'tx', 1, false, '')""",
                "INSERT INTO interactions (id, status, kind) VALUES (5, 'requestIsQueued', 'a/b')",
                """INSERT INTO journal (moment, event, participant, counterpart, operation, version, message_id,
                   original_message_id, message_type, status, fault)
                   VALUES (1, 'rejected', 'CITY', '', '', '', 'r5', 'r5', '', '', 'InvalidContent')""",
            ):
                connection.exec_driver_sql(statement)
        schema.upgrade(store.engine)
        found = store.run_now(lambda c: interactions.found(c, 5))
        assert found is not None
        assert (found.message_id, found.consumer, found.provider) == ("r5", "CITY", "FNS")
        assert (found.message_type, found.transaction_code, found.fault) == ("{u}A", "tx", "InvalidContent")
        assert store.run_now(registry.participants) == [Participant("CITY", "Город")]
        assert store.run_now(registry.edits) == {}
