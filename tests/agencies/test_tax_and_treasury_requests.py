"""Requests to the tax service, the register of civil acts, the treasury and the bailiffs, as clients of the published
kinds write them, pass; what is known to be wrong does not."""

from collections.abc import Iterator
from typing import Final

import pytest

from agencies import fns, fssp, treasury, zags
from agencies.answers import Answered, Rejected
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import LIBRARY, over_the_wire, question

GUID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"
GMP: Final = "http://roskazna.ru/gisgmp/xsd"
CONTAINER: Final = "urn://x-artifacts-fssp-ru/mvv/smev3/container/1.1.0"


def civil_act(code: str, number: str, version: str, act_type: str, role: str = "") -> str:
    """Write a request for two persons: one by record and paper, one of whom little is known."""
    slug = code.lower()
    first = "<t:Фамилия>Серова</t:Фамилия><t:Имя>Инна</t:Имя><t:Отчество>Львовна</t:Отчество>"
    second = "<t:ПрФамилия>1</t:ПрФамилия><t:Имя>Пётр</t:Имя><t:ПрОтчество>1</t:ПрОтчество>"
    about_record = """<z:СведАГС НомерЗапис="17"><z:ДатаЗаписДок><t:ПрДень>1</t:ПрДень><t:Месяц>5</t:Месяц>
        <t:Год>1999</t:Год></z:ДатаЗаписДок><z:ОрганЗАГС НаимЗАГС="Отдел ЗАГС"/></z:СведАГС>"""
    partial = "<t:ПрДень>1</t:ПрДень><t:ПрМесяц>1</t:ПрМесяц><t:Год>1950</t:Год>"
    return f"""
        <z:{code}Request xmlns:z="urn://x-artefacts-zags-{slug}/root/{number}/{version}"
          xmlns:t="urn://x-artefacts-zags-{slug}/types/{version}" ИдЗапрос="7" КолДок="2" ТипАГС="{act_type}">
          <z:СведОсн КодНормОсн="09"><z:ПрСведДокОсн>1</z:ПрСведДокОсн></z:СведОсн>
          <z:СведЗапрос ИдДок="1">{about_record}<z:СведФЛ {role} СНИЛС="112-233-445 95"><z:ФИО>{first}</z:ФИО>
            <z:ДатаРождКаленд>1980-02-01+03:00</z:ДатаРождКаленд><z:УдЛичнФЛ КодВидДок="21" СерДок="24 05"
            НомДок="123456" ДатаДок="2005-03-01" ВыдДок="ОВД" КодВыдДок="370-001"/></z:СведФЛ>
            <z:РегионРегАГС>37</z:РегионРегАГС></z:СведЗапрос>
          <z:СведЗапрос ИдДок="2"><z:СведФЛ><z:ФИО>{second}</z:ФИО><z:ДатаРождДок>{partial}</z:ДатаРождДок></z:СведФЛ>
            <z:ПрРегионРегАГС>1</z:ПрРегионРегАГС></z:СведЗапрос>
        </z:{code}Request>"""


def gis_gmp(service: str, root: str, content: str) -> str:
    return f"""
        <r:{root}Request xmlns:r="urn://roskazna.ru/gisgmp/xsd/services/{service}/2.5.0" xmlns:com="{GMP}/Common/2.5.0"
          xmlns:sc="{GMP}/SearchConditions/2.5.0" Id="G_7" timestamp="2013-03-04T10:11:12.123+04:00"
          senderIdentifier="3eb5fa" originatorId="3eb5fa" senderRole="7">{content}</r:{root}Request>"""


def search(name: str, kind: str) -> str:
    return f"""<com:Paging pageNumber="1" pageLength="100"/><sc:{name}ExportConditions kind="{kind}">
        <sc:PayersConditions><sc:PayerIdentifier>1010000000002405123456</sc:PayerIdentifier><com:TimeInterval
        startDate="2013-01-01T00:00:00+04:00" endDate="2013-03-01T00:00:00+04:00"/><com:KBKlist>
        <com:KBK>18811630000010000140</com:KBK></com:KBKlist></sc:PayersConditions></sc:{name}ExportConditions>"""


IMPORT: Final = f"""<p:ChargesPackage xmlns:p="{GMP}/Package/2.5.0" xmlns:chg="{GMP}/Charge/2.5.0"
    xmlns:org="{GMP}/Organization/2.5.0"><p:ImportedCharge Id="I_1" supplierBillID="18810000000000000017"
    billDate="2013-03-01T00:00:00+04:00" totalAmount="50000" purpose="Штраф" kbk="18811630000010000140"
    oktmo="24701000" originatorId="3eb5fa" legalAct="КоАП"><org:Payee name="УМВД" inn="3799000061" kpp="370201001">
    <com:OrgAccount accountNumber="40101810000000010000"><com:Bank bik="042406001"/></com:OrgAccount></org:Payee>
    <chg:Payer payerIdentifier="1140000000011223344595" payerName="Серова И. Л."/><chg:BudgetIndex status="0"/>
    </p:ImportedCharge></p:ChargesPackage>"""

