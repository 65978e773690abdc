"""Tests of the client library: signatures."""
