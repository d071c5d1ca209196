"""Names of media for paths."""

import re

import pytest

from archive.publisher_slugs import derive_again, slug_of
from archive.writer import Archive
from tests.archive.test_writer import entry
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


def test_names_that_read_alike_share_a_slug_whatever_arrives_first():
    for names in (("TechWeb", "Techweb", "Tech Web", "tech-web"), ("新京报", "新惊报", "新京報"), ("A", "a")):
        assert len({slug_of(name) for name in names}) == 1
    assert slug_of("🚀") != slug_of("🚗")


def test_slugs_of_earlier_versions_are_derived_again(tmp_path):
    """Before, the second of two names that read alike got a suffix; its posts are rendered again."""
    archive = Archive(tmp_path).open()
    for number, (name, slug) in enumerate((("TechWeb", "techweb"), ("Techweb", "techweb-93bf07")), 1):
        brought = entry(number)
        brought.article |= {"publisher": name, "publisher_slug": slug}
        brought.rows["publishers"] = [{"name": name, "slug": slug}]
        archive.add(brought)
    archive.flush()
    with archive.transaction() as conn:
        derive_again(conn)
    archive.render = lambda article: (article["post_path"], f"in {article['publisher_slug']}\n")
    archive.recover()
    assert [tuple(row) for row in archive.conn.execute("SELECT * FROM publishers")] == [
        ("TechWeb", "techweb"),
        ("Techweb", "techweb"),
    ]
    assert (tmp_path / "posts/_posts/1.md").read_text() == "post 1\n"
    assert (tmp_path / "posts/_posts/2.md").read_text() == "in techweb\n"
    archive.close()
