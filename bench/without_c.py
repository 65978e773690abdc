"""The gateway as on a machine without a compiler: gmpy2 on curves, a library's Streebog, the transform in Python."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_COMPILED = ("gateway.signature.gost._native", "gateway.signature._fast_transform")


class _Missing:
    """Finds none of the compiled modules."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name in _COMPILED:
            raise ModuleNotFoundError(name)
        return None


def main() -> None:
    """Run `mock-smev` with the arguments of this program."""
    sys.meta_path.insert(0, _Missing)
    from gateway.cli import main as gateway_main  # noqa: PLC0415 - not before the modules are hidden

    gateway_main()


if __name__ == "__main__":
    main()
