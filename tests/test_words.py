"""People read Russian unless they ask for English; no Russian text is left without its English one."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from gateway import app, words
from gateway.domain.participants import InvalidMnemonic, Registration, checked_mnemonic
from gateway.exchange.callers import Callers
from gateway.protocol import soap
from gateway.protocol.faults import Explanation, SenderIsNotRegistered, SoapFault
from gateway.settings import ENGLISH, Settings
from gateway.words import Language, say, speak
from tests.exchange.participants import INN, Sandbox

UNKNOWN_KIND: Final = b'<a:Unknown xmlns:a="urn:x">1</a:Unknown>'


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Each test begins in Russian, and leaves the language as it was."""
    before = words._Speaker.language
    speak(Language.RUSSIAN)
    yield
    speak(before)


@pytest.fixture
def sqlite_smev(sqlite_url: str) -> Iterator[Sandbox]:
    sandbox = Sandbox(sqlite_url, refuse_early=True)
    yield sandbox
    sandbox.close()


def is_russian(text: str) -> bool:
    return any("а" <= letter <= "я" or letter == "ё" for letter in text.lower())


def texts_of(explanation: Explanation) -> str:
    return f"{explanation} {explanation.expected} {explanation.found} {explanation.advice}"


# --- what people read --------------------------------------------------------------------------------------------


def test_russian_is_the_default() -> None:
    assert Language.RUSSIAN is words._Speaker.__dict__["language"]
    assert say("да", "yes") == "да"
    speak(Language.ENGLISH)
    assert say("да", "yes") == "yes"


@pytest.mark.parametrize("chosen", Language)
async def test_an_unknown_kind_is_explained(sqlite_smev: Sandbox, chosen: Language) -> None:
    speak(chosen)
    with sqlite_smev.refuses("BusinessDataTypeIsNotSupported") as refusal:
        await sqlite_smev.speaker("CITY").sends(UNKNOWN_KIND)
    explained = texts_of(refusal.explanation)
    assert is_russian(explained) is (chosen is Language.RUSSIAN)
    # The wire is SMEV's, whatever the person reads.
    assert refusal.fault is not None
    assert "не зарегистрирован в СМЭВ" in str(refusal.fault)


async def test_a_forged_reply_address_is_explained_in_english(sqlite_smev: Sandbox) -> None:
    speak(Language.ENGLISH)
    with sqlite_smev.refuses("RecipientIsNotFound", check="reply_address_is_genuine") as refusal:
        await sqlite_smev.speaker("FNS").answers("forged", b'<a xmlns="urn:x"/>')
    assert refusal.explanation.expected == "To copied from ReplyTo of a request that was taken"
    assert refusal.explanation.found == "'forged': not base64"


async def test_a_call_that_names_nobody_is_explained_in_english(sqlite_smev: Sandbox) -> None:
    speak(Language.ENGLISH)
    callers = Callers(sqlite_smev.participants, Registration.OPEN, sqlite_smev.store, sqlite_smev.clock)
    with pytest.raises(SenderIsNotRegistered) as caught:
        await callers.identify(None, None)
    assert str(caught.value.explanation).startswith(
        "[caller] expected: a call that names its sender; found: neither address nor header nor certificate; "
        "what to do: name the sender in one of three ways"
    )
    assert not is_russian(texts_of(caught.value.explanation))
    assert "Отправитель сообщения не зарегистрирован" in caught.value.description


def test_a_call_that_is_no_soap_is_explained_in_english() -> None:
    speak(Language.ENGLISH)
    with pytest.raises(SoapFault) as caught:
        soap.open_envelope(b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>')
    assert caught.value.explanation.advice == "send an envelope of SOAP 1.1, not of SOAP 1.2"


def test_a_wrong_mnemonic_is_explained_in_english() -> None:
    speak(Language.ENGLISH)
    with pytest.raises(InvalidMnemonic, match="a mnemonic is 1 to 50 Latin letters"):
        checked_mnemonic("-")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (Settings(topology="nowhere"), "no topology 'nowhere'; there are none, ivanovo-2013, minimal, region, or "),
        (Settings(topology="none", provide=("FNS=nothing",)), "--provide FNS=nothing: expected MNEMONIC=kind"),
        (Settings(topology="none", store="mysql://x"), "a store is sqlite or postgresql, found 'mysql'"),
    ],
)
async def test_why_the_gateway_cannot_start_is_told_in_english(settings: Settings, why: str) -> None:
    speak(Language.ENGLISH)
    with pytest.raises(app.CannotStart) as caught:
        async with app.running(settings):
            pass
    assert str(caught.value).startswith(why)


