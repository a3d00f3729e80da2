"""How much anybody may send us."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

REQUEST_BYTES_MAX = 20_000_000
"""Above every file that a page takes, so that a page can say what is wrong with one that is too large."""


class LimitedUpload(FileUploadHandler):
    """Refuses a request by the size it says it has; no server reads more than that. Stores nothing itself."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django passes it by this name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Refuse before anything is read."""
        if content_length > REQUEST_BYTES_MAX:
            raise RequestDataTooBig(f"an upload of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the data to the handlers after this one."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""
