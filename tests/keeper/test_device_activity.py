"""What the keeper does about devices, told as histories: who comes, what is asked, and what an answer does."""

from dataclasses import replace

import pytest

from launcher.keeper import effects as fx
from launcher.keeper import events as ev
from launcher.keeper import messages as m
from launcher.keeper.approval import SILENCE_S, AskWhen
from launcher.keeper.device_activity import IDLE_PATIENCE_S, LIMITED, MOST_IDENTIFIED_AT_ONCE, SHOW_INTERVAL_S, WAITS
from launcher.keeper.devices import MOST_DEVICES, DeviceDetails, DeviceRecord
from launcher.keeper.messages import ApprovalChoice
from launcher.keeper.view import Device, Installed, Phase, Question
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import Problem
from launcher.server.output import MOST_DEVICES_AT_ONCE, Connected, DeviceEvent, LoginLimited, Ready, Refused
from launcher.server.resolve_settings import EffectiveSettings, decide
from launcher.system.settings import Settings
from tests.keeper.test_next_state import CLI, TRAY, WINDOW, Story

PHONE, OTHER = "192.168.0.20", "192.168.0.21"
MAC = "3c:22:fb:00:00:01"
PC = LocalAddress("192.168.0.5", "wlan0", Kind.WIFI, local=True, netmask="255.255.255.0")
REFUSED = Problem("Not allowed.")


def effect(*entries: str) -> EffectiveSettings:
    config = {"listen": True, "whitelistMode": True, "whitelist": ["127.0.0.1", *entries]}
    return decide("1.19.0", config, None, (), {}, defaults={}, config_name="config.yaml", open_accounts=False)


def looked(*entries: str, version: str = "1.19.0") -> ev.FileSnapshot:
    installed = Installed(f"/st/{version}", version, "config.yaml", ours=True)
    return ev.FileSnapshot(installed, 8000, effective=effect(*entries))


class Visited(Story):
    """A story with devices in it: timers ring and workers answer by themselves."""

    busy = False
    kind = "iPhone · Safari"
    macs: dict[str, str] = {}  # noqa: RUF012

    def happens(self, event: ev.Event) -> list[fx.Effect]:
        effects = super().happens(event)
        for effect in effects:
            match effect:
                case fx.IdentifyDevices(devices):
                    sights = tuple(
                        DeviceDetails(d.address, self.kind, self.macs.get(d.address), nearby=True) for d in devices
                    )
                    self.happens(ev.DevicesIdentified(self.at, sights))
                case fx.SetTimer("devices", _, seconds):
                    self.at += seconds
                    self.happens(ev.TimerFired(self.at, "devices", 0))
                case fx.CheckIfBusy(run):
                    self.happens(ev.ServerBusy(self.at, run, self.busy))
        return effects

    def comes(self, event: DeviceEvent) -> None:
        self.happens(ev.OutputRead(self.at, self.state.run, event, clock=1.7e9 + self.at))

    def waits(self, seconds: float) -> None:
        """Time passes, and the keeper looks whether a request is under way."""
        self.at += seconds
        self.happens(ev.TimerFired(self.at, "busy", 0))

    def says(self, verdict: ApprovalChoice, address: str = PHONE, when_idle: bool = False) -> m.Reply | None:
        before = len(self.replies())
        self.ask(m.AnswerQuestion(address, verdict, when_idle), WINDOW)
        return self.replies()[-1] if len(self.replies()) > before else None

    def restarts(self, *entries: str) -> None:
        """The job is done, and the server goes and comes with this list."""
        self.happens(ev.JobDone(self.at, looked(*entries)))
        self.ended()
        self.launched(looked(*entries))
        self.happens(ev.OutputRead(self.at, self.state.run, Ready(), clock=1.7e9))

    def edits(self) -> list[m.Job]:
        return [effect.job for effect in self.done if isinstance(effect, fx.DoJob)]

    @property
    def question(self) -> Question | None:
        return self.state.view.question

    @property
    def devices(self) -> dict[str, Device]:
        return {device.address: device for device in self.state.view.devices}


