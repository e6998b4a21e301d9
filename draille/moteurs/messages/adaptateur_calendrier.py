"""Le rendez-vous au format iCalendar (RFC 5545, RFC 5546) : demande, ou annulation."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

PRODUIT = "-//Draille//Rendez-vous//FR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evenement:
    """Un rendez-vous à mettre à l'agenda. `debut` et `fin` portent leur fuseau.

    `uid` : le même pour un rendez-vous, sa modification (`sequence` croît) et son annulation.
    """

    uid: str
    debut: datetime
    fin: datetime
    lieu: str
    resume: str
    sequence: int = 0
    est_annule: bool = False


def composer_calendrier(*, evenement: Evenement, courriel: str, de: str, instant: datetime) -> str:
    """Le calendrier : METHOD:REQUEST, ou METHOD:CANCEL si le rendez-vous est annulé.

    `courriel` : la personne invitée, vide si l'on n'en connaît pas ; `de` : le courriel qui invite.
    """
    calendrier = Calendar()
    calendrier.add("prodid", PRODUIT)
    calendrier.add("version", "2.0")
    calendrier.add("method", "CANCEL" if evenement.est_annule else "REQUEST")
    rendez_vous = Event()
    rendez_vous.add("uid", evenement.uid)
    rendez_vous.add("dtstamp", instant)
    rendez_vous.add("dtstart", evenement.debut)
    rendez_vous.add("dtend", evenement.fin)
    rendez_vous.add("summary", evenement.resume)
    rendez_vous.add("location", evenement.lieu)
    rendez_vous.add("sequence", evenement.sequence)
    rendez_vous.add("status", "CANCELLED" if evenement.est_annule else "CONFIRMED")
    rendez_vous["organizer"] = vCalAddress(f"MAILTO:{de}")
    if courriel:
        invite = vCalAddress(f"MAILTO:{courriel}")
        invite.params["PARTSTAT"] = vText("NEEDS-ACTION")
        invite.params["RSVP"] = vText("FALSE")
        rendez_vous.add("attendee", invite, encode=False)
    calendrier.add_component(rendez_vous)
    calendrier.add_missing_timezones()
    octets: bytes = calendrier.to_ical()
    return octets.decode("utf-8")
