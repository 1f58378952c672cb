"""Client certificates, as a proxy that ends TLS shows them (RFC 8705, RFC 9440)."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.core.client import ClientMetadata
from idp.oauth.referee.jose import TokenRefused, thumbprint

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
LONGEST = 16 * 1024
KINDS = (ECKey, RSAKey, OKPKey)

UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises, when a part is looked at, of a certificate that it took as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """`thumbprint` is `x5t#S256` (RFC 8705 §3.1)."""

    der: bytes
    parsed: x509.Certificate

    @property
    def thumbprint(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()

    def is_valid(self, now: datetime) -> bool:
        return self.parsed.not_valid_before_utc <= now < self.parsed.not_valid_after_utc

    def is_of(self, metadata: ClientMetadata) -> bool:
        """Whether it names the one subject that the client registered (RFC 8705 §2.1.2). Anybody can write a name:
        who signed it is `is_issued_by`'s to say, or the proxy's.
        """
        if metadata.tls_client_auth_subject_dn is not None:
            return self._has_subject(metadata.tls_client_auth_subject_dn)
        if metadata.tls_client_auth_san_dns is not None:
            return metadata.tls_client_auth_san_dns.lower() in {name.lower() for name in self._names(x509.DNSName)}
        if metadata.tls_client_auth_san_uri is not None:
            return metadata.tls_client_auth_san_uri in self._names(x509.UniformResourceIdentifier)
        if metadata.tls_client_auth_san_email is not None:
            return metadata.tls_client_auth_san_email in self._names(x509.RFC822Name)
        if metadata.tls_client_auth_san_ip is not None:
            return _address(metadata.tls_client_auth_san_ip) in {_address(name) for name in self._names(x509.IPAddress)}
        return False

    def is_issued_by(self, authorities: bytes, now: datetime) -> bool:
        """Whether one of these authorities (PEM), live now, signed it. Intermediate ones have to be among them."""
        try:
            known = x509.load_pem_x509_certificates(authorities)
        except ValueError:
            return False  # no authority that we know: nobody is believed
        for authority in known:
            if not authority.not_valid_before_utc <= now < authority.not_valid_after_utc:
                continue
            try:
                self.parsed.verify_directly_issued_by(authority)
            except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
                continue
            return True
        return False

    def is_listed(self, keys: Mapping[str, object]) -> bool:
        """Whether its public key is one of the client's JWK Set (RFC 8705 §2.2.2)."""
        try:
            pem = self.parsed.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        except (UnsupportedAlgorithm, ValueError):
            return False  # a key of a kind that nobody here knows
        own = next((found for kind in KINDS if (found := _thumbprint_of(kind, pem)) is not None), None)
        listed = keys.get("keys")
        return own is not None and own in [_thumbprint(jwk) for jwk in (listed if isinstance(listed, list) else ())]

    def _has_subject(self, registered: str) -> bool:
        try:
            return x509.Name.from_rfc4514_string(registered) == self.parsed.subject
        except UNREADABLE:
            return False

    def _names(self, kind: type[x509.GeneralName]) -> list[str]:
        try:
            found = self.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except UNREADABLE:
            return []
        return [str(name.value) for name in found if isinstance(name, kind)]


def read_certificate(shown: str) -> ClientCertificate | None:
    """RFC 9440's `:…:`, a percent-encoded PEM, or bare base64; None for what is none of them."""
    if len(shown) > LONGEST:
        return None
    text = unquote(shown) if "%" in shown else shown
    text = text.strip().removeprefix(":").removesuffix(":").removeprefix(BEGIN).removesuffix(END)
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
        return ClientCertificate(der=der, parsed=x509.load_der_x509_certificate(der))
    except (binascii.Error, ValueError, x509.InvalidVersion):
        return None


def _thumbprint_of(kind: type[ECKey | RSAKey | OKPKey], pem: bytes) -> str | None:
    try:
        return kind.import_key(pem).thumbprint()
    except (JoseError, ValueError, TypeError, KeyError):  # KeyError: of a curve without a name in JOSE
        return None


def _thumbprint(jwk: object) -> str | None:
    try:
        return thumbprint(json.loads(json.dumps(jwk)))
    except (TokenRefused, ValueError, TypeError, AttributeError):
        return None


def _address(text: str) -> object:
    try:
        return ip_address(text)
    except ValueError:
        return text
