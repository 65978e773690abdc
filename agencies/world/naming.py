"""What elements and attributes of unknown schemas are about, told by their names: Russian, English, transliterated."""

import re
from functools import lru_cache
from typing import Final

_WORDS: Final = re.compile(r"[A-ZА-ЯЁ]+(?![a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё]+|\d+")

_EXACT: Final = {
    "first_name": "имя firstname givenname forename imya name1 imja",
    "series": "серия series seriya serija ser docseries documentseries passportseries seriespassport сериядок"
    " серпасп сериядокумента сериядул",
    "number": "номер number nomer num docnumber documentnumber passportnumber numberpassport номердок номдок ном"
    " номпасп номердокумента номердул",
    "issued": "датавыд датавыдачи датадок датадокумента issuedate dateissue issued dateofissue docdate datavydachi",
    "issuer": "кемвыдан выддок органвыд органвыдачи issuer issuername issuedby issuingauthority kemvydan",
    "address": "адрес address adres addresstext fulladdress адресполн адрестекст адрестекс addr addressline",
    "index": "индекс index postalcode postcode zipcode zip pochtovyjindeks почтиндекс",
    "region": "кодрегион кодрегиона регион region regioncode coderegion субъект субъектрф",
    "town": "город town city gorod населпункт населенныйпункт settlement locality cityname",
    "district": "район district rayon raion areaname",
    "street": "улица street ulica ulitsa streetname",
    "house": "дом house dom building housenumber номердома домвлад",
    "flat": "квартира кварт flat apartment kvartira apt room flatnumber номерквартиры кв",
    "area": "площадь area ploshad ploshchad square totalarea общаяплощадь",
    "sum": "сумма sum amount summa totalamount total итого сум sumtotal общаясумма суммавсего",
    "date": "дата date data",
    "name": "наименование name наим naimenovanie title название nazvanie",
    "year": "год year god",
    "full_name": "фио fio fullname полноеимя fullfio person личность",
    "position": "должность position наимдолжн наименованиедолжности dolzhnost job jobtitle",
    "make": "марка make brand marka маркатс",
    "model": "модель model modeltc модельтс",
    "region_name": "наимрегион regionname наименованиерегиона",
}
"""Fields by whole names, which mean something else as a part of a longer one."""

_PARTS: Final = {
    "snils": "снилс snils страховойномер snilsnumber",
    "inn": "инн inn иннфл иннюл иннул innfl innul innyul иннип taxpayernumber taxid",
    "ogrnip": "огрнип ogrnip",
    "ogrn": "огрн ogrn огрнюл ogrnul ogrnyul",
    "kpp": "кпп kpp",
    "family_name": "фамилия family familyname lastname surname familiya familija фам secondaryname",
    "first_name": "firstname givenname имяфл имячел",
    "patronymic": "отчество middlename patronymic secondname otchestvo fathersname отч",
    "birth_date": "датарожд датарождения birthdate birthday dateofbirth datebirth datarozhdeniya born bdate дрожд др"
    " birthdt дтрожд",
    "birth_place": "месторожд месторождения birthplace placeofbirth mestorozhdeniya",
    "sex": "пол sex gender pol",
    "citizenship": "гражданство citizenship grazhdanstvo oksm оксм кодстраны",
    "death_date": "датасмерти датасмерт deathdate dateofdeath datasmerti died",
    "full_name": "фиополн fullfio fioполн",
    "paper": "сериономер серномдок серномпасп сериянomер seriesnumber serianomer серияиномер docseriesnumber",
    "issuer_code": "кодподр кодподразделения кодвыддок issuercode divisioncode departmentcode issueid subdivisioncode",
    "cadastral": "кадномер кадастровыйномер кадном cadastralnumber cadnum cadnumber cadastralno cadnomer kadnomer"
    " kadastrovyjnomer kadastrnomer",
    "cadastral_value": "кадстоим кадстоимость кадастроваястоимость cadastralcost cadastralvalue cadcost",
    "firm_full_name": "наимюлполн полннаим полноенаименование наиморг наимюл orgname organizationname companyname"
    " legalname fullorgname наименованиеорганизации наименованиеюл organisationname naimorg наиморгполн employername"
    " работодатель",
    "firm_short_name": "наимюлсокр сокрнаим shortname shortorgname сокращенноенаименование наимсокр",
    "registered": "датаогрн датарег датарегистрации registrationdate dateregistration ogrndate",
    "okved": "оквэд okved кодоквэд okvedcode",
    "oktmo": "октмо oktmo",
    "kladr": "кладр kladr кодкладр kladrcode",
    "fias": "фиас fias fiasguid aoguid houseguid гуидфиас",
    "vin": "vin вин vinnumber vincode",
    "plate": "госномер гос рз грз регзнак regnumber statenumber platenumber licenseplate plate госрегзнак регномертс"
    " gosnomer regplate",
    "uin": "уин uin supplierbillid billid",
    "uip": "уип uip paymentid",
    "kbk": "кбк kbk",
    "enforcement": "номерип номерисппроизв ipnumber номерисполнительногопроизводства enforcementnumber",
}
"""Fields by names that say so also as a part of a longer one ("ApplicantLastName")."""


