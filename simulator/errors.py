"""Twilio's error answers: code, message, link and HTTP status, as its API reference lists them."""

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from simulator.messages import API_VERSION


class TwilioError(Exception):
    """An error the API answers with. `code` is from Twilio's error dictionary."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, object]:
        """The JSON body Twilio sends."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def bad_request(code: int, message: str) -> TwilioError:
    """A 400 with the given code."""
    return TwilioError(400, code, message)


def not_found(path: str) -> TwilioError:
    """What Twilio answers for a resource it does not have."""
    return TwilioError(404, 20404, f"The requested resource {path} was not found")


def opted_out() -> TwilioError:
    """What Twilio answers for a number that has sent STOP."""
    return bad_request(21610, "Attempt to send to unsubscribed recipient")


async def answer_twilio_error(_: Request, error: TwilioError) -> Response:
    """Render a TwilioError."""
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    if error.status == 429:
        headers["Retry-After"] = "1"
    return JSONResponse(error.body(), error.status, headers)


async def answer_http_error(request: Request, error: HTTPException) -> Response:
    """Render the framework's own 404 and 405, in Twilio's shape under Twilio's paths."""
    if not request.url.path.startswith(f"/{API_VERSION}"):
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
    if error.status_code == 404:
        return await answer_twilio_error(request, not_found(request.url.path))
    code = 20004 if error.status_code == 405 else 20001
    return await answer_twilio_error(
        request, TwilioError(error.status_code, code, str(error.detail))
    )
