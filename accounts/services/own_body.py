from accounts.models import Organization, User


class OwnBody(Exception):
    """Say that an officer belongs to the body it is about: somebody else decides."""


def refuse_own_body(body: Organization, by: User) -> None:
    """Raise OwnBody when somebody is a member of a body about which the city decides: nobody decides in the own cause.

    Every service that is an officer's word about one promoter asks it, whoever calls it. Source: L. 241/1990 art. 6-bis.
    """
    if body.has_member(by):
        raise OwnBody(by.pk)
