"""A mail server that takes everything and keeps nothing; prints its port."""

import socketserver


class Taker(socketserver.StreamRequestHandler):
    """Says yes to every command, and reads a mail to its end."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"QUIT":
                return self._say("221 bye")
            if word == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
            self._say("250 yes")
        return None

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Taker) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
