"""How much and how long: every limit of the delivery, with its unit and its reason."""

from datetime import timedelta

# The schedule of the Standard Webhooks specification: seconds before each attempt, 75 hours in all.
SCHEDULE_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Added to a pause, up to this share of it, so that what failed together does not come back together.
JITTER_SHARE = 0.2
# A receiver that asks for more than this does not know what it asks for.
RETRY_AFTER_S_MAX = 6 * 3_600

# For the whole exchange, from the look-up of the name to the end of the answer.
TIMEOUT_S = 15.0
# Longer than an exchange and the writing of its result: a lease that ends means a sender that died.
LEASE_S = 60
RESPONSE_BYTES_MAX = 64 * 1024
# What is kept of an answer for the log.
RESPONSE_CHARS_KEPT = 4_000
BODY_BYTES_MAX = 20_000

# Messages under way to one endpoint, and from one sender to all. Of the latter some are kept for endpoints
# that answer, so that a crowd of dead ones delays nobody.
CONCURRENCY_MAX = 10
CONCURRENCY = 4
IN_FLIGHT_MAX = 400
IN_FLIGHT_DOUBTFUL_MAX = 200
# Who has not answered by then takes no more room, only a socket: at most so many of both kinds together.
LATE_S = 0.5
UNDER_WAY_MAX = 800
# Taken and written at once: the first of them leave before the last of hundreds are written.
TAKEN_MAX = 100
# Messages that an endpoint in order is handed at once, to be sent one after the other; what has not left so
# long after it was written is written anew, since somebody may have hidden what it tells.
RUN_MAX = 20
FRESH_S = 1.0

# The breaker: so many failures in a row close the way, for a pause that doubles with every failed probe.
BREAKER_FAILURES = 5
BREAKER_S = 15
BREAKER_S_MAX = 1_800
# Without a single success for so long the endpoint is disabled, and its owner told.
DISABLED_AFTER = timedelta(days=5)

# How long the secret that was replaced signs as well.
OVERLAP = timedelta(hours=24)
# How long deliveries and their attempts are kept; what waits at a disabled endpoint, too.
KEPT = timedelta(days=30)

ENDPOINTS_MAX = 20
NAME_CHARS_MAX = 60
URL_CHARS_MAX = 1_000
