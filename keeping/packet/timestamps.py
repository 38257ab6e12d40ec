"""Timestamps by RFC 3161 without a connection: a request file that a person carries to an authority, and its reply."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from registry.errors import RegistryError


def request(content: bytes) -> bytes:
    """Return a request (`application/timestamp-query`) for a timestamp over some bytes, the certificate asked for too.

    No nonce: a person carries the file, and the reply is checked against the bytes themselves.
    """
    return TimestampRequestBuilder().data(content).nonce(nonce=False).cert_request(cert_request=True).build().as_bytes()


def checked(reply: bytes, content: bytes, roots: Path, where: Path) -> TimeStampResponse:
    """Return a reply that an authority under these roots gave for these bytes.

    Args:
        reply: The file that the authority gave back.
        content: What the timestamp is about.
        roots: Certificates (PEM) of the authorities that are trusted.
        where: The reply's file, for messages.

    Raises:
        RegistryError: It is no reply, of other bytes, or of an authority that these roots do not know.
    """
    try:
        told = decode_timestamp_response(reply)
    except ValueError:
        raise RegistryError(
            "The reply cannot be read: it is no RFC 3161 reply in DER",
            str(where),
            "Take the file as the authority gave it, with its own certificate alone: chains may come out of order",
        ) from None
    try:
        builder = VerifierBuilder()
        for root in x509.load_pem_x509_certificates(roots.read_bytes()):
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(told, content)
    except OSError as error:
        raise RegistryError(f"The roots cannot be read ({error.strerror})", str(roots), "Name a PEM file") from None
    except (ValueError, VerificationError):
        raise RegistryError(
            "This is no timestamp of this packet by an authority that the roots know",
            str(where),
            "Take the reply to the request made from this packet, and that authority's roots",
        ) from None
    return told
