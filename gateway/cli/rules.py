"""`mock-smev rules`: the rules of 210-FZ that are checked, where each stands, and how sure we are of it."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli.common import OUTPUT, CommandFailed
from gateway.domain.likeness import nearest
from gateway.domain.once_only import rule_of, rules
from gateway.domain.once_only.rule import Rule
from gateway.domain.services import Level
from gateway.words import say


def show_rules(
    rule: Annotated[
        str | None, typer.Argument(help=say("правило целиком, например L-7-1-2", "one rule in full, as L-7-1-2"))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))] = False,
) -> None:
    """Show the rules, or one of them in full."""
    found = None if rule is None else _found(rule)
    if as_json:
        data = [each.fields() for each in rules()] if found is None else found.fields()
        OUTPUT.print_json(data=data, ensure_ascii=False)
    elif found is None:
        _show_all()
    else:
        _show(found)


def _found(rule_id: str) -> Rule:
    rule = rule_of(rule_id)
    if rule is not None:
        return rule
    like = nearest(rule_id, (each.id for each in rules()))
    ask = say("все правила: mock-smev rules", "all rules: mock-smev rules")
    hint = say(f"похоже на {like}; {ask}", f"{like} looks like it; {ask}") if like else ask
    raise CommandFailed(say(f"правила {rule_id!r} нет; {hint}", f"no rule {rule_id!r}; {hint}"), code=2)


def _show_all() -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in (
        say("ПРАВИЛО", "RULE"),
        say("ВЕРДИКТ", "VERDICT"),
        say("ОТКЛОНЯЕТ", "REFUSES"),
        say("С КАКОГО ДНЯ", "SINCE"),
        say("ЧТО ЗАПРЕЩЕНО", "TITLE"),
    ):
        table.add_column(title, overflow="fold", no_wrap=len(table.columns) < 4)
    for rule in rules():
        refuses = say("да", "yes") if rule.refuses else ""
        table.add_row(rule.id, rule.verdict.value, refuses, rule.effective[Level.MUNICIPAL].isoformat(), rule.title())
    OUTPUT.print(table, markup=False)
    OUTPUT.print(
        say(
            "Даты — для муниципальных органов; целиком и о достоверности: mock-smev rules ПРАВИЛО.",
            "The dates are those of municipal bodies; in full, and how sure we are: mock-smev rules RULE.",
        ),
        style="dim",
        markup=False,
    )


def _show(rule: Rule) -> None:
    OUTPUT.print(f"[bold]{rule.id}[/bold]  {escape(rule.title())}")
    yes, no = say("да", "yes"), say("нет", "no")
    since = {level.value: day.isoformat() for level, day in rule.effective.items()}
    rows = [
        (say("норма", "article"), rule.citation()),
        (say("в силе", "in force"), ", ".join(f"{level} {day}" for level, day in since.items())),
        (say("вывод", "verdict"), f"{rule.verdict}, {rule.severity}"),
        (say("отказ", "refuses"), yes if rule.refuses else no),
        (say("достоверность", "confidence"), rule.confidence()),
        (say("источник", "source"), rule.source()),
    ]
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        if value:
            OUTPUT.print(f"[dim]{label:>{width}}[/dim]  {escape(value)}")
