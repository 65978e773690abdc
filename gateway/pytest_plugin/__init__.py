"""The pytest plugin: a gateway for a test session, a clean one for each test."""
