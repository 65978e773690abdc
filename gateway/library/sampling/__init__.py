"""Valid sample documents for any XSD, by chance that a seed decides.

    sampler = Sampler(folder / "kind.xsd")
    element = sampler.sample(MessageType("urn:x", "Request"), seed=1, today=date(2013, 4, 1), fullness="full")

Import this package where a sample is asked for, not at the start: xmlschema costs 0.3 seconds.
"""

from gateway.library.sampling.refusal import CannotSample
from gateway.library.sampling.sampler import Sampler
from gateway.library.sampling.structure import Fullness
from gateway.library.sampling.suggestions import Suggest, nothing

__all__ = ["CannotSample", "Fullness", "Sampler", "Suggest", "nothing"]
