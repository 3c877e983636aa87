from django.db import models


class Part(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    RECRUITER = "recruiter", "Recruiter"
    HIRING_MANAGER = "hiring_manager", "Hiring manager"
    CLIENT_REVIEWER = "client_reviewer", "Client reviewer"
