"""A city that approves the redevelopment of dwellings, and Rosreestr that holds the extract: what cases are made of."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.app import Gateway
from tests.acceptance.administrator import call, post, refused
from tests.acceptance.conftest import Start

EGRN: Final = "rosreestr/egrn-statement"
EGRN_FOLDER: Final = f"{EGRN}/1.1.2"
NUMBER: Final = "37-2013-000042"
EXTRACT: Final = {"documents": [{"code": "egrn-extract"}]}
SPRING: Final[dict[str, Any]] = {
    "clock": "frozen@2013-03-04T09:00:00+04:00",
    "provide": (f"RR={EGRN}",),
    "participant": ("CITY=Администрация города",),
}
"""Settings of a gateway on Monday, 4 March 2013."""

PAPER: Final[dict[str, object]] = {
    "kind": EGRN,
    "serviceName": "Согласование перепланировки",
    "sender": "Администрация города",
    "recipient": "Росреестр",
    "legalBasis": "регламент, п. 2.6",
    "contact": "Шуя, ул. Ленина, 1",
    "sentOn": "2013-03-04",
    "official": "Иванова И. И.",
    "post": "специалист",
    "phone": "4932000000",
}
"""A request on paper that has everything."""


def case_of(**changed: object) -> dict[str, object]:
    """What opens a case of service M07 at the city."""
    return {
        "number": NUMBER,
        "service": "M07",
        "body": "CITY",
        "applicant": {"snils": "95214771414", "familyName": "Смирнов", "firstName": "Иван", "birthDate": "1980-02-29"},
        "parameters": {"cadastral_number": "37:24:993953:103"},
        **changed,
    }


async def opened(gateway: Gateway, **changed: object) -> Any:
    """Open a case."""
    return await post(gateway, "/cases", case_of(**changed), 201)


async def city_with_a_case(start: Start) -> Gateway:
    """Start a gateway where the city has a case."""
    gateway = await start(**SPRING)
    await opened(gateway)
    return gateway


async def demand_refused(gateway: Gateway, *codes: str, number: str = NUMBER) -> Any:
    """The city asks the applicant for documents and is refused; the problem."""
    body = {"documents": [{"code": code} for code in codes]}
    return await refused(gateway, "POST", f"/cases/{number}/demands", 409, "once-only", json=body)


async def spoken(gateway: Gateway, what: str, body: Mapping[str, object], status: int = 201) -> Any:
    """Do something in the case; what was answered."""
    reply = await call(gateway, "POST", f"/cases/{NUMBER}/{what}", json=body)
    assert reply.status == status, reply
    return reply.body


def rules_of(found: Any) -> list[str]:
    """The rules of what was found."""
    return [violation["rule"] for violation in found["violations"]]
