"""Bodies that provide public services, municipal and regional."""

from agencies.authority.body import IN_WORK, Authority, Tally
from agencies.authority.offered import OfferReader

__all__ = ["IN_WORK", "Authority", "OfferReader", "Tally"]
