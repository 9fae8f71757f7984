"""The keeper's decisions, told as histories: what happens, and what it shows and does then."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from launcher.access.exposure import Mode
from launcher.keeper import effects as fx
from launcher.keeper import events as ev
from launcher.keeper import messages as m
from launcher.keeper.next_state import IDLE_PATIENCE_S, next_state
from launcher.keeper.server_lifecycle import NO_SILLYTAVERN, PAUSES_BEFORE_RETRY_S, PROBE_INTERVAL_S, STOP_PATIENCE_S
from launcher.keeper.state import OURSELVES, Process, State
from launcher.keeper.view import Installed, Phase, Progress, Tray
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import Fix, Problem
from launcher.server.output import Doing, Ready

CLI, WINDOW, TRAY = 1, 2, 3
HOME = Installed("/st/1.19.0", "1.19.0", "config.yaml", ours=True)
NEWER = Installed("/st/1.20.0", "1.20.0", "config.yaml", ours=True)
LOOKED = ev.FileSnapshot(HOME, 8000)
LOOKED_NEWER = ev.FileSnapshot(NEWER, 8000)
WHY = Problem("SillyTavern ended.", "The last thing it printed: “oh”.")


@dataclass
class Story:
    """Plays happenings and remembers what was done. `home`: there is an installation."""

    state: State = field(default_factory=State)
    at: float = 1000.0
    done: list[fx.Effect] = field(default_factory=list)
    last_id: int = 0

    def happens(self, event: ev.Event) -> list[fx.Effect]:
        self.state, effects = next_state(self.state, event)
        self.done += effects
        return effects

    def ask(self, request: m.Request, client: int = CLI) -> list[fx.Effect]:
        self.last_id += 1
        return self.happens(ev.RequestReceived(self.at, client, self.last_id, request))

    def launched(self, looked: ev.FileSnapshot = LOOKED) -> list[fx.Effect]:
        return self.happens(ev.ServerLaunched(self.at, self.state.run, 4242, looked))

    def ready(self) -> list[fx.Effect]:
        return self.happens(ev.OutputRead(self.at, self.state.run, Ready(), clock=1.7e9))

    def ended(self) -> list[fx.Effect]:
        return self.happens(ev.ServerEnded(self.at, self.state.run, WHY))

    def rings(self, name: str) -> list[fx.Effect]:
        return self.happens(ev.TimerFired(self.at, name, self.state.run))

    def replies(self) -> list[m.Reply]:
        return [e.event for e in self.done if isinstance(e, fx.Tell) and isinstance(e.event, m.Reply)]

    def phase(self) -> Phase:
        return self.state.view.phase


def stopped() -> Story:
    story = Story()
    story.happens(ev.FilesChanged(story.at, LOOKED))
    return story


def running() -> Story:
    story = stopped()
    story.ask(m.Start())
    story.launched()
    story.ready()
    return story


def kinds(effects: Sequence[fx.Effect]) -> list[type]:
    return [type(effect) for effect in effects]


def test_start_is_answered_when_the_server_is_ready() -> None:
    story = stopped()
    assert story.ask(m.Start()) == [fx.LaunchServer(1, None)]
    assert story.phase() is Phase.STARTING
    story.launched()
    assert story.state.view.pid == 4242
    assert story.replies() == []
    assert story.ready() == [fx.Tell(CLI, m.Reply(1))]
    assert story.phase() is Phase.RUNNING
    assert story.state.view.running_since == 1.7e9


def test_start_twice_starts_once() -> None:
    story = stopped()
    story.ask(m.Start())
    assert story.ask(m.Start(), WINDOW) == []
    story.launched()
    assert story.ask(m.Start()) == []
    assert kinds(story.ready()) == [fx.Tell, fx.Tell, fx.Tell]
    assert [e for e in story.done if isinstance(e, fx.LaunchServer)] == [fx.LaunchServer(1, None)]


def test_start_of_a_running_server_is_answered_at_once() -> None:
    story = running()
    assert story.ask(m.Start()) == [fx.Tell(CLI, m.Reply(2))]


def test_start_of_another_folder_is_refused_while_one_runs() -> None:
    story = running()
    story.ask(m.Start("/other"))
    assert story.replies()[-1].refused
    assert story.phase() is Phase.RUNNING


def test_start_of_the_same_folder_is_fine_while_it_runs() -> None:
    story = running()
    story.ask(m.Start(HOME.folder))
    assert story.replies()[-1].problem is None


def test_what_the_server_does_is_shown_while_it_starts() -> None:
    story = stopped()
    story.ask(m.Start())
    story.launched()
    story.happens(ev.OutputRead(0, 1, Doing("It compiles."), clock=0))
    assert story.state.view.waiting_for == "It compiles."


def test_a_start_that_cannot_begin_says_why() -> None:
    story = stopped()
    story.ask(m.Start())
    story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED))
    assert (story.phase(), story.state.view.problem) == (Phase.STOPPED, WHY)
    assert story.replies() == [m.Reply(1, WHY)]


def test_no_sillytavern_at_all_is_the_first_run_and_no_problem_on_the_screen() -> None:
    story = Story()
    assert story.ask(m.Start()) == [fx.Tell(CLI, m.Reply(1, NO_SILLYTAVERN))]
    assert (story.phase(), story.state.view.problem) == (Phase.STOPPED, None)


def test_what_the_files_say_wrong_is_told_to_who_asks_while_a_start_is_being_prepared() -> None:
    wrong = Problem("Tavernkeep cannot read its own settings.", "Correct them.")
    story = Story()
    story.happens(ev.FilesChanged(story.at, ev.FileSnapshot(problem=wrong)))
    story.ask(m.Start(), OURSELVES)
    story.ask(m.Start())
    story.happens(ev.LaunchFailed(story.at, story.state.run, wrong, ev.FileSnapshot(problem=wrong)))
    assert story.replies() == [m.Reply(1, wrong), m.Reply(2, wrong)]


def test_start_of_a_named_folder_needs_no_remembered_one() -> None:
    assert Story().ask(m.Start("/st")) == [fx.LaunchServer(1, "/st")]


def test_a_server_that_ends_before_it_was_ready_has_crashed_and_is_not_tried_again() -> None:
    story = stopped()
    story.ask(m.Start())
    story.launched()
    story.ended()
    assert story.phase() is Phase.CRASHED
    assert story.replies()[0].problem == replace(WHY, fix=Fix("start", "Start again"))
    assert not [e for e in story.done if isinstance(e, fx.SetTimer) and e.name == "retry"]


def test_a_server_that_answers_without_saying_so_is_ready_too() -> None:
    story = stopped()
    story.ask(m.Start())
    assert fx.SetTimer("probe", 1, PROBE_INTERVAL_S) in story.launched()
    assert kinds(story.rings("probe")) == [fx.Probe, fx.SetTimer]
    story.ready()
    assert story.rings("probe") == []


def test_stop_closes_the_pipe_and_kills_after_ten_seconds() -> None:
    story = running()
    assert story.ask(m.Stop()) == [fx.CloseInput(1), fx.SetTimer("kill", 1, STOP_PATIENCE_S)]
    assert story.phase() is Phase.STOPPING
    assert story.rings("kill") == [fx.KillTree(1)]
    story.ended()
    assert story.phase() is Phase.STOPPED
    assert story.state.view.pid is None


def test_an_exit_after_stop_is_not_a_crash() -> None:
    story = running()
    story.ask(m.Stop(), WINDOW)
    story.ended()
    assert (story.phase(), story.state.view.problem) == (Phase.STOPPED, None)
    assert story.state.crashes == ()


def test_stop_during_launch_ends_what_comes_of_it() -> None:
    story = stopped()
    story.ask(m.Start(), WINDOW)
    story.ask(m.Stop(), CLI)
    assert story.phase() is Phase.STOPPING
    assert story.launched() == [fx.CloseInput(1), fx.SetTimer("kill", 1, STOP_PATIENCE_S)]
    story.ended()
    assert story.phase() is Phase.STOPPED
    start, stop = story.replies()
    assert start.refused
    assert stop.problem is None


def test_stop_during_a_launch_that_fails_is_a_stop() -> None:
    story = stopped()
    story.ask(m.Start(), WINDOW)
    story.ask(m.Stop(), WINDOW)
    story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED))
    assert (story.phase(), story.state.view.problem) == (Phase.STOPPED, None)


def test_stop_while_starting_works() -> None:
    story = stopped()
    story.ask(m.Start(), WINDOW)
    story.launched()
    assert kinds(story.ask(m.Stop(), WINDOW)) == [fx.Tell, fx.CloseInput, fx.SetTimer]
    story.ready()
    assert story.phase() is Phase.STOPPING
    story.ended()
    assert story.phase() is Phase.STOPPED


def test_stop_of_a_stopped_server_is_done_at_once() -> None:
    story = Story()
    story.ask(m.Hello("window"), WINDOW)
    assert story.ask(m.Stop()) == [fx.Tell(CLI, m.Reply(2))]


def test_start_while_stopping_starts_again_afterwards() -> None:
    story = running()
    story.ask(m.Stop(), WINDOW)
    assert story.ask(m.Start()) == []
    effects = story.ended()
    assert fx.LaunchServer(story.state.run, None) in effects
    assert story.phase() is Phase.STARTING


def test_stop_after_that_start_wins() -> None:
    story = running()
    story.ask(m.Stop(), WINDOW)
    story.ask(m.Start(), WINDOW)
    story.ask(m.Stop(), WINDOW)
    story.ended()
    assert story.phase() is Phase.STOPPED


def test_restart_is_answered_when_it_answers_again() -> None:
    story = running()
    assert kinds(story.ask(m.Restart())) == [fx.CloseInput, fx.SetTimer]
    assert fx.LaunchServer in kinds(story.ended())
    story.launched()
    assert story.replies()[1:] == []
    story.ready()
    assert story.replies()[-1].problem is None
    assert story.phase() is Phase.RUNNING


def test_restart_starts_a_stopped_server() -> None:
    story = Story()
    assert kinds(story.ask(m.Restart())) == [fx.LaunchServer]


def test_a_restart_keeps_the_folder_that_start_named() -> None:
    story = Story()
    story.ask(m.Start("/other"))
    story.launched()
    story.ready()
    story.ask(m.Restart())
    effects = story.ended()
    assert fx.LaunchServer(story.state.run, "/other") in effects


def test_a_crash_starts_it_again_after_growing_pauses_and_then_gives_up() -> None:
    story = running()
    for pause in PAUSES_BEFORE_RETRY_S:
        assert story.ended() == [fx.SetTimer("retry", story.state.run, pause)]
        assert story.phase() is Phase.STARTING
        assert kinds(story.rings("retry")) == [fx.LaunchServer]
        story.launched()
        story.ready()
        assert story.phase() is Phase.RUNNING
    story.ended()
    assert story.phase() is Phase.CRASHED
    assert story.state.view.problem
    assert story.state.view.problem.title == "SillyTavern keeps stopping by itself."


def test_crashes_long_ago_do_not_count() -> None:
    story = running()
    for _ in range(6):
        assert kinds(story.ended()) == [fx.SetTimer]
        story.rings("retry")
        story.launched()
        story.ready()
        story.at += 301
    assert story.phase() is Phase.RUNNING


def test_a_retry_that_ends_before_it_is_ready_is_a_crash_as_well() -> None:
    story = running()
    for _ in PAUSES_BEFORE_RETRY_S:
        story.ended()
        story.rings("retry")
        story.launched()
    story.ended()
    assert story.phase() is Phase.CRASHED


def test_stop_during_the_pause_before_a_retry_is_a_stop() -> None:
    story = running()
    story.ended()
    run = story.state.run
    story.ask(m.Stop(), WINDOW)
    assert story.phase() is Phase.STOPPED
    assert story.happens(ev.TimerFired(story.at, "retry", run)) == []


def test_start_during_the_pause_starts_at_once() -> None:
    story = running()
    story.ended()
    run = story.state.run
    assert kinds(story.ask(m.Start())) == [fx.LaunchServer]
    assert story.happens(ev.TimerFired(story.at, "retry", run)) == []


def test_what_is_told_of_an_older_run_is_ignored() -> None:
    story = running()
    story.ask(m.Restart())
    story.ended()
    before = story.state
    assert story.happens(ev.ServerEnded(0, 1, WHY)) == []
    assert story.happens(ev.OutputRead(0, 1, Ready(), 0)) == []
    assert story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED)) == []
    assert story.happens(ev.TimerFired(0, "kill", 1)) == []
    assert story.state == before
    assert story.happens(ev.ServerLaunched(0, 1, 77, LOOKED)) == [fx.KillTree(1)]


def test_quit_stops_tells_the_faces_and_ends() -> None:
    story = running()
    story.ask(m.Hello("window"), WINDOW)
    effects = story.ask(m.Quit())
    assert effects[0] == fx.Tell(WINDOW, m.Close())
    assert fx.CloseInput(1) in effects
    effects = story.ended()
    assert effects == [fx.Tell(CLI, m.Reply(story.last_id, leaving=True)), fx.End()]


def test_quit_of_a_stopped_keeper_ends_at_once() -> None:
    story = Story()
    assert story.ask(m.Quit())[-1] == fx.End()


def test_quit_during_an_installation_cancels_it_first() -> None:
    story = Story()
    story.ask(m.Install())
    assert fx.CancelJob() in story.ask(m.Quit())
    effects = story.happens(ev.JobDone(0, ev.FileSnapshot(), WHY))
    assert effects[-1] == fx.End()
    assert fx.End() not in story.done[: -len(effects)]


def test_no_start_after_quit() -> None:
    story = running()
    story.ask(m.Quit(), WINDOW)
    story.ask(m.Start())
    assert story.replies()[-1].refused
    assert fx.LaunchServer not in kinds(story.ended())


def test_a_keeper_whom_nobody_needs_ends_with_the_stop_command() -> None:
    story = running()
    story.ask(m.Stop())
    assert story.ended() == [fx.Tell(CLI, m.Reply(story.last_id, leaving=True)), fx.End()]


def test_a_keeper_with_a_window_stays_after_a_stop() -> None:
    story = running()
    story.ask(m.Hello("window"), WINDOW)
    story.ask(m.Stop())
    assert story.ended() == [fx.Tell(CLI, m.Reply(story.last_id))]


def test_the_last_one_to_leave_a_stopped_keeper_ends_it() -> None:
    story = Story()
    story.ask(m.Hello("window"), WINDOW)
    story.ask(m.Hello("tray"), TRAY)
    assert story.happens(ev.UILeft(0, WINDOW)) == []
    assert story.happens(ev.UILeft(0, TRAY)) == [fx.End()]


def test_faces_may_leave_a_running_server() -> None:
    story = running()
    assert story.happens(ev.UILeft(0, CLI)) == []
    assert story.phase() is Phase.RUNNING


def test_a_problem_is_kept_for_a_while_for_whoever_asks() -> None:
    story = stopped()
    story.ask(m.Start())
    story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED))
    assert story.happens(ev.UILeft(0, CLI)) == [fx.SetTimer("idle", 1, IDLE_PATIENCE_S)]
    assert story.rings("idle") == [fx.End()]


def test_idleness_is_over_when_someone_came() -> None:
    story = running()
    assert story.rings("idle") == []


def test_an_asker_who_left_gets_no_reply() -> None:
    story = stopped()
    story.ask(m.Start())
    story.happens(ev.UILeft(0, CLI))
    story.launched()
    assert story.ready() == []


def test_a_second_window_is_told_and_the_first_shows_itself() -> None:
    story = Story()
    story.ask(m.Hello("window"), WINDOW)
    first, second = story.ask(m.Hello("window", what="qr"), CLI)
    assert first == fx.Tell(WINDOW, m.ShowYourself("qr"))
    assert isinstance(second, fx.Tell)
    assert isinstance(second.event, m.Reply)
    assert second.event.refused


def test_a_second_tray_is_told_and_opens_no_window_through_the_first() -> None:
    story = Story()
    story.ask(m.Hello("tray"), WINDOW)
    (only,) = story.ask(m.Hello("tray"), CLI)
    assert isinstance(only, fx.Tell)
    assert isinstance(only.event, m.Reply)
    assert only.event.refused


def test_a_window_may_come_after_another_has_gone() -> None:
    story = running()
    story.ask(m.Hello("window"), WINDOW)
    story.happens(ev.UILeft(0, WINDOW))
    story.ask(m.Hello("window"), CLI)
    assert story.replies()[-1].problem is None


def test_the_tray_tells_whether_it_shows() -> None:
    story = running()
    story.ask(m.Hello("tray", Tray.SHOWN), TRAY)
    shown = story.state.view.tray
    story.happens(ev.UILeft(0, TRAY))
    assert (shown, story.state.view.tray) == (Tray.SHOWN, Tray.UNKNOWN)


def test_a_desktop_without_tray_icons_stays_one_when_its_tray_process_has_gone() -> None:
    story = running()
    story.ask(m.Hello("tray", Tray.NONE), TRAY)
    story.happens(ev.UILeft(0, TRAY))
    assert story.state.view.tray is Tray.NONE


def test_a_new_address_is_shown() -> None:
    story = running()
    address = LocalAddress("192.168.0.5", "wlan0", Kind.WIFI, local=True)
    story.happens(ev.AddressesFound(0, (address,)))
    assert story.state.view.url == "http://192.168.0.5:8000"


def test_changed_files_are_shown_only_while_nothing_runs_from_them() -> None:
    story = running()
    story.happens(ev.FilesChanged(0, ev.FileSnapshot(HOME, 9000)))
    assert story.state.view.port == 8000
    story.ask(m.Stop(), WINDOW)
    story.ended()
    story.happens(ev.FilesChanged(0, ev.FileSnapshot(HOME, 9000)))
    assert story.state.view.port == 9000


def test_an_installation_shows_how_far_it_is_and_can_start_what_it_made() -> None:
    story = Story()
    assert story.ask(m.Install(start=True)) == [fx.DoJob(m.Install(start=True))]
    assert story.phase() is Phase.INSTALLING
    story.happens(ev.JobStep(0, Progress("Fetching", 3, 10)))
    assert story.state.view.progress == Progress("Fetching", 3, 10)
    assert kinds(story.happens(ev.JobDone(0, LOOKED))) == [fx.LaunchServer]
    assert story.state.view.progress is None
    story.launched()
    story.ready()
    assert story.replies() == [m.Reply(1)]


def test_an_installation_without_start_is_answered_when_it_is_done() -> None:
    story = Story()
    story.ask(m.Install())
    assert story.happens(ev.JobDone(0, LOOKED)) == [fx.Tell(CLI, m.Reply(1))]
    assert (story.phase(), story.state.view.installation) == (Phase.STOPPED, HOME)


def test_a_failed_installation_says_why() -> None:
    story = Story()
    story.ask(m.Install())
    story.happens(ev.JobDone(0, ev.FileSnapshot(), WHY))
    assert (story.phase(), story.state.view.problem) == (Phase.STOPPED, WHY)
    assert story.replies() == [m.Reply(1, WHY)]


@pytest.mark.parametrize("request_", [m.Cancel(), m.Stop()])
def test_an_installation_can_be_cancelled(request_: m.Request) -> None:
    story = Story()
    story.ask(m.Install(), WINDOW)
    assert story.ask(request_) == [fx.CancelJob()]
    story.happens(ev.JobDone(0, ev.FileSnapshot(), WHY, refused=True))
    assert story.phase() is Phase.STOPPED
    assert story.state.view.problem is None


def test_there_may_be_nothing_to_cancel() -> None:
    story = Story()
    story.ask(m.Cancel())
    assert story.replies()[0].refused


@pytest.mark.parametrize("request_", [m.Start(), m.Restart(), m.Install(), m.Use("/x"), m.SetAccess(Mode.WHITELIST)])
def test_one_thing_at_a_time(request_: m.Request) -> None:
    story = Story()
    story.ask(m.Install())
    story.ask(request_)
    assert story.replies()[-1].refused


def test_a_change_of_access_restarts_a_running_server() -> None:
    story = running()
    assert kinds(story.ask(m.SetAccess(Mode.WHITELIST))) == [fx.DoJob]
    assert fx.CloseInput(1) in story.happens(ev.JobDone(0, LOOKED))
    assert kinds(story.ended()) == [fx.LaunchServer]
    story.launched()
    assert story.ready() == [fx.Tell(CLI, m.Reply(2))]


def test_a_change_for_later_restarts_nothing() -> None:
    story = running()
    story.ask(m.SetAccess(Mode.WHITELIST, later=True))
    assert story.happens(ev.JobDone(0, LOOKED)) == [fx.Tell(CLI, m.Reply(2))]
    assert story.phase() is Phase.RUNNING


def test_a_refused_change_changes_nothing() -> None:
    story = running()
    story.ask(m.SetAccess(Mode.EVERYONE))
    assert story.happens(ev.JobDone(0, ev.FileSnapshot(), WHY, refused=True)) == [
        fx.Tell(CLI, m.Reply(2, WHY, refused=True))
    ]
    assert (story.phase(), story.state.view.installation) == (Phase.RUNNING, HOME)


def test_a_repair_of_a_failed_start_starts() -> None:
    story = stopped()
    story.ask(m.Start())
    story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED))
    story.ask(m.ApplyFix("port 8001"))
    assert kinds(story.happens(ev.JobDone(0, ev.FileSnapshot(HOME, 8001)))) == [fx.LaunchServer]
    assert story.state.view.problem is None


def test_a_repair_that_shows_how_far_it_is_starts_too() -> None:
    story = stopped()
    story.ask(m.Start())
    story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED))
    story.ask(m.ApplyFix("install-modules"))
    story.happens(ev.JobStep(0, Progress("Fetching")))
    assert kinds(story.happens(ev.JobDone(0, LOOKED))) == [fx.LaunchServer]


def test_using_another_folder_restarts_from_there() -> None:
    story = running()
    story.ask(m.Use("/st/1.20.0"))
    story.happens(ev.JobDone(0, LOOKED_NEWER))
    effects = story.ended()
    assert effects == [fx.LaunchServer(story.state.run, None)]


def test_using_another_folder_while_stopped_only_shows_it() -> None:
    story = Story()
    story.ask(m.Use("/st/1.20.0"))
    assert story.happens(ev.JobDone(0, LOOKED_NEWER)) == [fx.Tell(CLI, m.Reply(1))]
    assert story.state.view.installation == NEWER


def test_an_update_that_answers_is_kept() -> None:
    story = running()
    story.ask(m.Update())
    assert story.phase() is Phase.RUNNING
    story.happens(ev.JobDone(0, LOOKED_NEWER))
    assert story.ended() == [fx.LaunchServer(story.state.run, NEWER.folder)]
    story.launched(LOOKED_NEWER)
    assert story.ready() == [fx.SettleUpdate(NEWER.folder, kept=True), fx.Tell(CLI, m.Reply(2))]
    assert (story.state.trial, story.state.folder) == (None, None)


@pytest.mark.parametrize("how", ["cannot begin", "ends"])
def test_an_update_that_does_not_answer_goes_back_by_itself(how: str) -> None:
    story = running()
    story.ask(m.Update())
    story.happens(ev.JobDone(0, LOOKED_NEWER))
    story.ended()
    if how == "ends":
        story.launched(LOOKED_NEWER)
        effects = story.ended()
    else:
        effects = story.happens(ev.LaunchFailed(0, story.state.run, WHY, LOOKED_NEWER))
    assert effects == [fx.SettleUpdate(NEWER.folder, kept=False), fx.LaunchServer(story.state.run, None)]
    story.launched()
    story.ready()
    problem = story.replies()[-1].problem
    assert problem
    assert problem.title == "The new version did not start, so the old one is used again."
    assert story.phase() is Phase.RUNNING
    assert problem.title in story.state.view.notices


def test_stop_during_the_trial_of_an_update_goes_back_without_starting() -> None:
    story = running()
    story.ask(m.Update(), WINDOW)
    story.happens(ev.JobDone(0, LOOKED_NEWER))
    story.ended()
    story.launched(LOOKED_NEWER)
    story.ask(m.Stop(), WINDOW)
    assert fx.SettleUpdate(NEWER.folder, kept=False) in story.ended()
    assert (story.phase(), story.state.trial, story.state.folder) == (Phase.STOPPED, None, None)


def test_files_that_cannot_be_read_are_told_and_forgotten_when_they_can() -> None:
    story = Story()
    story.happens(ev.FilesChanged(0, ev.FileSnapshot(problem=WHY)))
    assert story.state.view.problem == WHY
    story.happens(ev.FilesChanged(0, LOOKED))
    assert story.state.view.problem is None


def test_why_a_start_failed_stays_when_files_change() -> None:
    story = stopped()
    story.ask(m.Start())
    story.happens(ev.LaunchFailed(0, 1, WHY, LOOKED))
    story.happens(ev.FilesChanged(0, ev.FileSnapshot(HOME, 8001)))
    assert (story.state.view.problem, story.state.view.port) == (WHY, 8001)


def test_files_that_cannot_be_read_are_told_by_every_start() -> None:
    story = Story()
    story.happens(ev.FilesChanged(0, ev.FileSnapshot(problem=WHY)))
    for run in (1, 2):
        story.ask(m.Start())
        story.happens(ev.LaunchFailed(0, run, WHY, ev.FileSnapshot(problem=WHY)))
    assert [reply.problem for reply in story.replies()] == [WHY, WHY]


def test_a_stopped_server_has_no_process() -> None:
    story = running()
    story.ask(m.Stop(), WINDOW)
    story.ended()
    assert story.state.process is Process.NONE


def test_a_start_that_nobody_asked_for_keeps_no_client() -> None:
    story = stopped()
    assert story.ask(m.Start(), OURSELVES) == [fx.LaunchServer(1, None)]
    story.ask(m.Start())
    story.launched()
    story.ready()
    story.ask(m.Stop())
    assert fx.End() in story.ended()
