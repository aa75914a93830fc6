"""A scratch installation on real processes: web, worker and clock, on SQLite or on PostgreSQL and Redis.

Everything it writes is under one folder, its standard output and errors too, so that it can be searched.
"""

import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.settings import WORKER

ROOT = Path(__file__).resolve().parents[2]


def private(path, mode):
    """Open a file that nobody else can read: the installation refuses to start beside any other."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


class House:
    """The installation. `folder` holds the database (SQLite), mails, logs, broker, pepper and ledger."""

    def __init__(self, folder, *, after=None, server=None, tls=False):
        """`after`: another house whose people this one has, once its backup is restored here; `server`: its database."""
        self.folder, self.processes, self.made, self.tls = folder, [], None, tls
        self.server = os.environ.get("DATABASE_URL", "") if server is None else server
        self.redis = os.environ.get("REDIS_URL", "")
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
        }
        self.environment |= {
            "PEER_MODE": "real",
            "PEER_PLAIN_HTTP": "0" if tls else "1",
            "PEER_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "peersupport.settings",
            "PEER_REQUIRE_SECOND_FACTOR": "0",
            "EMAIL_URL": f"filemail:///{folder}/mail",
            "PEER_SCAN_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
            "BEHIND_PROXY": "0",
        }
        if self.server.startswith("postgres"):
            self._make_database()
        if self.redis:
            self.environment["REDIS_URL"] = urlsplit(self.redis)._replace(path=f"/{9 + WORKER}").geturl()
        self.people = after.people if after else json.loads(self.run("tests.security.prepare_house"))

    def _make_database(self):
        import psycopg2

        self.made = f"scratch_house_{os.getpid()}_{self.folder.name}".replace("-", "_")
        self._sql = psycopg2.connect(self.server)
        self._sql.autocommit = True
        self._sql.cursor().execute(f'CREATE DATABASE "{self.made}"')
        self.environment["DATABASE_URL"] = self.database = urlsplit(self.server)._replace(path=f"/{self.made}").geturl()

    def run(self, module, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def manage(self, *arguments, fails=False):
        """Run a command of manage.py; return what it printed, its errors too."""
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            env=self.environment,
            cwd=ROOT,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert bool(done.returncode) == fails, done.stdout
        return done.stdout

    def sql(self, *statements):
        """Run statements past the programme."""
        if self.made:
            import psycopg2

            with psycopg2.connect(self.database) as connection, connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            connection.close()
            return
        connection = sqlite3.connect(self.folder / "peersupport.sqlite3", timeout=20)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def start(self):
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "peersupport.wsgi:application",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--workers",
            "2",
            "--worker-tmp-dir",
            str(self.folder),
            "--access-logfile",
            str(self.folder / "access.log"),
        ]
        if self.tls:
            web += certificate(self.folder)
        worker = [
            sys.executable,
            "-m",
            "celery",
            "-q",
            "-A",
            "peersupport",
            "worker",
            "-B",
            "--pool",
            "solo",
            "--loglevel",
            "DEBUG",
            "--without-gossip",
            "--without-mingle",
        ]
        for name, command in (("web", web), ("worker", worker)):
            log = private(self.folder / f"{name}.log", "wb")
            self.processes.append(
                subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, umask=0o077)
            )
            log.close()
        self._wait()

    @property
    def address(self):
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def _wait(self):
        for _try in range(600):
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=2, context=ssl._create_unverified_context())
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "web.log").read_text()[-2000:])

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes = []

    def dump(self):
        """Put everything that lies outside the folder into it: the database of PostgreSQL, and all of Redis."""
        if self.made:
            with private(self.folder / "dump.sql", "wb") as file:
                subprocess.run(["pg_dump", self.database], check=True, stdout=file)
        if self.redis:
            import redis

            store = redis.Redis.from_url(self.environment["REDIS_URL"])
            with private(self.folder / "redis.dump", "wb") as file:
                for key in store.scan_iter():
                    file.write(key + b"\n" + (store.dump(key) or b"") + b"\n")
                    if store.type(key) == b"string":
                        file.write(store.get(key) or b"")
                    if store.type(key) == b"list":
                        file.write(b"\n".join(store.lrange(key, 0, -1)))

    def leave(self):
        self.stop()
        if self.made:
            self._sql.cursor().execute(f'DROP DATABASE IF EXISTS "{self.made}" WITH (FORCE)')
            self._sql.close()
        if self.redis:
            import redis

            redis.Redis.from_url(self.environment["REDIS_URL"]).flushdb()

    def browser(self, who):
        """Somebody with an account, signed in; "stranger" has none."""
        return Browser(self, self.people.get(who, ""), self.people["password"])


def certificate(folder):
    """Make a certificate for this machine alone, and return what gunicorn is told of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    with private(folder / "cert.pem", "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with private(folder / "cert.key", "wb") as file:
        file.write(key.private_bytes(*plain))
    return ["--certfile", str(folder / "cert.pem"), "--keyfile", str(folder / "cert.key")]


class Browser:
    """A browser without JavaScript: cookies, forms and their hidden fields."""

    def __init__(self, house, email, password):
        self.base, self.cookies = house.address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        if email:
            self.send("/accounts/login/", login=email, password=password)

    def get(self, path):
        try:
            answer = self.opener.open(self.base + path, timeout=60)
        except urllib.error.HTTPError as refused:
            answer = refused
        self.where, self.status = urlsplit(answer.url).path, answer.status
        return answer.read().decode()

    def send(self, path, at="", **data):
        """Open a page, fill in its form and send it; `at` is the form's own address when it is another."""
        return self.post(path, self.get(path), at, **data)

    def post(self, path, page, at="", file=None, **data):
        """Send the form of a page that was opened before; `file` as (name, content)."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        headers = {"Origin": self.base, "Referer": self.base + path}
        body = urllib.parse.urlencode(hidden | data).encode()
        if file:
            body = encode_multipart(BOUNDARY, hidden | data | {"file": SimpleUploadedFile(*file)})
            headers["Content-Type"] = MULTIPART_CONTENT
        request = urllib.request.Request(self.base + (at or path), body, headers)
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as refused:
            answer = refused
        self.where, self.status = urlsplit(answer.url).path, answer.status
        return answer.read().decode()

    def cookie(self, name):
        return next((one.value for one in self.cookies if one.name == name), "")
