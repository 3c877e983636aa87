import factory
from factory.django import DjangoModelFactory

from screening.accounts.enums import Part
from screening.accounts.models import Client, User

PASSWORD = "correct horse battery staple"


class ClientFactory(DjangoModelFactory[Client]):
    class Meta:
        model = Client

    name = factory.Sequence(lambda n: f"Northwind {n}")
    slug = factory.Sequence(lambda n: f"northwind-{n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    part = Part.RECRUITER
    password = factory.django.Password(PASSWORD)


class AdministratorFactory(UserFactory):
    part = Part.ADMINISTRATOR


class RecruiterFactory(UserFactory):
    part = Part.RECRUITER


class HiringManagerFactory(UserFactory):
    part = Part.HIRING_MANAGER


class ReviewerFactory(UserFactory):
    part = Part.CLIENT_REVIEWER
    client = factory.SubFactory(ClientFactory)
