"""A mail server of a few lines, on this machine, that may refuse or hang up."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any


class Mailbox(socketserver.ThreadingTCPServer):
    """What arrived, and how the server behaves: ``refuse`` answers recipients with that code."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.messages: list[Message] = []
        self.refuse: int | None = None
        self.hangs_up_after_data = False

    @property
    def port(self) -> int:
        return self.server_address[1]


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: Any

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA" and not self.take():
                return
            if word != b"DATA":
                self.say(self.answer_to(word))
            if word == b"QUIT":
                return

    def answer_to(self, word: bytes) -> str:
        if word == b"RCPT" and self.server.refuse:
            return f"{self.server.refuse} no"
        return "221 bye" if word == b"QUIT" else "250 ok"

    def take(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.messages.append(message_from_bytes(b"".join(lines)))
        if self.server.hangs_up_after_data:
            return False
        self.say("250 taken")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve until the block ends."""
    with Mailbox() as box:
        thread = threading.Thread(target=box.serve_forever, daemon=True)
        thread.start()
        yield box
        box.shutdown()
        thread.join()
