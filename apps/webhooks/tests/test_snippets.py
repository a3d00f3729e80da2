"""The programs of the documentation verify what we send, and refuse what we do not."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from standardwebhooks import WebhookVerificationError

from apps.events.testing import wait_until
from apps.webhooks.messages import standard
from apps.webhooks.services.endpoints import new_secret
from apps.webhooks.testing import closed_port

SNIPPETS = Path(__file__).parent.parent / "snippets"
BODY = '{"type":"level_up","data":{"name":"Zoë"}}'
NODE = """
import { messageOf } from %(path)s;
const { secret, headers, body } = JSON.parse(process.argv[1]);
try { console.log(JSON.stringify(messageOf(secret, headers, body))); } catch (e) { console.log(e.message); }
"""


def cases() -> list[tuple[dict[str, Any], bool]]:
    """Return messages and whether they are ours."""
    secret, other = new_secret(), new_secret()
    now = datetime.now(UTC)

    def case(secrets: list[str], moment: datetime = now, body: str = BODY) -> dict[str, Any]:
        headers = dict(standard.headers(secrets, "msg_1", moment, BODY))
        return {"secret": secret, "headers": headers, "body": body}

    return [
        (case([secret]), True),
        (case([other, secret]), True),
        (case([other]), False),
        (case([secret], now - timedelta(minutes=6)), False),
        (case([secret], body=BODY.replace("level", "lvl")), False),
    ]


def test_python() -> None:
    spec = importlib.util.spec_from_file_location("verify", SNIPPETS / "verify.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for case, ours in cases():
        arguments = case["secret"], case["headers"], case["body"].encode()
        if ours:
            assert module.message_of(*arguments) == json.loads(BODY)
        else:
            with pytest.raises(WebhookVerificationError):
                module.message_of(*arguments)


def test_node(require_service: Callable[[str], str]) -> None:
    node = require_service("node")
    program = NODE % {"path": json.dumps((SNIPPETS / "verify.mjs").as_uri())}
    for case, ours in cases():
        told = subprocess.run(
            [node, "--input-type=module", "-e", program, json.dumps(case)],
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout.strip()  # fmt: skip
        assert (
            (json.loads(told) == json.loads(BODY))
            if ours
            else told in ("not signed by us", "too old or too new")
        )


def test_the_receiver_of_the_documentation(tmp_path: Path) -> None:
    """It takes what is signed once, and refuses what is not."""
    port = closed_port()
    text = (settings.BASE_DIR / "docs" / "webhooks.md").read_text()
    code = text.split("```python\n# receiver.py")[1].split("```")[0].replace("9137", str(port))
    (tmp_path / "receiver.py").write_text(f"#{code}")
    (message, _ours), *_others, (forged, _) = cases()
    receiver = subprocess.Popen(
        [sys.executable, "receiver.py"], cwd=tmp_path, text=True, stdout=subprocess.PIPE,
        env={**os.environ, "SECRET": message["secret"]},
    )  # fmt: skip
    try:
        wait_until(lambda: answers(port))
        for case, status in ((message, 204), (message, 204), ({**message, "body": forged["body"]}, 401)):
            url = f"http://127.0.0.1:{port}/"
            assert httpx.post(url, content=case["body"], headers=case["headers"]).status_code == status
    finally:
        receiver.terminate()
        told, _nothing = receiver.communicate(timeout=20)
    assert told.splitlines() == ["level_up {'name': 'Zoë'}"]


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
