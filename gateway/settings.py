"""Every setting of a gateway: file < environment (`MOCK_SMEV_…`) < flag. Read once, at start."""

import os
import tomllib
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.domain.clock import ClockSetting, InvalidClock
from gateway.domain.limits import MIB, Limits
from gateway.domain.once_only.enforcement import Mode, Unattributed
from gateway.domain.participants import Registration
from gateway.domain.signature_mode import SignatureMode
from gateway.environment import ENVIRONMENT_PREFIX
from gateway.words import say

USUAL_FTP_PORT: Final = 2121
"""Port 21 of the real SMEV (spec §8) is for privileged processes only."""
_List = Annotated[tuple[str, ...], NoDecode]


class SettingsError(Exception):
    """Settings that make no sense; the text is for the person who gave them."""


class Settings(BaseSettings):
    """Settings of `serve`; see the table in README."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid")

    host: str = Field(default="127.0.0.1", description="адрес, на котором слушать")
    port: int = Field(default=8630, ge=0, le=65535, description="порт; 0 — любой свободный")
    data: Path = Field(default=Path(".mock-smev"), description="папка данных")
    store: str | None = Field(
        default=None, description="адрес хранилища SQLAlchemy; по умолчанию файл SQLite в папке данных"
    )
    topology: str = Field(default="region", description="топология: имя, файл TOML или none")
    kinds: _List = Field(default=(), description="папки с видами сведений, кроме поставляемых")
    services: _List = Field(default=(), description="папки с паспортами услуг, кроме поставляемых")
    participant: _List = Field(default=(), description="свой участник: МНЕМОНИКА или МНЕМОНИКА=Название")
    provide: _List = Field(default=(), description="кто предоставляет вид сведений: МНЕМОНИКА=ведомство/вид")
    fixtures: _List = Field(default=(), description="файлы фикстур: что ещё есть в мире ведомств (JSON, TOML)")
    invent_unknown: bool = Field(
        default=False, description="придумывать людей, организации и объекты, которых в мире нет"
    )
    registration: Registration = Field(
        default=Registration.OPEN, description="open: незнакомый участник регистрируется сам"
    )
    signatures: SignatureMode = Field(
        default=SignatureMode.LENIENT,
        description="подписи: off — нет, lenient — неверные записываются, strict — неверные отклоняются",
    )
    once_only: Mode = Field(
        default=Mode.ENFORCE,
        description="принцип однократности 210-ФЗ: enforce — нарушение отклоняется, observe — только записывается",
    )
    unattributed: Unattributed = Field(
        default=Unattributed.WARN,
        description="межведомственный запрос без дела: warn — предупреждение, refuse — отказ",
    )
    clock: str | None = Field(
        default=None,
        description="часы: real, frozen@МОМЕНТ (стоят) или 60x@МОМЕНТ (быстрее); без @ — от настоящего момента; "
        "по умолчанию — как шли в хранилище",
    )
    lease: float = Field(default=900, gt=0, description="секунды, на которые полученное сообщение скрыто до Ack")
    seed: int | None = Field(
        default=None, description="зерно идентификаторов и мира; без него идентификаторы случайны, мир — нулевой"
    )
    max_body: int = Field(default=30 * MIB, gt=0, description="предел тела запроса, байт")
    max_attachments: int = Field(default=5 * MIB, gt=0, description="предел суммы вложений MTOM, байт")
    max_ref_attachments: int = Field(
        default=1024 * MIB, gt=0, description="предел суммы файлов по ссылке в одном сообщении, байт"
    )
    attachments_quota: int | None = Field(
        default=None, ge=0, description="предел файлов одного участника, ждущих получателя, байт (QuoteLimitExceeded)"
    )
    attachments_room: int = Field(default=10 * 1024 * MIB, gt=0, description="предел всех файлов по ссылке, байт")
    attachments_unclaimed: float = Field(
        default=24 * 3600, gt=0, description="секунды, после которых исчезает файл, не названный ни в одном сообщении"
    )
    ftp_port: int | Literal["off"] | None = Field(
        default=None,
        description="порт FTP для файлов по ссылке; 0 — любой свободный, off — без FTP; "
        "по умолчанию 2121, если занят — любой свободный",
    )
    ftp_certificate: Path | None = Field(
        default=None, description="файл PEM с сертификатом и ключом: FTP примет и TLS (AUTH TLS)"
    )
    queue_limit: int | None = Field(default=None, ge=0, description="предел сообщений в очереди (DestinationOverflow)")
    stale_after: float = Field(
        default=2 * 24 * 3600, ge=0, description="возраст MessageID в секундах (StaleMessageId); 0 — любой"
    )
    any_message_id: bool = Field(default=False, description="принимать MessageID не по образцу UUID, до 36 знаков")
    any_uuid_version: bool = Field(default=False, description="принимать MessageID не только версии 1")
    check_wire_schema: bool = Field(default=True, description="проверять вызовы по XSD message-exchange")
    refuse_early: bool = Field(default=False, description="отказы проверки сообщать сразу, а не асинхронно")
    status_needs_ack: bool = Field(default=False, description="статус из GetStatus ждёт Ack")
    always_multipart: bool = Field(default=False, description="отвечать только multipart/related, как настоящая СМЭВ")
    body_timeout: float = Field(default=30, gt=0, description="секунды на передачу тела запроса")
    journal_limit: int = Field(default=200_000, gt=0, description="записей журнала; старшие вытесняются")
    admin_token: str | None = Field(
        default=None,
        pattern="^[!-~]+$",
        repr=False,
        description="токен для /__admin; без него вне этой машины — случайный",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings

    @field_validator("kinds", "services", "participant", "provide", "fixtures", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """In the environment a list is separated by commas."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("ftp_port")
    @classmethod
    def _check_port(cls, value: int | str | None) -> int | str | None:
        if isinstance(value, int) and not 0 <= value <= 65535:
            raise PydanticCustomError("port", "0…65535")
        return value

    @field_validator("clock")
    @classmethod
    def _check_clock(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                ClockSetting.parse(value)
        except InvalidClock as error:
            raise PydanticCustomError("clock", "{why}", {"why": str(error)}) from error
        return value

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.store or f"sqlite:///{self.data / 'smev.db'}"

    @property
    def in_memory(self) -> bool:
        """Whether the store goes with the process."""
        return self.store_url in {"sqlite://", "sqlite:///:memory:"}

    @property
    def attachments(self) -> Path:
        """Folder of files by reference, where the store outlives the process."""
        return self.data / "attachments"

    @property
    def limits(self) -> Limits:
        """The bounds among the settings."""
        return Limits(
            lease=timedelta(seconds=self.lease),
            max_attachments=self.max_attachments,
            max_ref_attachments=self.max_ref_attachments,
            attachments_quota=self.attachments_quota,
            queue_limit=self.queue_limit,
            message_id_pattern=not self.any_message_id,
            message_id_version=not self.any_uuid_version,
            stale_after=timedelta(seconds=self.stale_after) if self.stale_after else None,
            status_needs_ack=self.status_needs_ack,
            check_wire_schema=self.check_wire_schema,
        )


_OTHER_VARIABLES: Final = ("LANG", "URL", "CONFIG")
"""Variables of the command line that are no settings of a gateway."""

ENGLISH: Final = {
    "host": "address to listen on",
    "port": "port; 0 is any free one",
    "data": "folder of data",
    "store": "SQLAlchemy URL of the store; a SQLite file in the data folder by default",
    "topology": "topology: a name, a TOML file, or none",
    "kinds": "folders of data kinds besides those that ship",
    "services": "folders of passports of services besides those that ship",
    "participant": "own participant: MNEMONIC or MNEMONIC=Name",
    "provide": "who provides a data kind: MNEMONIC=agency/kind",
    "fixtures": "files of fixtures: what else is in the agencies' world (JSON, TOML)",
    "invent_unknown": "invent people, firms and real estate that the world does not have",
    "registration": "open: an unknown participant registers by calling",
    "signatures": "signatures: off: none, lenient: bad ones are written down, strict: bad ones are refused",
    "once_only": "the once-only rule of 210-FZ: enforce refuses what breaks it, observe only notes it",
    "unattributed": "an inter-agency request that serves no case: warn notes it, refuse refuses it",
    "clock": "clock: real, frozen@MOMENT (stands still) or 60x@MOMENT (faster); without @, from the present moment; "
    "by default as it went in the store",
    "lease": "seconds for which a taken message is hidden until its Ack",
    "seed": "seed of ids and of the world; without one ids are random, the world is number 0",
    "max_body": "limit of a request body, bytes",
    "max_attachments": "limit of the sum of MTOM attachments, bytes",
    "max_ref_attachments": "limit of the sum of files by reference in one message, bytes",
    "attachments_quota": "limit of files of one participant that wait for their readers, bytes (QuoteLimitExceeded)",
    "attachments_room": "limit of all files by reference, bytes",
    "attachments_unclaimed": "seconds after which a file goes that no message names",
    "ftp_port": "port of FTP for files by reference; 0 is any free one, off is no FTP; by default 2121, "
    "or any free one where that is taken",
    "ftp_certificate": "PEM file with a certificate and its key: FTP also takes TLS (AUTH TLS)",
    "queue_limit": "limit of messages in a queue (DestinationOverflow)",
    "stale_after": "age of a MessageID in seconds (StaleMessageId); 0 is any",
    "any_message_id": "take MessageIDs that do not match the pattern of a UUID, up to 36 characters",
    "any_uuid_version": "take MessageIDs of other versions than 1",
    "check_wire_schema": "check calls against the XSD of message-exchange",
    "refuse_early": "tell refusals of validation at once, not asynchronously",
    "status_needs_ack": "a status from GetStatus waits for its Ack",
    "always_multipart": "reply with multipart/related only, as the real SMEV",
    "body_timeout": "seconds for the body of a request to come",
    "journal_limit": "entries of the journal; the oldest go first",
    "admin_token": "token of /__admin; without one, off this machine, a random one",
}
"""The descriptions of the settings in English."""


def read_settings(flags: dict[str, Any], config: Path | None) -> Settings:
    """Return the settings: `config` (TOML) under the environment under `flags`; None in `flags` is not given.

    Raises: SettingsError.
    """
    from_file = {} if config is None else _read_file(config)
    _refuse_unknown_variables()
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        from_environment = Settings().model_dump(exclude_unset=True)
        return Settings(**{**from_file, **from_environment, **given})
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(problem) for problem in error.errors())) from error


