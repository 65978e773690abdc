"""XML schemas and service descriptions of the message exchange, shipped as package data."""
