from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "fairpost.web"
    label = "web"
