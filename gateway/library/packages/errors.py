"""What a package is refused with."""


class PackageError(ValueError):
    """A package cannot become a kind; reads `where: what`. `hint` says what to do, `where` is `file:line` inside it."""

    def __init__(self, what: str, hint: str, where: str = "") -> None:
        self.what, self.hint, self.where = what, hint, where
        super().__init__(f"{where}: {what}" if where else what)