def at_home(*entries: str, version: str = "1.19.0", window: bool = True) -> Visited:
    """A running server, and the window that shows the code."""
    story = Visited()
    story.happens(ev.AddressesFound(story.at, (PC,)))
    story.happens(ev.FilesChanged(story.at, looked(*entries, version=version)))
    if window:
        story.ask(m.Hello("window"), WINDOW)
    story.ask(m.Start())
    story.launched(looked(*entries, version=version))
    story.ready()
    return story


def test_a_refused_phone_is_asked_about_with_what_is_known_of_it() -> None:
    story = at_home()
    story.comes(Refused(PHONE, "Mozilla/5.0 (iPhone…"))
    assert story.question == Question(PHONE, "", "iPhone · Safari", network="192.168.0.*")
    assert not story.devices[PHONE].let_in


def test_without_a_face_that_shows_the_code_it_is_only_listed_until_one_does() -> None:
    story = at_home(window=False)
    story.comes(Refused(PHONE))
    assert story.question is None
    assert PHONE in story.devices
    story.ask(m.ShowingCode(True))
    assert story.question


def test_a_tray_shows_no_code() -> None:
    story = at_home(window=False)
    story.ask(m.Hello("tray"), TRAY)
    story.comes(Refused(PHONE))
    assert story.question is None


def test_ten_minutes_after_the_window_has_closed_nobody_new_is_asked_about() -> None:
    story = at_home()
    story.happens(ev.UILeft(story.at, WINDOW))
    story.at += 599
    story.comes(Refused(PHONE))
    assert story.question
    story.at += 2
    story.comes(Refused(OTHER))
    assert story.question.more == 0
    assert OTHER in story.devices


@pytest.mark.parametrize(("asking", "asks"), [(AskWhen.ALWAYS, True), (AskWhen.NEVER, False)])
def test_the_setting_decides_when_questions_are_asked(asking: AskWhen, asks: bool) -> None:
    story = at_home(window=asking is AskWhen.NEVER)
    story.happens(ev.SettingsRead(story.at, Settings(asking=asking.value)))
    story.comes(Refused(PHONE))
    assert bool(story.question) is asks
    assert PHONE in story.devices


def test_allow_adds_the_address_and_restarts_and_the_answer_comes_when_it_runs_again() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    assert story.says(ApprovalChoice.DEVICE) is None
    assert story.edits() == [m.EditWhitelist(add=(PHONE,))]
    assert story.question is None
    story.happens(ev.JobDone(story.at, looked(PHONE)))
    assert story.phase() is Phase.STOPPING
    story.comes(Refused(PHONE))  # It asks again while the server goes.
    story.ended()
    story.launched(looked(PHONE))
    assert story.replies()[-1].id != story.last_id
    story.happens(ev.OutputRead(story.at, story.state.run, Ready(), clock=1.7e9))
    assert story.replies()[-1] == m.Reply(story.last_id)
    assert story.question is None
    assert (story.devices[PHONE].let_in, story.devices[PHONE].by) == (True, PHONE)


def test_allowing_the_network_lets_in_everyone_who_waits_from_it() -> None:
    story = at_home()
    for address in (PHONE, OTHER):
        story.comes(Refused(address))
    assert story.question
    assert story.question.more == 1
    story.says(ApprovalChoice.NETWORK)
    assert story.edits() == [m.EditWhitelist(add=("192.168.0.*",))]
    story.restarts("192.168.0.*")
    assert story.question is None
    assert story.devices[OTHER].by == "192.168.0.*"


def test_the_other_question_stays_over_the_restart() -> None:
    story = at_home()
    for address in (PHONE, OTHER):
        story.comes(Refused(address))
    story.says(ApprovalChoice.DEVICE)
    story.restarts(PHONE)
    assert story.question
    assert (story.question.address, story.question.more) == (OTHER, 0)


