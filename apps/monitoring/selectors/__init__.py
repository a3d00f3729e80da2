"""Reads for the operators' pages."""
