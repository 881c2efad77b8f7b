"""HTTP/1.1 requests (RFC 9112) as a server reads them."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import server

MOST_HEADER_BYTES = 16 << 10
BLANK_LINE = b"\r\n\r\n"


@dataclass
class Request:
    method: str
    path: list  # its parts, decoded
    query: dict  # name -> values
    body: bytes


def take_request(buffer):
    """Takes a whole request off the front of a bytearray; None while it is not complete. ValueError: this is none."""
    end = buffer.find(BLANK_LINE, 0, MOST_HEADER_BYTES)
    if end < 0:
        if len(buffer) >= MOST_HEADER_BYTES:
            raise ValueError(f"header longer than the limit of {MOST_HEADER_BYTES} bytes")
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "transfer-encoding" in fields:
        raise ValueError("a body needs Content-Length")
    length = int(fields.get("content-length", 0))
    if not 0 <= length <= server.MOST_REQUEST_BYTES:
        raise ValueError(f"body longer than the limit of {server.MOST_REQUEST_BYTES} bytes")
    body = end + len(BLANK_LINE)
    if len(buffer) < body + length:
        return None
    method, target, _ = first.split(" ")
    url = urlsplit(target)
    request = Request(method, [unquote(part) for part in url.path.split("/")[1:]], parse_qs(url.query),
                      bytes(buffer[body : body + length]))
    del buffer[: body + length]
    return request
