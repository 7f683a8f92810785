"""See tests.support.servers.sshd."""

from tests.support.servers.sshd import HOST, Sshd, sshd

__all__ = ["HOST", "Sshd", "sshd"]
