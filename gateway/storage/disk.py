"""What stands on disk in folders of files that anybody may have named: no symbolic link is followed."""

import os
import stat
from pathlib import Path


def regular(path: Path) -> os.stat_result | None:
    """Return what the file system says of an ordinary file; None of anything else, a symbolic link too."""
    try:
        status = path.lstat()
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def files_in(directory: Path) -> list[Path]:
    """Return the ordinary files of a directory, in the order of names; none where there is no such directory."""
    return sorted(each for each in entries_of(directory) if regular(each) is not None)


def entries_of(directory: Path) -> list[Path]:
    """Return what stands in a directory; nothing where there is none."""
    try:
        # A directory, not what a symbolic link points at.
        return [] if directory.is_symlink() else [Path(each.path) for each in os.scandir(directory)]
    except OSError:
        return []


def touched(directory: Path) -> float:
    """Return when a directory or a file in it last changed (seconds since 1970); never, where it has gone."""
    try:
        return max(each.lstat().st_mtime for each in (directory, *entries_of(directory)))
    except OSError:
        return float("inf")


def sync_directory(directory: Path) -> None:
    """Let the names in a directory be on the disk."""
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
