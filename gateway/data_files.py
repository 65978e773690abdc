"""Where the files lie that ship with the program or are kept by it."""

from importlib.resources import files
from pathlib import Path


def data_folder(package: str) -> Path:
    """Return the folder of data files of one of our packages."""
    return Path(str(files(package)))


def added_kinds(data: Path) -> Path:
    """Return the folder of the kinds that were added to the gateway whose data folder is `data`."""
    return data / "kinds"


def added_services(data: Path) -> Path:
    """Return the folder of the passports that were added to the gateway whose data folder is `data`."""
    return data / "services"
