"""Running a team on the pages: every button, who has it, and what is refused."""

import re

from apps.events.testing import emitted
from apps.notifications.models import Notification
from apps.teams.models import Invitation, JoinRequest, Team, TeamMembership
from apps.user_profile.models import User
from apps.user_profile.services import follows, privacy
from apps.user_profile.testing import create_user
from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of

DESK, ACTS, TEAM, INBOX = (
    "/teams/old-guard/manage/",
    "/teams/old-guard/acts/",
    "/teams/old-guard/",
    ("/teams/invitations/"),
)
QUERIES_MAX = 16


class DeskCase(SeasonCase):
    def setUp(self) -> None:
        self.captain, self.player = (User.objects.get(username=name) for name in ("Cleo", "Dmitri"))
        self.newcomer = create_user("Nova")
        self.team = Team.objects.get(slug="old-guard")
        self.client.force_login(self.captain)

    def press(self, act: str, status: int = 200, **data: object) -> str:
        """Press a button of the team's pages; return the words of the answer."""
        answer = self.client.post(ACTS, {"act": act, **data}, follow=True)
        assert answer.status_code == status, answer.status_code
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class Invitations(DeskCase):
    def test_invited_and_joined(self) -> None:
        assert "Invited" in self.press("invite", username="@nova", role="SUB")
        told = Notification.objects.get(recipient=self.newcomer)
        assert (told.text, told.url, told.actor_id) == (
            "{actor} invites you to {team}.",
            INBOX,
            self.captain.pk,
        )
        assert "Nova" in text_of(self.client, DESK)
        self.client.force_login(self.newcomer)
        assert "Vanguard Nine Substitute" in text_of(self.client, INBOX)
        pk = Invitation.objects.get().pk
        page = self.client.post(INBOX, {"act": "accept", "id": pk}, follow=True).content.decode()
        assert "You are in the team" in page
        assert TeamMembership.objects.active().get(user=self.newcomer).role == "SUB"
        assert not Notification.objects.standing().filter(recipient=self.newcomer, kind=told.kind).exists()

    def test_one_sentence_for_every_refusal(self) -> None:
        privacy.update(user_id=self.newcomer.pk, allow_team_invites="nobody")
        follows.block(user_id=create_user("Blocker").pk, blocked_id=self.captain.pk)
        for username in ("Nova", "Blocker", "nobody-here", "a\0b", "x" * 300):
            with self.subTest(username), emitted() as events:
                assert "This player cannot be invited." in self.press("invite", username=username)
            assert events == []

    def test_a_refusal_is_not_told(self) -> None:
        self.press("invite", username="Nova")
        pk = Invitation.objects.get().pk
        self.client.force_login(self.newcomer)
        self.client.post(INBOX, {"act": "decline", "id": pk})
        assert "No invitation" in text_of(self.client, INBOX)
        self.client.force_login(self.captain)
        assert "Nova" in text_of(self.client, DESK)
        assert "taken back" in self.press("cancel", invitation=pk)

    def test_of_others_and_of_nonsense(self) -> None:
        self.press("invite", username="Nova")
        for pk in (Invitation.objects.get().pk, 10**12, 10**30, "x", "\0", "-1", "²"):
            for act in ("accept", "decline", "withdraw", "", "leave"):
                assert self.client.post(INBOX, {"act": act, "id": pk}).status_code == 404
        for act in ("cancel", "accept", "decline"):
            self.press(act, 404, invitation=10**12, request=10**12)
        self.press("nothing", 404)
        self.press("invite", 404, username="Nova", role="GOD")


class Requests(DeskCase):
    def test_asked_and_let_in(self) -> None:
        self.client.force_login(self.newcomer)
        assert "Ask to join" in text_of(self.client, TEAM)
        assert "waits for an answer" in self.press("ask", message="I snipe.")
        assert "You have asked to join" in text_of(self.client, TEAM)
        assert "I snipe." in text_of(self.client, INBOX)
        self.client.force_login(self.captain)
        assert "Nova I snipe." in text_of(self.client, DESK)
        assert "Welcome" in self.press("accept", request=JoinRequest.objects.get().pk)
        told = Notification.objects.standing().exclude(kind="achievement").get(recipient=self.newcomer)
        assert (told.text, told.url) == ("You are in {team} now.", TEAM)

    def test_taken_back(self) -> None:
        self.client.force_login(self.newcomer)
        self.press("ask")
        self.client.post(INBOX, {"act": "withdraw", "id": JoinRequest.objects.get().pk})
        assert "Ask to join" in text_of(self.client, TEAM)

    def test_a_message_that_cannot_be_stored(self) -> None:
        self.client.force_login(self.newcomer)
        for message in ("x" * 501, "a\0"):
            self.press("ask", message=message)
        assert not JoinRequest.objects.exists()


