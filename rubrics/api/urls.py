from rest_framework.routers import SimpleRouter

from rubrics.api.roles import RoleViewSet
from rubrics.api.rubrics import RubricVersionViewSet

router = SimpleRouter()
router.register("roles", RoleViewSet)
router.register("rubrics", RubricVersionViewSet)
urlpatterns = router.urls
