"""Long-lived processes that answer within milliseconds."""

import gc


def settle() -> None:
    """Let the garbage collector pass over all that is loaded by now: it stays for as long as the process.

    A full collection looks at every object there is. Of all that a site loads that takes a tenth of a second,
    in which nothing is handled: one event in a hundred waited for it at 300 a second.
    """
    gc.collect()
    gc.freeze()
