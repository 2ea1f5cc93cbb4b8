"""Several plans in one file: the overrides of each, and separate folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.settings import Settings
from config.settings_file import load_settings

FILE = Path(load_settings.__code__.co_filename).with_name("settings.toml")
TWO = 'plans = ["yanqi-2023", "hejing-2024"]'
ENV = {"LIANXI_DATA": "/srv/data"}


def written(folder: Path, own: str = "", plans: str = TWO) -> Path:
    path = folder / "settings.toml"
    path.write_text(FILE.read_text("utf-8").replace("plans = []", plans) + own, "utf-8")
    return path


def of(path: Path, plan: str | None = None, env: dict[str, str] | None = None) -> Settings:
    return load_settings(path, ENV | (env or {}), plan)


def test_a_single_plan_has_the_whole_share_and_is_the_only_active_one() -> None:
    settings = load_settings(env=ENV)
    assert (settings.plans, settings.share) == (("yanqi-2023",), Path("/srv/data/share"))


def test_each_plan_has_a_share_and_settings_of_its_own(tmp_path: Path) -> None:
    own = """
[for."hejing-2024"]
share = "和静"
[for."hejing-2024".duties]
due_day = 25
[for."hejing-2024".mail]
user = "hejing"
security = "none"
[[for."hejing-2024".ladder]]
name = "蓝"
workdays = 2
to = ["业务负责人"]
"""
    path = written(tmp_path, own)
    first, second = of(path, "yanqi-2023"), of(path, "hejing-2024")
    assert first.plans == second.plans == ("yanqi-2023", "hejing-2024")
    assert (first.share, second.share) == (Path("/srv/data/share/yanqi-2023"), Path("/srv/data/share/和静"))
    assert (first.duties.due_day, second.duties.due_day) == (20, 25)
    assert second.duties.opens_day == first.duties.opens_day
    assert (first.mail.user, second.mail.user, second.mail.port) == ("", "hejing", 25)
    assert ([rung.name for rung in second.ladder], len(first.ladder)) == (["蓝"], 5)
    assert of(path).plan == "yanqi-2023"
    assert of(path, env={"LIANXI_PLAN": "hejing-2024"}).duties.due_day == 25


def test_the_environment_moves_all_shares_and_keeps_them_apart(tmp_path: Path) -> None:
    path = written(tmp_path)
    env = {"LIANXI_SHARE": "/mnt/files", "LIANXI_SMTP_USER": "all"}
    shares = [of(path, plan, env).share for plan in ("yanqi-2023", "hejing-2024")]
    assert shares == [Path("/mnt/files/yanqi-2023"), Path("/mnt/files/hejing-2024")]
    assert of(path, "hejing-2024", env).mail.user == "all"


@pytest.mark.parametrize(
    ("own", "plans", "word", "line"),
    [
        ('\n[for."hejing-2024"]\nshare = "yanqi-2023/内"\n', TWO, "共享文件夹重叠", 'share = "yanqi-2023/内"'),
        ('\n[for."hejing-2024"]\nshare = "."\n', TWO, "共享文件夹重叠", 'share = "."'),
        ("", 'plans = ["yanqi-2023", "Yanqi_2023"]', "太相近", 'plans = ["yanqi-2023", "Yanqi_2023"]'),
        ('\n[for."yanqi-2023"]\ndata = "elsewhere"\n', TWO, "不能按方案分别设置", 'data = "elsewhere"'),
        ('\n[for."yanqi-2023".duties]\ndue_day = 77\n', TWO, "due_day", "due_day = 77"),
        ('\n[for."yanqi-2023".duties]\ndue_dya = 7\n', TWO, "due_dya", "due_dya = 7"),
        ('\n[for."yanqi-2023".mail]\npassword = "x"\n', TWO, "LIANXI_SMTP_PASSWORD", 'password = "x"'),
        ("", 'plans = ["../x"]', "plans[1]", 'plans = ["../x"]'),
    ],
)
def test_plans_that_would_share_a_folder_or_a_key_are_refused_with_the_line(
    tmp_path: Path, own: str, plans: str, word: str, line: str
) -> None:
    path = written(tmp_path, own, plans)
    with pytest.raises(ConfigError) as caught:
        of(path)
    fault = next(fault for fault in caught.value.faults if word in str(fault))
    assert fault.line and path.read_text("utf-8").splitlines()[fault.line - 1] == line


def test_a_fault_of_one_plan_does_not_stop_another(tmp_path: Path) -> None:
    path = written(tmp_path, '\n[for."hejing-2024".duties]\ndue_day = 77\n')
    assert of(path, "yanqi-2023").duties.due_day == 20
    with pytest.raises(ConfigError):
        of(path, "hejing-2024")


def test_a_config_folder_with_its_own_settings_is_used(tmp_path: Path) -> None:
    written(tmp_path)
    assert load_settings(env={"LIANXI_CONFIG": str(tmp_path)}).plans == ("yanqi-2023", "hejing-2024")
