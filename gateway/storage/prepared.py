"""Core statements of the hot path, compiled once per dialect and run on the driver's own cursor.

Measured: `Connection.execute` costs 50 to 120 µs of CPU a statement (cache key, context, result), the driver 5 to 7;
a whole exchange runs some twenty. The SQL is still Core's, made from the tables, the same for every dialect.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

Row = tuple[Any, ...]


class Prepared:
    """One statement. `columns` names the values of an INSERT, which become its parameters."""

    def __init__(
        self, statement: ClauseElement | Callable[[str], ClauseElement], columns: Sequence[str] | None = None
    ) -> None:
        """`statement` may differ by dialect: then it is made by a function of the dialect's name."""
        self._statement, self._columns = statement, columns
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Row]:
        """Run the statement and return every row it gives."""
        compiled = self._for(connection.dialect)
        cursor = _cursor(connection)
        try:
            cursor.execute(compiled.sql, compiled.values(parameters))
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()

    def row(self, connection: Connection, parameters: Mapping[str, Any]) -> Row | None:
        """Run the statement and return its only row, None when there is none."""
        rows = self.rows(connection, parameters)
        if len(rows) > 1:
            raise LookupError(f"expected at most one row, found {len(rows)}")
        return rows[0] if rows else None

    def many(self, connection: Connection, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Run the statement once for each of `parameters`."""
        compiled = self._for(connection.dialect)
        cursor = _cursor(connection)
        try:
            cursor.executemany(compiled.sql, [compiled.values(each) for each in parameters])
        finally:
            cursor.close()

    def _for(self, dialect: Dialect) -> "_Compiled":
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            given = self._statement
            statement = given if isinstance(given, ClauseElement) else given(dialect.name)
            compiled = self._compiled[dialect.name] = _Compiled(statement, dialect, self._columns)
        return compiled


class _Compiled:
    """SQL of one dialect, and how to bring parameters into the form that its driver takes."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - DDL has no parameters
        self.sql: Final = str(compiled)
        constants = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self.values: Final = _arranger(compiled.positiontup, constants)
        """Takes the parameters, returns a tuple for positional drivers, a mapping for the others."""


def _arranger(order: list[str] | None, constants: dict[str, Any]) -> Callable[[Mapping[str, Any]], Any]:
    if order is None:
        return (lambda given: {**constants, **given}) if constants else (lambda given: given)
    if not order:
        return lambda given: ()
    if len(order) == 1:
        (only,) = order
        return lambda given: (given[only] if only in given else constants[only],)
    pick = itemgetter(*order)
    return (lambda given: pick({**constants, **given})) if constants else pick


def _cursor(connection: Connection) -> Any:
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101 - a connection in a transaction has one
    return driver.cursor()
