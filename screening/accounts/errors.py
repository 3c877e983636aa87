"""What a service says when it will not do something: words for the person, shown as they are."""


class Refused(Exception):
    """The request was understood and will not be carried out; the message says why and what to do."""

    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def as_json(self) -> dict[str, object]:
        return {"detail": self.message}


class Conflict(Refused):
    """Somebody else changed the same thing meanwhile; the present state has to be looked at first."""

    status = 409
