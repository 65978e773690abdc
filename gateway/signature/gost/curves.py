"""The curves that GOST R 34.10-2012 is used with: RFC 7836, appendix A; RFC 4357, section 11.4 (CryptoPro's names)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class UnknownCurve(ValueError):
    """No curve has this OID."""


@dataclass(frozen=True, slots=True)
class Curve:
    """y^2 = x^3 + a x + b modulo p; (x, y) generates a group of prime order q. `size` is bytes of a coordinate."""

    name: str
    oid: str
    size: int
    p: int
    a: int
    b: int
    q: int
    x: int
    y: int
    aliases: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.oid)

    def has(self, x: int, y: int) -> bool:
        """Tell whether (x, y) is a point of this curve."""
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x * x + self.a * x + self.b)) % self.p == 0

    def is_of_small_order(self, x: int, y: int) -> bool:
        """Tell whether four times the point is infinity: where the cofactor is 4, three points are such and no keys."""
        if y == 0:
            return True
        slope = (3 * x * x + self.a) * pow(2 * y, -1, self.p) % self.p
        doubled = (slope * slope - 2 * x) % self.p
        return (slope * (x - doubled) - y) % self.p == 0


_CURVES: Final = (
    Curve(
        "id-tc26-gost-3410-2012-256-paramSetA",
        "1.2.643.7.1.2.1.1.1",
        32,
        p=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97,
        a=0xC2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335,
        b=0x295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513,
        q=0x400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67,
        x=0x91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28,
        y=0x32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C,
    ),
    Curve(
        "id-tc26-gost-3410-2012-256-paramSetB",
        "1.2.643.7.1.2.1.1.2",
        32,
        p=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97,
        a=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94,
        b=0xA6,
        q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
        x=0x1,
        y=0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14,
        aliases=("1.2.643.2.2.35.1", "1.2.643.2.2.36.0"),
    ),
    Curve(
        "id-tc26-gost-3410-2012-256-paramSetC",
        "1.2.643.7.1.2.1.1.3",
        32,
        p=0x8000000000000000000000000000000000000000000000000000000000000C99,
        a=0x8000000000000000000000000000000000000000000000000000000000000C96,
        b=0x3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B,
        q=0x800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F,
        x=0x1,
        y=0x3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC,
        aliases=("1.2.643.2.2.35.2",),
    ),
    Curve(
        "id-tc26-gost-3410-2012-256-paramSetD",
        "1.2.643.7.1.2.1.1.4",
        32,
        p=0x9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B,
        a=0x9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D7598,
        b=0x805A,
        q=0x9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9,
        x=0x0,
        y=0x41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67,
        aliases=("1.2.643.2.2.35.3", "1.2.643.2.2.36.1"),
    ),
    Curve(
        "id-tc26-gost-3410-2012-512-paramSetA",
        "1.2.643.7.1.2.1.2.1",
        64,
        p=int(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
            16,
        ),
        a=int(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
            16,
        ),
        b=int(
            "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265"
            "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
            16,
        ),
        q=int(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
            16,
        ),
        x=0x3,
        y=int(
            "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921"
            "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
            16,
        ),
    ),
    Curve(
        "id-tc26-gost-3410-2012-512-paramSetB",
        "1.2.643.7.1.2.1.2.2",
        64,
        p=int(
            "8000000000000000000000000000000000000000000000000000000000000000"
            "000000000000000000000000000000000000000000000000000000000000006F",
            16,
        ),
        a=int(
            "8000000000000000000000000000000000000000000000000000000000000000"
            "000000000000000000000000000000000000000000000000000000000000006C",
            16,
        ),
        b=int(
            "687D1B459DC841457E3E06CF6F5E2517B97C7D614AF138BCBF85DC806C4B289F"
            "3E965D2DB1416D217F8B276FAD1AB69C50F78BEE1FA3106EFB8CCBC7C5140116",
            16,
        ),
        q=int(
            "8000000000000000000000000000000000000000000000000000000000000001"
            "49A1EC142565A545ACFDB77BD9D40CFA8B996712101BEA0EC6346C54374F25BD",
            16,
        ),
        x=0x2,
        y=int(
            "1A8F7EDA389B094C2C071E3647A8940F3C123B697578C213BE6DD9E6C8EC7335"
            "DCB228FD1EDF4A39152CBCAAF8C0398828041055F94CEEEC7E21340780FE41BD",
            16,
        ),
    ),
    Curve(
        "id-tc26-gost-3410-2012-512-paramSetC",
        "1.2.643.7.1.2.1.2.3",
        64,
        p=int(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
            16,
        ),
        a=int(
            "DC9203E514A721875485A529D2C722FB187BC8980EB866644DE41C68E1430645"
            "46E861C0E2C9EDD92ADE71F46FCF50FF2AD97F951FDA9F2A2EB6546F39689BD3",
            16,
        ),
        b=int(
            "B4C4EE28CEBC6C2C8AC12952CF37F16AC7EFB6A9F69F4B57FFDA2E4F0DE5ADE0"
            "38CBC2FFF719D2C18DE0284B8BFEF3B52B8CC7A5F5BF0A3C8D2319A5312557E1",
            16,
        ),
        q=int(
            "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "C98CDBA46506AB004C33A9FF5147502CC8EDA9E7A769A12694623CEF47F023ED",
            16,
        ),
        x=int(
            "E2E31EDFC23DE7BDEBE241CE593EF5DE2295B7A9CBAEF021D385F7074CEA043A"
            "A27272A7AE602BF2A7B9033DB9ED3610C6FB85487EAE97AAC5BC7928C1950148",
            16,
        ),
        y=int(
            "F5CE40D95B5EB899ABBCCFF5911CB8577939804D6527378B8C108C3D2090FF9B"
            "E18E2D33E3021ED2EF32D85822423B6304F726AA854BAE07D0396E9A9ADDC40F",
            16,
        ),
    ),
)
CURVES: Final[Mapping[str, Curve]] = {oid: curve for curve in _CURVES for oid in (curve.oid, *curve.aliases)}
"""By every OID that names one: those of TC 26, and CryptoPro's for signature (35) and exchange (36)."""


def generator_window(curve: Curve) -> int:
    """Return the bits of a table of the generator: few for the examples of the standards, which are used once."""
    return 8 if curve.oid in CURVES else 4


def curve_of(oid: str) -> Curve:
    """Return the curve that has the OID.

    Raises: UnknownCurve.
    """
    found = CURVES.get(oid)
    if found is None:
        raise UnknownCurve(f"{oid} is none of the curves of GOST R 34.10: {', '.join(CURVES)}")
    return found
