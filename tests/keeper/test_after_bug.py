"""What the keeper does about an event that it has a bug with."""

from dataclasses import replace

from launcher.keeper import effects as fx
from launcher.keeper import events as ev
from launcher.keeper import messages as m
from launcher.keeper.after_bug import after_bug
from launcher.keeper.state import State, Until, Waiter
from launcher.keeper.view import Phase
from launcher.problem import Problem
from tests.keeper.test_next_state import CLI, WHY, WINDOW, kinds, running, stopped

MISTAKE = Problem("Tavernkeep has made a mistake.", "…")


def test_whoever_asked_is_told_and_nothing_has_changed() -> None:
    state = running().state
    assert after_bug(state, ev.RequestReceived(0, CLI, 9, m.Stop()), MISTAKE) == (
        state,
        [fx.Tell(CLI, m.Reply(9, MISTAKE))],
    )


def test_whoever_chose_is_told() -> None:
    asked = ev.RequestReceived(0, WINDOW, 9, m.ChangeSettings({}))
    assert after_bug(State(), ev.SettingsSaved(1, asked), MISTAKE)[1] == [fx.Tell(WINDOW, m.Reply(9, MISTAKE))]


def test_a_job_whose_end_is_not_understood_is_over() -> None:
    story = stopped()
    story.ask(m.SetPort(8001))
    state, effects = after_bug(story.state, ev.JobDone(0, ev.FileSnapshot()), MISTAKE)
    assert state.job is None
    assert effects == [fx.Tell(CLI, m.Reply(1, MISTAKE))]


def test_an_installation_whose_end_is_not_understood_no_longer_runs() -> None:
    story = stopped()
    story.ask(m.Install())
    state, effects = after_bug(story.state, ev.JobDone(0, ev.FileSnapshot()), MISTAKE)
    assert (state.view.phase, state.view.problem, state.view.progress) == (Phase.STOPPED, MISTAKE, None)
    assert effects == [fx.Tell(CLI, m.Reply(1, MISTAKE))]


def test_a_server_whose_end_is_not_understood_is_gone_all_the_same() -> None:
    state = running().state
    state = replace(state, waiters=(Waiter(CLI, 5, Until.STOPPED), Waiter(WINDOW, 6, Until.RUNNING)))
    after, effects = after_bug(state, ev.ServerEnded(0, state.run, WHY), MISTAKE)
    assert (after.view.phase, after.view.pid, after.view.problem) == (Phase.CRASHED, None, MISTAKE)
    assert effects == [fx.Tell(WINDOW, m.Reply(6, MISTAKE)), fx.Tell(CLI, m.Reply(5))]


def test_an_older_server_changes_nothing() -> None:
    state = running().state
    assert after_bug(state, ev.ServerEnded(0, state.run - 1, WHY), MISTAKE) == (state, [])


def test_a_server_that_does_not_stop_is_still_ended_by_force() -> None:
    state = running().state
    assert kinds(after_bug(state, ev.TimerFired(0, "kill", state.run), MISTAKE)[1]) == [fx.KillTree]