REQUESTS: Final = {
    "fns/disqualified": """
        <f:DISKVLICRequest xmlns:f="urn://x-artefacts-fns-diskvlic/root/310-40/4.0.0" ИдЗапрос="7">
          <f:СвФЛЗапр МестоРожд="г. Шуя" ДатаРожд="1980-02-01">
          <f:ФИО FirstName="Инна" Patronymic="" FamilyName="Серова"/></f:СвФЛЗапр></f:DISKVLICRequest>""",
    "fns/egrip": f"""
        <f:FNSVipIPRequest xmlns:f="urn://x-artefacts-fns-vipip-tosmv-ru/311-15/4.0.5" ИдДок="{GUID}">
          <f:ЗапросИП><f:ИНН>370000000000</f:ИНН></f:ЗапросИП></f:FNSVipIPRequest>""",
    "fns/egrul": f"""
        <f:FNSVipULRequest xmlns:f="urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6" ИдДок="{GUID}" НомерДела="БН">
          <f:ЗапросЮЛ><f:ИННЮЛ>3700000000</f:ИННЮЛ></f:ЗапросЮЛ></f:FNSVipULRequest>""",
    "fns/headcount": """
        <f:RequestDocument xmlns:f="urn://x-artefacts-fns-SRCHIS/082-2/4.0.1" ВерсФорм="4.01"><f:СведЗапрос Год="2012">
          <f:ИННЮЛ>3700000000</f:ИННЮЛ></f:СведЗапрос></f:RequestDocument>""",
    "fns/incomes": """
        <f:DOHFLNARequest xmlns:f="urn://x-artefacts-fns-dohflna/root/260-18/4.0.1" Id="PERSONAL_SIGNATURE"
          ОтчетГод="2012"><f:СвФЛ ДатаРожд="1980-02-01" ИННФЛ="370000000000" СНИЛС="112-233-445 95">
          <f:ФИОФЛ FamilyName="Серова" FirstName="Инна"/><f:УдЛичн DocumentCode="21" SeriesNumber="24 05 123456"/>
          </f:СвФЛ></f:DOHFLNARequest>""",
    "fns/inn-by-name": """
        <f:INNFDRFIORequest xmlns:f="urn://x-artefacts-fns-innfdrfio/root/085-05/4.0.0" IDRequest="7">
          <f:DataPersonRequest FamilyName="Серова" FirstName="Инна" BirthDate="1980-02-01">
          <f:SignLackPatronymic>1</f:SignLackPatronymic></f:DataPersonRequest></f:INNFDRFIORequest>""",
    "fns/inn-by-person": """
        <f:FNSINNSingularRequest xmlns:f="urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1"
          xmlns:c="urn://x-artefacts-fns-inn/commons/4.0.0" ИдЗапрос="7">
          <f:СведЮЛ НаимОрг="Администрация" ИННЮЛ="3700000000" ОГРН="1023700000000"/>
          <f:СведФЛ ДатаРожд="1980-02-01" МестоРожд="г. Шуя"><c:ФИО Фамилия="Серова" Имя="Инна"/><c:УдЛичнФЛ
          КодВидДок="21" СерНомДок="24 05 123456" ДатаДок="2005-03-01" ВыдДок="ОВД" КодВыдДок="370-001"/></f:СведФЛ>
        </f:FNSINNSingularRequest>""",
    "fns/ndfl2": """
        <f:NDFL2Request xmlns:f="urn://x-artefacts-fns-ndfl2/root/260-10/4.1.1" Id="PERSONAL_SIGNATURE" ИдЗапрос="7"
          ТипЗапросП="1" ОтчетГод="2012" КодУслуги="37000000001"><f:СвФЛ ДатаРожд="1980-02-01" НомЗаявФЛ="17/2013"
          ДатаЗаявФЛ="2013-03-01"><f:ФИОФЛ FamilyName="Серова" FirstName="Инна" Patronymic="Львовна"/>
          <f:УдЛичн DocumentCode="21" SeriesNumber="24 05 123456"/></f:СвФЛ></f:NDFL2Request>""",
    "fns/separate-division": f"""
        <f:FNSUchOrgOPRequest xmlns:f="urn://x-artefacts-fns-uchorgop-tosmv-ru/370_68/4.0.1" ИдДок="{GUID}">
          <f:ЗапросОП КПП="370201001"><f:ОГРН>1023700000000</f:ОГРН></f:ЗапросОП></f:FNSUchOrgOPRequest>""",
    "fns/tax-debt": f"""
        <f:ZadorgRequest xmlns:f="urn://x-artefacts-fns-zadorg/root/548-04/4.0.4" ИдЗапрос="{GUID}">
          <f:СвЮЛ ИННЮЛ="3700000000" НаимЮЛ="Администрация" ОГРН="1023700000000"/><f:ЗапросНП ДатаЗапрСв="2013-03-01">
          <f:ИННФЛ>370000000000</f:ИННФЛ></f:ЗапросНП></f:ZadorgRequest>""",
    "fssp/enforcement": f"""
        <f:InquiryDocumentsRequest xmlns:f="urn://x-artifacts-fssp-ru/mvv/smev3/inquiry-documents/1.1.1"
          xmlns:c="{CONTAINER}"><c:ID>7</c:ID><c:Date>2013-03-04T10:11:12+04:00</c:Date><c:SenderID>МУН</c:SenderID>
          <c:SenderDepartmentCode>1</c:SenderDepartmentCode><c:ReceiverID>ФССП</c:ReceiverID><c:Document><c:ID>8</c:ID>
          <c:Type>Inquiry</c:Type><c:Filename>7.zip</c:Filename></c:Document></f:InquiryDocumentsRequest>""",
    "treasury/charges": gis_gmp("export-charges", "ExportCharges", search("Charges", "CHARGE")),
    "treasury/import-charges": gis_gmp("import-charges", "ImportCharges", IMPORT),
    "treasury/payments": gis_gmp("export-payments", "ExportPayments", search("Payments", "PAYMENT")),
    "zags/act-record": """
        <z:informRequest xmlns:z="urn://x-artefacts-zags-inform/root/112-11/4.0.4"
          xmlns:t="urn://x-artefacts-zags-inform/types/4.0.4" ИдЗапрос="7" ТипЗапрос="2" ТипАГС="6">
          <z:СведАГС НомерЗапис="17" ДатаЗапис="1999-05-01"><z:ОрганЗАГС НаимЗАГС="Отдел ЗАГС" КодЗАГС="R3700001"/>
          </z:СведАГС><z:СведФЛ СНИЛС="112-233-445 95" ИННФЛ="370000000000"><z:ФИО><t:Фамилия>Серова</t:Фамилия>
          <t:Имя>Инна</t:Имя><t:ПрОтчество>1</t:ПрОтчество></z:ФИО><z:ГодРожд>1980</z:ГодРожд><z:УдЛичнФЛ
          КодВидДок="21" НаимДок="Паспорт" СерНомДок="24 05 123456"/></z:СведФЛ></z:informRequest>""",
    "zags/birth": civil_act("ROGDINF", "112-51", "4.0.1", "01", 'ТипУчАЗ="2"'),
    "zags/death": civil_act("FATALINF", "112-52", "4.0.1", "07"),
    "zags/death-notice": """
        <z:FATALOIVRequest xmlns:z="urn://x-artefacts-zags-fataloiv/root/112-41/4.0.0"
          xmlns:t="urn://x-artefacts-zags-fataloiv/types/4.0.0" ИдСвед="7" ДатаСвед="2013-03-04">
          <z:СведРегСмертОИВ НомерЗапис="17" ДатаЗапис="2013-03-03" НомерВерс="1" ДатаВерс="2013-03-03">
          <z:ОрганЗАГС НаимЗАГС="Отдел ЗАГС" КодЗАГС="R3700001"/><z:СтатусЗаписи ДатаНачСтатус="2013-03-03"
          КодСтатус="01" НаимСтатус="Действующая"/><z:СведСвидет СерияСвидет="I-ФО" НомерСвидет="900001"
          ДатаВыдСвидет="2013-03-03"/><z:ПрдСведРег><z:СведУмер Пол="2"><z:ФИОУмер><t:Фамилия>Серова</t:Фамилия>
          <t:ПрИмя>1</t:ПрИмя><t:ПрОтчество>1</t:ПрОтчество></z:ФИОУмер><z:ПрДатаРожд>1</z:ПрДатаРожд>
          <z:МестоСмерт ПризнМесто="1" МестоТекст="г. Шуя"/></z:СведУмер><z:СведДокСмерт НаимДок="Медицинское"/>
          </z:ПрдСведРег><z:СведЗаявительФЛ><t:ФИО/></z:СведЗаявительФЛ></z:СведРегСмертОИВ></z:FATALOIVRequest>""",
    "zags/divorce": civil_act("BRAKRASTINF", "112-55", "4.0.0", "03", 'ИнфФИО="1"'),
    "zags/marriage": civil_act("BRAKZAKINF", "112-54", "4.0.0", "02", 'ИнфФИО="2"'),
    "zags/name-change": civil_act("PERNAMEINF", "112-53", "4.0.0", "06", 'ТипФИО="1"'),
    "zags/paternity": civil_act("PARENTINF", "112-56", "4.0.0", "04", 'ТипУчАЗ="3"'),
}
"""By kind, a request with what the published schema allows beyond the example."""

