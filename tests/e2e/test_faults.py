"""What keeps a phone out, one thing at a time: the doctor names it and no other, and what helps helps."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest
from _pytest.mark.structures import ParameterSet

from tests.e2e.faults import windows
from tests.e2e.faults.fault import Fault, alarms, tried
from tests.e2e.faults.healthy import HEALTHY, Healthy
from tests.e2e.faults.place import Place, a_place
from tests.e2e.faults.table import FAULTS, FILE, VERSIONS

# The first start of a version compiles, on a busy machine for minutes.
pytestmark = pytest.mark.timeout(600)


def rows(table: Sequence[Fault] | Sequence[Healthy]) -> list[ParameterSet]:
    """Each row with each of its versions, those of one version together."""
    return [
        pytest.param(version, row, marks=[] if version in row.usual else pytest.mark.sweep, id=f"{version}: {row.name}")
        for version in VERSIONS
        for row in table
        if version in row.versions
    ]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Place]]:
    """The place of a version, with a server that its rows share."""
    there: dict[str, Place] = {}
    with ExitStack() as stack:

        def of(version: str) -> Place:
            if version not in there:
                there[version] = stack.enter_context(a_place(version, tmp_path_factory.mktemp("place")))
            return there[version]

        yield of


@pytest.mark.parametrize(("version", "well"), rows(HEALTHY))
def test_nothing_is_said_to_be_wrong_where_nothing_is(
    version: str, well: Healthy, places: Callable[[str], Place]
) -> None:
    place = places(version)
    with well.inject(place):
        assert well.proof(place)
        assert alarms(place, well.phone) == []


@pytest.mark.parametrize(("version", "fault"), rows(FAULTS))
def test_the_doctor_names_what_is_wrong_and_nothing_else(
    version: str, fault: Fault, places: Callable[[str], Place]
) -> None:
    assert tried(places(version), fault).wrong == []


@pytest.mark.parametrize("fault", windows.FAULTS, ids=lambda fault: fault.name)
def test_what_only_windows_has_is_named_too(fault: windows.WindowsFault) -> None:
    assert windows.wrong_with(fault)[1] == []


@pytest.mark.parametrize("name", windows.HEALTHY)
def test_nothing_is_said_to_be_wrong_on_a_healthy_windows(name: str) -> None:
    assert windows.said(windows.HEALTHY[name]) == []


def test_the_table_that_people_read_has_every_fault() -> None:
    table = FILE.read_text("utf-8").splitlines()
    names = [row.name for row in FAULTS] + [row.name for row in HEALTHY] + [row.name for row in windows.FAULTS]
    for name in [*names, *windows.HEALTHY]:
        assert any(line.startswith(f"| {name} |") for line in table), name
