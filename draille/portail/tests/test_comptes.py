"""Les secrets du second facteur ne se lisent pas dans la base."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from draille.portail.comptes import AdaptateurMfa

SECRET = "JBSWY3DPEHPK3PXP"


def test_ladaptateur_est_bien_le_notre():
    assert isinstance(get_adapter(), AdaptateurMfa)


@pytest.mark.django_db
def test_le_secret_garde_nest_pas_celui_quon_lit(agents):
    from draille.socle.acces import Role

    agent = agents[Role.CADRE]
    totp = TOTP.activate(agent, SECRET)
    garde = Authenticator.objects.get(pk=totp.instance.pk).data["secret"]
    assert SECRET not in garde
    assert get_adapter().decrypt(garde) == SECRET
