"""Faults on purpose: rules that break the exchange, listed with their hits, added, taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from aiohttp import web
from pydantic import ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from gateway.domain.disruption import InvalidDisruption, json_schema, read_disruption
from gateway.domain.disruptions import DisruptionHolds, Ending, Standing
from gateway.domain.likeness import nearest
from gateway.protocol.moments import write
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Written, described
from gateway.words import say


class FaultRule(Shape):
    """One rule: a `name`, what it `does`, whom it hits, how often, for how long (docs/reference/faults.md)."""

    # The domain reads it, as it does in scenario files: there is one list of fields.
    model_config = ConfigDict(extra="allow")

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**json_schema(), "title": cls.__name__}

    @classmethod
    def of(cls, said: dict[str, Any]) -> "FaultRule":
        """Return the shape of what a rule says."""
        return cls.model_validate(said)


class FaultShape(Shape):
    """A rule and what came of it: how often it was asked and has hit, how many hits are left (null: no bound).

    `reverted` says why it hits no more; `until` is null where its time has no bound.
    """

    rule: FaultRule
    state: Literal["active", "reverted"]
    reverted: Ending | None
    asked: int
    hits: int
    left: int | None
    since: Written
    until: Written | None

    @classmethod
    def of(cls, standing: Standing) -> "FaultShape":
        return cls(
            rule=FaultRule.of(standing.rule.as_json()),
            state="active" if standing.reverted is None else "reverted",
            reverted=standing.reverted,
            asked=standing.asked,
            hits=standing.hits,
            left=standing.left,
            since=write(standing.since),
            until=None if standing.until is None else write(standing.until),
        )


class FaultsShape(Shape):
    """The rules that hold, in the order in which they are asked, then those that have ended."""

    faults: list[FaultShape]


class RemovedFaults(Shape):
    """How many rules were taken back."""

    removed: int


class FaultsView(AdminView):
    """`/__admin/faults`."""

    @described(
        lambda: say(
            "Правила, которые ломают обмен нарочно. Действующие и недавно кончившиеся.",
            "The rules that break the exchange on purpose. Those that hold, and those that have ended lately.",
        ),
        FaultsShape,
    )
    async def get(self) -> web.Response:
        standings = self.administration.disruptions.list()
        return self.reply(FaultsShape(faults=[FaultShape.of(standing) for standing in standings]))

    @described(
        lambda: say(
            "Добавить правило. Оно действует сразу, живёт в памяти шлюза и кончается само: по count или lasts.",
            "Add a rule. It holds at once, lives in the gateway's memory and ends by itself: by count or lasts.",
        ),
        FaultShape,
        409,
        status=201,
    )
    async def post(self, new: FaultRule) -> web.Response:
        with _refusals_told():
            rule = read_disruption(new.model_extra or {})
            standing = self.administration.disruptions.add(rule)
        address = f"{self.administration.prefix}/__admin/faults/{rule.name}"
        return self.reply(FaultShape.of(standing), 201, {"Location": address})

    @described(lambda: say("Убрать все правила.", "Take every rule back."), RemovedFaults)
    async def delete(self) -> web.Response:
        return self.reply(RemovedFaults(removed=self.administration.disruptions.clear()))


class FaultView(AdminView):
    """`/__admin/faults/{name}`."""

    @described(lambda: say("Одно правило.", "One rule."), FaultShape, 404)
    async def get(self, name: str, /) -> web.Response:
        for standing in self.administration.disruptions.list():
            if standing.rule.name == name:
                return self.reply(FaultShape.of(standing))
        raise self._no_rule(name)

    @described(lambda: say("Убрать правило.", "Take a rule back."), RemovedFaults, 404)
    async def delete(self, name: str, /) -> web.Response:
        if not self.administration.disruptions.remove(name):
            raise self._no_rule(name)
        return self.reply(RemovedFaults(removed=1))

    def _no_rule(self, name: str) -> Refused:
        near = nearest(name, [standing.rule.name for standing in self.administration.disruptions.list()])
        perhaps = say(f"возможно, {near}; ", f"perhaps {near}; ") if near else ""
        hint = perhaps + say("все правила: GET /__admin/faults", "all rules: GET /__admin/faults")
        return Refused(404, "fault", say("Такого правила нет", "No such rule"), name, hint)


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except InvalidDisruption as error:
        holds = isinstance(error, DisruptionHolds)
        title = say("Правило с таким именем действует", "A rule of that name holds")
        title = title if holds else say("Такого правила быть не может", "There can be no such rule")
        hint = error.advice or say("исправьте названное поле", "correct the field named")
        errors = [{"where": error.field, "expected": error.expected, "found": error.found}]
        raise Refused(409 if holds else 422, "fault", title, str(error), hint, errors=errors) from error
