from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    name = "fairpost.enforcement"
    label = "enforcement"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.enforcement.force.hook import check_act
        from fairpost.tenants.restrictions import set_check

        set_check(check_act)