FIELDS: Final = frozenset((*_EXACT, *_PARTS))
"""Everything that a name may be about."""


def _table(names: dict[str, str]) -> dict[str, str]:
    return {alias: field for field, aliases in names.items() for alias in aliases.split()}


_BY_PART: Final = _table(_PARTS)
_BY_NAME: Final = {**_BY_PART, **_table(_EXACT)}

_CONTEXTS: Final = {
    "paper": "паспорт passport pasport документ document удлич удостовер identity identitydoc dul дул doc док",
    "person": "фио fio фл физлицо person citizen applicant заявител гражданин individual человек получател",
    "mother": "мать матери мат mother",
    "father": "отец отца отц father",
    "spouse": "супруг spouse муж жена husband wife",
    "child": "ребен дет child сын дочь несовершеннолет minor",
    "head": "руковод директор head director должнфл chief ceo officer",
    "firm": "орг юл firm org company legal employer работодат страхователь налогагент предприят юрлиц",
    "estate": "недвиж участ объект estate parcel realty flat помещен egrn егрн строен здани object property",
    "vehicle": "тс vehicle транспорт авто car auto",
    "income": "доход income справ ndfl ндфл зарплат salary wage",
    "pension": "пенси pension",
    "benefit": "пособ выплат benefit allowance мсп мера подерж поддерж",
    "debt": "долг задолж debt взыск исполнит enforcement арест",
    "payment": "платеж оплат начисл payment charge пошлин duty штраф fine",
}
"""Words that begin a step of a path and tell what stands below it."""

_STEMS: Final = tuple((stem, context) for context, stems in _CONTEXTS.items() for stem in stems.split())
_SHORT: Final = 3
"""A stem up to this long must be a whole word: "тс" is no beginning of "тсж"."""


@lru_cache(maxsize=4096)
def field_of(name: str) -> str | None:
    """Return the field that the local name of an element or attribute means; None for one that says nothing."""
    words = _words(name)
    whole = "".join(words)
    if whole in _BY_NAME:
        return _BY_NAME[whole]
    for length in range(len(words) - 1, 0, -1):
        for first in range(len(words) - length + 1):
            found = _BY_PART.get("".join(words[first : first + length]))
            if found is not None:
                return found
    return None


@lru_cache(maxsize=4096)
def contexts_of(name: str) -> frozenset[str]:
    """Return what the local name of an element says of everything below it."""
    words = (*_words(name), "".join(_words(name)))
    return frozenset(
        context
        for stem, context in _STEMS
        if any(word == stem or (len(stem) > _SHORT and word.startswith(stem)) for word in words)
    )


def _words(name: str) -> tuple[str, ...]:
    """Split "ApplicantLastName", "LAST_NAME" and "ФамилияИмя" into words, small, ё as е."""
    return tuple(word.casefold().replace("ё", "е") for word in _WORDS.findall(name))