def _refuse_unknown_variables() -> None:
    known = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in (*Settings.model_fields, *_OTHER_VARIABLES)}
    for name in os.environ:  # noqa: TID251
        if name.upper().startswith(ENVIRONMENT_PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, 1)
            raise SettingsError(say(f"нет настройки {name}", f"no setting {name}") + (f": {near[0]}?" if near else ""))


def _read_file(config: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{config}: {error}") from error
    return _without_table(said, config)


def _without_table(said: dict[str, Any], config: Path) -> dict[str, Any]:
    """Read `[once_only] mode, unattributed` as the settings `once_only` and `unattributed`."""
    table = said.get("once_only")
    if not isinstance(table, dict):
        return said
    names = {"mode": "once_only", "unattributed": "unattributed"}
    unknown = sorted(table.keys() - names)
    if unknown:
        found, have = f"{config}: once_only.{unknown[0]}", ", ".join(names)
        raise SettingsError(say(f"{found}: такой настройки нет; есть {have}", f"{found}: no such setting; have {have}"))
    others = {name: value for name, value in said.items() if name != "once_only"}
    return {**others, **{names[name]: value for name, value in table.items()}}


def _sentence(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "clock":  # says itself what was found
        return f"{name}: {problem['msg']}"
    return f"{name}: {problem['msg']}, {say('найдено', 'found')} {problem['input']!r}"
