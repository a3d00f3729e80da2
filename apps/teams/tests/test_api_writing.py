"""Teams that are run by API clients: founded, joined by invitation and by request, handed on."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.teams.models import Invitation, JoinRequest, Team, TeamAction, TeamMembership
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
OWLS = f"{V1}teams/night-owls/"


def send(client: Client, path: str, data: Any = None, method: str = "post") -> Any:
    return getattr(client, method)(path, json.dumps(data or {}), content_type="application/json")


def done(client: Client, path: str, data: Any = None, method: str = "post") -> Any:
    answer = send(client, path, data, method)
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


@pytest.fixture
def people() -> dict[str, Client]:
    """Return clients of four players; ann has founded a team."""
    clients = {name: client_of(create_user(name)) for name in ("ann", "bea", "cat", "dot")}
    done(clients["ann"], f"{V1}teams/", {"name": "Night Owls", "tag": "owl", "game": "call-of-duty"})
    return clients


def roster() -> dict[str, str]:
    return dict(TeamMembership.objects.active().values_list("user__username", "role"))


def test_a_team_is_founded_and_edited(people: dict[str, Client]) -> None:
    assert roster() == {"ann": "CAPTAIN"}
    assert done(people["ann"], OWLS, {"description": "We hoot."}, "patch")["tag"] == "OWL"
    assert Team.objects.get().description == "We hoot."
    assert_problem(send(people["bea"], OWLS, {"description": "x"}, "patch"), 403, "not-yours")
    for data in (
        {"name": "Owls", "tag": "OWL", "game": "call-of-duty"},
        {"name": "Owls", "tag": "O", "game": "call-of-duty"},
        {"name": "", "tag": "OWX", "game": "call-of-duty"},
        {"name": "Owls", "tag": "OWX", "game": "no-game"},
    ):
        assert_problem(send(people["bea"], f"{V1}teams/", data), 422, "invalid-values")
    assert Team.objects.count() == 1


def test_invitations_on_both_sides(people: dict[str, Client]) -> None:
    sent = done(people["ann"], f"{OWLS}invitations/", {"username": "bea"})
    assert (sent["team"], sent["username"], sent["status"]) == ("night-owls", "bea", "PENDING")
    assert_problem(send(people["bea"], f"{OWLS}invitations/", {"username": "cat"}), 403, "not-yours")
    assert_problem(send(people["ann"], f"{OWLS}invitations/", {"username": "nobody"}), 422, "invalid-values")
    mine = f"{V1}me/invitations/"
    assert [row["id"] for row in people["bea"].get(mine).json()] == [sent["id"]]
    assert_problem(send(people["cat"], f"{mine}{sent['id']}/acceptance/"), 404, "not-found")
    assert done(people["bea"], f"{mine}{sent['id']}/acceptance/")["status"] == "ACCEPTED"
    refused = done(people["ann"], f"{OWLS}invitations/", {"username": "cat"})
    assert done(people["cat"], f"{mine}{refused['id']}/refusal/")["status"] == "DECLINED"
    [seen] = people["ann"].get(f"{OWLS}invitations/").json()
    assert seen["status"] == "PENDING", "the team learns of a refusal"
    assert_problem(people["bea"].get(f"{OWLS}invitations/"), 403, "not-yours")
    assert done(people["ann"], f"{OWLS}invitations/{refused['id']}/cancellation/")["status"] == "CANCELLED"
    assert_problem(send(people["ann"], f"{OWLS}invitations/0/cancellation/"), 404, "not-found")
    assert roster() == {"ann": "CAPTAIN", "bea": "PLAYER"}
    assert Invitation.objects.count() == 2


def test_requests_on_both_sides(people: dict[str, Client]) -> None:
    Team.objects.update(takes_requests=True)
    asked = [done(people[name], f"{OWLS}requests/", {"message": "Me!"}) for name in ("bea", "cat", "dot")]
    assert_problem(people["bea"].get(f"{OWLS}requests/"), 403, "not-yours")
    assert len(people["ann"].get(f"{OWLS}requests/").json()) == 3
    assert done(people["ann"], f"{OWLS}requests/{asked[0]['id']}/acceptance/")["status"] == "ACCEPTED"
    assert done(people["ann"], f"{OWLS}requests/{asked[1]['id']}/refusal/")["status"] == "DECLINED"
    assert done(people["dot"], f"{V1}me/team-requests/{asked[2]['id']}/withdrawal/")["status"] == "WITHDRAWN"
    assert JoinRequest.objects.filter(status="PENDING").count() == 0
    assert roster() == {"ann": "CAPTAIN", "bea": "PLAYER"}


def test_roles_seats_and_the_captaincy(people: dict[str, Client]) -> None:
    for name in ("bea", "cat"):
        sent = done(people["ann"], f"{OWLS}invitations/", {"username": name})
        done(people[name], f"{V1}me/invitations/{sent['id']}/acceptance/")
    members = f"{OWLS}members/"
    assert done(people["ann"], f"{members}@bea/", {"role": "SUB"}, "patch")["role"] == "SUB"
    assert_problem(send(people["bea"], f"{members}@cat/", {"role": "SUB"}, "patch"), 403, "not-yours")
    assert_problem(send(people["bea"], f"{members}@cat/", method="delete"), 403, "not-yours")
    assert_problem(send(people["ann"], f"{members}@ann/", method="delete"), 422, "invalid-values")
    assert_problem(send(people["ann"], f"{members}@nobody/", method="delete"), 404, "not-found")
    assert done(people["cat"], f"{members}@cat/", method="delete") == {"username": "cat", "role": None}
    done(people["ann"], f"{OWLS}captaincy/", {"username": "bea"})
    assert roster() == {"ann": "PLAYER", "bea": "CAPTAIN"}
    done(people["bea"], f"{members}@ann/", method="delete")
    assert roster() == {"bea": "CAPTAIN"}
    assert TeamAction.objects.filter(kind="REMOVED").count() == 1
    narrow = client_of(User.objects.get(username="bea"), ["read"])
    assert_problem(send(narrow, f"{members}@bea/", method="delete"), 403, "insufficient-scope")


def test_operators_look_at_what_was_asked_and_done(people: dict[str, Client], admin_client: Client) -> None:
    done(people["ann"], f"{OWLS}invitations/", {"username": "bea"})
    for name in ("invitation", "joinrequest", "teamaction"):
        assert admin_client.get(f"/admin/teams/{name}/").status_code == 200
        assert admin_client.get(f"/admin/teams/{name}/add/").status_code == 403
