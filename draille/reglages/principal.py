"""Les réglages de Draille. Ce qui change d'un serveur à l'autre vient de l'environnement."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from draille.reglages.base_de_donnees import ROLE_APPLICATION, bases
from draille.reglages.secrets_locaux import lire as secret

RACINE = Path(__file__).resolve().parents[2]


def _vrai(nom: str, defaut: str = "0") -> bool:
    return os.environ.get(nom, defaut) == "1"


DEBUG = False
SECRET_KEY = secret("DRAILLE_SECRET")
DRAILLE_CLES = secret("DRAILLE_CLES")
ALLOWED_HOSTS = os.environ.get("DRAILLE_HOTES", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("DRAILLE_ORIGINES", "").split(",") if o]

# --- Draille -----------------------------------------------------------------
DRAILLE_DEPARTEMENT = os.environ.get("DRAILLE_DEPARTEMENT", "43")
# L'adresse publique du site, pour les liens envoyés par courriel.
DRAILLE_ADRESSE = os.environ.get("DRAILLE_ADRESSE", "http://localhost:8000").rstrip("/")
DRAILLE_DEMONSTRATION = _vrai("DRAILLE_DEMONSTRATION")
DRAILLE_TOTP_OBLIGATOIRE = _vrai("DRAILLE_TOTP_OBLIGATOIRE")
DRAILLE_ROLE_APPLICATION = os.environ.get("DRAILLE_ROLE_APPLICATION", ROLE_APPLICATION)
DRAILLE_MESURES = [
    "draille.mesures.accueil_social",
    "draille.mesures.reseau_insertion",
    "draille.mesures.suivi_rsa",
    "draille.mesures.orientation_rsa",
    "draille.mesures.referent_unique",
    "draille.mesures.rendez_vous",
    "draille.mesures.convention",
    "draille.mesures.schema_solidarites",
    "draille.mesures.pdi",
    "draille.mesures.formation",
]

# --- Django ------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_cotton",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "draille.noyau",
    "draille.moteurs.flux",
    "draille.moteurs.indicateurs",
    "draille.moteurs.messages",
    "draille.moteurs.annuaire",
    "draille.moteurs.partage",
    "draille.moteurs.rapprochement",
    "draille.ecrans",
    *DRAILLE_MESURES,
    "draille.portail",
    *(["draille.demo"] if DRAILLE_DEMONSTRATION else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "draille.portail.intergiciels.ReferenceErreur",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "draille.portail.intergiciels.ContexteAcces",
]
ROOT_URLCONF = "draille.portail.urls"
WSGI_APPLICATION = "draille.portail.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Le portail passe devant les paquets : ses gabarits de connexion remplacent les leurs.
        "DIRS": [RACINE / "draille" / "portail" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "draille.portail.contexte.page",
            ],
        },
    }
]
DATABASES = bases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("DRAILLE_STATIQUES") or None
_NPM = RACINE / "node_modules"
STATICFILES_DIRS = [
    ("npm/bootstrap", _NPM / "bootstrap" / "dist"),
    ("npm/htmx", _NPM / "htmx.org" / "dist"),
    ("npm/leaflet", _NPM / "leaflet" / "dist"),
    ("npm/atkinson", _NPM / "@fontsource" / "atkinson-hyperlegible"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = Path(os.environ.get("DRAILLE_DEPOTS", RACINE / "var" / "depots"))
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
PROCRASTINATE_IMPORT_PATHS = ["draille.portail.taches"]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portail_cache",
    }
}

# --- Connexion ---------------------------------------------------------------
AUTH_USER_MODEL = "noyau.Agent"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "identifiant"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "draille.portail.comptes.Adaptateur"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Draille"
MFA_ADAPTER = "draille.portail.comptes.AdaptateurMfa"

# --- Messages ----------------------------------------------------------------
# En démonstration, rien ne part : tout s'écrit dans ce dossier. Hors démonstration, il reste celui
# du bureau d'ordre, où se déposent les courriers à imprimer.
DRAILLE_MESSAGES_DOSSIER = Path(
    os.environ.get("DRAILLE_MESSAGES_DOSSIER", RACINE / "var" / "messages")
)
DRAILLE_EXPEDITEUR_ADRESSE = os.environ.get("DRAILLE_EXPEDITEUR_ADRESSE", "")
DRAILLE_EXPEDITEUR_TELEPHONE = os.environ.get("DRAILLE_EXPEDITEUR_TELEPHONE", "")
DRAILLE_COURRIEL_DE = os.environ.get("DRAILLE_COURRIEL_DE", "ne-pas-repondre@example.org")
DRAILLE_SMTP_HOTE = os.environ.get("DRAILLE_SMTP_HOTE", "")
DRAILLE_SMTP_PORT = int(os.environ.get("DRAILLE_SMTP_PORT", "587"))
DRAILLE_SMTP_UTILISATEUR = os.environ.get("DRAILLE_SMTP_UTILISATEUR", "")
DRAILLE_SMTP_MOT_DE_PASSE = os.environ.get("DRAILLE_SMTP_MOT_DE_PASSE", "")
DRAILLE_SMTP_TLS = _vrai("DRAILLE_SMTP_TLS", "1")
DRAILLE_SMS_URL = os.environ.get("DRAILLE_SMS_URL", "")
DRAILLE_SMS_JETON = os.environ.get("DRAILLE_SMS_JETON", "")
DRAILLE_SMS_EMETTEUR = os.environ.get("DRAILLE_SMS_EMETTEUR", "DRAILLE")

# --- Trajets -----------------------------------------------------------------
# `estimation`, `graphe` (écrit par `draille trajets preparer`) ou `osrm` (un `osrm-routed` voisin).
DRAILLE_TRAJETS = os.environ.get("DRAILLE_TRAJETS", "estimation")
DRAILLE_TRAJETS_GRAPHE = Path(os.environ.get("DRAILLE_TRAJETS_GRAPHE", RACINE / "var" / "trajets"))
DRAILLE_TRAJETS_OSRM = os.environ.get("DRAILLE_TRAJETS_OSRM", "")
DRAILLE_TRAJETS_OSRM_PIED = os.environ.get("DRAILLE_TRAJETS_OSRM_PIED", "")

# --- Comparer deux Départements ---------------------------------------------
# Les fichiers d'agrégats reçus d'autres Départements, à comparer au nôtre.
DRAILLE_AGREGATS = Path(os.environ.get("DRAILLE_AGREGATS", RACINE / "var" / "agregats"))

# --- Sécurité ----------------------------------------------------------------
_HTTPS = _vrai("DRAILLE_HTTPS")
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if _vrai("DRAILLE_MANDATAIRE") else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
LOGGING_CONFIG = None
