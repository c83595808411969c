"""Questions to a web UI on this machine: short, without proxies, whatever its certificate."""

import base64
import http.client
import json
import ssl
from urllib.parse import urlsplit

TIMEOUT_S = 0.5
ASK_TIMEOUT_S = 5.0
LONGEST = 8 << 20


def answers(url: str) -> bool:
    """Whether a GET there is answered with success, and soon."""
    return _request("GET", url, "", TIMEOUT_S)[0] == 200


def post(url: str, credentials: str = "") -> bool:
    """Whether an empty POST there is answered with success; `credentials` is "name:password"."""
    return _request("POST", url, credentials, ASK_TIMEOUT_S)[0] == 200


def read_json(url: str, credentials: str = "") -> object:
    """The JSON a GET there gives; None for anything else."""
    status, body = _request("GET", url, credentials, ASK_TIMEOUT_S)
    try:
        return json.loads(body) if status == 200 else None
    except ValueError:
        return None


def _request(method: str, url: str, credentials: str, timeout_s: float) -> tuple[int, bytes]:
    """Status and body; 0 if there is no answer, or one that ends before its time."""
    parts = urlsplit(url)
    headers = {"Content-Length": "0"} if method == "POST" else {}
    if credentials:
        headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode()
    connection = _connection(parts.scheme, parts.hostname or "127.0.0.1", parts.port, timeout_s)
    try:
        connection.request(method, parts.path or "/", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(LONGEST)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, timeout_s: float) -> http.client.HTTPConnection:
    if scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=timeout_s)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
