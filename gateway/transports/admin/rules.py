"""The rules of 210-FZ that are checked."""

from datetime import date

from aiohttp import web

from gateway.domain.once_only import rules
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import Level
from gateway.transports.admin.view import AdminView, Shape, described
from gateway.words import say


class RuleShape(Shape):
    """A rule: where it stands, since when it binds whom, whether it refuses, how sure we are, where it was read."""

    id: str
    citation: str
    title: str
    verdict: Verdict
    severity: Severity
    refuses: bool
    effective: dict[Level, date]
    confidence: str
    source: str


class RulesShape(Shape):
    """The rules in the order in which their findings are told."""

    rules: list[RuleShape]


class RulesView(AdminView):
    """`/__admin/rules`."""

    @described(
        lambda: say(
            "Проверяемые правила 210-ФЗ: норма, даты вступления, можно ли отказать, насколько это достоверно.",
            "The rules of 210-FZ that are checked: article, dates, whether it refuses, how sure we are of it.",
        ),
        RulesShape,
    )
    async def get(self) -> web.Response:
        return self.reply(RulesShape(rules=[RuleShape.model_validate(rule.fields()) for rule in rules()]))
