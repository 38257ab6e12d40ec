"""Settings of one deployment, from `RIDNI_*` environment variables and one file.

Order of precedence: environment, then `ridni.toml` in the working directory (or the file named by `RIDNI_CONFIG`), then
the defaults below. `ridni settings` prints each with its value and description.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))
CONFIGS = Path(__file__).resolve().parent


class Settings(BaseSettings):
    """What a deployment may choose; every field has a working default."""

    model_config = SettingsConfigDict(env_prefix="RIDNI_", extra="forbid")

    home: Path = Field(
        Path(".ridni"),
        description="Folder for the embedded database, evidence files and run folders. Keep it on an encrypted disk.",
    )
    database_unverified: bool = Field(
        False,
        description="Let the connection to a database on another machine do without sslmode=verify-full: whoever sits "
        "between may then read and change everything.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="postgresql://user:password@host/name of a team's server. Unset: an embedded one under `home`.",
    )
    database_owner_url: SecretStr | None = Field(
        None,
        description="The same database for the owner of its tables; used to migrate and back up only. Then the role of "
        "`database_url` owns nothing and cannot switch off the database's own rules.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="One secret of which a new home makes all its keys, the same on each machine. Unset: a file beside "
        "the data. Neither counts any more once `ridni keys init` has put the keys into people's hands.",
    )
    keys_identity: Path | None = Field(
        None,
        description="File, or folder of files, that opens the keys: age identities or one passphrase each. Keep it on "
        "another volume. Unset: `ridni keys unlock`, a systemd credential ridni-keys, or a prompt.",
    )
    scratch: Path | None = Field(
        None,
        description="Folder for scratch files, best in memory (tmpfs). Unset: /dev/shm where it has a gigabyte, else "
        "`home`/tmp.",
    )
    data_key_copies: Path | None = Field(
        None,
        description="Folder of the three newest copies of the keys of evidence, which are in no backup. Keep it apart "
        "from backups. Unset: ridni-data-keys beside the backup.",
    )
    checkpoint_every: int = Field(
        1000, ge=0, description="A signed checkpoint of the audit log is written every so many rows. 0: by night alone."
    )
    checkpoint_folder: Path | None = Field(
        None,
        description="Folder of the checkpoints, better on another disk or machine. Unset: `home`/checkpoints.",
    )
    checkpoint_key: Path | None = Field(
        None,
        description="File of the key that signs checkpoints; never where the database's owner reads. "
        "Unset: `home`/checkpoint.key, made once.",
    )
    sources_dir: Path = Field(CONFIGS / "sources", description="Folder of source descriptions (*.yaml).")
    linkage_spec: Path = Field(
        CONFIGS / "linkage" / "children.yaml", description="The linkage spec that `ridni link` runs."
    )
    host: str = Field("127.0.0.1", description="Address on which `ridni serve` listens.")
    port: int = Field(8000, ge=1, le=65535, description="Port on which `ridni serve` listens.")
    allowed_hosts: list[str] = Field(
        ["127.0.0.1", "localhost"], description="Host names under which the review app may be reached."
    )
    https: bool = Field(
        False,
        description="Set when a proxy in front of `ridni serve` ends TLS: cookies become secure, plain requests go to "
        "https, HSTS is sent.",
    )
    trusted_proxy: str = Field(
        "127.0.0.1",
        description="Address of that proxy. With https, its X-Forwarded-For and -Proto are believed, no others.",
    )
    debug: bool = Field(False, description="Django's debug pages. Never with real data.")
    require_collection_facts: bool = Field(
        False, description="Refuse files of which it is not stated where they come from and on which legal basis."
    )
    lease_minutes: int = Field(
        20, ge=1, description="Minutes for which a candidate stays reserved for the verifier who took it."
    )
    opened_per_hour: int = Field(
        60,
        ge=1,
        description="Pairs and documents one person may open in an hour; a pair passed over counts double.",
    )
    opened_per_day: int = Field(
        400, ge=1, description="The same in 24 hours. At the end the queue closes for them until a lead opens it."
    )
    lookups_per_day: int = Field(
        20,
        ge=1,
        description="Questions that one person who answers callers may ask in 24 hours, those without an answer too.",
    )
    undo_seconds: int = Field(
        60,
        ge=0,
        description="Seconds for which whoever gave the last verdict may take it back before anything comes of it. 0: "
        "identities are made at once.",
    )
    review_from: float = Field(
        0.01,
        ge=0,
        le=1,
        description="Candidates less probable than this are not queued. Below 0.01 the queue does without its index.",
    )
    language: str = Field(
        "uk", pattern="^(uk|en)$", description="Language of the review app until a user chooses: uk or en."
    )
    require_mfa: bool = Field(
        False,
        description="Everybody needs a one-time code or a security key before seeing anything. Set it with real data.",
    )
    session_idle_minutes: float = Field(45, gt=0, description="Minutes without a request after which a session ends.")
    session_hours: float = Field(8, gt=0, description="Hours after which a session ends in any case.")
    pause_after_minutes: int = Field(
        50, ge=1, description="Minutes of judging without a break after which a pause is quietly proposed."
    )
    pause_after_verdicts: int = Field(
        25, ge=1, description="Verdicts without a break after which a pause is quietly proposed."
    )
    gold_every: int = Field(
        20, ge=0, description="About one pair in so many is a gold item, if the lead has planted any. 0: none."
    )
    outcomes_threshold: int = Field(
        10,
        ge=2,
        description="Figures without identities show no count from 1 to one below this, nor what would tell it.",
    )
    webhook_loopback: bool = Field(
        False,
        description="Let webhooks go to this machine itself, also without TLS. For trials and tests alone: every other "
        "address must be public.",
    )
    oidc_server_url: str | None = Field(
        None,
        description="OpenID Connect provider of the team, https://…; the only case in which Ridni connects outwards. "
        "Accounts are still made by hand: `ridni users oidc NAME SUBJECT`.",
    )
    oidc_client_id: str = Field("", description="Client id of Ridni at the OpenID Connect provider.")
    oidc_client_secret: SecretStr | None = Field(None, description="Client secret at the OpenID Connect provider.")
    oidc_name: str = Field("OpenID Connect", description="Name of the provider on the sign-in page.")
    dask_address: str | None = Field(
        None,
        description="Scheduler of a Dask cluster that compares and scores pairs, tls://host:8786. Unset: this machine.",
    )
    dask_tls_ca: Path | None = Field(None, description="Certificate authority of the Dask cluster (PEM).")
    dask_tls_cert: Path | None = Field(None, description="This machine's certificate for the Dask cluster (PEM).")
    dask_tls_key: Path | None = Field(None, description="The key of that certificate (PEM).")
    prefect_idle_minutes: int = Field(
        15,
        ge=1,
        description="Minutes without use after which the local Prefect server that `ridni` started stops by itself.",
    )

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _only_a_verified_server(cls, address: SecretStr | None, told: ValidationInfo) -> SecretStr | None:
        """Refuse what is no address of PostgreSQL, and a server on another machine that need not prove itself."""
        if address is not None and (fault := _fault_of(address.get_secret_value())):
            raise ValueError(fault)
        verified = address is None or _is_verified(address.get_secret_value())
        if not verified and not told.data.get("database_unverified"):
            raise ValueError(
                "the database is on another machine, so its server has to prove itself: add ?sslmode=verify-full and "
                "sslrootcert=FILE, or set RIDNI_DATABASE_UNVERIFIED=true if nobody can sit between"
            )
        return address

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read `ridni.toml` below the environment."""
        file = Path(os.environ.get("RIDNI_CONFIG", "ridni.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    def folder(self, name: str) -> Path:
        """Return `home`/`name`, made with mode 0700 when it is missing."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.home.resolve() / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path


def _fault_of(address: str) -> str:
    """Return what is wrong with an address of the database, without quoting it; '' when it can be read."""
    try:
        conninfo_to_dict(address)
    except ProgrammingError:
        scheme = address.partition("://")[0]
        kind = f"it begins with {scheme}://" if "://" in address and len(scheme) < 20 else "it cannot be read"
        return f"this is no address of PostgreSQL ({kind}): write postgresql://user:password@host/name"
    return ""


def _is_verified(address: str) -> bool:
    """Tell whether every server of an address is on this machine, or has to prove itself by its certificate."""
    parts = conninfo_to_dict(address)
    hosts = f"{parts.get('host') or ''},{parts.get('hostaddr') or ''}".split(",")
    here = all(not host or host.startswith(("/", "@")) or host in _THIS_MACHINE for host in hosts)
    return here or parts.get("sslmode") == "verify-full"


@cache
def settings() -> Settings:
    """Return this process's settings, read once."""
    return Settings()
