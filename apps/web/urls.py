"""Addresses of the pages."""

from django.urls import path

from apps.web import tournament_urls
from apps.web.views import (
    achievements,
    design,
    developers,
    follows,
    home,
    leaderboards,
    notifications,
    pictures,
    players,
    robots,
    search,
    shop,
    teams,
    tokens,
    wallet,
)
from apps.web.views.settings import data, privacy, profile, username

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    path("@<str:username>/", players.player, name="player"),
    path("@<str:username>/achievements/", achievements.achievements, name="achievements"),
    path("@<str:username>/relation/", follows.relation, name="relation"),
    path("@<str:username>/followers/", follows.follow_list, {"kind": "followers"}, name="followers"),
    path("@<str:username>/following/", follows.follow_list, {"kind": "following"}, name="following"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/reading/", notifications.read_all, name="notifications-read"),
    path("notifications/<int:notification_id>/reading/", notifications.read, name="notification-read"),
    path("requests/", follows.requests, name="follow-requests"),
    path("settings/privacy/", privacy.settings, name="privacy"),
    path("settings/privacy/preset/", privacy.preset, name="privacy-preset"),
    path("settings/privacy/preview/<slug:standing>/", privacy.preview, name="privacy-preview"),
    path("settings/blocked/", privacy.blocked, name="blocked"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<slug:slug>/", teams.team, name="team"),
    *tournament_urls.urlpatterns,
    path("settings/profile/", profile.edit_profile, name="edit-profile"),
    path("settings/username/", username.username, name="username"),
    path("settings/data/", data.data, name="data"),
    path("settings/data/export/", data.export, name="export"),
    path("settings/deletion/", data.delete_account, name="delete-account"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/revocation/", tokens.revoke, name="token-revoke"),
    path("shop/", shop.shop, name="shop"),
    path("shop/purchases/", shop.buy, name="purchase"),
    path("shop/items/<int:inventory_id>/showing/", shop.showing, name="item-showing"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/statement.csv", wallet.statement, name="statement"),
    path("leaderboards/", leaderboards.leaderboards, name="leaderboards"),
    path("search/", search.search, name="search"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap_index, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", robots.sitemap_part, name="sitemap-part"),
    path("developers/", developers.developers, name="developers"),
    path("design/", design.design, name="design"),
    path("design/bracket/", design.design_bracket, name="design-bracket"),
    path("avatars/<slug:key>.svg", pictures.avatar, name="avatar"),
    path("crests/<slug:key>/<str:letters>.svg", pictures.crest, name="crest"),
]
