"""`mock-smev cases list|show|open|demand`: cases of a running gateway, by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from gateway.cli.admin_client import AdminClient, ProblemTold, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.cli.violations import Json, Limit, minute, plain, rows, show_offers, show_violations
from gateway.words import say

_REFUSED: Final = "urn:mock-smev:problem:once-only"
_TERMS: Final = {
    "sending": lambda: say("отправить запросы", "send requests"),
    "service": lambda: say("решить", "decide"),
    "complaint": lambda: say("ответить на жалобу", "answer the complaint"),
}

NumberOf = Annotated[str, typer.Argument(metavar="NUMBER", help=say("номер дела", "number of a case"))]


def cases_list(  # noqa: PLR0913, PLR0917 - each is one option
    body: Annotated[str | None, typer.Option("--body", help=say("мнемоника органа", "mnemonic of a body"))] = None,
    service: Annotated[str | None, typer.Option("--service", help=say("код услуги", "code of a service"))] = None,
    state: Annotated[str | None, typer.Option("--state", help=say("open или closed", "open or closed"))] = None,
    limit: Limit = 50,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """List cases, newest first."""
    asked = {"body": body, "service": service, "state": state, "limit": str(limit)}
    query = {name: value for name, value in asked.items() if value is not None}
    found = run(AdminClient(url, token).get("/cases", query))["cases"]
    if as_json:
        OUTPUT.print_json(data=found, ensure_ascii=False)
        return
    if not found:
        OUTPUT.print(say("дел нет", "there are no cases"))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in (
        say("НОМЕР", "NUMBER"),
        say("УСЛУГА", "SERVICE"),
        say("ОРГАН", "BODY"),
        say("ЗАРЕГИСТРИРОВАНО", "REGISTERED"),
        say("СОСТОЯНИЕ", "STATE"),
    ):
        table.add_column(title, overflow="fold")
    for each in found:
        state_of = f"{each['state']}: {each['outcome']}" if each["outcome"] else each["state"]
        cells = (each["number"], each["service"], each["body"], minute(each["registeredAt"]), state_of)
        table.add_row(*map(plain, cells))
    OUTPUT.print(table, soft_wrap=False)


def cases_show(number: NumberOf, as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Show a case with all that came of it."""
    case = run(AdminClient(url, token).get(f"/cases/{AdminClient.quoted(number)}"))
    if as_json:
        OUTPUT.print_json(data=case, ensure_ascii=False)
        return
    _show(case)


def _show(case: dict[str, Any]) -> None:
    service = " — ".join(filter(None, (case["service"], case["serviceName"])))
    parameters = ", ".join(f"{name} {value}" for name, value in case["parameters"].items())
    OUTPUT.print(plain(case["number"]), style="bold", soft_wrap=False)
    OUTPUT.print(
        rows(
            [
                (say("услуга", "service"), service),
                (say("орган", "body"), f"{case['body']} ({case['level']})"),
                (say("состояние", "state"), f"{case['state']}, {case['channel']}"),
                (say("зарегистрировано", "registered"), minute(case["registeredAt"])),
                (say("заявитель", "applicant"), _person(case["applicant"])),
                *((say("назван", "named"), _person(person)) for person in case["named"]),
                (say("сведения", "about"), parameters),
                (say("документы", "documents"), _lines(case["documents"], _document)),
                (say("запросы", "requests"), _lines(case["inquiries"], _inquiry)),
                (say("требования", "demands"), _lines(case["demands"], _demand)),
                (say("решения", "decisions"), _lines(case["decisions"], _decision)),
                (say("жалобы", "complaints"), _lines(case["complaints"], _complaint)),
                (say("сроки", "terms"), _lines(case["terms"], _term)),
            ]
        ),
        soft_wrap=False,
    )
    if case["violations"]:
        OUTPUT.print()
        show_violations(case["violations"])


def _lines(items: list[dict[str, Any]], written: Callable[[dict[str, Any]], str]) -> list[str]:
    return [written(item) for item in items]


