"""Compiling a stranger's schema where it can do no harm: a process of its own, bounded in time and memory.

libxml2 takes time and memory that grow exponentially with some small schemas (groups that hold each other twice, long
chains of extensions), and a thread that does so cannot be stopped. `python -m gateway.library.packages.trial FOLDER
SECONDS BYTES` reads one kind's folder, compiles, validates the documents, and prints one JSON array for each thing that
is wrong. Only an exit code of 0 means that it came to an end.
"""

import json
import resource
import sys
from itertools import islice
from pathlib import Path
from typing import Final

from gateway.library import check_folder
from gateway.library.folders import KindFolder
from gateway.library.kind_file import KindError
from gateway.library.schema import Schema

MOST_TOLD: Final = 20


def main() -> None:
    """Print what is wrong with the kind in the folder that the command line names."""
    root, seconds, size = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    try:
        folder = KindFolder(root)
        errors = list(islice(check_folder(folder, Schema(folder.path, folder.xsd)), MOST_TOLD))
    except KindError as error:
        errors = [error]
    for wrong in errors:
        path = Path(wrong.path).resolve()
        inside = path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else path.name
        sys.stdout.write(json.dumps([inside, wrong.line, wrong.message]) + "\n")


if __name__ == "__main__":
    main()
