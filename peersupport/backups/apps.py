from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "peersupport.backups"
    label = "backups"
