"""The list of messages: Twilio's filters, and the addresses of the neighbouring pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from simulator.carrier import Carrier
from simulator.errors import bad_request
from simulator.messages import API_VERSION, Message
from simulator.store import Page

DEFAULT_PAGE_SIZE = 50
MOST_PAGE_SIZE = 1000
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")


@dataclass(frozen=True)
class Query:
    """A list request. `token` continues another page; `page` is only a running number then."""

    filters: dict[str, str]
    size: int
    page: int
    token: str | None

    @classmethod
    def of(cls, params: QueryParams) -> "Query":
        """Read the request's parameters. Raises TwilioError."""
        return cls(
            filters={name: params[name] for name in FILTERS if params.get(name)},
            size=min(_count(params, "PageSize", DEFAULT_PAGE_SIZE, least=1), MOST_PAGE_SIZE),
            page=_count(params, "Page", 0),
            token=params.get("PageToken") or None,
        )

    def address(self, base: str, page: int, token: str | None = None) -> str:
        """Where a page of this list is, relative to the API's base address."""
        values: dict[str, str | int] = {**self.filters, "PageSize": self.size, "Page": page}
        if token:
            values["PageToken"] = token
        return f"{base}?{urlencode(values)}"


def list_messages(carrier: Carrier, params: QueryParams) -> dict[str, object]:
    """One page, with the fields of Twilio's ListMessageResponse."""
    query = Query.of(params)
    skip = 0 if query.token else query.page * query.size
    page = carrier.store.page(_wanted(query.filters), query.size, query.token, skip)
    base = f"/{API_VERSION}/Accounts/{carrier.settings.account_sid}/Messages.json"
    start = query.page * query.size
    return {
        "messages": [message.resource() for message in page.messages],
        "end": max(start + len(page.messages) - 1, 0),
        "first_page_uri": query.address(base, 0),
        "next_page_uri": _next(query, page, base),
        "page": query.page,
        "page_size": query.size,
        "previous_page_uri": _previous(query, page, base),
        "start": start,
        "uri": query.address(base, query.page, query.token),
    }


def _next(query: Query, page: Page, base: str) -> str | None:
    if not page.has_next or not page.messages:
        return None
    return query.address(base, query.page + 1, "PA" + page.messages[-1].sid)


def _previous(query: Query, page: Page, base: str) -> str | None:
    if not page.has_previous or not page.messages:
        return None
    return query.address(base, max(query.page - 1, 0), "PB" + page.messages[0].sid)


def _wanted(filters: dict[str, str]) -> Callable[[Message], bool]:
    """A test of one message. One that is not yet sent counts from when it was created."""
    tests: list[Callable[[Message], bool]] = []
    if to := filters.get("To"):
        tests.append(lambda m: m.to == to)
    if sender := filters.get("From"):
        tests.append(lambda m: m.sender == sender)
    if value := filters.get("DateSent"):
        # Twilio's own client writes a day as its midnight.
        first, last = _span(value.removesuffix("T00:00:00Z"))
        tests.append(lambda m: first <= _sent(m) < last)
    if value := filters.get("DateSent>"):
        earliest = _span(value)[0]
        tests.append(lambda m: _sent(m) >= earliest)
    if value := filters.get("DateSent<"):
        latest = _span(value)[1]
        tests.append(lambda m: _sent(m) < latest)
    return lambda message: all(test(message) for test in tests)


def _sent(message: Message) -> datetime:
    return message.date_sent or message.date_created


def _span(value: str) -> tuple[datetime, datetime]:
    """The day, or the second, that a filter's value names: its start and its end, in UTC."""
    try:
        if len(value) <= len("2026-01-31"):
            start = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
            return start, start + timedelta(days=1)
        moment = datetime.fromisoformat(value)
        start = moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC)
        return start, start + timedelta(seconds=1)
    except (ValueError, OverflowError) as error:
        raise bad_request(20001, "DateSent must be a date in ISO 8601 form") from error


def _count(params: QueryParams, name: str, default: int, least: int = 0) -> int:
    value = params.get(name) or str(default)
    # Nine digits at most: Python itself refuses to read very long numbers.
    if not re.fullmatch("[0-9]{1,9}", value) or int(value) < least:
        raise bad_request(20001, f"{name} must be a whole number from {least}")
    return int(value)
