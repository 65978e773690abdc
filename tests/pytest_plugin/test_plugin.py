"""The pytest plugin, used as its users use it: sessions of pytest in a folder of their own."""

import importlib
import re
import sys
import textwrap
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import pytest

from gateway.pytest_plugin.background import Loop
from gateway.pytest_plugin.served import namespace_of, own
from gateway.pytest_plugin.smev import Smev
from tests.docs.pages import ROOT, code_block

pytest_plugins = ["pytester"]

PLUGIN: Final = "gateway.pytest_plugin.plugin"
# pytester forgets what a session imports, and the next one would import it all again.
for module in ("gateway.app", "gateway.pytest_plugin.recorded", "gateway.pytest_plugin.reporting"):
    importlib.import_module(module)

QUESTION: Final = ROOT / "schemas" / "kinds" / "fns" / "inn-by-person" / "4.0.1" / "example-request.xml"


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests whose sandbox has three agencies."""
    # A file that is written again within a second is not told from the one before.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # all that is installed would be loaded by each session
    pytester.makeini("[pytest]\nsmev_topology = minimal\n")
    pytester.makeconftest(f"""
        from pathlib import Path
        import pytest

        @pytest.fixture
        def question():
            return Path({str(QUESTION)!r})
    """)
    return pytester


def run(session: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests in this process, with the plugin loaded as its entry point would.

    Without pytest's search for what was left open: five collections of a process as large as this one.
    """
    return session.runpytest_inprocess("-p", PLUGIN, "-p", "no:unraisableexception", *arguments)


def test_pytest_finds_the_plugin() -> None:
    assert PLUGIN in [entry.value for entry in entry_points(group="pytest11")]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_sandbox_that_takes_nothing_unsigned(session: pytest.Pytester, tmp_path: Path, *, elsewhere: bool) -> None:
    session.makeconftest(f"""
        from pathlib import Path
        import pytest

        @pytest.fixture(scope="session")
        def smev_settings():
            return {{"signatures": "strict"}}

        @pytest.fixture
        def question():
            return Path({str(QUESTION)!r})
    """)
    session.makepyfile("""
        def test_asks(smev, question):
            answer = smev.participant("CITY").ask(question)
            assert answer.content.get("ИННФЛ") == "379945132320"
            assert smev.count("sent") == 2
    """)
    with Loop() as loop, own(loop, {"topology": "minimal"}, tmp_path / "elsewhere") as other:
        run(session, *(("--smev-url", other.url) if elsewhere else ())).assert_outcomes(passed=1)


def test_each_test_begins_with_an_empty_sandbox(session: pytest.Pytester) -> None:
    session.makepyfile("""
        from datetime import timedelta

        def test_asks(smev, question):
            assert smev.participant("CITY").ask(question).content.get("ИННФЛ") == "379945132320"
            assert smev.count(kind="fns/inn-by-person") == 2
            smev.disrupt("all", does="smev-failure")
            smev.freeze()
            smev.advance(timedelta(days=400))

        def test_finds_nothing_of_it(smev, smev_gateway, question):
            assert smev.journal() == []
            assert smev.url == smev_gateway.url
            assert smev.admin("/clock")["mode"] == "real"
            assert smev.participant("CITY").ask(question).metadata.sender == "FNS001"
    """)
    run(session).assert_outcomes(passed=2)


def test_a_test_waits_for_what_comes_and_reads_it(session: pytest.Pytester) -> None:
    session.makepyfile("""
        def test_reads(smev, question):
            city = smev.participant("CITY")
            sent = city.send_request(question)
            asked = smev.wait_for("sent", kind="fns/inn-by-person", participant="CITY")
            assert asked.message_id == sent.message_id
            assert asked.text("//ФИО/@Фамилия") == "Смирнов"
            assert asked.xpath("//f:ФИО", f="urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1")
            answer = smev.wait_for("sent", operation="SendResponse", xpath="//@ИННФЛ = '379945132320'")
            assert answer.original_message_id == sent.message_id
            both = smev.wait_for_all(2, "sent")
            assert [each.operation for each in both] == ["SendRequest", "SendResponse"]
            assert "FNS001" in smev.diagram()
    """)
    run(session).assert_outcomes(passed=1)


