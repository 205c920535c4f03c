"""Stands in for a service in tests of the supervisor: migrates into a real table, answers HTTP, ends on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import asyncpg


async def migrate() -> None:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await connection.execute("CREATE TABLE IF NOT EXISTS migrated (by text)")
    await connection.execute("INSERT INTO migrated VALUES (current_user)")
    await connection.close()


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path in ("/ready", "/status")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"slot": os.environ["REPLICA_SLOT"], "environment": dict(os.environ)}).encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 the base class's name
        """Say nothing."""


if __name__ == "__main__":
    print("hello", sys.argv[1:], flush=True)
    if "--broken" in sys.argv:
        sys.exit("this service has a wrong setting")
    if sys.argv[-1] == "migrate":
        asyncio.run(migrate())
    else:
        HTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Answers).serve_forever()
