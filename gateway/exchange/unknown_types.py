"""What is said of a root that no data kind has: the kind it is most like, and what to do."""

from gateway.exchange.arrival import Rules
from gateway.protocol.messages import MessageType
from gateway.words import say


def closest_kind(rules: Rules, root: MessageType) -> str:
    """Return the id, version and roots of the kind that looks most like `root`; "" when none does."""
    kind = rules.library.catalogue.closest(root)
    if kind is None:
        return ""
    return f"{kind.id} {kind.version}: {', '.join(map(str, kind.roots))}"


def add_kind() -> str:
    """Return the advice."""
    return say(
        "исправьте пространство имён и корневой элемент или добавьте вид сведений: mock-smev kinds add ПАКЕТ",
        "correct the namespace and the root element, or add the data kind: mock-smev kinds add PACKAGE",
    )
