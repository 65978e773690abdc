"""Ids and versions read out of namespaces, as the published kinds have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.library.packages.choices import checked_id, checked_version
from gateway.library.packages.naming import id_and_version
from gateway.library.roles import split_role


@pytest.mark.parametrize(
    ("namespace", "kind_id", "version"),
    [
        ("urn://x-artefacts-fns-ndfl2/root/260-10/4.1.1", "fns/ndfl2", "4.1.1"),
        ("urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6", "fns/vipul-tosmv", "4.0.6"),
        ("urn://x-artefacts-fns-uchorgop-tosmv-ru/370_68/4.0.1", "fns/uchorgop-tosmv", "4.0.1"),
        ("urn://x-artefacts-fns-SRCHIS/082-2/4.0.1", "fns/srchis", "4.0.1"),
        (
            "urn://x-artefacts-rosreestr-gov-ru/virtual-services/egrn-statement/1.1.2",
            "rosreestr/egrn-statement",
            "1.1.2",
        ),
        ("urn://x-artifacts-fssp-ru/mvv/smev3/inquiry-documents/1.1.1", "fssp/mvv-inquiry-documents", "1.1.1"),
        ("urn://mvd/guvm/passport-dossier/1.1.0", "mvd/guvm-passport-dossier", "1.1.0"),
        ("urn://ru/mvd/ibd-m/convictions/search/1.0.2", "mvd/ibd-m-convictions-search", "1.0.2"),
        ("http://kvs.pfr.com/snils-by-data/1.1.2", "pfr/kvs-snils-by-data", "1.1.2"),
        ("urn://roskazna.ru/gisgmp/xsd/services/import-charges/2.5.0", "roskazna/gisgmp-import-charges", "2.5.0"),
        ("urn:dom.gosuslugi.ru/debt-requests/1.0.0", "gosuslugi/dom-debt-requests", "1.0.0"),
        ("urn://ru.sgio.hiringcontract/1.0.0", "sgio/hiringcontract", "1.0.0"),
        ("urn://egisso-ru/msg/10.13.I/1.0.3", "egisso/10-13-i", "1.0.3"),
        ("urn://gisogd73/rs/1.0.0", "gisogd73/find", "1.0.0"),
        ("http://fss.ru/SvedRegisterNoPosob", "fss/svedregisternoposob", None),
        ("", "kind/find", None),
    ],
)
def test_a_namespace_names_agency_kind_and_version(namespace: str, kind_id: str, version: str | None) -> None:
    assert id_and_version(namespace, "FindRequest") == (kind_id, version)


@given(st.text(max_size=200), st.text(min_size=1, max_size=50))
def test_whatever_the_namespace_the_id_may_name_folders(namespace: str, root: str) -> None:
    kind_id, version = id_and_version(namespace, root)
    assert checked_id(kind_id) == kind_id
    assert version is None or checked_version(version[:32].rstrip(".")) is not None


@pytest.mark.parametrize(
    ("name", "role", "rest"),
    [
        ("StayRequest", "request", "Stay"),
        ("ResponseData", "response", "Data"),
        ("запрос", "request", ""),
        ("Эталонный ответ", "response", "Эталонный"),
        ("ImportDebtRequestsResponse", "response", "ImportDebtRequests"),
        ("Запросы/1", "request", "/1"),
        ("Address", None, "Address"),
    ],
)
def test_a_name_tells_its_role(name: str, role: str | None, rest: str) -> None:
    assert split_role(name) == (role, rest)
