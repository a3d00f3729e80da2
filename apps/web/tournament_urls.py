"""Addresses of the pages of tournaments, a part of `urls`."""

from django.urls import path

from apps.web.views import conditions, embeds, exports, matches, registering, running, tournaments

urlpatterns = [
    path("tournaments/", tournaments.tournaments, name="tournaments"),
    path("tournaments/<slug:slug>/", tournaments.tournament, name="tournament"),
    path("tournaments/<slug:slug>/matches/", matches.matches, name="matches"),
    path("tournaments/<slug:slug>/matches/<int:match_id>/", matches.match, name="match"),
    path("tournaments/<slug:slug>/matches/<int:match_id>/room/", running.room, name="match-room"),
    path(
        "tournaments/<slug:slug>/matches/<int:match_id>/room/acts/", running.room_act, name="match-room-act"
    ),
    path("tournaments/<slug:slug>/matches/<int:match_id>/correction/", running.correction, name="correction"),
    path("tournaments/<slug:slug>/desk/", running.desk, name="desk"),
    path("tournaments/<slug:slug>/desk/acts/", running.desk_act, name="desk-act"),
    path("tournaments/<slug:slug>/desk/conditions/", conditions.conditions, name="conditions"),
    path("tournaments/<slug:slug>/standings/", matches.standings, name="standings"),
    path("tournaments/<slug:slug>/registration/", registering.page, name="registration"),
    path("tournaments/<slug:slug>/registration/enter/", registering.enter, name="registration-enter"),
    path(
        "tournaments/<slug:slug>/registration/<int:entry_id>/withdraw/",
        registering.withdraw,
        name="registration-withdraw",
    ),
    path(
        "tournaments/<slug:slug>/registration/<int:entry_id>/check-in/",
        registering.check_in,
        name="registration-check-in",
    ),
    path("tournaments/<slug:slug>/export.json", exports.as_json, name="export-json"),
    path("tournaments/<slug:slug>/matches.csv", exports.matches_csv, name="export-matches"),
    path("tournaments/<slug:slug>/standings.csv", exports.standings_csv, name="export-standings"),
    path("embed/tournaments/<slug:slug>/", embeds.tournament, name="embed-tournament"),
]
