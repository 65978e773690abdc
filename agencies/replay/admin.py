"""Replays by REST, below `/__admin/replays`: nodes put in the place of others, what they answered, what they missed.

The gateway mounts these views without knowing them: `agencies.runner.Nodes.admin_routes`.
"""

import asyncio
from typing import Annotated, Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import Field, ValidationError

from agencies.node import InvalidOptions
from agencies.replay.aside import Aside
from agencies.replay.casting import Cast, begin
from agencies.replay.provider import Missed, OnMiss, RecordedProvider
from agencies.replay.recorded import Recorded, listed
from agencies.replay.uploads import Upload, UploadRefused, find_named, keep
from agencies.runner import UnknownNode
from gateway.protocol import moments
from gateway.recording.format import Recording, RecordingError, read
from gateway.recording.matching import Reuse
from gateway.transports.admin import problems
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, Written, described, json_body, received
from gateway.words import say

_FORM: Final[dict[str, Any]] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["options", "recording"],
            "properties": {
                "options": {"type": "string"},
                "recording": {"type": "string", "format": "binary"},
                "attachment": {"type": "array", "items": {"type": "string", "format": "binary"}},
            },
        }
    },
    "application/json": {"schema": {"type": "object"}},
}
_SOME: Final = 200
"""Misses and troubles in one answer, the newest."""


class ReplayWanted(Shape):
    """What to replay. `recording` names one that the gateway has (`recordings/` in its data folder).

    Whoever is in `asConsumer` sends from outside; its node here leaves it the answers, and, where it is in
    `asProvider` too, the requests. `speed`: how many times faster than recorded; null is at once.
    """

    recording: Word | None = None
    as_provider: tuple[Word, ...] = ()
    as_consumer: tuple[Word, ...] = ()
    on_miss: OnMiss = OnMiss.SIMULATED
    reuse: Reuse = Reuse.LAST
    speed: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @property
    def cast(self) -> Cast:
        """Whose part is replayed."""
        return Cast(listed(self.as_provider), listed(self.as_consumer), self.on_miss, self.reuse, self.speed)


class DifferenceShape(Shape):
    """A value that differs; null is not there."""

    path: str
    old: str | None
    new: str | None


class MissShape(Shape):
    """A request that no recorded exchange answered. `closest` is the number of the exchange that is most alike."""

    moment: Written
    message_id: str
    sender: str
    message_type: str
    reason: str
    done: str
    explanation: str
    closest: int | None
    closest_message_id: str | None
    line: int | None
    differences: list[DifferenceShape]

    @classmethod
    def of(cls, missed: Missed) -> "MissShape":
        miss, closest = missed.miss, missed.miss.closest
        return cls(
            moment=moments.write(missed.moment),
            message_id=missed.message_id,
            sender=missed.sender,
            message_type=str(miss.message_type),
            reason=miss.reason.value,
            done=missed.done.value,
            explanation=miss.say(),
            closest=None if closest is None else closest.number,
            closest_message_id=None if closest is None else closest.message_id,
            line=None if closest is None else closest.request.line,
            differences=[DifferenceShape(path=each.path, old=each.old, new=each.new) for each in miss.differences],
        )


class ReplayShape(Shape):
    """A part that is replayed. `role` is provider (answers here) or aside (somebody outside plays it).

    `refused` are answers that SMEV did not take, `troubled` those that could not be given as recorded.
    """

    mnemonic: str
    role: str
    recording: str = ""
    run: str = ""
    on_miss: str | None = None
    reuse: str | None = None
    speed: float | None = None
    answered: int = 0
    missed: int = 0
    broadcasts: int = 0
    refused: int = 0
    troubled: int = 0


class ReplaysShape(Shape):
    """Every part that is replayed; `notes` are what a reader of the recording should know."""

    replays: list[ReplayShape]
    notes: tuple[str, ...] = ()


class WholeReplayShape(Shape):
    """A part that is replayed, with the requests that were missed and the answers that were given otherwise."""

    replay: ReplayShape
    misses: list[MissShape]
    troubles: list[str]


class EndedReplayShape(Shape):
    """A part that is no longer replayed."""

    ended: str


class _ReplayView(AdminView):
    def _shape(self, mnemonic: str) -> ReplayShape:
        node = self.nodes.substitutes[mnemonic]
        if not isinstance(node, RecordedProvider):
            recording = getattr(node, "recording", None)
            told = {} if recording is None else {"recording": recording.path.name, "run": recording.header.run}
            return ReplayShape.model_validate({"mnemonic": mnemonic, "role": "aside", **told})
        options, recording = node.options, node.options.recorded.recording
        return ReplayShape.model_validate(
            {
                "mnemonic": mnemonic,
                "role": "provider",
                "recording": recording.path.name,
                "run": recording.header.run,
                "on_miss": options.on_miss.value,
                "reuse": options.reuse.value,
                "speed": options.speed,
                **node.tally,
            }
        )

    def _shapes(self) -> list[ReplayShape]:
        return [self._shape(mnemonic) for mnemonic in sorted(self.nodes.substitutes)]


