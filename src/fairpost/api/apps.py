from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "fairpost.api"
    label = "api"
