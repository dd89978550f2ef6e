"""Kitei (規程): a municipal regulation as a knowledge graph."""

__version__ = "0.1.0"
