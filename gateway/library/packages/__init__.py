"""Packages of a data kind: XSDs and whatever comes with them, in a zip or a folder, made into a kind of the library.

    installed = install(read_package(Path("ndfl2.zip")), Choices(), data / "kinds", library)

Read `describing` for what is found out, `normalising` for what is done to the schemas, `installing` for the rest.
"""

from gateway.library.packages.archive import Limits, Package, read_package
from gateway.library.packages.choices import Choices
from gateway.library.packages.errors import PackageError
from gateway.library.packages.installing import Installed, install, prepare

__all__ = ["Choices", "Installed", "Limits", "Package", "PackageError", "install", "prepare", "read_package"]
