"""The Message resource as Twilio's OpenAPI file (twilio_api_v2010) has it, and a check of a body.

Each field is nullable there; `enum`, `pattern` and `format` are as in the file.
"""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

STATUSES = (
    "queued sending sent failed delivered undelivered receiving received accepted scheduled "
    "read partially_delivered canceled"
).split()
DIRECTIONS = "inbound outbound-api outbound-call outbound-reply".split()

MESSAGE: dict[str, dict[str, Any]] = {
    "body": {"type": str},
    "num_segments": {"type": str},
    "direction": {"type": str, "enum": DIRECTIONS},
    "from": {"type": str},
    "to": {"type": str},
    "date_updated": {"type": str, "format": "date-time-rfc-2822"},
    "price": {"type": str},
    "error_message": {"type": str},
    "uri": {"type": str},
    "account_sid": {"type": str, "pattern": "^AC[0-9a-fA-F]{32}$"},
    "num_media": {"type": str},
    "status": {"type": str, "enum": STATUSES},
    "messaging_service_sid": {"type": str, "pattern": "^MG[0-9a-fA-F]{32}$"},
    "sid": {"type": str, "pattern": "^(SM|MM)[0-9a-fA-F]{32}$"},
    "date_sent": {"type": str, "format": "date-time-rfc-2822"},
    "date_created": {"type": str, "format": "date-time-rfc-2822"},
    "error_code": {"type": int},
    "price_unit": {"type": str},
    "api_version": {"type": str},
    "subresource_uris": {"type": dict},
}

LIST: dict[str, dict[str, Any]] = {
    "messages": {"type": list},
    "end": {"type": int},
    "first_page_uri": {"type": str},
    "next_page_uri": {"type": str},
    "page": {"type": int},
    "page_size": {"type": int},
    "previous_page_uri": {"type": str},
    "start": {"type": int},
    "uri": {"type": str},
}

ERROR: dict[str, dict[str, Any]] = {
    "code": {"type": int},
    "message": {"type": str},
    "more_info": {"type": str},
    "status": {"type": int},
}


def assert_valid(body: dict[str, Any], schema: dict[str, dict[str, Any]]) -> None:
    """Every field of the schema, no other, each null or of its type."""
    assert set(body) == set(schema)
    for name, rule in schema.items():
        value = body[name]
        if value is None:
            continue
        assert type(value) is rule["type"], name
        assert "enum" not in rule or value in rule["enum"], name
        assert "pattern" not in rule or re.search(rule["pattern"], value), name
        if rule.get("format") == "date-time-rfc-2822":
            assert isinstance(parsedate_to_datetime(value), datetime), name
