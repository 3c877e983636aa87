from django.urls import URLPattern, URLResolver, path

from screening.accounts.views import clients, history, invitations, profile, users

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", users.people, name="people"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
    path("people/<int:pk>/", users.person, name="person"),
    path("people/<int:pk>/deactivate/", users.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", users.reactivate, name="reactivate"),
    path("invitations/<str:token>/", invitations.accept, name="invitation"),
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.new_client, name="client_new"),
    path("clients/<slug:slug>/", clients.rename_client, name="client"),
    path("account/", profile.profile, name="profile"),
    path("account/notices/", profile.notices, name="notices"),
    path("account/tokens/new/", profile.create_token, name="token_new"),
    path("account/tokens/<uuid:ref>/revoke/", profile.revoke_token, name="token_revoke"),
    path("audit/", history.audit, name="audit"),
]
