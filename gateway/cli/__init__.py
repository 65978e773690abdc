"""The command line: arguments become settings, errors become one line and an exit code."""

import sys
from typing import Annotated, Final

import typer

from gateway.cli.common import CommandFailed, show_error
from gateway.cli.late import LateCommands, late
from gateway.words import say

application = typer.Typer(
    name="mock-smev",
    cls=LateCommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "Песочница СМЭВ 3: настоящий протокол, надёжные очереди, имитируемые ведомства.",
        "A sandbox of SMEV 3: the real protocol, durable queues, simulated agencies.",
    ),
    epilog=say("MOCK_SMEV_LANG=en — английский язык; --debug — трассировка ошибки", "--debug shows tracebacks"),
)
_GROUPS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "cases",
        "cases:application",
        say("Дела об услугах: показать, открыть, потребовать документы.", "Cases: list, show, open, demand documents."),
    ),
    (
        "certs",
        "certs:application",
        say(
            "Сертификаты песочницы: выпустить, отозвать, внести свой, отдать сертификат СМЭВ.",
            "Certificates of the sandbox: issue, revoke, bring in one's own, give out SMEV's.",
        ),
    ),
    (
        "clock",
        "clock:application",
        say("Часы шлюза: показать, остановить, перевести.", "The gateway's clock: show, freeze, advance it."),
    ),
    (
        "crypto",
        "crypto:application",
        say(
            "Криптография: байты, которые хеширует СМЭВ; чем считается ГОСТ.",
            "The octets that SMEV hashes; what computes GOST.",
        ),
    ),
    (
        "faults",
        "faults:application",
        say("Сломать обмен нарочно: правила и их срабатывания.", "Break the exchange on purpose: rules and hits."),
    ),
    (
        "kinds",
        "kinds:application",
        say("Виды сведений: добавить свой, показать, убрать.", "Data kinds: add one's own, list, remove."),
    ),
    (
        "recordings",
        "recordings:application",
        say(
            "Файлы записей: показать, перевести в новую версию, собрать из папки с XML.",
            "Files of recordings: show, convert to the new version, import from a folder of XML.",
        ),
    ),
    (
        "namespace",
        "namespaces:application",
        say(
            "Пространства имён: шлюзы со своими хранилищем и часами за адресом работающего.",
            "Namespaces: gateways with a store and a clock of their own behind the running one's address.",
        ),
    ),
    (
        "services",
        "services:application",
        say("Услуги и их паспорта: показать, добавить свой, убрать.", "Services: list, show, add one's own, remove."),
    ),
    (
        "snapshot",
        "snapshots:application",
        say("Снимки: сохранить состояние шлюза, вернуть его.", "Snapshots: save the state of a gateway, put it back."),
    ),
    (
        "world",
        "world:application",
        say("Мир ведомств: люди, организации, объекты.", "The agencies' world: people, firms, real estate."),
    ),
)
_COMMANDS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "serve",
        "serve:serve",
        say(
            "Запустить шлюз. Каждая настройка — флаг, переменная MOCK_SMEV_… или строка файла --config.",
            "Start a gateway. Each setting is a flag, a variable MOCK_SMEV_… or a line of the file --config.",
        ),
    ),
    (
        "demo",
        "demo:demo",
        say(
            "Показать главное: гражданин обращается, муниципалитет сам запрашивает сведения у ведомств и решает.",
            "Show the main thing: a citizen applies, the municipality fetches the data from agencies and decides.",
        ),
    ),
    (
        "simulate",
        "simulate:simulate",
        say(
            "Прожить месяц целой области за минуты: заявления, запросы, опоздания, нарушения; одно зерно — один итог.",
            "Live a month of a whole region in minutes: applications, requests, delays, violations; seeded.",
        ),
    ),
    (
        "replay",
        "replay:replay",
        say(
            "Сыграть запись: отвечать за поставщиков, слать за потребителей, в своём шлюзе или в работающем.",
            "Replay a recording: answer for its providers, send for its consumers, here or in a running gateway.",
        ),
    ),
    (
        "record",
        "record:record",
        say(
            "Записать в FILE то, что прошло через шлюз: конверты как были, вложения рядом; --follow — с этого момента.",
            "Record to FILE what crossed a gateway: envelopes as they were, attachments beside; --follow: from now on.",
        ),
    ),
    (
        "run",
        "run:run_scenarios",
        say(
            "Выполнить сценарии YAML: участники, шаги, проверки; отчёты JUnit и HTML. Код 0, 1 или 2.",
            "Run scenarios (YAML): participants, steps, assertions; JUnit and HTML reports. Exit code 0, 1 or 2.",
        ),
    ),
    (
        "diff",
        "diff:diff",
        say(
            "Сравнить две записи по смыслу: что изменилось; код 0 — то же, 1 — различия, 2 — нечего сравнивать.",
            "Compare two recordings by meaning: what changed; exit code 0 the same, 1 different, 2 nothing compared.",
        ),
    ),
    (
        "send",
        "by_hand:send",
        say(
            "Отправить содержимое FILE запросом (или ответом, с --to); готовый конверт SOAP уходит как есть.",
            "Send the content of FILE as a request (or an answer, with --to); a SOAP envelope goes as it is.",
        ),
    ),
    (
        "take",
        "by_hand:take",
        say(
            "Взять следующее сообщение из своей очереди и показать его; код 3, если очередь пуста.",
            "Take the next message of one's queue and show it; exit code 3 when the queue is empty.",
        ),
    ),
    (
        "ack",
        "by_hand:ack",
        say("Подтвердить полученное сообщение.", "Acknowledge a message that was taken."),
    ),
    (
        "explain",
        "explain:explain",
        say(
            "Объяснить отказ или дело: что нарушено, какая норма, кто хранит сведения, готовый запрос вместо этого.",
            "Explain a refusal or a case: what is broken, the article, who holds the data, what to send instead.",
        ),
    ),
    (
        "violations",
        "violations:violations",
        say("Показать найденные нарушения 210-ФЗ, новые сначала.", "List violations of 210-FZ, newest first."),
    ),
    (
        "rules",
        "rules:show_rules",
        say(
            "Показать проверяемые правила 210-ФЗ или одно целиком: норма, даты, достоверность.",
            "Show the rules of 210-FZ that are checked, or one in full: article, dates, how sure we are.",
        ),
    ),
    (
        "sample",
        "kinds:sample",
        say(
            "Напечатать готовый запрос вида сведений: пример или образец по схеме.",
            "Print a complete request of a data kind: its example, or a sample made from the schema.",
        ),
    ),
    (
        "report",
        "report:report",
        say(
            "Отчёт: once-only — кто соблюдает принцип однократности; monitoring — кто как отвечает, рейтинг.",
            "A report: once-only, who keeps the once-only rule; monitoring, who answers how, the ranking.",
        ),
    ),
    (
        "diagram",
        "diagram:diagram",
        say(
            "Нарисовать, кто кому что отправил: дело, взаимодействие или запись; Mermaid, SVG или HTML.",
            "Draw who sent what to whom: a case, an interaction or a recording; Mermaid, SVG or HTML.",
        ),
    ),
    (
        "check-schemas",
        "checks:check_schemas",
        say(
            "Проверить схемы видов сведений и примеры к ним; код 1, если что-то не так.",
            "Check the schemas of data kinds and their examples; exit code 1 when something is wrong.",
        ),
    ),
    (
        "healthcheck",
        "checks:healthcheck",
        say("Спросить шлюз, готов ли он; код 0 или 1.", "Ask a gateway whether it is ready; exit code 0 or 1."),
    ),
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version as package_version  # noqa: PLC0415 - 30 ms that only this needs

        typer.echo(package_version("mock-smev"))
        raise typer.Exit


@application.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help=say("показать версию", "show the version")
        ),
    ] = False,
) -> None:
    """Options of the program itself."""


for name, dotted, text in (*_COMMANDS, *_GROUPS):
    application.command(name, help=text)(late(f"{__package__}.{dotted}"))


def main() -> None:
    """Run the command line; the exit code is 0, 1 for a failure, 2 for wrong arguments, 130 for an interrupt."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    if debug:
        arguments.remove("--debug")
    try:
        application(args=arguments)
    except CommandFailed as failure:
        if debug:
            raise
        show_error(str(failure))
        sys.exit(failure.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        show_error(f"{type(error).__name__}: {error} (--debug)")
        sys.exit(1)