class Roster(DeskCase):
    def test_roles_captaincy_and_removal(self) -> None:
        user = {"user": self.player.pk}
        assert "role is changed" in self.press("role", role="SUB", **user)
        assert "handed over" in self.press("hand-over", **user)
        self.client.force_login(self.player)
        assert "free again" in self.press("remove", user=self.captain.pk, reason="Late again.")
        assert "Late again." in text_of(self.client, DESK)
        page = text_of(self.client, TEAM)
        assert "Past members Cleo Player" in page
        assert "You have left" in self.press("leave")

    def test_a_player_runs_nothing(self) -> None:
        self.client.force_login(self.player)
        assert self.client.get(DESK).status_code == 404
        self.press("invite", 403, username="Nova")
        self.press("remove", 403, user=self.captain.pk)
        assert "Run the team" not in text_of(self.client, TEAM)

    def test_a_captain_does_not_just_leave(self) -> None:
        assert "Hand the captaincy over first." in self.press("leave")

    def test_signed_out(self) -> None:
        self.client.logout()
        for path in (DESK, INBOX, "/teams/new/"):
            assert self.client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
        assert "Ask to join" not in text_of(self.client, TEAM)


class Settings(DeskCase):
    def edit(self, **data: object) -> str:
        wanted = {"name": "Vanguard Nine", "tag": self.team.tag, "visibility": "PUBLIC", **data}
        return self.client.post(DESK, wanted, follow=True).content.decode()

    def test_what_it_says_of_itself(self) -> None:
        assert "Saved." in self.edit(name="New Guard", description="Since 2018.")
        page = text_of(self.client, TEAM)
        assert "New Guard" in page
        assert "Since 2018." in page
        assert "30 days" in self.edit(name="Newer Guard")
        for field in ({"tag": "!"}, {"visibility": "X"}, {"name": "\0"}, {"region": "MOON"}, {"name": ""}):
            assert "errorlist" in self.edit(**field)

    def test_a_private_team_is_there_for_members(self) -> None:
        self.edit(visibility="PRIVATE")
        assert "Vanguard Nine" in text_of(self.client, TEAM)
        self.client.force_login(self.newcomer)
        for path in (TEAM, "/api/v1/teams/old-guard/"):
            assert self.client.get(path).status_code == 404
        assert "Vanguard Nine" not in text_of(self.client, "/teams/")
        assert b"old-guard" not in self.client.get("/api/v1/teams/").content

    def test_found(self) -> None:
        self.client.force_login(self.newcomer)
        assert "Call of Duty" in html_of(self.client, "/teams/new/")
        wanted = {"name": "Novas", "tag": "nova", "game_id": 1, "description": ""}
        for wrong in ({"tag": "toolong"}, {"game_id": 999}, {"game_id": "x"}, {"name": "a\0"}, {"tag": ""}):
            answer = self.client.post("/teams/new/", wanted | wrong)
            assert "errorlist" in answer.content.decode(), wrong
        assert not Team.objects.filter(name="Novas").exists()
        page = self.client.post("/teams/new/", wanted, follow=True).content.decode()
        assert "Run Novas" in page
        again = self.client.post("/teams/new/", wanted | {"tag": "NOV2"}).content.decode()
        assert "another team of this game" in again


class Queries(DeskCase):
    def test_they_do_not_grow(self) -> None:
        for number in range(4):
            user = create_user(f"Asker{number}")
            self.client.force_login(user)
            self.press("ask")
        self.client.force_login(self.captain)
        for path in (DESK, INBOX, TEAM):
            with at_most(QUERIES_MAX, path):
                assert self.client.get(path).status_code == 200
        assert "Dmitri_x" in text_of(self.client, TEAM)
