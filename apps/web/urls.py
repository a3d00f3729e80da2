"""Addresses of the pages."""

from django.urls import path

from apps.web import views

app_name = "web"

urlpatterns = [
    path("", views.home, name="home"),
    path("@<str:username>/", views.player, name="player"),
    path("teams/", views.teams, name="teams"),
    path("teams/<slug:slug>/", views.team, name="team"),
    path("tournaments/", views.tournaments, name="tournaments"),
    path("tournaments/<slug:slug>/", views.tournament, name="tournament"),
    path("avatars/<slug:key>.svg", views.avatar, name="avatar"),
    path("crests/<slug:key>/<str:letters>.svg", views.crest, name="crest"),
]