SPOILED: Final = {
    "fns/disqualified": ('ДатаРожд="1980-02-01"', 'ДатаРожд="01.02.1980"'),
    "fns/egrip": ("370000000000", "3700000000"),
    "fns/egrul": ("3700000000", "370000000000"),
    "fns/headcount": ("3700000000", "37"),
    "fns/incomes": ('Id="PERSONAL_SIGNATURE"', ""),
    "fns/inn-by-name": ("SignLackPatronymic", "NoPatronymic"),
    "fns/inn-by-person": ("c:УдЛичнФЛ", "c:УдЛичн"),
    "fns/ndfl2": ('НомЗаявФЛ="17/2013"', ""),
    "fns/separate-division": ("1023700000000", "10237"),
    "fns/tax-debt": ("370000000000", "37"),
    "fssp/enforcement": ("2013-03-04T10:11:12+04:00", "04.03.2013"),
    "treasury/charges": ("1010000000002405123456", "2405123456"),
    "treasury/import-charges": ('totalAmount="50000"', 'totalAmount="500.00"'),
    "treasury/payments": ('pageNumber="1"', 'pageNumber="first"'),
    "zags/act-record": ("z:ГодРожд>", "z:Год>"),
    "zags/birth": ('ТипАГС="01"', 'ТипАГС="07"'),
    "zags/death": ("z:СведЗапрос", "z:Запрос"),
    "zags/death-notice": ('Пол="2"', 'Пол="Ж"'),
    "zags/divorce": ('СНИЛС="112-233-445 95"', 'СНИЛС="11223344595"'),
    "zags/marriage": ("<t:Имя>Инна</t:Имя>", ""),
    "zags/name-change": ('КодНормОсн="09"', ""),
    "zags/paternity": ("<t:Месяц>5</t:Месяц>", "<t:Месяц>13</t:Месяц>"),
}
"""By kind, what is replaced in that request by what."""


