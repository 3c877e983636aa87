"""What the clients answered before each search: which production problem the hire will own. By the title of the role."""

CLAIMS = {
    "problem": "Claims triage must keep deciding 40,000 claims a day at a precision of 0.9; when it slips, two hospitals wait "
    "longer for payment and operations notice on Monday.",
    "systems_and_data": "The triage model, its feature store, the form parsers of nine partners, the review queue.",
    "dependents": "Operations in two time zones, the hospitals’ billing teams, and finance at the end of each month.",
    "decides_alone": "Rollbacks, thresholds, what is monitored, and what is retrained; new partners together with operations.",
    "success_after_90_days": "One degradation found by their own signal before anybody else saw it, and handled to the end.",
    "overlap": "Four hours with Bangkok (GMT+7), mornings preferred.",
}
SCOPES = {
    "Senior AI Engineer, claims triage": CLAIMS,
    "Senior AI Engineer, routing": {
        "problem": "Every night 1,900 tours are planned from forecast volumes; when arrival times drift by more than 20 minutes, "
        "dispatchers replan by hand and 300 drivers wait at the gates.",
        "systems_and_data": "The travel-time model, the volume forecast, the solver that uses both, and the vehicles’ telemetry.",
        "dependents": "Dispatch in four depots, the drivers, and eleven shippers with delivery windows in their contracts.",
        "decides_alone": "What is retrained and when, fallbacks to yesterday’s plan, alerts; contract windows together with sales.",
        "success_after_90_days": "Drift of arrival times is seen before dispatch calls, and one cause of it is gone for good.",
        "overlap": "Three hours with Berlin (GMT+1); the planning run at 22:00 is watched in turns.",
    },
    "Senior Data Scientist, outcomes": {
        "problem": "Clinics choose follow-ups by a predicted risk of readmission; last spring it was overconfident for patients over "
        "80, and nobody could say since when.",
        "systems_and_data": "Five years of discharge records from six clinics, two coding systems, and the quarterly risk model.",
        "dependents": "Care coordinators who call by the list, the clinics’ ethics board, and the insurer’s reporting.",
        "decides_alone": "Definitions, evaluation and when a model is withdrawn; new variables together with the clinics.",
        "success_after_90_days": "A calibration report by age and clinic that coordinators read, and one decision changed because of it.",
        "overlap": "Four hours with Nairobi (GMT+3).",
    },
    "Senior AI Engineer, document intake": {
        "problem": "Referral letters in three languages become structured records; one in twelve still needs a person, and a wrong "
        "dosage field reached a ward in June.",
        "systems_and_data": "Scanning, a layout model, an extraction model, the rules behind it, and 2 million letters.",
        "dependents": "The intake desk, pharmacists who rely on the dosage field, and the hospitals’ data protection officers.",
        "decides_alone": "Confidence thresholds, what is sent to people, release and rollback; new fields together with pharmacy.",
        "success_after_90_days": "No field with consequences is filled below its threshold, and the desk sees why a letter came to it.",
        "overlap": "Four hours with Bangkok (GMT+7), afternoons preferred.",
    },
}
UNFINISHED = {**dict.fromkeys(CLAIMS, ""), "problem": "Prices must follow costs within a day."}


def scope_of(title: str) -> dict[str, str]:
    """Numbered roles are searches of the same problem once more."""
    return next(scope for known, scope in SCOPES.items() if title.startswith(known))