def test_an_entry_that_is_refused_brings_the_question_back() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    story.says(ApprovalChoice.DEVICE)
    story.happens(ev.JobDone(story.at, ev.FileSnapshot(), REFUSED, refused=True))
    assert story.replies()[-1].problem == REFUSED
    assert story.question
    assert story.phase() is Phase.RUNNING


def test_not_now_is_quiet_for_ten_minutes() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    assert story.says(ApprovalChoice.NOT_NOW) == m.Reply(story.last_id)
    for _ in range(3):
        story.at += SILENCE_S / 4
        story.comes(Refused(PHONE))
    assert story.question is None
    story.at += SILENCE_S / 2
    story.comes(Refused(PHONE))
    assert story.question
    assert story.edits() == []


def test_never_ask_is_remembered() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    story.says(ApprovalChoice.NEVER)
    story.at += 10 * SILENCE_S
    story.comes(Refused(PHONE))
    assert story.question is None
    [saved] = [e for e in story.rings("save-devices") if isinstance(e, fx.SaveDevices)]
    assert saved.devices[0].never_ask
    again = at_home()
    again.happens(ev.DevicesLoaded(again.at, (DeviceRecord(PHONE, never_ask=True),)))
    again.comes(Refused(PHONE))
    assert again.question is None
    assert again.devices[PHONE].never_ask


def test_an_answer_to_a_question_that_is_gone_does_nothing() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    for address, verdict in (
        (OTHER, ApprovalChoice.DEVICE),
        ("0.0.0.0/0", ApprovalChoice.DEVICE),
        (OTHER, ApprovalChoice.NEVER),
    ):
        reply = story.says(verdict, address)
        assert reply
        assert reply.refused
    story.says(ApprovalChoice.NOT_NOW)
    reply = story.says(ApprovalChoice.DEVICE)
    assert reply
    assert reply.refused
    assert story.edits() == []


def test_the_network_of_a_device_from_elsewhere_cannot_be_let_in() -> None:
    story = at_home()
    story.kind = ""
    story.comes(Refused("100.64.1.2"))
    reply = story.says(ApprovalChoice.NETWORK, "100.64.1.2")
    assert reply
    assert reply.refused
    assert story.edits() == []


def test_a_question_goes_when_the_device_gets_in_another_way_or_the_server_stops() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    story.ask(m.AllowDevice(PHONE))
    story.restarts(PHONE)
    assert story.question is None
    story = at_home()
    story.comes(Refused(PHONE))
    story.ask(m.Stop(), WINDOW)
    story.ended()
    assert story.question is None
    story.ask(m.Start(), WINDOW)
    story.launched(looked())
    story.ready()
    assert story.question is None


