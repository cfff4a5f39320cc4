"""Where the embedded services keep their files, on awkward machines too."""

import os
import stat

import pytest

from backend.embedded import layout as layouts
from backend.embedded import services
from backend.embedded.erase import erase
from backend.embedded.errors import UnusableError
from backend.embedded.layout import make_data_dir, open_layout, read_layout
from backend.embedded.lock import InUseError, claimed_layout

_SOCKET_ADDRESS_MAX_BYTES = 107


@pytest.fixture
def data_dir(tmp_path):
    folder = make_data_dir(tmp_path / "data")
    yield folder
    erase(folder)


def _longest_socket(layout):
    return os.fsencode(layout.database_sockets / ".s.PGSQL.5432.lock")


@pytest.mark.parametrize("name", ["short", "很长" * 40, "deep/" * 30, 'spaced, "quoted" 目录'])
def test_socket_addresses_are_short_and_plain_wherever_the_folder_lies(tmp_path, name):
    folder = make_data_dir(tmp_path / name)
    layout = open_layout(folder)

    assert len(_longest_socket(layout)) <= _SOCKET_ADDRESS_MAX_BYTES
    assert layouts._PLAIN_PATH.fullmatch(str(layout.sockets))

    erase(folder)
    assert not layout.sockets.exists()


def test_the_first_decision_stands(data_dir):
    assert open_layout(data_dir) == open_layout(data_dir) == read_layout(data_dir)


def test_only_our_account_looks_into_the_folders(data_dir):
    layout = open_layout(data_dir)
    layout.secret_key()

    for private in (layout.logs, layout.broker, layout.broker_sockets, layout.database_sockets):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "secret-key").stat().st_mode) == 0o600


def test_every_installation_has_a_secret_key_of_its_own(data_dir, tmp_path):
    other = make_data_dir(tmp_path / "other")
    keys = {open_layout(folder).secret_key() for folder in (data_dir, data_dir, other)}
    erase(other)

    assert len(keys) == 2
    assert min(len(key) for key in keys) >= 50


def test_a_folder_that_is_a_link_elsewhere_is_refused(data_dir, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (data_dir / "broker").symlink_to(elsewhere)

    with pytest.raises(UnusableError, match="不能使用"):
        open_layout(data_dir)

    (data_dir / "broker").unlink()
    open_layout(data_dir)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 12345, 12345)

    with pytest.raises(UnusableError, match=r"属于另一个用户（uid 12345）"):
        make_data_dir(folder)


def test_a_damaged_record_is_reported_and_kept(data_dir):
    open_layout(data_dir)
    record = data_dir / "layout.json"
    whole = record.read_text()
    record.write_text('{"identity"')

    with pytest.raises(UnusableError, match=r"layout\.json 已损坏"):
        open_layout(data_dir)
    assert record.read_text() == '{"identity"'

    record.write_text(whole)


def test_a_copied_data_folder_cannot_share_a_database_that_lies_apart(data_dir, tmp_path):
    layout = open_layout(data_dir)
    apart = tmp_path / "apart"
    apart.mkdir()
    record = data_dir / "layout.json"
    record.write_text(f'{{"identity": "{layout.identity}", "home": "{apart}"}}')
    copy = make_data_dir(tmp_path / "copy")
    (copy / "layout.json").write_text(record.read_text())

    with claimed_layout(data_dir), pytest.raises(InUseError), claimed_layout(copy):
        pass

    record.write_text(f'{{"identity": "{layout.identity}", "home": null}}')


def test_erase_refuses_a_folder_that_is_not_ours(tmp_path):
    (tmp_path / "precious").write_text("内容")

    with pytest.raises(UnusableError, match="不是 kerong 的数据目录"):
        erase(tmp_path)

    assert (tmp_path / "precious").read_text() == "内容"


def test_compiled_programs_lie_in_the_data_folder_where_the_installation_is_read_only(
    data_dir, tmp_path, monkeypatch
):
    given = {"DATABASE_URL": "postgresql://x", "BROKER_URL": "redis://x"}
    found = services.services_of(open_layout(data_dir), given)
    assert "NUMBA_CACHE_DIR" not in found.environment(given)

    monkeypatch.setattr(services, "CHECKOUT", tmp_path / "nobody-may-write-here")
    assert found.environment(given)["NUMBA_CACHE_DIR"] == str(data_dir / "kernels")
    chosen = {**given, "NUMBA_CACHE_DIR": "/elsewhere"}
    assert found.environment(chosen)["NUMBA_CACHE_DIR"] == "/elsewhere"
