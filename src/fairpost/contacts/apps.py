from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "fairpost.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.AutoField"
