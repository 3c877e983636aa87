from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

TABLES = """
INSERT INTO floor_role (title) SELECT 'Senior AI Engineer, role ' || n FROM generate_series(1, %(roles)s) n;
INSERT INTO floor_stage (role_id, name)
    SELECT r, 'Stage ' || n FROM generate_series(1, %(roles)s) r, generate_series(1, %(stages)s) n ORDER BY r, n;
INSERT INTO floor_person (name, email, headline)
    SELECT initcap(substr(md5(n::text), 1, 7)) || ' ' || initcap(substr(md5((-n)::text), 1, 9)),
           md5(n::text) || '@example.org', 'Engineer, applied research'
    FROM generate_series(1, %(people)s) n;
INSERT INTO floor_card (person_id, role_id, stage_id, owner_id, source, since)
    SELECT 1 + n %% %(people)s, 1 + n %% %(roles)s, 1 + (n %% %(roles)s) * %(stages)s + (n / %(roles)s) %% %(stages)s,
           1, (ARRAY['applied', 'sourced', 'referral', 'agency'])[1 + n %% 4], now() - n * interval '1 minute'
    FROM generate_series(0, %(cards)s - 1) n;
INSERT INTO floor_scorecard (card_id, interviewer, state)
    SELECT 1 + n %% %(cards)s, 'Interviewer ' || n %% 200, 'submitted' FROM generate_series(0, %(scorecards)s - 1) n;
INSERT INTO floor_change (card_id, to_id, by_id, at) SELECT id, stage_id, 1, since FROM floor_card;
"""


def fill(people: int, cards: int, scorecards: int, roles: int, stages: int) -> None:
    get_user_model().objects.create_user("recruiter")
    values = {"people": people, "cards": cards, "scorecards": scorecards, "roles": roles, "stages": stages}
    with connection.cursor() as cursor:
        cursor.execute(TABLES, values)
        cursor.execute("VACUUM ANALYZE")


def sign_in() -> str:
    """The key of a new session."""
    user = get_user_model().objects.get()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
