"""Why DigestValue may not be the digest of the element: what was done to its texts."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from gateway.signature.diagnosis.case import Case
from gateway.signature.diagnosis.findings import Cause
from gateway.words import say


def formatted_after_signing(case: Case) -> Cause | None:
    """Texts got blanks around them, as some pretty printers do; indentation alone SMEV's transform drops."""
    ways: tuple[Callable[[str], str], ...] = (
        str.strip,
        lambda text: " ".join(text.split()),
        lambda text: text if text.strip() else "",
    )
    octets = case.first_fitting(_retold(case, ways))
    return (
        None
        if octets is None
        else Cause(
            "reformatted",
            say("сообщение переформатировано после подписания", "the message was formatted after it was signed"),
            say(
                "дайджест сходится, если убрать пробелы и переводы строк, которые добавило форматирование",
                "the digest fits once the blanks and line ends that formatting added are taken out",
            ),
            say(
                "подписывайте то, что отправляете: отключите форматирование (pretty print, indent) после подписи",
                "sign what you send: no pretty printing, no indentation after signing",
            ),
            difference=case.difference(octets),
        )
    )


def blanks_kept(case: Case) -> Cause | None:
    """The signer's transform kept texts of nothing but blanks."""
    if case.target is None:
        return None
    copied = case.retold(_as_marks)
    octets = None if copied is None else case.first_fitting(map(_as_blanks, case.both(copied)))
    return (
        None
        if octets is None
        else Cause(
            "blank-texts-kept",
            say("преобразование не выбросило пробельные тексты", "the transform did not drop blank texts"),
            say(
                "дайджест сходится, если оставить тексты из одних пробелов между элементами (шаг 2)",
                "the digest fits if texts of blanks between elements are kept (step 2)",
            ),
            say("исправьте шаг 2 своего преобразования", "mend step 2 of your transform"),
            difference=case.difference(octets),
        )
    )


_MARKS: Final = {" ": "\ue001", "\n": "\ue002", "\t": "\ue003", "\r": "\ue004"}


def _as_marks(text: str) -> str:
    return text if text.strip(" \t\r\n") else "".join(_MARKS[each] for each in text)


def _as_blanks(octets: bytes) -> bytes:
    for blank, mark in _MARKS.items():
        octets = octets.replace(mark.encode(), b"&#xd;" if blank == "\r" else blank.encode())
    return octets


def line_ends_changed(case: Case) -> Cause | None:
    """Texts were signed with CRLF, or lost them."""
    ways: tuple[Callable[[str], str], ...] = (
        lambda text: re.sub(r"\r?\n", "\r\n", text),
        lambda text: text.replace("\r", ""),
        lambda text: text.replace("\r\n", "\n").replace("\r", "\n"),
        lambda text: text.replace("\n", ""),
    )
    octets = case.first_fitting(_retold(case, ways))
    return (
        None
        if octets is None
        else Cause(
            "line-ends",
            say("изменены переводы строк", "line ends were changed"),
            say(
                "дайджест сходится с другими переводами строк в текстах (CRLF ↔ LF)",
                "the digest fits with other line ends in the texts (CRLF ↔ LF)",
            ),
            say(
                "подписывайте разобранный документ: парсер XML превращает CRLF в LF; base64 пишите без переводов строк",
                "sign the parsed document: an XML parser turns CRLF into LF; write base64 without line ends",
            ),
            difference=case.difference(octets),
        )
    )


def base64_broken_into_lines(case: Case) -> Cause | None:
    """What stands in one line was signed in several."""
    ways = [partial(_in_lines, width=width, end=end) for width in (76, 64) for end in ("\n", "\r\n")]
    octets = case.first_fitting(_retold(case, ways))
    return (
        None
        if octets is None
        else Cause(
            "base64-lines",
            say("base64 подписан разбитым на строки", "base64 was signed in lines"),
            say(
                "дайджест сходится, если разбить base64 на строки по 76 или 64 знака",
                "the digest fits if base64 is broken into lines of 76 or 64 characters",
            ),
            say(
                "кодируйте base64 одной строкой: part XOP восстанавливается без переводов строк",
                "encode base64 in one line: a part of XOP is put back without line ends",
            ),
            difference=case.difference(octets),
        )
    )


_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{65,}={0,2}")


def _in_lines(text: str, width: int, end: str) -> str:
    if _BASE64.fullmatch(text.strip()) is None:
        return text
    tight = text.strip()
    return end.join(tight[at : at + width] for at in range(0, len(tight), width))


def encoding_damaged(case: Case) -> Cause | None:
    """Somebody on the way read the bytes in another encoding, or the signer hashed another one."""
    ways = (partial(_reread, wrote="cp1251"), partial(_reread, wrote="latin-1"), partial(_reread, wrote="cp866"))
    octets = case.first_fitting(_retold(case, ways))
    if octets is None:
        octets = case.first_fitting(_reencoded(case))
    return (
        None
        if octets is None
        else Cause(
            "encoding",
            say("испорчена кодировка", "the encoding is damaged"),
            say(
                "дайджест сходится в другой кодировке: UTF-8 прочли как однобайтовую, или хешировали не UTF-8",
                "the digest fits another encoding: UTF-8 was read as single bytes, or something else was hashed",
            ),
            say("передавайте и хешируйте UTF-8 без BOM", "send and hash UTF-8, without a BOM"),
            difference=case.difference(octets),
        )
    )


def _reread(text: str, wrote: str) -> str:
    try:
        return text.encode(wrote).decode("utf-8")
    except UnicodeError:
        return text


def _reencoded(case: Case) -> Iterator[bytes]:
    for octets in (case.required, case.canonical):
        if octets is None:
            continue
        yield b"\xef\xbb\xbf" + octets
        for encoding in ("cp1251", "utf-16-le", "utf-16"):
            try:
                yield octets.decode().encode(encoding)
            except UnicodeError:
                continue


def _retold(case: Case, ways: Iterable[Callable[[str], str]]) -> Iterator[bytes]:
    for way in ways:
        yield from case.both(case.retold(way))
