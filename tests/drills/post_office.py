"""A mail server for drills. It notes each mail it has taken, in order, and can be slow, picky, away, or a liar."""

import socketserver
import threading
import time
from dataclasses import dataclass

WAIT = 60


@dataclass(frozen=True)
class Mail:
    """One mail that was taken. `id` is the part of its Message-ID that names the row."""

    id: str
    to: str
    connection: int


class Stop:
    """Holds one mail at a moment ("asked" or "accepted"), after `skip` others have passed it, until it is let go."""

    def __init__(self, moment, skip):
        self.moment, self.skip = moment, skip
        self._lock, self._reached, self._over = threading.Lock(), threading.Event(), threading.Event()

    def passes(self, moment):
        with self._lock:
            if moment != self.moment or self._reached.is_set():
                return
            self.skip -= 1
            if self.skip >= 0:
                return
            self._reached.set()
        self._over.wait(WAIT)

    def wait(self):
        assert self._reached.wait(WAIT), f"no mail came as far as {self.moment!r}"

    def let_go(self):
        self._over.set()


class Counter(socketserver.StreamRequestHandler):
    """One connection: reads each mail to its end, and answers as the office was told to."""

    disable_nagle_algorithm = True

    def handle(self):
        office, to, taken = self.server.office, "", 0
        number = office.knock()
        if office.closed:
            return None
        self._say("220 ready")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"QUIT":
                return self._say("221 bye")
            if word == b"MAIL" and taken == office.mails_each:
                return self._say("421 that is enough for one connection")
            if word == b"RCPT":
                to = line.split(b"<")[1].split(b">")[0].decode()
                if to in office.refuses:
                    self._say(office.refuses[to])
                    continue
                office.stop.passes("asked")
            if word == b"DATA":
                if not self._take(to, number):
                    return None
                taken += 1
            self._say("250 yes")
        return None

    def _take(self, to, number):
        """Read one mail and note it; False when the connection is to be dropped without a word."""
        self._say("354 go on")
        name = ""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            if line.lower().startswith(b"message-id:"):
                name = line.split(b"<")[1].split(b"@")[0].decode()
        office = self.server.office
        time.sleep(office.seconds)
        drop = office.drops.get(office.offered())
        if drop != "before":
            office.arrived.append(Mail(name, to, number))
            office.stop.passes("accepted")
        return drop is None

    def _say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def handle_error(self, request, client_address):
        """Whoever was killed does not hear the answer."""


class PostOffice:
    """What was taken is in `arrived`; the other attributes say how it behaves, and may be changed at any time."""

    def __init__(self):
        self._lock, self.port = threading.Lock(), 0
        self.behave()
        self.open()

    def behave(self):
        """Be fast, take everything, and forget what came."""
        self.arrived, self.knocks, self._offered = [], 0, 0
        self.seconds = 0.0  # so long it takes for each mail
        self.refuses = {}  # address: what is said
        self.drops = {}  # how many mails came before: "before" or "after" it is noted, the connection is dropped
        self.mails_each = -1  # so many mails are taken on one connection
        self.closed = False  # hangs up before the first word
        self.stop = Stop("never", 0)

    def stop_at(self, moment, *, skip=0):
        self.stop = Stop(moment, skip)
        return self.stop

    def knock(self):
        with self._lock:
            self.knocks += 1
            return self.knocks

    def offered(self):
        with self._lock:
            self._offered += 1
            return self._offered - 1

    def open(self):
        """Listen, on the same port as before."""
        self._server = Server(("127.0.0.1", self.port), Counter)
        self._server.office, self.port = self, self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        """Nothing listens any more."""
        self._server.shutdown()
        self._server.server_close()
