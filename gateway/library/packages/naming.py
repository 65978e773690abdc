"""A kind's id and version, read out of its namespace."""

import re
from typing import Final

from gateway.library.roles import split_role

_VERSION: Final = re.compile(r"v?(\d+(?:\.\d+)+|\d+)", re.IGNORECASE)
_CODE: Final = re.compile(r"\d+([-_]\d+)+")
_NOISE: Final = frozenset(
    ("root", "types", "data", "xsd", "services", "service", "virtual-services", "smev3", "smev-3", "msg", "rs", "ws")
)
"""Steps that the published namespaces have between the agency and the kind, and that say nothing of either."""
_LONGEST: Final = 64
_TOP: Final = ("ru", "com", "org", "net", "gov", "xn--p1ai")


def id_and_version(namespace: str, root: str) -> tuple[str, str | None]:
    """Return "<agency>/<kind>" and the version that a namespace speaks of; None where it speaks of none.

    urn://x-artefacts-fns-ndfl2/root/260-10/4.1.1 is fns/ndfl2, 4.1.1. `root` is the local name of the request, for
    namespaces that name an agency and nothing else.
    """
    steps = _steps(namespace)
    version = next((found[1] for step in reversed(steps) if (found := _VERSION.fullmatch(step))), None)
    words = [step for step in steps if not (_VERSION.fullmatch(step) or _CODE.fullmatch(step) or step in _NOISE)]
    agency, _, rest = words[0].partition("-") if words else ("kind", "", "")
    kind = "-".join(part for part in (rest, *words[1:]) if part)
    if not kind:  # the namespace names nobody, or an agency and nothing else
        kind = _slug(split_role(root)[1]) or _slug(root) or "kind"
    return f"{agency[:_LONGEST]}/{kind[:_LONGEST].strip('-')}", version


def _steps(namespace: str) -> list[str]:
    # urn://host/path and http://host/path alike; urn:a:b:c has its steps between colons.
    path = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:", "", namespace)
    first, *others = [step for step in re.split("[/:?#]", path) if step] or [""]
    steps = [*_agency(first), *(step if _VERSION.fullmatch(step) else _slug(step) for step in others)]
    return [step for step in steps if step]


def _agency(host: str) -> list[str]:
    """Return the steps of a host, the agency first: of x-artefacts-fns-ndfl2, of kvs.pfr.com, of ru.sgio.contract."""
    name = re.sub(r"^x-arte?i?facts?-", "", host.lower())
    labels = [_slug(label) for label in name.split(".")]
    named = [label for label in labels if label not in _TOP]
    if len(labels) > 1:
        return named if labels[0] in _TOP else named[::-1]
    parts = _slug(name).split("-")
    while parts and parts[-1] in _TOP:
        parts.pop()
    return ["-".join(parts)]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
