#!/usr/bin/env python
"""Les commandes de Django, pour qui développe ; `draille` est celle de tous les jours."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
