"""Receivers that misbehave are survived, and what they did stands in the log."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from apps.user_profile.models import User
from apps.webhooks.limits import SCHEDULE_S
from apps.webhooks.models import Attempt, Delivery, Outcome
from apps.webhooks.services.results import PACE
from apps.webhooks.testing import Receiver, closed_port, create_endpoint, reach, seconds_until, work_off

pytestmark = pytest.mark.django_db


@contextmanager
def raw_server(serve: Callable[[socket.socket], None], *, reads: bool = True) -> Iterator[str]:
    """Run a server that speaks no HTTP library: it may do anything to its one client at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            open_ones.append(client)
            threading.Thread(target=attempt, args=[client], daemon=True).start()

    def attempt(client: socket.socket) -> None:
        try:
            if reads:
                client.recv(65536)
            serve(client)
        except OSError:
            return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for client in open_ones:
            client.close()


def endless(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


def loris(client: socket.socket) -> None:
    """A header that never ends, a byte at a time."""
    stop = threading.Event()
    client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not stop.wait(0.02):
        client.sendall(b"x")


def drip(client: socket.socket) -> None:
    """A body that takes for ever, a byte at a time; its head is whole."""
    stop = threading.Event()
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while not stop.wait(0.02):
        client.sendall(b"x")


def endless_head(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        client.sendall(b"X: " + b"x" * 65536 + b"\r\n")


def hang_up(client: socket.socket) -> None:
    """End what is said, and listen to the end: who closes with something unread resets the connection."""
    client.shutdown(socket.SHUT_WR)
    while client.recv(65536):
        pass


def cut_off(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    hang_up(client)


def garbage(client: socket.socket) -> None:
    client.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
    hang_up(client)


def silence(client: socket.socket) -> None:
    client.recv(1)


def only_attempt(ada: User, url: str, **options: Any) -> tuple[Attempt, Delivery]:
    """Send one message there, with the real schedule."""
    create_endpoint(url, "level_up", created_by_id=ada.pk)
    reach(ada, 2)
    work_off(pace=PACE, **options)
    return Attempt.objects.get(), Delivery.objects.get()


@pytest.mark.parametrize(
    ("serve", "error"),
    [(loris, "no whole answer within 0.3 s"), (silence, "no whole answer within 0.3 s"),
     (drip, "no whole answer within 0.3 s"), (endless_head, "RemoteProtocolError"),
     (cut_off, "RemoteProtocolError"), (garbage, "RemoteProtocolError")],
)  # fmt: skip
def test_who_does_not_answer_properly(ada: User, serve: Any, error: str) -> None:
    with raw_server(serve) as url:
        attempt, delivery = only_attempt(ada, url, timeout_s=0.3)
    assert attempt.status is None
    assert attempt.error.startswith(error)
    assert (delivery.outcome, delivery.attempts) == (Outcome.WAITING, 1)
    assert 0 < seconds_until(delivery.due_at) <= SCHEDULE_S[1] * 1.2


def test_an_endless_answer_is_read_so_far(ada: User) -> None:
    with raw_server(endless) as url:
        attempt, delivery = only_attempt(ada, url)
    assert (attempt.status, attempt.response_body) == (200, "x" * 4000)
    assert delivery.outcome == Outcome.DELIVERED


def test_nobody_listens(ada: User) -> None:
    attempt, delivery = only_attempt(ada, f"http://127.0.0.1:{closed_port()}/hook")
    assert attempt.error.startswith("ConnectError")
    assert delivery.outcome == Outcome.WAITING


def test_https_that_is_none(ada: User) -> None:
    with raw_server(garbage) as url:
        attempt, _ = only_attempt(ada, url.replace("http://", "https://"))
    assert attempt.status is None
    assert attempt.error.startswith("ConnectError")


def test_a_certificate_that_nobody_signed(ada: User, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))

    def serve_tls(client: socket.socket) -> None:
        context.wrap_socket(client, server_side=True)

    with raw_server(serve_tls, reads=False) as url:
        attempt, delivery = only_attempt(ada, url.replace("http://", "https://"))
    assert "CERTIFICATE_VERIFY_FAILED" in attempt.error
    assert delivery.outcome == Outcome.WAITING


def self_signed(folder: Path) -> Path:
    """Return a file with a key and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = timezone.now()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


def test_a_redirect_is_a_failure_and_is_not_followed(ada: User, receiver: Receiver) -> None:
    """Neither to where it could be answered nor to a cloud's metadata."""
    inside, metadata = f"{receiver.url}/inside", "http://169.254.169.254/latest/meta-data/"
    receiver.answers = [(302, {"location": inside}, ""), (307, {"location": metadata}, "")]
    attempt, delivery = only_attempt(ada, receiver.url)
    assert (attempt.status, delivery.outcome, len(receiver.received)) == (302, Outcome.WAITING, 1)
    Delivery.objects.update(due_at=timezone.now())
    work_off(pace=PACE)
    assert delivery.tries.count() == len(receiver.received) == 2
    assert [each.response_headers["location"] for each in delivery.tries.all()] == [inside, metadata]


def test_bytes_that_no_text_holds(ada: User, receiver: Receiver) -> None:
    receiver.answers = [(500, {"x-strange": "a\x01b"}, "a\0b")]
    attempt, _ = only_attempt(ada, receiver.url)
    assert attempt.response_body == "a\N{REPLACEMENT CHARACTER}b"
