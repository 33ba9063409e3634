"""ml-job-time-limit and ml-sweep-trials-bounded."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN as NOT_KNOWN
from scanner.model.verdict import Outcome
from tests.factories import JOB, make_resource
from tests.policies.builtin.judging import NOT_APPLICABLE, finding, judge

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def job(job_type: Any, status: Any = "Running", **properties: Any) -> Resource:
    return make_resource(JOB, "ws/train", properties={"jobType": job_type, "status": status, **properties})


def step(timeout: Any = None, kind: str = "command", **more: Any) -> dict[str, Any]:
    return {"type": kind, "limits": {"timeout": timeout}, **more}


@pytest.mark.parametrize("job_type", ["Command", "Sweep", "command"])
@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        ({"timeout": "PT1H"}, PASS),
        ({"timeout": "P1D"}, PASS),
        ({"timeout": "PT24H"}, PASS),
        ({"timeout": "PT24H1S"}, FAIL),
        ({"timeout": "P7D"}, FAIL),
        ({"timeout": None}, FAIL),
        ({"timeout": "soon"}, UNKNOWN),
        ({"timeout": NOT_KNOWN}, UNKNOWN),
        ({"trialTimeout": "PT1H"}, FAIL),
        ({}, FAIL),
        (None, FAIL),
    ],
)
def test_a_command_or_sweep_has_its_limit_under_limits(job_type, limits, outcome):
    assert judge("ml-job-time-limit", job(job_type, limits=limits)) is outcome


@pytest.mark.parametrize(
    ("details", "outcome"),
    [
        ({"limitSettings": {"timeout": "PT6H"}}, PASS),
        ({"limitSettings": {"timeout": "P2D"}}, FAIL),
        ({"limitSettings": {"trialTimeout": "PT1H"}}, FAIL),
        ({"limitSettings": None}, FAIL),
        (None, FAIL),
        (NOT_KNOWN, UNKNOWN),
    ],
)
def test_automl_has_its_limit_under_limit_settings_and_a_trials_limit_does_not_count(details, outcome):
    assert judge("ml-job-time-limit", job("AutoML", taskDetails=details, limits={"timeout": "PT1H"})) is outcome


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ({"a": step("PT1H"), "b": step("PT2H")}, PASS),
        ({"a": step("PT1H"), "b": step()}, FAIL),
        ({"a": step("PT1H"), "b": step("P2D")}, FAIL),
        ({"a": step(3600)}, PASS),
        ({"a": step(86401)}, FAIL),
        ({"a": step("PT1H"), "b": step("soon")}, UNKNOWN),
        ({"a": step(), "b": step("soon")}, FAIL),
        ({"a": step("PT1H"), "b": {"type": "spark"}}, PASS),
        ({"a": {"type": "spark"}}, PASS),
        ({"a": {"limits": {"timeout": "PT1H"}}}, PASS),
        ({"a": {"limits": {}}}, FAIL),
        ({"a": step(kind=NOT_KNOWN)}, UNKNOWN),
        ({"a": step("P9D", kind=NOT_KNOWN)}, FAIL),
        ({"a": NOT_KNOWN}, UNKNOWN),
        ({"a": "step"}, UNKNOWN),
        ({"a": {"type": "pipeline", "jobs": {"b": step("PT1H")}}}, PASS),
        ({"a": {"type": "pipeline", "jobs": {"b": step()}}}, FAIL),
        ({}, UNKNOWN),
        (None, UNKNOWN),
        (NOT_KNOWN, UNKNOWN),
        ([step()], UNKNOWN),
    ],
)
def test_every_step_of_a_pipeline_has_a_limit(steps, outcome):
    assert judge("ml-job-time-limit", job("Pipeline", jobs=steps)) is outcome


def test_a_pipeline_has_no_limit_of_its_own():
    assert judge("ml-job-time-limit", job("Pipeline", limits={"timeout": "PT1H"}, jobs={"a": step()})) is FAIL


def test_a_pipeline_that_fails_names_the_steps():
    found = finding("ml-job-time-limit", job("Pipeline", jobs={name: step() for name in "abcde"}))
    assert [item.path for item in found.evidence] == [f"properties.jobs.{name}.limits.timeout" for name in "abcde"]
    assert found.message.endswith("and 2 more steps")


def test_pipelines_in_pipelines_without_an_end_are_unknown():
    steps: dict[str, Any] = {"x": step()}
    for _ in range(50):
        steps = {"x": {"type": "pipeline", "jobs": steps}}
    assert judge("ml-job-time-limit", job("Pipeline", jobs=steps)) is UNKNOWN


@pytest.mark.parametrize("job_type", ["Spark", "FineTuning", "Labeling"])
def test_jobs_without_a_limit_to_set_are_left_alone(job_type):
    assert judge("ml-job-time-limit", job(job_type)) is NOT_APPLICABLE


@pytest.mark.parametrize("job_type", [None, NOT_KNOWN])
def test_a_job_of_unknown_type_is_unknown(job_type):
    assert judge("ml-job-time-limit", job(job_type)) is UNKNOWN


@pytest.mark.parametrize(
    ("status", "outcome", "with_finished"),
    [
        ("Completed", NOT_APPLICABLE, FAIL),
        ("Failed", NOT_APPLICABLE, FAIL),
        ("Canceled", NOT_APPLICABLE, FAIL),
        ("completed", NOT_APPLICABLE, FAIL),
        ("Running", FAIL, FAIL),
        ("Queued", FAIL, FAIL),
        ("CancelRequested", FAIL, FAIL),
        ("NotResponding", FAIL, FAIL),
        ("Unknown", FAIL, FAIL),
        (None, FAIL, FAIL),
        (NOT_KNOWN, UNKNOWN, FAIL),
    ],
)
def test_finished_jobs_are_judged_only_where_that_is_asked_for(status, outcome, with_finished):
    endless = job("Command", status)
    assert judge("ml-job-time-limit", endless) is outcome
    assert judge("ml-job-time-limit", endless, includeFinished=True) is with_finished


def test_the_longest_time_can_be_chosen():
    assert judge("ml-job-time-limit", job("Command", limits={"timeout": "PT8H"}), maxJobTime="PT480M") is PASS
    assert judge("ml-job-time-limit", job("Command", limits={"timeout": "PT8H"}), maxJobTime="PT479M") is FAIL


@pytest.mark.parametrize(
    ("trials", "concurrent", "outcome"),
    [
        (100, 20, PASS),
        ("100", "20", PASS),
        (1, 1, PASS),
        (101, 20, FAIL),
        (100, 21, FAIL),
        (None, 20, FAIL),
        (100, None, FAIL),
        ("many", 20, UNKNOWN),
        ("many", 21, FAIL),
        (NOT_KNOWN, 20, UNKNOWN),
    ],
)
def test_sweeps_and_automl_bound_their_trials(trials, concurrent, outcome):
    limits = {"maxTotalTrials": trials, "maxConcurrentTrials": concurrent}
    assert judge("ml-sweep-trials-bounded", job("Sweep", limits=limits)) is outcome
    settings = {"maxTrials": trials, "maxConcurrentTrials": concurrent}
    assert judge("ml-sweep-trials-bounded", job("AutoML", taskDetails={"limitSettings": settings})) is outcome


@pytest.mark.parametrize(
    ("job_type", "outcome"),
    [("Command", NOT_APPLICABLE), ("Pipeline", NOT_APPLICABLE), ("Spark", NOT_APPLICABLE), (None, UNKNOWN)],
)
def test_other_jobs_have_no_trials(job_type, outcome):
    assert judge("ml-sweep-trials-bounded", job(job_type)) is outcome


def test_a_sweep_that_fails_says_which_bound_is_missing_and_nothing_of_automl():
    found = finding("ml-sweep-trials-bounded", job("Sweep", limits={"maxTotalTrials": 10}))
    assert found.message == "properties.limits.maxConcurrentTrials is not set; it must be at most 20"


def test_the_bounds_can_be_chosen():
    sweep = job("Sweep", limits={"maxTotalTrials": 30, "maxConcurrentTrials": 3})
    assert judge("ml-sweep-trials-bounded", sweep, maxTrials=29) is FAIL
    assert judge("ml-sweep-trials-bounded", sweep, maxTrials=30, maxConcurrentTrials=2) is FAIL
