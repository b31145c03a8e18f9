from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    name = "fairpost.enforcement"
    label = "enforcement"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        from fairpost.kernel.late import late
        from fairpost.tenants.restrictions import set_check

        set_check(late("fairpost.enforcement.force.hook:check_act"))
