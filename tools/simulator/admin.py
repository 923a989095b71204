"""The admin port: plain JSON over HTTP on the loopback interface, for tests, demos and drills.

It is no part of the terminal. It signs nothing and asks for no key, so it never listens elsewhere.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tools.simulator import answers
from tools.simulator.commands import COMMANDS
from tools.simulator.errors import Malformed, NothingToPress, ScriptRefused, TerminalBusy
from tools.simulator.questions import QUESTIONS
from tools.simulator.station import Station
from tools.simulator.table import Table

_LARGEST_BODY = 256 * 1024
_POLL_S = 0.02


class AdminPort:
    """Serves the admin port; 0 takes a free one."""

    def __init__(self, station: Station, *, port: int) -> None:
        self._listener = _Listener(("127.0.0.1", port), _Handler)
        self._listener.station = station
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(_POLL_S,), name="simulator-admin", daemon=True
        )

    @property
    def port(self) -> int:
        """The port."""
        return int(self._listener.server_address[1])

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port."""
        if self._thread.is_alive():
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    station: Station


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 10  # seconds that a client may be silent

    def do_GET(self) -> None:
        """Tell."""
        question = QUESTIONS.get(self.path)
        if question is None:
            self._answer(404, {"error": f"ask one of {sorted(QUESTIONS)}"})
        else:
            self._answer(200, question(self.server.station))

    def do_POST(self) -> None:
        """Do."""
        command = COMMANDS.get(self.path)
        if command is None:
            self._answer(404, {"error": f"post to one of {sorted(COMMANDS)}"})
            return
        try:
            self._answer(200, command(self.server.station, Table(self._document())))
        except (Malformed, ScriptRefused) as problem:
            self._answer(400, {"error": str(problem)})
        except (NothingToPress, TerminalBusy) as problem:
            self._answer(409, {"error": str(problem)})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Print nothing: `/requests` is the log."""

    def _document(self) -> dict[str, object]:
        text = self.headers.get("Content-Length", "0")
        if not text.isdecimal() or int(text) > _LARGEST_BODY:
            raise Malformed("Content-Length is no number, or too large.")
        try:
            read: object = json.loads(self.rfile.read(int(text)) or b"{}")
        except (ValueError, RecursionError):
            raise Malformed("The body is not JSON.") from None
        if not isinstance(read, dict):
            raise Malformed("The body is not a JSON object.")
        return read

    def _answer(self, status: int, document: object) -> None:
        body = answers.json_bytes(document)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