async def test_an_accepted_message_is_not_worth_a_word(sqlite_smev: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are made when something is refused: `say` costs the other messages nothing."""
    consumer, fns = sqlite_smev.speaker("CITY"), sqlite_smev.speaker("FNS")
    monkeypatch.setattr(words, "_Speaker", None)
    await consumer.sends(INN)
    request = await fns.takes()
    await fns.answers(request)
    await fns.acks(request)
    await consumer.acks(await consumer.takes_response())
    assert await fns.takes_status() is None


# --- nothing is left in Russian alone ----------------------------------------------------------------------------

ROOT: Final = Path(app.__file__).parents[1]
BOTH_LANGUAGES: Final = {"say", "_invalid"}
"""Functions that take a Russian text and, next to it, the English one."""

ON_THE_WIRE: Final[dict[str, set[str]]] = {
    "gateway/signature/authority.py": {  # in certificates, whose names have no language
        "Песочница",
        "Mock SMEV: корневой УЦ песочницы",
        "Mock SMEV: издающий УЦ песочницы",
        "СМЭВ (песочница Mock SMEV)",
        "Чужой УЦ",
        "Чужой УЦ: корневой, песочнице неизвестен",
        "Чужой УЦ: издающий, песочнице неизвестен",
        "Чужая СМЭВ",
    },
    "gateway/signature/gost/examples.py": {  # a message of RFC 6986
        "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы",
    },
    "gateway/exchange/on_signature.py": {
        "Срок действия сертификата ЭП-ОВ истёк. Сертификат действителен до {}",
        "Срок действия сертификата ЭП-ОВ не наступил. Сертификат действителен с {}",
        "Сертификат ЭП-ОВ отозван",
    },
    "gateway/exchange/on_validation_signatures.py": {"Проверка ЭП-СП: Подпись не прошла проверку по сертификату."},
    "gateway/library/roles.py": {"запрос", "ответ"},  # in names of files and elements of packages
    "gateway/protocol/faults.py": {
        "Подпись не прошла проверку по сертификату.",
        "MEV-100:Проверка подписи на вложении {}: {}",
        "Отсутствует ЭП-ОВ",
        "ЭП-ОВ подписывает не ту часть сообщения",
        "ЭП-ОВ не прошла проверку по сертификату",
        "Срок действия сертификата ЭП-ОВ истёк",
        "Не удалось найти сертификат ЭП-ОВ",
        "Недопустимый формат SOAP-конверта",
        "SMEV-403:Бизнес-данные сообщения не соответствуют схеме, зарегистрированной в СМЭВ. MessageId = {}",
        "SMEV-403:Сообщение содержит не все вложенные элементы. {}",
    },
    "gateway/protocol/smev3.py": {
        "Блок {} отсутствует либо пуст.",
        "{}: ожидалось {}, найдено {}",
    },
    "gateway/protocol/smev_messages.py": {"СМЭВ"},
}
"""Texts that SMEV sends, which stay Russian. Those of the faults are docstrings, and no docstring is looked at."""

BESIDE_THEIR_ENGLISH: Final[dict[str, set[str]]] = {
    "gateway/settings.py": {Settings.model_fields[name].description or name for name in ENGLISH},
}


class RussianAlone(ast.NodeVisitor):
    """Collects (line, text) of each literal that is Russian, no docstring, and no first half of a pair."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        russian = len(node.args) - 2 if name in BOTH_LANGUAGES else None
        self.visit(node.func)
        for position, argument in enumerate(arguments):
            if position != russian:
                self.visit(argument)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
        self._judge(node, "".join(map(str, parts)))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._judge(node, node.value)

    def _judge(self, node: ast.expr, text: str) -> None:
        if is_russian(text):
            self.found.append((node.lineno, text))


def russian_alone(source: str) -> list[tuple[int, str]]:
    visitor = RussianAlone()
    visitor.visit(ast.parse(source))
    return visitor.found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Про модуль."""\nX = 1\n"""Про X."""', []),
        ('x = "да"', ["да"]),
        ('x = say("да", "yes")', []),
        ('x = say("да", "да")', ["да"]),
        ('x = say(f"да {n}", f"yes {n}")', []),
        ('x = f"{n!r} да {m:2}"', ["{} да {}"]),
        ('x = f"{say("да", "yes")}"'.replace('"да", "yes"', "'да', 'yes'"), []),
        ("x = f\"{'да'}\"", ["да"]),
        ('raise _invalid(element, "", "да", "yes")', []),
        ('raise _invalid(element, "", "да")', ["да"]),
        ('Explanation("check", "да", found, advice="нет")', ["да", "нет"]),
    ],
)
def test_a_russian_text_without_english_is_seen(source: str, found: list[str]) -> None:
    assert [text for _, text in russian_alone(source)] == found


def test_every_text_for_people_stands_in_both_languages() -> None:
    """What fails here is read by people, and needs say(…), or goes on the wire, and belongs to ON_THE_WIRE."""
    alone: list[str] = []
    allowed = {**ON_THE_WIRE, **BESIDE_THEIR_ENGLISH}
    unused = {(path, text) for path, texts in allowed.items() for text in texts}
    for file in sorted((ROOT / "gateway").rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        for line, text in russian_alone(file.read_text(encoding="utf-8")):
            unused.discard((path, text))
            if text not in allowed.get(path, ()):
                alone.append(f"{path}:{line}: {text}")
    assert alone == []
    assert unused == set()
