"""The one function that decides, against a table written down by hand: docs/privacy.md."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.user_profile.models import StaffLook, TeamSeat, User
from apps.user_profile.models.privacy import DEFAULTS, SWITCHES
from apps.user_profile.selectors import privacy
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, Seen, Standing, may_view, seen_by, viewer_of
from apps.user_profile.services import follows, staff_looks
from apps.user_profile.services.privacy import apply_preset, update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

NOBODY = 10**9
NEVER = {Part.WALLET}
# What a new account shows: all but these, and the wallet.
OFF = {
    Part.REAL_NAME,
    Part.PHONE,
    Part.EMAIL,
    Part.GENDER,
    Part.ADDRESS,
    Part.INVENTORY_VALUE,
    Part.PREFERRED_CONTACT,
}
OPEN = set(Part) - OFF - NEVER
# Which parts each switch takes away; a match names teams and tournaments.
TAKES = {
    "show_match_history": {Part.MATCH_HISTORY, Part.STATS},
    "show_teams": {Part.TEAMS, Part.MATCH_HISTORY},
    "show_tournaments": {Part.TOURNAMENTS, Part.MATCH_HISTORY},
}
ALL_BUT_OWNER = [standing for standing in Standing if standing is not Standing.OWNER]
OTHERS = [standing for standing in ALL_BUT_OWNER if standing is not Standing.STAFF]
PERSONS = [Standing.FOLLOWER, Standing.TEAMMATE, Standing.SIGNED_IN, Standing.ANONYMOUS]


@pytest.fixture
def owner() -> User:
    return create_user("olga")


@pytest.fixture
def viewers(owner: User) -> dict[Standing, Any]:
    """Return somebody for every standing."""
    people: dict[Standing, Any] = {standing: create_user(f"the-{standing}") for standing in ALL_BUT_OWNER}
    people |= {Standing.OWNER: owner, Standing.ANONYMOUS: AnonymousUser()}
    User.objects.filter(pk=people[Standing.STAFF].pk).update(is_staff=True)
    people[Standing.STAFF].refresh_from_db()
    follows.follow(follower_id=people[Standing.FOLLOWER].pk, followed_id=owner.pk)
    follows.block(user_id=owner.pk, blocked_id=people[Standing.BLOCKED].pk)
    team = create_team()
    for player in (owner, people[Standing.TEAMMATE]):
        roster.join(team_id=team.pk, user_id=player.pk)
    return people


def look(viewers: dict[Standing, Any], standing: Standing, owner: User) -> Seen:
    return seen_by(viewer_of(viewers[standing]), [owner.pk])[owner.pk]


def shown(seen: Seen) -> set[Part]:
    return {part for part in Part if seen.shows(part)}


def test_everybody_stands_as_he_should(owner: User, viewers: dict[Standing, Any]) -> None:
    assert {standing: look(viewers, standing, owner).standing for standing in Standing} == {
        standing: standing for standing in Standing
    }


def test_what_a_new_account_shows(owner: User, viewers: dict[Standing, Any]) -> None:
    for standing in PERSONS:
        assert shown(look(viewers, standing, owner)) == OPEN
    assert shown(look(viewers, Standing.BLOCKED, owner)) == set()
    assert shown(look(viewers, Standing.OWNER, owner)) == set(Part)
    assert shown(look(viewers, Standing.STAFF, owner)) == set(Part) - NEVER


def test_a_switch_takes_its_part_from_everybody_and_gives_it_back(
    owner: User, viewers: dict[Standing, Any], subtests: pytest.Subtests
) -> None:
    for switch in [name for name in SWITCHES if name.startswith("show_")]:
        parts = TAKES.get(switch, {Part(switch.removeprefix("show_"))})
        with subtests.test(switch):
            update(user_id=owner.pk, **{switch: True})
            for standing in PERSONS:
                assert shown(look(viewers, standing, owner)) == OPEN | parts, standing
            update(user_id=owner.pk, **{switch: False})
            for standing in PERSONS:
                assert shown(look(viewers, standing, owner)) == OPEN - parts, standing
            assert shown(look(viewers, Standing.BLOCKED, owner)) == set()
            assert shown(look(viewers, Standing.OWNER, owner)) == set(Part)
            update(user_id=owner.pk, **{switch: DEFAULTS[switch]})


def test_a_private_account_is_for_approved_followers(owner: User, viewers: dict[Standing, Any]) -> None:
    update(user_id=owner.pk, is_private_account=True)
    assert shown(look(viewers, Standing.FOLLOWER, owner)) == OPEN
    for standing in (Standing.TEAMMATE, Standing.SIGNED_IN, Standing.ANONYMOUS):
        assert shown(look(viewers, standing, owner)) == {Part.CARD}
    assert shown(look(viewers, Standing.BLOCKED, owner)) == set()


@pytest.mark.parametrize("part", [Part.FOLLOWERS_LIST, Part.FOLLOWING_LIST, Part.INVENTORY])
def test_a_part_for_followers(owner: User, viewers: dict[Standing, Any], part: Part) -> None:
    setting = "inventory_visibility" if part is Part.INVENTORY else f"{part}_visibility"
    some, none = ("FRIENDS", "PRIVATE") if part is Part.INVENTORY else ("followers", "only_me")
    update(user_id=owner.pk, show_inventory_value=True, **{setting: some})
    follower = shown(look(viewers, Standing.FOLLOWER, owner))
    assert part in follower
    gone = follower - shown(look(viewers, Standing.SIGNED_IN, owner))
    assert gone == ({part, Part.INVENTORY_VALUE} if part is Part.INVENTORY else {part})
    update(user_id=owner.pk, **{setting: none})
    assert part not in shown(look(viewers, Standing.FOLLOWER, owner))
    assert part in shown(look(viewers, Standing.OWNER, owner))


def test_an_account_that_is_closed_shows_nothing(owner: User, viewers: dict[Standing, Any]) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    for standing in OTHERS:
        assert shown(look(viewers, standing, owner)) == set()
    assert Part.CARD in shown(look(viewers, Standing.STAFF, owner))


def test_nobody_shows_nothing() -> None:
    assert shown(seen_by(ANONYMOUS, [NOBODY])[NOBODY]) == set()
    assert not may_view(ANONYMOUS, NOBODY, Part.CARD)
    assert seen_by(ANONYMOUS, []) == {}


def test_who_may_not_sign_in_is_anonymous(owner: User) -> None:
    closed = create_user("closed")
    closed.is_active = False
    assert viewer_of(closed) == viewer_of(None) == viewer_of(AnonymousUser()) == ANONYMOUS


def test_one_query_for_many(
    owner: User, viewers: dict[Standing, Any], django_assert_num_queries: Any
) -> None:
    ids = [owner.pk, *(viewers[standing].pk for standing in (Standing.FOLLOWER, Standing.BLOCKED))]
    with django_assert_num_queries(1):
        assert len(seen_by(viewer_of(viewers[Standing.TEAMMATE]), ids)) == 3
    with django_assert_num_queries(0):
        seen_by(ANONYMOUS, [])


# What players may do to each other.


def test_who_may_be_invited_by_whom(owner: User, viewers: dict[Standing, Any]) -> None:
    def inviters() -> set[Standing]:
        return {
            standing
            for standing in (Standing.FOLLOWER, Standing.TEAMMATE, Standing.SIGNED_IN, Standing.BLOCKED)
            if privacy.may_invite(viewers[standing].pk, owner.pk)
        }

    everybody = {Standing.FOLLOWER, Standing.TEAMMATE, Standing.SIGNED_IN}
    assert inviters() == everybody
    update(user_id=owner.pk, allow_team_invites="teammates")
    assert inviters() == {Standing.TEAMMATE}
    update(user_id=owner.pk, allow_team_invites="following")
    assert inviters() == set()
    follows.follow(follower_id=owner.pk, followed_id=viewers[Standing.SIGNED_IN].pk)
    assert inviters() == {Standing.SIGNED_IN}
    update(user_id=owner.pk, allow_team_invites="nobody")
    assert inviters() == set()
    apply_preset(user_id=owner.pk, preset="PRIVATE")
    assert inviters() == everybody
    assert not privacy.may_invite(owner.pk, owner.pk)
    assert not privacy.may_invite(owner.pk, NOBODY)


def test_a_block_ends_all_acts_in_both_directions(owner: User, viewers: dict[Standing, Any]) -> None:
    blocked = viewers[Standing.BLOCKED]
    for one, other in ((owner, blocked), (blocked, owner)):
        seen = seen_by(viewer_of(one), [other.pk])[other.pk]
        assert (seen.may_follow, seen.may_invite, seen.may_message) == (False, False, False)
    assert seen_by(viewer_of(owner), [blocked.pk])[blocked.pk].is_blocked


def test_switches_of_acts(owner: User, viewers: dict[Standing, Any]) -> None:
    seen = look(viewers, Standing.SIGNED_IN, owner)
    assert (seen.may_follow, seen.may_message) == (True, True)
    update(user_id=owner.pk, allow_friend_requests=False, allow_direct_messages=False)
    seen = look(viewers, Standing.SIGNED_IN, owner)
    assert (seen.may_follow, seen.may_message) == (False, False)
    assert not look(viewers, Standing.ANONYMOUS, owner).may_follow


# Teammates.


def test_teammates_are_those_who_share_a_team_now(owner: User) -> None:
    other, team = create_user(), create_team()
    viewer = viewer_of(other)
    for user in (owner, other):
        roster.join(team_id=team.pk, user_id=user.pk)
    assert seen_by(viewer, [owner.pk])[owner.pk].standing is Standing.TEAMMATE
    roster.leave(team_id=team.pk, user_id=owner.pk)
    assert seen_by(viewer, [owner.pk])[owner.pk].standing is Standing.SIGNED_IN
    assert not TeamSeat.objects.filter(user=owner).exists()


# Staff.


def test_a_look_of_staff_at_what_is_hidden_is_written_down(owner: User, viewers: dict[Standing, Any]) -> None:
    staff = viewers[Standing.STAFF]
    update(user_id=owner.pk, show_teams=False, is_private_account=True)
    with staff_looks.noting():
        seen = look(viewers, Standing.STAFF, owner)
        assert seen.shows(Part.TEAMS)
        assert seen.shows(Part.CARD)
        assert not seen.shows(Part.WALLET)
        assert not StaffLook.objects.exists()
    assert list(StaffLook.objects.values_list("staff_id", "user_id", "parts")) == [
        (staff.pk, owner.pk, ["teams"])
    ]
    assert look(viewers, Standing.STAFF, owner).shows(Part.EMAIL)
    assert StaffLook.objects.filter(parts=["email"]).exists()


def test_what_staff_sees_like_anybody_is_not_written_down(owner: User, viewers: dict[Standing, Any]) -> None:
    seen = look(viewers, Standing.STAFF, owner)
    assert seen.shows(Part.TEAMS)
    assert seen.shows(Part.CARD)
    assert not StaffLook.objects.exists()


def test_looks_are_append_only(owner: User) -> None:
    from django.db import DatabaseError, connection, transaction

    from apps.user_profile.models.activity import AppendOnly

    staff_looks.note(staff_id=owner.pk, user_id=owner.pk, part="email")
    with pytest.raises(AppendOnly):
        StaffLook.objects.update(parts=[])
    for sql in ("DELETE FROM user_profile_stafflook", "UPDATE user_profile_stafflook SET parts = '{}'"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(sql)
