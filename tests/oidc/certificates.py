"""Client certificates for tests, and how proxies show them."""

import base64
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey

NAMES = [
    x509.DNSName("Client.example.com"),
    x509.UniformResourceIdentifier("urn:example:client"),
    x509.RFC822Name("client@example.com"),
    x509.IPAddress(ip_address("192.0.2.7")),
]


class Certified:
    """A key with a certificate."""

    def __init__(
        self,
        now: datetime,
        *,
        subject: str = "CN=client,O=Example,C=US",
        days: int = 30,
        by: "Certified | None" = None,
        curve: ec.EllipticCurve = ec.SECP256R1(),
    ) -> None:
        """`by` None: it signs itself."""
        self.key = ec.generate_private_key(curve)
        name = x509.Name.from_rfc4514_string(subject)
        self.certificate: x509.Certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(by.certificate.subject if by else name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
            .sign(by.key if by else self.key, hashes.SHA256())
        )

    @property
    def jwk(self) -> dict[str, object]:
        return dict(ECKey.import_key(self.key).as_dict(private=False))

    @property
    def pem(self) -> str:
        """As nginx's `$ssl_client_escaped_cert`."""
        return quote(self.certificate.public_bytes(Encoding.PEM).decode(), safe="")

    @property
    def rfc9440(self) -> str:
        return as_rfc9440(self.certificate.public_bytes(Encoding.DER))

    @property
    def thumbprint(self) -> str:
        return base64.urlsafe_b64encode(self.certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()


def as_rfc9440(der: bytes) -> str:
    return f":{base64.b64encode(der).decode()}:"
