"""One kind's XSD, compiled when it is first needed: libxml2 decides, xmlschema finds the words."""

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from lxml import etree

from gateway import ns, xml
from gateway.library.kind_file import KindError
from gateway.library.violations import (
    RefusedElement,
    SchemaViolation,
    is_long,
    is_valid,
    judge_long,
    told_by_libxml2,
)
from gateway.protocol.messages import MessageType
from gateway.xml import Element

if TYPE_CHECKING:
    from gateway.library.explanation import Explainer

_LARGEST_EXPLAINED: Final = 1024 * 1024
"""Bytes of the XSDs: reading them for the words of a refusal takes xmlschema half a second a megabyte, and nobody is
served meanwhile. Refusals by larger schemas are told in the words of libxml2."""

_REFERENCES: Final = tuple(f"{{{ns.XSD}}}{name}" for name in ("include", "import", "redefine"))
_ELEMENT: Final = f"{{{ns.XSD}}}element"


class Schema:
    """The schema that starts at `xsd`, all of whose files stay inside `folder`."""

    def __init__(self, folder: Path, xsd: Path) -> None:
        self._folder = folder
        self._xsd = xsd
        self._compiled: etree.XMLSchema | None = None
        self._size = 0
        self._explainer: Explainer | None = None
        # The error log belongs to the compiled schema, not to the call: two calls at once would mix theirs.
        self._lock = threading.Lock()

    def violations(self, element: Element) -> tuple[SchemaViolation, ...]:
        """Return how `element`, taken as a root, breaks the schema; empty when it is valid.

        Raises: KindError when the schema does not compile.
        """
        with self._lock:
            compiled = self.compile()
            if is_long(element):
                return judge_long(element, compiled)
            if is_valid(element, compiled):
                return ()
            refused = RefusedElement(element)
            explained = self._explain(refused) if refused.is_explainable() else ()
            return explained or told_by_libxml2(refused, compiled)

    def accepts(self, element: Element) -> bool:
        """Tell whether `element`, taken as a root, is valid; raises KindError as `violations` does."""
        with self._lock:
            return is_valid(element, self.compile())

    def _explain(self, refused: RefusedElement) -> tuple[SchemaViolation, ...]:
        if self._size > _LARGEST_EXPLAINED:
            return ()
        from gateway.library.explanation import Explainer  # noqa: PLC0415 a start without refusals is fast

        try:
            if self._explainer is None:
                self._explainer = Explainer(self._xsd)
            return tuple(self._explainer.violations(refused))
        except Exception:  # noqa: BLE001
            # xmlschema raises on some invalid content (an unknown xsi:type). libxml2 has refused already, and
            # that must reach the sender as a refusal, not as a failure of the gateway.
            return ()

    def declares(self, root: MessageType) -> bool:
        """Tell whether documents of the schema may have this root; raises KindError as `compile` does."""
        probe = etree.Element(f"{{{root.namespace}}}{root.root}" if root.namespace else root.root)
        with self._lock:
            compiled = self.compile()
            is_valid(probe, compiled)
            return all(entry.type != etree.ErrorTypes.SCHEMAV_CVC_ELT_1 for entry in compiled.error_log)

    def declared_names(self) -> str:
        """Return the elements that the XSD itself declares, for a message."""
        root = xml.parse(self._xsd.read_bytes())
        names = [element.get("name", "?") for element in root.iterchildren(_ELEMENT)]
        return f"{', '.join(names) or 'none'} in the namespace {root.get('targetNamespace', '')!r}"

    def compile(self) -> etree.XMLSchema:
        """Return the compiled schema, the same every time.

        Raises: KindError with the file and line of the XSD.
        """
        if self._compiled is None:
            main, self._size = _read_all(self._xsd, self._folder)
            try:
                self._compiled = etree.XMLSchema(main)
            except etree.XMLSchemaParseError as error:
                raise _compile_error(error, self._xsd) from error
        return self._compiled


def _read_all(xsd: Path, folder: Path) -> tuple[Element, int]:
    """Return the root of `xsd`, and the bytes of all files, after a look at every one that libxml2 is going to open.

    libxml2 would follow any address, and reads the referred files with a parser of its own, so nothing may
    reach it that our parser refuses or that lies outside the folder.
    """
    roots: dict[Path, Element] = {}
    waiting, size = [xsd], 0
    while waiting:
        path = waiting.pop()
        if path not in roots:
            content = _read(path)
            size += len(content)
            roots[path] = _parse(path, content)
            waiting.extend(_referred(path, roots[path], folder))
    main = roots[xsd]
    main.getroottree().docinfo.URL = xsd.resolve().as_uri()  # the base of relative schemaLocations
    return main, size


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KindError.from_cause(path, error) from error


def _parse(path: Path, content: bytes) -> Element:
    try:
        return xml.parse(content)
    except xml.XmlError as error:
        raise KindError.from_cause(path, error) from error


def _referred(path: Path, root: Element, folder: Path) -> list[Path]:
    found = []
    for reference in root.iterchildren(*_REFERENCES):
        location = reference.get("schemaLocation")
        if location is not None:
            problem = _problem(location, path, folder)
            if problem:
                message = f"schemaLocation: expected {problem}, found {location!r}"
                raise KindError(path, reference.sourceline or 1, message)
            found.append(_target(location, path))
    return found


def _problem(location: str, path: Path, folder: Path) -> str:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", location):
        return "a file of the kind's folder, not an address"
    if not location.isascii() or " " in location:
        return "a percent-encoded file name (libxml2 reads no other)"
    if not _target(location, path).is_relative_to(folder.resolve()):
        return "a file inside the kind's folder"
    return "" if _target(location, path).is_file() else "a file that exists"


def _target(location: str, path: Path) -> Path:
    return (path.parent / unquote(location)).resolve()


def _compile_error(error: etree.XMLSchemaParseError, xsd: Path) -> KindError:
    entry = next(iter(error.error_log), None)
    if entry is None:
        return KindError(xsd, 1, str(error))
    path = Path(unquote(urlsplit(entry.filename or "").path))
    blamed = xsd if path.resolve() == xsd.resolve() or not path.is_file() else path
    return KindError(blamed, max(entry.line, 1), entry.message or str(error))
