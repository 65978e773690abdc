"""Why no sample can be made."""


class CannotSample(ValueError):
    """No document can be made; reads what stands in the way and where in the schema."""
