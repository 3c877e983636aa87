from rest_framework.routers import SimpleRouter

from candidates.api.applications import ApplicationViewSet
from candidates.api.candidates import CandidateViewSet
from candidates.api.interviews import InterviewViewSet
from candidates.api.reviews import ClientReviewViewSet
from candidates.api.scorecards import ScorecardViewSet
from candidates.api.scores import ScoreViewSet
from candidates.api.shortlists import ShortlistViewSet

router = SimpleRouter()
router.register("candidates", CandidateViewSet)
router.register("applications", ApplicationViewSet)
router.register("interviews", InterviewViewSet)
router.register("scorecards", ScorecardViewSet)
router.register("scores", ScoreViewSet)
router.register("shortlists", ShortlistViewSet)
router.register("client-reviews", ClientReviewViewSet)
urlpatterns = router.urls