def _person(person: dict[str, Any]) -> str:
    names = " ".join(filter(None, (person[part] for part in ("familyName", "firstName", "patronymic", "name"))))
    numbers = ((say("СНИЛС", "SNILS"), "snils"), (say("ИНН", "INN"), "inn"), (say("ОГРН", "OGRN"), "ogrn"))
    known = [f"{label} {person[key]}" for label, key in numbers if person[key]]
    return ", ".join(filter(None, (names, person["birthDate"], *known)))


def _document(document: dict[str, Any]) -> str:
    certified = say(", заверен", ", certified") if document["certified"] else ""
    return f"{document['code']}: {document['origin']}, {document['medium']}{certified}"


def _inquiry(inquiry: dict[str, Any]) -> str:
    sent = f"{inquiry['kind']} → {inquiry['holder']}, {minute(inquiry['sentAt'])}"
    if inquiry["answeredAt"]:
        return say(f"{sent}: ответ {inquiry['outcome']}", f"{sent}: answered {inquiry['outcome']}")
    late = say(", просрочен", ", overdue") if inquiry["overdue"] else ""
    return say(f"{sent}: без ответа{late}", f"{sent}: unanswered{late}")


def _demand(demand: dict[str, Any]) -> str:
    return f"{minute(demand['at'])}: {', '.join(document['code'] for document in demand['documents'])}"


def _decision(decision: dict[str, Any]) -> str:
    grounds = [" ".join(filter(None, (ground["reason"], ground["document"]))) for ground in decision["grounds"]]
    return ": ".join(filter(None, (f"{minute(decision['at'])} {decision['outcome']}", ", ".join(grounds))))


def _complaint(complaint: dict[str, Any]) -> str:
    answered = complaint["answeredAt"]
    told = minute(answered) if answered else say("без ответа", "unanswered")
    return f"{complaint['number']}: {complaint['about']}, {minute(complaint['receivedAt'])}, {told}"


def _term(term: dict[str, Any]) -> str:
    return f"{_TERMS[term['what']]()} {say('до', 'by')} {minute(term['due'])}"


def cases_open(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=say("дело: файл JSON, как POST /__admin/cases", "a case: JSON file"))
    ],
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Open a case."""
    try:
        wanted = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{file}: {error}", code=2) from error
    opened = run(AdminClient(url, token).post("/cases", wanted))
    OUTPUT.print(plain(say("открыто дело ", "opened the case ") + opened["number"]))
    _show(opened)


def cases_demand(
    number: NumberOf,
    codes: Annotated[
        list[str], typer.Argument(metavar="CODE…", help=say("коды документов услуги", "codes of its documents"))
    ],
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Ask the applicant for documents; what may not be asked for is refused, and the lawful way is shown."""
    body = {"documents": [{"code": code} for code in codes]}
    try:
        told = run(AdminClient(url, token).post(f"/cases/{AdminClient.quoted(number)}/demands", body))
    except ProblemTold as refusal:
        if refusal.problem.get("type") != _REFUSED:
            raise
        show_violations(refusal.problem["violations"])
        show_offers(number, refusal.problem["offers"], url)
        raise CommandFailed(str(refusal.problem["title"])) from refusal
    OUTPUT.print(plain(say("заявителю передано: ", "the applicant was asked for: ") + ", ".join(codes)))
    show_violations(told["violations"])
    show_offers(number, told["offers"], url)


application = typer.Typer(no_args_is_help=True)
for _name, _command, _text in (
    ("list", cases_list, say("Показать дела, новые сначала.", "List cases, newest first.")),
    ("show", cases_show, say("Показать дело целиком.", "Show a case in full.")),
    ("open", cases_open, say("Открыть дело из файла JSON.", "Open a case from a JSON file.")),
    (
        "demand",
        cases_demand,
        say(
            "Потребовать документы от заявителя; чего нельзя — отклоняется, с готовым запросом.",
            "Ask the applicant for documents; what may not be asked for is refused, with the request to send.",
        ),
    ),
):
    application.command(_name, help=_text)(_command)