@pytest.mark.parametrize("kind_id", sorted(REQUESTS))
def test_a_request_of_a_client_of_the_published_kind_passes(kind_id: str) -> None:
    request = xml.parse(REQUESTS[kind_id].strip().encode())
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    assert xml.name_of(request) == (kind.request.namespace, kind.request.root)
    assert [str(one) for one in LIBRARY.violations(request)] == []


@pytest.mark.parametrize("kind_id", sorted(REQUESTS))
def test_what_is_known_to_be_wrong_is_refused(kind_id: str) -> None:
    right, wrong = SPOILED[kind_id]
    assert right in REQUESTS[kind_id]
    assert LIBRARY.violations(xml.parse(REQUESTS[kind_id].replace(right, wrong).strip().encode())) != ()


def test_every_kind_that_has_a_published_one_is_tried() -> None:
    agencies = ("fns", "fssp", "treasury", "zags")
    kinds = [kind for kind in LIBRARY.catalogue if kind.id.split("/")[0] in agencies and kind.fidelity != "own"]
    assert {kind.id for kind in kinds} == set(REQUESTS) == set(SPOILED)


# What is spoiled anywhere

ANSWERS: Final = {**fns.ANSWERS, **fssp.ANSWERS, **treasury.ANSWERS, **zags.ANSWERS}
ODD: Final = ("", " ", "-1", "0000-00-00", "9999-12-31", "1" * 40, "Ё'\"")


def variants(kind_id: str) -> Iterator[Element]:
    """Yield the request of a client without each of its parts, and with each text and attribute spoiled."""
    body = REQUESTS[kind_id].strip().encode()
    for index, node in enumerate(xml.parse(body).iter("*")):
        if index:
            without, removed = part(body, index)
            parent = removed.getparent()
            assert parent is not None
            parent.remove(removed)
            yield without
        for odd in ODD:
            written, changed = part(body, index)
            changed.text = odd
            yield written
            for name in node.attrib:
                written, changed = part(body, index)
                changed.set(name, odd)
                yield written


def part(body: bytes, index: int) -> tuple[Element, Element]:
    root = xml.parse(body)
    return root, list(root.iter("*"))[index]


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_whatever_is_spoiled_the_agency_answers_what_is_valid(kind_id: str) -> None:
    count = 0
    for request in variants(kind_id):
        count += 1
        answer = ANSWERS[kind_id](question(request))[-1]
        if isinstance(answer, Rejected):
            assert answer.code in ("NO_DATA", "UNKNOWN_REQUEST_DESCRIPTION")
            assert answer.description
        else:
            assert isinstance(answer, Answered)
            if not LIBRARY.violations(request):
                assert LIBRARY.violations(over_the_wire(answer.content)) == ()
    assert count > 20
