import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from screening.jobs.models import Delivery, Job


class JobFactory(DjangoModelFactory[Job]):
    class Meta:
        model = Job

    task = "tests.nothing"
    title = factory.Sequence(lambda n: f"Long work {n}")
    due_at = factory.LazyFunction(timezone.now)


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    event = "tests.told"
    recipient = factory.Sequence(lambda n: f"reader{n}@example.com")
    subject = factory.Sequence(lambda n: f"News {n}")
    text = "Something happened."
    due_at = factory.LazyFunction(timezone.now)
