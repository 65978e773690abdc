"""The XSD of the law envelope (schemas/law), which is ours and the same for every gateway."""

from functools import cache

from gateway.data_files import data_folder
from gateway.library.schema import Schema


@cache
def law_schema() -> Schema:
    """Return the schema, compiled when it is first asked."""
    folder = data_folder("schemas") / "law" / "1.0.0"
    return Schema(folder, folder / "law-envelope.xsd")
