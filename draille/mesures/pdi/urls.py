"""Les adresses du PDI."""

from django.urls import path

from draille.mesures.pdi import views, views_deliberation

urlpatterns = [
    path("pdi/", views.pdi, name="pdi"),
    path("pdi/charger/", views_deliberation.charger, name="pdi_charger"),
    path("pdi/actions/<slug:code>/", views.action, name="pdi_action"),
    path("pdi/<slug:code>/deliberer/", views_deliberation.deliberer, name="pdi_deliberer"),
]
