"""Adresses : l'argent : imports, pièces, quatre temps."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
