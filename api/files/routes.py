"""The routes of attachments."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from api.body import BodyBudget
from api.files.downloads import DownloadEndpoint
from api.files.transfers import Transfers
from api.files.uploads import UploadEndpoint
from domain.attachments.links import FILE_PATH, UPLOAD_PATH
from domain.attachments.service import AttachmentService


def file_routes(attachments: AttachmentService, bodies: BodyBudget) -> list[BaseRoute]:
    """Return the routes. `bodies` is the budget that they share with the other endpoints."""
    upload = UploadEndpoint(attachments=attachments, bodies=bodies, transfers=Transfers())
    download = DownloadEndpoint(attachments=attachments, transfers=Transfers())
    return [
        Route(UPLOAD_PATH + "{token}", upload, methods=["PUT"]),
        Route(FILE_PATH + "{token}", download, methods=["GET"]),
    ]
