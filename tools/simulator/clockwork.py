"""What happens at a terminal by itself, in real time: nobody has to look for a reboot to come."""

import threading

from tools.simulator.station import Station


class Clockwork:
    """Plays what is due at a station, until it is stopped."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._thread = threading.Thread(target=self._run, name="simulator-clockwork", daemon=True)

    def start(self) -> None:
        """Begin, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for the end; the station has been stopped."""
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self._station.tick():
            pass