def test_waiting_in_vain_tells_what_came_instead(session: pytest.Pytester) -> None:
    session.makepyfile("""
        def test_waits(smev, question):
            smev.participant("CITY").ask(question)
            smev.wait_for("sent", kind="fns/inn-by-person", participant="TOWN", timeout=0.1)
    """)
    result = run(session)
    result.assert_outcomes(failed=1)
    assert "CITY" in result.stdout.str()


def test_the_report_of_a_failed_test_shows_the_conversation_and_the_last_faults(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest
        from gateway.client import FaultReceived

        def test_fails(smev, question):
            city = smev.participant("CITY")
            sent = city.send_request(question)
            with pytest.raises(FaultReceived):
                city.send_request(question, message_id=sent.message_id)
            assert False, "as it happens"
    """)
    result = run(session, "--smev-report", "pages")
    result.assert_outcomes(failed=1)
    shown = result.stdout.str()
    assert "sequenceDiagram" in shown
    assert "MessageIsAlreadySent" in shown
    page = next((session.path / "pages").glob("*.html")).read_text(encoding="utf-8")
    assert "<svg" in page
    assert "test_fails" in next((session.path / "pages").glob("*.html")).name


RECORDED: Final = """
    import pytest

    @pytest.mark.smev_recording(as_provider=["FNS001"])
    def test_recorded(smev, question):
        content = {content}
        assert smev.participant("CITY").ask(content).content.get("ИННФЛ") == "{inn}"
"""


def test_a_recording_is_written_once_and_played_back(session: pytest.Pytester) -> None:
    session.makepyfile(RECORDED.format(content="question", inn="379945132320"))
    missing = run(session)
    missing.assert_outcomes(errors=1)
    assert "--smev-record once" in missing.stdout.str()
    run(session, "--smev-record", "once").assert_outcomes(passed=1)
    (file,) = session.path.rglob("*.jsonl")
    changed = file.read_text(encoding="utf-8").replace("379945132320", "379945132338")
    file.write_text(changed, encoding="utf-8")
    session.makepyfile(RECORDED.format(content="question", inn="379945132338"))
    run(session).assert_outcomes(passed=1)
    run(session, "--smev-record", "once").assert_outcomes(passed=1)
    run(session, "--smev-record", "all").assert_outcomes(failed=1)
    assert file.read_text(encoding="utf-8") == changed, "a test that failed has written its recording"


def test_a_question_that_was_not_recorded_fails_the_test_with_the_nearest(session: pytest.Pytester) -> None:
    session.makepyfile(RECORDED.format(content="question", inn="379945132320"))
    run(session, "--smev-record", "once").assert_outcomes(passed=1)
    session.makepyfile("""
        import pytest

        @pytest.mark.smev_recording(as_provider=["FNS001"])
        def test_recorded(smev, question):
            content = question.read_bytes().replace("Смирнов".encode(), "Петров".encode())
            smev.participant("CITY").ask(content)
    """)
    result = run(session)
    result.assert_outcomes(failed=1)
    assert re.search(r"Фамилия.*Смирнов.*Петров", result.stdout.str())


def test_a_test_plays_the_provider_itself(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest
        from gateway.client import Rejection, RejectCode

        @pytest.fixture(scope="session")
        def smev_settings():
            return {"provide": ("MYFNS=fns/inn-by-person",)}

        def test_answers(smev, question):
            city, fns = smev.participant("CITY"), smev.participant("MYFNS")
            city.send_request(question)
            fns.answer(fns.take_request(), [Rejection(RejectCode.NO_DATA, "Сведений нет")])
            assert city.take_response().rejections[0].code is RejectCode.NO_DATA

        def test_waits_in_vain(smev):
            with pytest.raises(AssertionError, match="nothing has come"):
                smev.participant("MYFNS").take_request(timeout=0.05)
    """)
    run(session).assert_outcomes(passed=2)


