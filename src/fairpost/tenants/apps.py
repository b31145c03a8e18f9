from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "fairpost.tenants"
    label = "tenants"
    default_auto_field = "django.db.models.AutoField"
