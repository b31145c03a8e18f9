from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "fairpost.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.contacts.holdings import Holding, declare

        here = "fairpost.contacts.held_here"
        declare(
            Holding("contact", f"{here}:contact", f"{here}:erase_contact"),
            Holding("consent", f"{here}:ledger", f"{here}:erase_ledger"),
            Holding("suppressions", f"{here}:suppressions", f"{here}:erase_suppressions"),
            Holding("sign_ups", f"{here}:sign_ups", f"{here}:erase_sign_ups"),
            Holding("imports", "", f"{here}:erase_from_imports"),
        )
