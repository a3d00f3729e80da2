"""Tables that people open in a spreadsheet."""

# A spreadsheet takes a text that begins like this for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text
