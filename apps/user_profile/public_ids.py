"""Public ids: `DC-` and six digits that do not tell how many players came before; seven when six run out.

A sequence makes them collide never, also between transactions that do not see each other; a keyed permutation
of each range of digits puts them in an order that nobody can guess without the key. The key is a row of this
database, so that it lives exactly as long as the ids it made.
"""

import hashlib
import secrets

from django.db import connection

DIGITS_MIN = 6
ROUNDS = 8
KEY_BYTES = 32

NUMBERS = """
SELECT nextval('user_profile_public_number'), key
  FROM user_profile_publicidkey, generate_series(1, %s)
"""
MAKE_KEY = "INSERT INTO user_profile_publicidkey (id, key) VALUES (1, %s) ON CONFLICT DO NOTHING"


def draw(count: int) -> list[str]:
    """Return `count` ids that nobody has and nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [count])
        rows = cursor.fetchall()
        if count and not rows:
            cursor.execute(MAKE_KEY, [secrets.token_bytes(KEY_BYTES)])
            cursor.execute(NUMBERS, [count])
            rows = cursor.fetchall()
    return [public_id(number, key=bytes(key)) for number, key in rows]


def public_id(number: int, *, key: bytes) -> str:
    """Return the id of the `number`-th profile, counted from 0."""
    digits = DIGITS_MIN
    while number >= 10**digits:
        number -= 10**digits
        digits += 1
    return f"DC-{permute(number, size=10**digits, key=key):0{digits}d}"


def permute(number: int, *, size: int, key: bytes) -> int:
    """Map the numbers below `size` onto each other, one to one.

    A Feistel network over the next even number of bits, walked until it lands below `size` again. Source:
    J. Black and P. Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002.
    """
    half = ((size - 1).bit_length() + 1) // 2
    mask = (1 << half) - 1
    while True:
        left, right = number >> half, number & mask
        for turn in range(ROUNDS):
            left, right = right, left ^ (_noise(size, turn, right, key) & mask)
        number = left << half | right
        if number < size:
            return number


def _noise(size: int, turn: int, half: int, key: bytes) -> int:
    text = f"{size}:{turn}:{half}".encode()
    return int.from_bytes(hashlib.blake2b(text, key=key, digest_size=8).digest())
