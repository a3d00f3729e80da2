"""Addresses of the pages."""

from django.urls import path

from apps.web.views import (
    design,
    embeds,
    exports,
    follows,
    home,
    matches,
    pictures,
    players,
    teams,
    tokens,
    tournaments,
    wallet,
)
from apps.web.views.settings import privacy, profile

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    path("@<str:username>/", players.player, name="player"),
    path("@<str:username>/relation/", follows.relation, name="relation"),
    path("@<str:username>/followers/", follows.follow_list, {"kind": "followers"}, name="followers"),
    path("@<str:username>/following/", follows.follow_list, {"kind": "following"}, name="following"),
    path("requests/", follows.requests, name="follow-requests"),
    path("settings/privacy/", privacy.settings, name="privacy"),
    path("settings/privacy/preset/", privacy.preset, name="privacy-preset"),
    path("settings/privacy/preview/<slug:standing>/", privacy.preview, name="privacy-preview"),
    path("settings/blocked/", privacy.blocked, name="blocked"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<slug:slug>/", teams.team, name="team"),
    path("tournaments/", tournaments.tournaments, name="tournaments"),
    path("tournaments/<slug:slug>/", tournaments.tournament, name="tournament"),
    path("tournaments/<slug:slug>/matches/", matches.matches, name="matches"),
    path("tournaments/<slug:slug>/matches/<int:match_id>/", matches.match, name="match"),
    path("tournaments/<slug:slug>/standings/", matches.standings, name="standings"),
    path("tournaments/<slug:slug>/export.json", exports.as_json, name="export-json"),
    path("tournaments/<slug:slug>/matches.csv", exports.matches_csv, name="export-matches"),
    path("tournaments/<slug:slug>/standings.csv", exports.standings_csv, name="export-standings"),
    path("embed/tournaments/<slug:slug>/", embeds.tournament, name="embed-tournament"),
    path("settings/profile/", profile.edit_profile, name="edit-profile"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/revocation/", tokens.revoke, name="token-revoke"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/statement.csv", wallet.statement, name="statement"),
    path("design/", design.design, name="design"),
    path("design/bracket/", design.design_bracket, name="design-bracket"),
    path("avatars/<slug:key>.svg", pictures.avatar, name="avatar"),
    path("crests/<slug:key>/<str:letters>.svg", pictures.crest, name="crest"),
]
