"""A certificate for terminals that speak TLS: made here, trusted by nobody but the till that is told to."""

import importlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tools.simulator.errors import NoCryptography

_YEARS = 20

# Newer verifiers want a CA to say what its key is for.
_NO_USES = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate and its key into a folder; return the paths of both.

    Raises:
        NoCryptography: the package `cryptography`, which nothing else here needs, is not installed.
    """
    try:
        x509 = importlib.import_module("cryptography.x509")
        hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
        ec = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ec")
        pem = importlib.import_module("cryptography.hazmat.primitives.serialization")
    except ModuleNotFoundError:
        raise NoCryptography from None
    key = ec.generate_private_key(ec.SECP256R1())
    # Its name fits no address: the vendor's does not either (protocol.md, Generations).
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "simulated terminal")])
    usage = x509.KeyUsage(digital_signature=True, key_cert_sign=True, **dict.fromkeys(_NO_USES, False))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = pem.Encoding.PEM, pem.NoEncryption()
    return (
        _written(folder / "certificate.pem", certificate.public_bytes(encoding)),
        _written(folder / "key.pem", key.private_bytes(encoding, pem.PrivateFormat.PKCS8, plain)),
    )


def _written(file: Path, content: bytes) -> Path:
    """Write a file that only its owner reads."""
    file.touch(mode=0o600)
    file.write_bytes(content)
    return file
