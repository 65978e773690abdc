"""Who may administer: a token where anybody can reach the gateway, and on loopback nobody's browser by mistake."""

import hmac
import ipaddress
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from gateway.transports.admin.problems import Refused
from gateway.words import say

_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, can only mean this machine (RFC 6761, section 6.3)."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Lets a request to the admin API in, or raises why not.

    With a token whoever knows it may come from anywhere. Without one the gateway listens on loopback only, and what
    threatens it is a page in a browser of this machine: one that made its own name mean 127.0.0.1 (DNS rebinding),
    or one that posts to a foreign address (CSRF).
    """

    def __init__(self, host: str, token: str | None) -> None:
        self._host, self._token = host.lower(), None if token is None else token.encode()

    @property
    def needs_token(self) -> bool:
        """Whether requests have to carry a token."""
        return self._token is not None

    def admit(self, request: web.Request) -> None:
        """Raises: Refused."""
        if self._token is not None:
            self._check_token(request, self._token)
        else:
            self._check_host(request)
            self._check_origin(request)

    def _check_token(self, request: web.Request, token: bytes) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        # compare_digest takes as long for a wrong token as for the right one.
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("utf-8", "replace"), token):
            return
        raise Refused(
            401,
            "token",
            say("Нужен токен", "A token is needed"),
            say("токен неверен", "the token is wrong") if given else say("токена нет", "there is no token"),
            say(
                "заголовок Authorization: Bearer ТОКЕН; токен — в сообщении о запуске или тот, что задан --admin-token",
                "header Authorization: Bearer TOKEN; it is in the start banner, or what --admin-token was given",
            ),
            headers={"WWW-Authenticate": 'Bearer realm="mock-smev"'},
        )

    def _check_host(self, request: web.Request) -> None:
        host = _name_of(request.headers.get("Host", ""))
        if host.lower() == self._host or is_loopback(host):
            return
        raise Refused(
            403,
            "host",
            say("Чужое имя в Host", "A foreign name in Host"),
            repr(host),
            say(
                f"обращайтесь по адресу {self._host} или localhost; для других имён задайте --admin-token",
                f"call it {self._host} or localhost; for other names set --admin-token",
            ),
        )

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is None or request.method in _SAFE_METHODS:
            return
        if urlsplit(origin).netloc == request.headers.get("Host"):
            return
        raise Refused(
            403,
            "origin",
            say("Запрос с чужой страницы", "A request of a foreign page"),
            f"Origin: {origin[:200]}",
            say("изменять можно только со страниц самого шлюза", "only pages of the gateway itself may change it"),
        )


def _name_of(host: str) -> str:
    """Return the name in a Host header, without the port and the brackets of IPv6."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
