"""Words for an examination as JSON has it, which the terminal and the page share."""

from collections.abc import Mapping
from typing import Any

from gateway.words import say


def summary(told: Mapping[str, Any]) -> str:
    """Say in a line what was found."""
    if told["isGood"]:
        return say("всё сходится", "all of it holds")
    said = []
    broken = sum(not each["isGood"] for each in told["signatures"])
    if broken:
        total = len(told["signatures"])
        said.append(say(f"подписей с замечаниями: {broken} из {total}", f"signatures amiss: {broken} of {total}"))
    if told["schemaFailures"]:
        count = len(told["schemaFailures"])
        said.append(say(f"нарушений схемы: {count}", f"breaches of schemas: {count}"))
    if told["fault"] is not None:
        said.append(say("это отказ", "it is a fault"))
    return ", ".join(said)


def kind_in_words(kind: str) -> str:
    """Say whose signature it is."""
    return {
        "caller": say("подпись вызова, ЭП-ОВ", "signature of the call"),
        "sender": say("подпись отправителя, ЭП-ОВ", "signature of the sender"),
        "smev": say("подпись СМЭВ, ЭП-СМЭВ", "signature of SMEV"),
        "personal": say("личная подпись, ЭП-СП", "personal signature"),
        "file": say("подпись файла, SignaturePKCS7", "signature of a file, SignaturePKCS7"),
        "other": say("подпись", "signature"),
    }[kind]


def verdict_in_words(signature: Mapping[str, Any]) -> str:
    """Say whether it holds."""
    if signature["verdict"] == "holds":
        trusted = signature["isGood"]
        return (
            say("верна", "holds") if trusted else say("верна, сертификат не годится", "holds, its certificate is bad")
        )
    if signature["verdict"] == "not-judged":
        return say("проверить не с чем", "nothing to compare it with")
    return say("НЕ верна", "does NOT hold")
