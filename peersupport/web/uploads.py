"""Files that people send: kept in memory, never on a disk, and never more than a form could take."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

#: The most that all files of one request hold together. What is beyond is read and dropped, and only its size is told.
MOST = 12 * 1024 * 1024


class InMemory(FileUploadHandler):
    """Keep files in memory. One that is too large arrives empty, with its true size, so that its form can say so."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._held = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file, self._whole = BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._whole and self._held + len(raw_data) > MOST:
            self._held -= self._file.tell()
            self._file, self._whole = BytesIO(), False
        if self._whole:
            self._held += len(raw_data)
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._file.seek(0)
        return InMemoryUploadedFile(
            self._file,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            file_size,
            self.charset,
            self.content_type_extra,
        )
