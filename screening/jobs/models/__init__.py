from screening.jobs.models.deliveries import Delivery
from screening.jobs.models.jobs import Job

__all__ = ["Delivery", "Job"]
