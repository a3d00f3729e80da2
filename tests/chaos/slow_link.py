"""A relay that hands everything on late, both ways: `python -m tests.chaos.slow_link HOST PORT DELAY_MS`.

It prints the port that it listens on, on the loopback.
"""

import asyncio
import sys


async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Write what is read, in order, each piece after the delay."""
    loop = asyncio.get_running_loop()
    try:
        while piece := await reader.read(65536):
            loop.call_later(delay_s, writer.write, piece)
    except ConnectionError:
        pass  # the other side ends the same way
    loop.call_later(delay_s, writer.close)


async def main(host: str, port: int, delay_s: float) -> None:
    """Serve until killed."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, port)
        await asyncio.gather(hand_on(reader, far_writer, delay_s), hand_on(far_reader, writer, delay_s))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) / 1000))