class ReplaysView(_ReplayView):
    """`/__admin/replays`."""

    @described(
        lambda: say("Кого сейчас играют по записи.", "Whose part is being replayed."),
        ReplaysShape,
    )
    async def get(self) -> web.Response:
        return self.reply(ReplaysShape(replays=self._shapes()))

    @described(
        lambda: say(
            "Играть участников по записи: JSON с именем записи шлюза или форма: options (тот же JSON), recording "
            "(файл .jsonl или zip с ним и вложениями), attachment (файлы вложений, имя — SHA-256).",
            "Replay participants from a recording: JSON that names one of the gateway's, or a form: options (the same "
            "JSON), recording (a .jsonl, or a zip of it and its attachments), attachment (files named by SHA-256).",
        ),
        ReplaysShape,
        404,
        408,
        413,
        415,
        422,
        status=201,
        body=_FORM,
    )
    async def post(self) -> web.Response:
        if self.request.content_type == "multipart/form-data":
            wanted, upload = await self._form()
        else:
            wanted, upload = await json_body(self.request, ReplayWanted), None
        title = say("Запись не сыграть", "The recording cannot be replayed")
        try:
            recording = await asyncio.to_thread(self._recording, wanted.recording, upload)
            await begin(self.nodes, Recorded(recording), wanted.cast)
        except RecordingError as error:
            hint = say("mock-smev recordings show FILE", "mock-smev recordings show FILE")
            raise Refused(422, "recording", title, str(error), hint) from error
        except (InvalidOptions, UnknownNode) as error:
            hint = say("назовите участников записи", "name participants of the recording")
            raise Refused(422, "replay", title, str(error), hint) from error
        lacking = [say(f"нет вложения {each.content_id}", f"the attachment {each.content_id} is missing")
                   for each in recording.missing_attachments()]  # fmt: skip
        wanted_ones = {*wanted.as_provider, *wanted.as_consumer}
        shapes = [shape for shape in self._shapes() if shape.mnemonic in wanted_ones]
        return self.reply(ReplaysShape(replays=shapes, notes=(*recording.notes, *lacking)), 201)

    def _recording(self, name: str | None, upload: Upload | None) -> Recording:
        try:
            if upload is not None:
                return keep(upload, self.nodes.data / "replays")
            return read(find_named(self.nodes.data / "recordings", name))
        except UploadRefused as refused:
            title = say("Запись не взять", "The recording cannot be taken")
            raise Refused(refused.status, "recording", title, str(refused), refused.advice) from refused
        except OSError as error:
            title = say("Запись не сохранить", "The recording cannot be kept")
            hint = say("проверьте место и права папки данных", "check the space and the rights of the data folder")
            raise Refused(503, "recording", title, f"{error.filename}: {error.strerror}", hint) from error

    async def _form(self) -> tuple[ReplayWanted, Upload]:
        try:
            form = await received(self.request, self.request.post())
        except (ValueError, LookupError, HttpProcessingError) as error:
            hint = say("проверьте, чем составлена форма", "look at what wrote the form")
            raise Refused(400, "form", say("Форму не прочесть", "The form cannot be read"), str(error), hint) from error
        options, file = form.get("options", "{}"), form.get("recording")
        if not isinstance(file, web.FileField) or isinstance(options, web.FileField):
            hint = say(
                "файл — в поле recording, JSON — в options", "the file goes into recording, the JSON into options"
            )
            raise Refused(422, "recording", say("Нет файла записи", "No recording"), ", ".join(form), hint)
        try:
            wanted = ReplayWanted.model_validate_json(options)
        except ValidationError as error:
            raise problems.of_validation(error, "body") from error
        attachments = [each for each in form.getall("attachment", []) if isinstance(each, web.FileField)]
        return wanted, await asyncio.to_thread(
            lambda: Upload(file.file.read(), {each.filename: each.file.read() for each in attachments})
        )


class ReplayView(_ReplayView):
    """`/__admin/replays/{mnemonic}`."""

    @described(
        lambda: say(
            "Что ответил участник, которого играют по записи, и чего в записи не нашлось: ближайший запрос и отличия.",
            "What a replayed participant answered, and what was missed: the closest request and what differs.",
        ),
        WholeReplayShape,
        404,
    )
    async def get(self, mnemonic: str, /) -> web.Response:
        node = self._node(mnemonic)
        misses, troubles = (node.misses, node.troubles) if isinstance(node, RecordedProvider) else ((), ())
        return self.reply(
            WholeReplayShape(
                replay=self._shape(mnemonic),
                misses=[MissShape.of(each) for each in list(misses)[-_SOME:]],
                troubles=list(troubles)[-_SOME:],
            )
        )

    @described(
        lambda: say(
            "Больше не играть участника: за него опять отвечает тот, кто был.",
            "Replay the participant no longer: whoever was there answers again.",
        ),
        EndedReplayShape,
        404,
    )
    async def delete(self, mnemonic: str, /) -> web.Response:
        self._node(mnemonic)
        self.nodes.restore(mnemonic)
        return self.reply(EndedReplayShape(ended=mnemonic))

    def _node(self, mnemonic: str) -> RecordedProvider | Aside | Any:
        node = self.nodes.substitutes.get(mnemonic)
        if node is None:
            have = ", ".join(sorted(self.nodes.substitutes)) or say("никого", "nobody")
            title = say("Его не играют по записи", "Not replayed")
            raise Refused(404, "replay", title, mnemonic, say(f"играют: {have}", f"replayed: {have}"))
        return node
