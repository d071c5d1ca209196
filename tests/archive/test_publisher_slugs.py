"""Names of media for paths."""

import re

import pytest

from archive.publisher_slugs import assign_slug, slug_of
from tests.sites.hostile import NAMES


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("新京报", "xinjingbao"), ("央行", "yanghang"), ("央行网站", "yanghangwangzhan"), ("中国银行", "zhongguoyinhang"),
        ("21世纪经济报道", "21shijijingjibaodao"), ("证券时报", "zhengquanshibao"), ("重庆日报", "chongqingribao"),
        ("长江日报", "changjiangribao"), ("厦门日报", "xiamenribao"), ("南方都市报", "nanfangdushibao"), ("行业观察", "hangyeguancha"),
        ("每日经济新闻", "meirijingjixinwen"), ("参考消息", "cankaoxiaoxi"), ("財經日報", "caijingribao"), ("IT之家", "itzhijia"),
        ("音乐财经", "yinyuecaijing"), ("朝阳晚报", "chaoyangwanbao"), ("六安新闻", "luanxinwen"), ("东方财富研究中心", "dongfangcaifuyanjiuzhongxin"),
    ],
)  # fmt: skip
def test_readings(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", [*NAMES, "", "🚀", "字" * 300, "../..", "CON"])
def test_a_slug_is_safe_for_paths(name):
    assert re.fullmatch("[a-z0-9-]{1,60}", slug_of(name))


def test_no_two_media_in_one_slug():
    owners: dict[str, str] = {}
    names = ["TechWeb", "Techweb", "Tech Web", "tech-web", "新京报", "新惊报", "新京報", "A", "a", "🚀", "🚗"]
    for name in names:
        slug = assign_slug(name, owners.get)
        assert owners.setdefault(slug, name) == name
        assert assign_slug(name, owners.get) == slug, "a medium keeps its slug"
    assert len(owners) == len(names)
