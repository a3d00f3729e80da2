"""Players, for programs."""

from ninja import Router

from apps.user_profile.api.achievements import router as achievements
from apps.user_profile.api.activity import router as activity
from apps.user_profile.api.follows import router as follows
from apps.user_profile.api.me import router as me
from apps.user_profile.api.profiles import router as profiles

router = Router()
router.add_router("/profiles", profiles, tags=["profiles"])
router.add_router("/profiles", follows, tags=["profiles"])
router.add_router("/profiles", achievements, tags=["profiles"])
router.add_router("/profiles", activity, tags=["profiles"])
router.add_router("/me", me, tags=["me"])

__all__ = ["profiles", "router"]
