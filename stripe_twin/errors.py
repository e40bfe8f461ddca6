"""Say no in Stripe's words."""

from typing import Any


class StripeRefusal(Exception):
    """Carry one error answer of the API.

    `executed` says whether work had begun: only then does Stripe keep the answer under the idempotency key.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.executed = executed

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the error."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error}


def bad_param(message: str, param: str, code: str | None = None) -> StripeRefusal:
    """Refuse a parameter before any work begins."""
    return StripeRefusal(message, param=param, code=code)


def refused(message: str, code: str | None = None, param: str | None = None) -> StripeRefusal:
    """Refuse because of the state of the objects; kept under the idempotency key."""
    return StripeRefusal(message, code=code, param=param, executed=True)


def missing(noun: str, object_id: str, param: str = "id", status: int = 404) -> StripeRefusal:
    """Refuse an unknown id: 404 for the object asked for, 400 for one named in a parameter."""
    return StripeRefusal(
        f"No such {noun}: '{object_id}'", status=status, code="resource_missing", param=param, executed=True
    )
