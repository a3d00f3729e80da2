"""Reads for the operators' pages, a module a screen."""
