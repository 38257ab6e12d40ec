"""`ridni packet`: proof for a court that an expert checks without Ridni."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from configs.atomic_files import write_whole
from pipelines.cli import options, startup
from pipelines.cli.console import out

app = typer.Typer(
    help="Packets for a court: bytes, places, values, both verdicts, the log, a signature and an outside timestamp.",
    no_args_is_help=True,
)

Packet = Annotated[Path, typer.Argument(help="A packet.")]
Roots = Annotated[Path, typer.Option(help="Certificates (PEM) of the timestamping authorities that you trust.")]


@app.command("make")
def make(
    thing: Annotated[str, typer.Argument(help="A record (id or SOURCE/KEY), or the id of an identity.")],
    file: Annotated[Path, typer.Argument(help="The packet to write, a ZIP.")],
    by: options.By = "",
    purpose: options.Purpose = "",
    purpose_file: options.PurposeFile = None,
) -> None:
    """Write a packet about one row, or one identity with both verdicts on each of its pairs.

    Example: ridni packet make 7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b case-12.zip --purpose-file purpose.txt
    """
    stated = options.purpose(purpose, purpose_file)
    startup.database()
    from keeping.erasure import targets
    from keeping.packet import packets

    count = packets.make(targets.named(thing), file, options.actor(by), stated)
    out.print(
        f"{file}: {count} files. An expert checks it with the check.py in it, Python and openssl.", soft_wrap=True
    )
    out.print(f"For an outside timestamp: ridni packet timestamp-request {file} {file.with_suffix('.tsq')}")


@app.command("timestamp-request")
def timestamp_request(
    packet: Packet, file: Annotated[Path, typer.Argument(help="The request to write (.tsq).")]
) -> None:
    """Write the request that a person carries to a timestamping authority (RFC 3161); it holds a hash and nothing else.

    Example: ridni packet timestamp-request case-12.zip case-12.tsq
    """
    from keeping.packet import packets, timestamps

    write_whole(file, timestamps.request(packets.manifest_of(packet)))
    out.print(
        f"{file}: carry it to an authority, such as: curl -H 'Content-Type: application/timestamp-query' "
        f"--data-binary @{file.name} ADDRESS > {file.with_suffix('.tsr').name}",
        soft_wrap=True,
        markup=False,
    )


@app.command("timestamp-add")
def timestamp_add(
    packet: Packet,
    reply: Annotated[Path, typer.Argument(help="What the authority gave back (.tsr).")],
    roots: Roots,
) -> None:
    """Put an authority's reply into a packet, once it is seen to be about this packet.

    Example: ridni packet timestamp-add case-12.zip case-12.tsr --roots authority.pem
    """
    from keeping.packet import packets, timestamps

    content = reply.read_bytes()
    told = timestamps.checked(content, packets.manifest_of(packet), roots, reply)
    packets.add_timestamp(packet, content)
    out.print(f"The packet was seen by an outside clock at {told.tst_info.gen_time:%d.%m.%Y %H:%M:%S} UTC.")


@app.command("verify")
def verify(
    packet: Packet,
    key: Annotated[Path | None, typer.Option(help="The public key (PEM) that the body has published.")] = None,
    roots: Annotated[Path | None, typer.Option(help="Certificates (PEM) of timestamping authorities.")] = None,
) -> None:
    """Check a packet as an expert does, with the same program that lies in it.

    Example: ridni packet verify case-12.zip --roots authority.pem
    """
    from keeping.packet import check

    arguments = [str(packet), *(["--key", str(key)] if key else []), *(["--tsa-roots", str(roots)] if roots else [])]
    raise typer.Exit(check.main(arguments))
