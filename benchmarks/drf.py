"""The profile document as it is usually built: querysets and Django REST framework's serializers."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.user_profile.models import GameProfile, User, UserProfileStats
from apps.user_profile.selectors.privacy import Part, Seen, seen_by, viewer_of


class PassportSerializer(serializers.ModelSerializer[GameProfile]):
    """A passport."""

    game = serializers.CharField(source="game.slug")

    class Meta:
        model = GameProfile
        fields = ["game", "ign", "current_rank", "is_lft"]


class StatsSerializer(serializers.ModelSerializer[UserProfileStats]):
    """The statistics."""

    follower_count = serializers.IntegerField(source="user.follow_counts.follower_count")

    class Meta:
        model = UserProfileStats
        fields = ["tournaments_played", "matches_won", "follower_count"]


class ProfileSerializer(serializers.ModelSerializer[User]):
    """The document."""

    display_name = serializers.CharField(source="userprofile.display_name")
    avatar_url = serializers.ImageField(source="userprofile.avatar")
    bio = serializers.CharField(source="userprofile.bio")
    public_id = serializers.CharField(source="userprofile.public_id")
    country = serializers.CharField(source="userprofile.country")
    game_passports = PassportSerializer(source="game_profiles", many=True)
    stats = StatsSerializer()
    privacy = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "username", "display_name", "avatar_url", "bio", "public_id", "country", "game_passports",
            "stats", "privacy",
        ]  # fmt: skip

    def get_privacy(self, user: User) -> dict[str, bool]:
        """Return what the viewer may do."""
        seen: Seen = self.context["seen"]
        return {
            "can_view_game_ids": seen.shows(Part.GAME_IDS),
            "can_view_achievements": seen.shows(Part.ACHIEVEMENTS),
            "can_send_message": seen.may_message,
        }


class ProfileView(APIView):
    """The view."""

    def get(self, request: Request, username: str) -> Response:
        """Show a player."""
        users = User.objects.select_related("userprofile", "stats", "follow_counts")
        passports = GameProfile.objects.select_related("game").order_by(
            "-is_pinned", "position", "game__name"
        )
        prefetched = users.prefetch_related(Prefetch("game_profiles", passports))
        user = prefetched.filter(username__iexact=username).first()
        if user is None:
            raise Http404
        seen = seen_by(viewer_of(request.user), [user.pk])[user.pk]
        document: dict[str, Any] = ProfileSerializer(user, context={"request": request, "seen": seen}).data
        return Response(document)
