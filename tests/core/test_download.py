"""`core.download` against a server on this machine."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pooch
import pytest

from zscape.core.download import cache_directory, fetch
from zscape.core.errors import InputError

CONTENT = b"the file" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSCAPE_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def server():
    class Handler(BaseHTTPRequestHandler):
        requests = 0

        def do_GET(self):
            type(self).requests += 1
            answers = {"/file": (200, CONTENT), "/login": (200, b"<html>please log in</html>")}
            status, body = answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}", Handler
        httpd.shutdown()
        thread.join()


def test_cache_directory_is_the_environment_s_or_the_system_s(cache, monkeypatch):
    assert cache_directory() == cache
    monkeypatch.setenv("ZSCAPE_CACHE", "~/z")
    assert "~" not in str(cache_directory())
    monkeypatch.delenv("ZSCAPE_CACHE")
    assert cache_directory() == pooch.os_cache("zscape")


def test_fetched_once_then_from_the_cache(server, cache):
    url, handler = server
    for _ in range(2):
        path = fetch(f"{url}/file", SHA256, "a.bin")
        assert path.read_bytes() == CONTENT and path.is_relative_to(cache)
    assert handler.requests == 1


def test_a_damaged_cached_file_is_fetched_again(server):
    url, _ = server
    fetch(f"{url}/file", SHA256, "a.bin").write_bytes(b"rotten")
    assert fetch(f"{url}/file", SHA256, "a.bin").read_bytes() == CONTENT


def test_a_web_page_in_place_of_the_file_is_refused_and_not_kept(server, cache):
    url, _ = server
    with pytest.raises(InputError, match=r"What came from .*/login is not the expected file .*a web page, such as"):
        fetch(f"{url}/login", SHA256, "a.bin")
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_a_refusing_server(server):
    url, _ = server
    with pytest.raises(InputError, match=r"Could not download .*/nothing into .*: 404 Client Error"):
        fetch(f"{url}/nothing", SHA256, "a.bin")


def test_no_network(server):
    # Port 1 of this machine answers nobody.
    with pytest.raises(
        InputError,
        match=r"Could not download http://127\.0\.0\.1:1/file into .*: the server cannot be reached; check the net",
    ):
        fetch("http://127.0.0.1:1/file", SHA256, "a.bin")


def test_an_address_of_an_unknown_kind():
    with pytest.raises(InputError, match=r"Could not download gopher://x/y: Unrecognized URL protocol"):
        fetch("gopher://x/y", SHA256, "a.bin")


def test_a_cache_that_cannot_be_made(server, cache):
    cache.write_text("a file where the cache should be")
    with pytest.raises(
        InputError, match=r"Could not download .* into .*cache.*: .*(Not a directory|File exists|writable)"
    ):
        fetch(f"{server[0]}/file", SHA256, "a.bin")
