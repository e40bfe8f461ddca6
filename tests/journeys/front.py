"""nginx before the platform, with the configuration of deploy/nginx and a certificate made for the run."""

import ipaddress
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.lifetime import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ROOT / "deploy" / "nginx"
HOST = "127.0.0.1"
ABSENT = "nginx is not on this machine: install it (apt install nginx-light) to play the journeys behind it"
#: What stands around the configuration that a city lays into conf.d.
AROUND = """daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    include {folder}/civicfund.conf;
}}
"""


def find_nginx() -> str | None:
    """Return where nginx lies, which is not always on a person's PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Front:
    """The proxy of one platform: its ports, its certificate, and the words that start it."""

    def __init__(self, folder: Path, pages: str, messages: str) -> None:
        program = find_nginx()
        assert program, ABSENT
        self.port, self.plain_port = free_port(), free_port()
        self.site = f"https://{HOST}:{self.port}"
        self.folder = folder / "nginx"
        (self.folder / "ssl").mkdir(parents=True)
        self.certificate = self.folder / "ssl" / "fullchain.pem"
        _make_certificate(self.certificate, self.folder / "ssl" / "privkey.pem")
        (self.folder / "civicfund.conf").write_text(self._configuration(pages, messages))
        # Started by root it would give its children to somebody who may not look into the folder of the run.
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(AROUND.format(user=user, folder=self.folder))
        self.command = [
            program,
            "-e",
            "stderr",
            "-p",
            f"{self.folder}",
            "-c",
            f"{self.folder / 'nginx.conf'}",
        ]

    def _configuration(self, pages: str, messages: str) -> str:
        """Return the city's configuration with this run's name, ports and folders, and nothing else changed."""
        text = (OURS / "civicfund.conf").read_text()
        for ours, here in {
            "127.0.0.1:8000": pages,
            "127.0.0.1:8001": messages,
            "listen 80": f"listen {HOST}:{self.plain_port}",
            "listen 443": f"listen {HOST}:{self.port}",
            "crowdfunding.example.org": HOST,
            # The usual ports stand in no address, these do.
            "https://$host": f"https://$host:{self.port}",
            "Host $host": "Host $http_host",
            "/etc/ssl/civicfund": f"{self.folder / 'ssl'}",
            "/srv/civicfund/proxy": f"{OURS}",
            "/srv/civicfund/acme": f"{self.folder}",
            "/var/cache/nginx/civicfund": f"{self.folder / 'cache'}",
        }.items():
            assert ours in text, f"{ours} is no longer in the configuration"
            text = text.replace(ours, here)
        return text


def _make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate for this machine that its own reader believes."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        # The journeys' clock goes months ahead.
        .not_valid_after(now + timedelta(days=800))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.touch(mode=0o600)
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
