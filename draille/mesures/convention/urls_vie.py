"""Adresses : la vie de la convention : avenants, échéances, valeurs, actions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
