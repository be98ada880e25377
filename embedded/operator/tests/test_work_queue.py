"""The queue that turns events into work."""

import asyncio

from embedded_operator.kubernetes.work_queue import WorkQueue


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario, 10))


def test_many_events_become_one_run():
    async def scenario():
        runs, done = [], asyncio.Event()

        async def work(key):
            runs.append(key)
            done.set()

        queue = WorkQueue(work, 2)
        for _ in range(5):
            queue.add("a")
        queue.start()
        await done.wait()
        await asyncio.sleep(0)
        await queue.stop()
        assert runs == ["a"]

    run(scenario())


def test_a_key_never_runs_twice_at_once_and_an_event_meanwhile_is_not_lost():
    async def scenario():
        active, most, runs, gate = 0, 0, 0, asyncio.Event()

        async def work(_):
            nonlocal active, most, runs
            active += 1
            runs += 1
            most = max(most, active)
            if runs == 1:
                queue.add("a")
                await asyncio.sleep(0.01)
            else:
                gate.set()
            active -= 1

        queue = WorkQueue(work, 3)
        queue.start()
        queue.add("a")
        await gate.wait()
        await queue.stop()
        assert (most, runs) == (1, 2)

    run(scenario())


def test_a_failed_run_is_tried_again(monkeypatch):
    monkeypatch.setattr("embedded_operator.kubernetes.work_queue.FIRST_RETRY", 0.01)

    async def scenario():
        runs, done = 0, asyncio.Event()

        async def work(_):
            nonlocal runs
            runs += 1
            if runs < 3:
                raise RuntimeError("not yet")
            done.set()

        queue = WorkQueue(work, 1)
        queue.start()
        queue.add("a")
        await done.wait()
        await queue.stop()
        assert runs == 3

    run(scenario())
