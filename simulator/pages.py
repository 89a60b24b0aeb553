"""The phone page and its own files, under a policy that lets nothing else in."""

from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

STATIC = Path(__file__).parent / "static"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

FILES = {
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "bubbles.js": "text/javascript",
    "faults.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}

router = APIRouter()


@router.get("/", include_in_schema=False)
async def phone_page() -> FileResponse:
    """The page a newcomer texts from."""
    return FileResponse(STATIC / "phone.html", media_type="text/html", headers=HEADERS)


@router.get("/static/{name}", include_in_schema=False)
async def static_file(name: str) -> FileResponse:
    """One of the page's files, by name from a closed list."""
    if name not in FILES:
        raise HTTPException(404, "Not Found")
    return FileResponse(STATIC / name, media_type=FILES[name], headers=HEADERS)
