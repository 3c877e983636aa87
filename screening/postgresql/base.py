"""Django's PostgreSQL, which looks whether a kept connection still stands without asking the server each time."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Between two requests a server says nothing unless it hangs up: only what it said, or an error, is asked after."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or self._said_something():
            return super().is_usable()
        return True

    def _said_something(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