def test_a_listed_device_that_a_proxy_header_keeps_out_is_not_asked_about() -> None:
    story = at_home(PHONE)
    story.comes(Refused(PHONE, "a", forwarded=True))
    assert story.question is None
    assert (story.devices[PHONE].let_in, story.devices[PHONE].forwarded) == (True, True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_pc_is_never_asked_about(address: str) -> None:
    story = at_home()
    story.comes(Refused(address, "a", forwarded=True))
    assert story.question is None
    assert story.devices == {}


@pytest.mark.parametrize(
    ("version", "listed"), [("1.10.0", True), ("1.13.5", False), ("1.17.0", False), ("1.19.0", True)]
)
def test_a_new_connection_is_listed_where_it_cannot_be_forged_and_never_asked_about(version: str, listed: bool) -> None:
    story = at_home(version=version)
    story.comes(Connected("6.6.6.6", "a"))
    assert ("6.6.6.6" in story.devices) is listed
    assert story.question is None


def test_wrong_passwords_are_told_once_for_the_last_device() -> None:
    story = at_home()
    for address in (PHONE, PHONE, OTHER):
        story.comes(LoginLimited(address))
    assert story.state.view.notices == (f"A device at {OTHER} {LIMITED}",)
    assert story.question is None


def test_while_an_answer_is_written_the_restart_waits_for_it() -> None:
    story = at_home()
    story.busy = True
    story.comes(Refused(PHONE))
    assert story.question
    assert story.question.busy
    assert story.says(ApprovalChoice.DEVICE, when_idle=True) is None
    assert story.edits() == []
    assert story.state.view.waiting_for == WAITS
    assert story.question is None
    story.waits(1)
    assert story.edits() == []
    story.busy = False
    story.waits(1)
    assert story.edits() == [m.EditWhitelist(add=(PHONE,))]
    assert story.state.view.waiting_for == ""
    story.restarts(PHONE)
    assert story.replies()[-1] == m.Reply(story.last_id)


def test_it_waits_ten_minutes_at_most() -> None:
    story = at_home()
    story.busy = True
    story.comes(Refused(PHONE))
    story.says(ApprovalChoice.DEVICE, when_idle=True)
    story.waits(IDLE_PATIENCE_S - 1)
    assert story.edits() == []
    story.waits(2)
    assert story.edits() == [m.EditWhitelist(add=(PHONE,))]


def test_two_who_wait_come_in_with_one_restart() -> None:
    story = at_home()
    story.busy = True
    for address in (PHONE, OTHER):
        story.comes(Refused(address))
    story.says(ApprovalChoice.DEVICE, when_idle=True)
    story.says(ApprovalChoice.DEVICE, OTHER, when_idle=True)
    story.busy = False
    story.waits(1)
    assert story.edits() == [m.EditWhitelist(add=(PHONE, OTHER))]
    story.restarts(PHONE, OTHER)
    assert [reply.problem for reply in story.replies()[-2:]] == [None, None]
    assert len({reply.id for reply in story.replies()}) == len(story.replies())


def test_without_waiting_the_answer_is_cut_off_at_once() -> None:
    story = at_home()
    story.busy = True
    story.comes(Refused(PHONE))
    story.says(ApprovalChoice.DEVICE)
    assert story.edits() == [m.EditWhitelist(add=(PHONE,))]


def test_a_server_that_stops_meanwhile_needs_no_waiting() -> None:
    story = at_home()
    story.busy = True
    story.comes(Refused(PHONE))
    story.says(ApprovalChoice.DEVICE, when_idle=True)
    story.ask(m.Stop(), CLI)
    story.ended()
    assert story.edits() == [m.EditWhitelist(add=(PHONE,))]
    story.happens(ev.JobDone(story.at, looked(PHONE)))
    assert story.phase() is Phase.STOPPED
    assert story.replies()[-1].problem is None


def test_quitting_answers_who_waits() -> None:
    story = at_home()
    story.busy = True
    story.comes(Refused(PHONE))
    story.says(ApprovalChoice.DEVICE, when_idle=True)
    number = story.last_id
    story.ask(m.Quit(), CLI)
    story.ended()
    assert number in [reply.id for reply in story.replies()]
    assert any(isinstance(effect, fx.End) for effect in story.done)


def test_a_known_phone_at_a_new_address_takes_its_entry_and_its_name_along() -> None:
    story = at_home(PHONE)
    story.macs = {PHONE: MAC, OTHER: MAC}
    story.comes(Connected(PHONE, "a"))
    story.ask(m.NameDevice(PHONE, "Anna's phone"))
    story.at += 5000
    story.comes(Refused(OTHER, "a"))
    assert story.question
    assert (story.question.replaces, story.question.name) == (PHONE, "Anna's phone")
    story.says(ApprovalChoice.DEVICE, OTHER)
    assert story.edits() == [m.EditWhitelist(add=(OTHER,), remove=(PHONE,))]
    story.restarts(OTHER)
    assert [(d.address, d.name, d.let_in) for d in story.state.view.devices] == [(OTHER, "Anna's phone", True)]


def test_a_device_is_named_at_once_and_only_one_that_was_here() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    story.ask(m.NameDevice(PHONE, "\u202eAnna"))
    assert story.devices[PHONE].name == "Anna"
    story.ask(m.NameDevice(OTHER, "x"))
    assert story.replies()[-1].refused


def test_allow_device_restarts_unless_later() -> None:
    story = at_home()
    story.ask(m.AllowDevice(PHONE, later=True))
    assert story.edits() == [m.AllowDevice(PHONE, later=True)]
    story.happens(ev.JobDone(story.at, looked(PHONE)))
    assert story.phase() is Phase.RUNNING
    story.ask(m.RefuseDevice(PHONE))
    story.happens(ev.JobDone(story.at, looked()))
    assert story.phase() is Phase.STOPPING


def test_a_flood_of_devices_changes_the_view_four_times_a_second() -> None:
    story = Story()
    story.happens(ev.FilesChanged(story.at, looked()))
    story.ask(m.Hello("window"), WINDOW)
    story.ask(m.Start())
    story.launched(looked())
    story.ready()
    changes, rings_at = 0, float("inf")
    for number in range(2000):
        story.at += 1 / MOST_DEVICES_AT_ONCE
        refused = Refused(f"10.0.{number % 8}.{number % 250}", f"agent {number}")
        coming: list[ev.Event] = [ev.OutputRead(story.at, 1, refused, 1.7e9 + story.at)]
        if rings_at <= story.at:
            coming.append(ev.TimerFired(story.at, "devices", 0))
            rings_at = float("inf")
        while coming:
            before = story.state.view
            for effect in story.happens(coming.pop()):
                match effect:
                    case fx.SetTimer("devices", _, seconds):
                        rings_at = story.at + seconds
                    case fx.IdentifyDevices(devices):
                        assert len(devices) <= MOST_IDENTIFIED_AT_ONCE
                        coming.append(
                            ev.DevicesIdentified(story.at, tuple(DeviceDetails(d.address, "x") for d in devices))
                        )
            changes += story.state.view != before
    assert changes <= 2000 / MOST_DEVICES_AT_ONCE / SHOW_INTERVAL_S + 1
    assert len(story.state.book) == MOST_DEVICES
    assert 10 < len(story.state.view.devices) <= MOST_DEVICES
    assert story.state.view.question


def test_devices_are_saved_some_seconds_later_once_and_before_the_end() -> None:
    story = at_home()
    timers = [e for e in story.done if isinstance(e, fx.SetTimer) and e.name == "save-devices"]
    assert timers == []
    story.comes(Refused(PHONE))
    story.comes(Refused(OTHER))
    timers = [e for e in story.done if isinstance(e, fx.SetTimer) and e.name == "save-devices"]
    assert len(timers) == 1
    story.ask(m.Quit())
    story.ended()
    kinds = [type(effect) for effect in story.done if isinstance(effect, fx.SaveDevices | fx.End)]
    assert kinds == [fx.SaveDevices, fx.End]


def test_an_answer_after_the_job_of_someone_else_is_refused_and_the_question_stays() -> None:
    story = at_home()
    story.comes(Refused(PHONE))
    story.ask(m.EditWhitelist(add=("10.0.0.1",)), CLI)
    reply = story.says(ApprovalChoice.DEVICE)
    assert reply
    assert reply.refused
    assert story.question == replace(story.question or Question("", "", ""), address=PHONE)


def forgotten_meanwhile() -> Visited:
    """The device that is asked about has had to make room for others."""
    story = at_home()
    story.comes(Refused(PHONE))
    book = {address: known for address, known in story.state.book.items() if address != PHONE}
    story.state = replace(story.state, book=book)
    return story


def test_a_device_that_was_forgotten_between_question_and_click_can_be_let_in() -> None:
    story = forgotten_meanwhile()
    story.says(ApprovalChoice.DEVICE)
    assert story.edits() == [m.EditWhitelist(add=(PHONE,))]


@pytest.mark.parametrize("verdict", [ApprovalChoice.NOT_NOW, ApprovalChoice.NEVER])
def test_a_device_that_was_forgotten_between_question_and_click_can_be_turned_away(verdict: ApprovalChoice) -> None:
    story = forgotten_meanwhile()
    assert story.says(verdict) == m.Reply(story.last_id)
    assert story.question is None
    assert story.state.book[PHONE].never_ask is (verdict is ApprovalChoice.NEVER)