def test_mistakes_are_told(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest

        def test_unknown_word(smev):
            with pytest.raises(TypeError, match="expected any of event, kind"):
                smev.count(colour="red")

        @pytest.mark.smev_recording(as_consumer=["CITY"])
        def test_unknown_argument(smev):
            pass
    """)
    result = run(session)
    result.assert_outcomes(passed=1, errors=1)
    assert "found as_consumer" in result.stdout.str()


def test_a_session_that_asks_for_no_sandbox_imports_none(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import sys

        def test_light():
            assert "gateway.app" not in sys.modules
            assert "aiohttp" not in sys.modules
    """)
    session.runpytest_subprocess("-p", PLUGIN).assert_outcomes(passed=1)


def test_every_worker_of_xdist_has_a_sandbox_of_its_own(session: pytest.Pytester) -> None:
    session.makepyfile("""
        def test_alone(smev, question):
            smev.participant("CITY").ask(question)
            assert smev.count(operation="SendRequest") == 1
    """)
    result = session.runpytest_subprocess("-p", PLUGIN, "-p", "xdist", "-n", "2", "--dist", "each")
    result.assert_outcomes(passed=2)


def test_two_sessions_on_one_sandbox_do_not_see_each_other(session: pytest.Pytester, tmp_path: Path) -> None:
    session.makepyfile("""
        def test_alone(smev, question):
            smev.participant("CITY").ask(question)
            assert smev.count(operation="SendRequest") == 1
            assert "/ns/" in smev.url
    """)
    with Loop() as loop, own(loop, {"topology": "none"}, tmp_path) as elsewhere:
        with namespace_of(loop, elsewhere.url, None, {"topology": "minimal"}) as other:
            before = other.anew()
            before.participant("CITY").ask(QUESTION)
            run(session, "--smev-url", elsewhere.url).assert_outcomes(passed=1)
            assert before.count(operation="SendRequest") == 1
            before.close()
        with Smev(loop, elsewhere.url) as root:
            assert root.journal() == []
            assert root.admin("/namespaces")["namespaces"] == []


PAGE: Final = ROOT / "docs" / "how-to" / "pytest.md"
FIXTURES: Final = """
    from concurrent.futures import ThreadPoolExecutor

    @pytest.fixture
    def in_background():
        with ThreadPoolExecutor() as pool:
            yield pool.submit
"""


def test_the_ten_lines_of_the_how_to_page_work_as_pasted(session: pytest.Pytester) -> None:
    script = code_block(PAGE, "python", "inn_of(QUESTION")
    assert len([line for line in script.splitlines() if line.strip()]) <= 10
    session.makepyfile(test_my_service=script)
    (session.path / "schemas").symlink_to(ROOT / "schemas")
    session.syspathinsert(ROOT / "examples" / "pytest")
    run(session).assert_outcomes(passed=1)


def test_the_other_tests_of_the_page_work_as_pasted(session: pytest.Pytester) -> None:
    conftest = session.path / "conftest.py"
    conftest.write_text(conftest.read_text(encoding="utf-8") + textwrap.dedent(FIXTURES), encoding="utf-8")
    session.syspathinsert(ROOT / "examples" / "pytest")
    imports = "import pytest\nfrom my_service import inn_of\n\n"
    session.makepyfile(test_broken=imports + code_block(PAGE, "python", "half-response"))
    run(session, "test_broken.py").assert_outcomes(passed=1)
    session.makepyfile(test_recorded=imports + code_block(PAGE, "python", "smev_recording"))
    run(session, "--smev-record", "once", "test_recorded.py").assert_outcomes(passed=1)
    written = session.path / "recordings" / "test_recorded" / "test_with_the_answers_of_then.jsonl"
    assert str(written.relative_to(session.path)) in PAGE.read_text(encoding="utf-8")
    assert written.is_file()
    run(session, "test_recorded.py").assert_outcomes(passed=1)
    session.makepyfile(test_myself=code_block(PAGE, "python", "MYFNS"))
    run(session, "test_myself.py").assert_outcomes(passed=1)


def test_the_page_in_russian_has_the_same_code() -> None:
    def code(page: Path) -> list[str]:
        return re.findall(r"^```(?:python|sh)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)

    pages = [ROOT / "docs" / "how-to" / name for name in ("pytest.md", "pytest.ru.md")]
    assert code(pages[0]) == code(pages[1])
