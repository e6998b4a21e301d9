"""Adresses : les rapports d'exécution."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
