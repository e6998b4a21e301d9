"""Adresses : le pilotage."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
