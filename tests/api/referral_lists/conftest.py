"""A department with its signers, their clients, and a drafted list."""

import pytest

from tests.factories.lists import Office, consent_to, make_office, open_needs

LISTS = "/api/v1/referral-lists/"


class Desk:
    """The people of an office at their machines."""

    def __init__(self, office: Office, client_for) -> None:
        self.office = office
        self.officer = client_for(office.officer)
        self.head = client_for(office.head)
        self.leader = client_for(office.leader)

    def post(self, client, drafted, action, body=None, *, tag=None, **headers):
        """POST an action on the newest revision, or on the one given."""
        address = f"{LISTS}{drafted.public_id}/"
        tag = tag or client.get(address).headers["ETag"]
        return client.post(f"{address}{action}/", body or {}, headers={"If-Match": tag, **headers})

    def get(self, drafted, page="", client=None, **query):
        """GET a page of a list."""
        return (client or self.officer).get(f"{LISTS}{drafted.public_id}/{page}", query)


@pytest.fixture
def desk(db, client_for) -> Desk:
    """An office with two partner banks."""
    return Desk(make_office(banks=2), client_for)


@pytest.fixture
def drafted(desk):
    """A list of two needs, fully authorised to both banks."""
    consent_to(open_needs(2), desk.office.banks)
    return desk.office.draft()
