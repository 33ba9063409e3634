"""Threads that keep the order, prefer lanes that are ready, and end with the scan."""

import threading
import time

import pytest

from scanner.sources.azure.workers import Workers


def test_results_come_in_the_order_of_the_items():
    def slow_first(number):
        time.sleep(0.02 if number == 0 else 0)
        return number * 2

    assert Workers(8).map(slow_first, range(100)) == [number * 2 for number in range(100)]


def test_nothing_to_do_is_nothing_done():
    assert Workers(8).map(lambda _: pytest.fail("called"), []) == []


def test_an_exception_is_raised_where_the_work_was_asked_for():
    def fail(number):
        if number == 5:
            raise ValueError("five")
        return number

    with pytest.raises(ValueError, match="five"):
        Workers(4).map(fail, range(100))


def test_many_calls_are_under_way_at_a_time_but_no_more_than_threads():
    lock, under_way, most = threading.Lock(), 0, 0

    def call(_):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.01)
        with lock:
            under_way -= 1

    Workers(6).map(call, range(60))
    assert most == 6


def test_a_lane_that_must_wait_does_not_keep_others_waiting():
    order = []
    held = threading.Event()
    workers = Workers(1, delay=lambda lane: 0.0 if lane == "b" or held.is_set() else 0.01)

    def call(item):
        order.append(item)
        if len(order) == 3:
            held.set()

    workers.map(call, ["a1", "a2", "b1", "b2", "b3"], lambda item: item[0])
    assert order == ["b1", "b2", "b3", "a1", "a2"]


def test_lanes_take_turns():
    order = []
    Workers(1).map(order.append, ["a1", "a2", "a3", "b1", "b2"], lambda item: item[0])
    assert order == ["a1", "b1", "a2", "b2", "a3"]


def test_an_interrupt_ends_the_wait_and_what_was_not_done_fails_at_once():
    stopped = threading.Event()
    workers = Workers(4)
    done = []

    def call(number):
        if stopped.is_set():
            return "interrupted"
        if number < 2:
            done.append(number)
            return "done"
        stopped.wait(30)
        return "too late"

    def interrupt():
        while len(done) < 2:
            time.sleep(0.001)
        stopped.set()
        workers.interrupt()

    start = time.monotonic()
    threading.Thread(target=interrupt).start()
    results = workers.map(call, range(10))
    assert results[:2] == ["done", "done"]
    assert set(results[2:]) <= {"interrupted", "too late"}
    assert time.monotonic() - start < 5
    assert workers.map(call, range(3)) == ["interrupted"] * 3


def test_a_call_gives_its_answer_or_raises_what_it_raised():
    assert Workers(1).call(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        Workers(1).call(lambda: 1 // 0)


def test_an_interrupt_ends_a_call_that_hangs():
    workers, hanging = Workers(1), threading.Event()
    threading.Timer(0.1, workers.interrupt).start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        workers.call(lambda: hanging.wait(10))
    assert time.monotonic() - begin < 1
    hanging.set()
    with pytest.raises(KeyboardInterrupt):
        workers.call(lambda: pytest.fail("called"))
