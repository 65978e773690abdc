"""Packages for tests: schemas as they come from the technology portal, zipped as people zip them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gateway.library import Library, load
from gateway.library.packages import Choices, Installed, install, read_package
from gateway.ns import XSD

SHIPPED: Final = Path(__file__).resolve().parents[2] / "schemas" / "kinds"
STAY: Final = "urn://x-artefacts-fsin-stay/root/260-10/4.1.1"
TYPES: Final = "urn://x-artefacts-fsin-stay/types/4.1.1"


def schema(content: str, namespace: str = STAY, **prefixes: str) -> str:
    """An XSD with a target namespace (t: too), in which further prefixes may be declared."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in {"t": namespace, **prefixes}.items() if uri)
    target = f' targetNamespace="{namespace}"' if namespace else ""
    return f'<xs:schema xmlns:xs="{XSD}"{declared}{target} elementFormDefault="qualified">\n{content}\n</xs:schema>\n'


def element(name: str, type_: str = "xs:string", documentation: str = "") -> str:
    """A global element that holds one `value`."""
    said = (
        f"<xs:annotation><xs:documentation>{documentation}</xs:documentation></xs:annotation>" if documentation else ""
    )
    return (
        f'<xs:element name="{name}">{said}<xs:complexType><xs:sequence>'
        f'<xs:element name="value" type="{type_}"/></xs:sequence></xs:complexType></xs:element>'
    )


MAIN: Final = schema(f"{element('StayRequest', 'xs:int', 'Сведения о пребывании')}\n{element('StayResponse')}")


def document(root: str, value: str = "1", namespace: str = STAY) -> str:
    return f'<n:{root} xmlns:n="{namespace}"><n:value>{value}</n:value></n:{root}>'


EXAMPLES: Final = {
    "examples/found-request.xml": document("StayRequest"),
    "examples/found-response.xml": document("StayResponse"),
}
PACKAGE: Final = {"stay.xsd": MAIN, **EXAMPLES}


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


class Shelf:
    """A library with the shipped kinds, and a folder to which packages are added."""

    def __init__(self, root: Path, library: Library | None = None) -> None:
        self.root = root / "kinds"
        self.library = library or load(shipped=SHIPPED)

    def add(self, files: Mapping[str, str | bytes] | bytes, **choices: object) -> Installed:
        packed = files if isinstance(files, bytes) else zipped(files)
        chosen = Choices(**choices)  # type: ignore[arg-type]
        return install(read_package(packed), chosen, self.root, self.library)

    def files(self) -> set[str]:
        """Everything below the folder, whatever its name."""
        return (
            {path.relative_to(self.root).as_posix() for path in self.root.rglob("*")} if self.root.exists() else set()
        )


def big_schema(types: int, namespace: str = STAY) -> str:
    """A schema of `types` complex types, about 1.1 kB each, all of which the request holds."""
    parts = []
    for number in range(types):
        fields = "".join(
            f'<xs:element name="field{number}x{index}" type="xs:string" minOccurs="0"><xs:annotation><xs:documentation>'
            f"Сведение {number * 31 + index} о предмете учёта</xs:documentation></xs:annotation></xs:element>\n"
            for index in range(5)
        )
        parts.append(f'<xs:complexType name="Type{number}"><xs:sequence>\n{fields}</xs:sequence></xs:complexType>\n')
    uses = "".join(f'<xs:element name="part{number}" type="t:Type{number}"/>\n' for number in range(types))
    request = (
        f'<xs:element name="BigRequest"><xs:complexType><xs:choice>\n{uses}</xs:choice></xs:complexType></xs:element>'
    )
    return schema("".join(parts) + request + element("BigResponse"), namespace)
