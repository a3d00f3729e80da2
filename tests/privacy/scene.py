"""A player of whom everything is known, and somebody for every standing to him."""

from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.api.services import tokens
from apps.community.services import posts
from apps.overlay.models import Overlay
from apps.overlay.services import overlays
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import matches, registration, tournaments
from apps.tournaments.services.matches import Line, Side, Slot
from apps.user_profile.models import GameProfile, User
from apps.user_profile.selectors.privacy import Standing
from apps.user_profile.services import follows, passports, profiles
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.testing import create_user

GAME_ID = 1
KILLS = 4321
# Of a post, so that its address is known beforehand.
POST_ID = 770_077
# By what a game knows him: on no page, whoever looks.
PROVIDER_ID = "provider-id-of-tracy"
# Of an overlay of him that somebody else made.
OVERLAY_SECRET = "secret-of-the-overlay"


class Scene:
    """Tracy, whose every part holds a text that stands nowhere else; his team, his cups, and who looks."""

    def __init__(self) -> None:
        self.tracy = create_user("Tracy", display_name="Tracy Tracer")
        profiles.update(
            user_id=self.tracy.pk, bio="bio-of-tracy", country="HU", avatar="avatars/picture-of-tracy.png"
        )
        passports.add(user_id=self.tracy.pk, game_id=GAME_ID, ign="ign-of-tracy")
        GameProfile.objects.get(user=self.tracy).confirm(provider_id=PROVIDER_ID, ign="ign-of-tracy")
        for code in ("INFLUENCER", "LEVEL_25", "WHALE"):
            AchievementService.unlock(self.tracy.pk, code)
        self.idol = create_user("Idol")
        self.viewers = {
            Standing.OWNER: self.tracy,
            Standing.STAFF: create_user("Staffer"),
            Standing.BLOCKED: create_user("Blocked"),
            Standing.FOLLOWER: create_user("Fan"),
            Standing.TEAMMATE: create_user("Mate"),
            Standing.SIGNED_IN: create_user("Somebody"),
            Standing.ANONYMOUS: None,
        }
        User.objects.filter(username="Staffer").update(is_staff=True, is_superuser=True)
        self.play()
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE community_post_id_seq RESTART WITH %s", [POST_ID])
        posts.publish(author_id=self.tracy.pk, content="post-of-tracy #tracys")
        overlay, _secret = overlays.create(owner_id=self.idol.pk, name="matrix", player_id=self.tracy.pk)
        Overlay.objects.filter(pk=overlay.pk).update(digest=overlays.digest_of(OVERLAY_SECRET))
        for followed in (self.idol, *self.viewers.values()):
            if followed not in (None, self.tracy):
                follows.follow(follower_id=self.tracy.pk, followed_id=followed.pk)
        follows.follow(follower_id=self.id_of(Standing.FOLLOWER), followed_id=self.tracy.pk)
        follows.block(user_id=self.tracy.pk, blocked_id=self.id_of(Standing.BLOCKED))

    def id_of(self, standing: Standing) -> int:
        """Return the id of who stands so."""
        user = self.viewers[standing]
        assert user is not None
        return user.pk

    def play(self) -> None:
        """Let him win a match with a team, and enter a cup alone."""
        crew, rivals = (roster.create_team(name=name) for name in ("Crew of Tracy", "Rivals of Tracy"))
        sides = {
            crew.pk: (self.tracy.pk, self.id_of(Standing.TEAMMATE)),
            rivals.pk: (create_user("Rival").pk,),
        }
        cup = tournaments.create(name="Cup of Tracy", game_id=GAME_ID)
        for team_id, players in sides.items():
            for player_id in players:
                roster.join(team_id=team_id, user_id=player_id)
                if player_id != self.tracy.pk:
                    passports.add(user_id=player_id, game_id=GAME_ID, ign=f"ign-{player_id}")
            registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=players)
        tournaments.start(tournament_id=cup.pk)
        matches.record(
            tournament_id=cup.pk,
            a=Side(crew.pk, 3),
            b=Side(rivals.pk, 0),
            played_at=timezone.now(),
            players=[
                Line(player_id, team_id, kills=KILLS // (1 + place), deaths=1, assists=1)
                for team_id, players in sides.items()
                for place, player_id in enumerate(players)
            ],
            slot=Slot(Stage.LEAGUE, "", 1, 1),
        )
        alone = tournaments.create(name="Lone Cup", game_id=GAME_ID)
        registration.register_player(tournament_id=alone.pk, user_id=self.tracy.pk)

    def user_of(self, standing: Standing) -> User | None:
        """Return who stands so, as he is now."""
        viewer = self.viewers[standing]
        return User.objects.get(pk=viewer.pk) if viewer else None

    def pages(self, standing: Standing) -> Client:
        """Return a browser in which the viewer is signed in."""
        client, viewer = Client(), self.user_of(standing)
        if viewer is not None:
            client.force_login(viewer)
        return client

    def api(self, standing: Standing) -> Client:
        """Return a program with a token of the viewer."""
        viewer = self.viewers[standing]
        if viewer is None:
            return Client()
        _token, secret = tokens.create(user_id=viewer.pk, name="matrix", scopes=["read"])
        headers: dict[str, Any] = {"Authorization": f"Bearer {secret}"}
        return Client(headers=headers)
