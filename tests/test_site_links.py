"""Every shape of a site's links means one article, and is asked for where the article can be read."""

import pytest

from crawler.pages import UnknownSite, target_of

SAME = {
    "thepaper:26712345": [
        "https://www.thepaper.cn/newsDetail_forward_26712345",
        "https://m.thepaper.cn/newsDetail_forward_26712345?from=timeline&isappinstalled=0",
        "https://m.thepaper.cn/detail/26712345",
        "https://m.thepaper.cn/wap/v3/jsp/newsDetail_forward_26712345",
        "https://m.thepaper.cn/baijiahao_26712345",
        "https://m.thepaper.cn/yidian_promDetail.jsp?contid=26712345&from=yidian",
    ],
    "people:n1-40123456": [
        "http://finance.people.com.cn/n1/2023/1018/c1004-40123456.html",
        "http://politics.people.com.cn/n1/2023/1018/c1001-40123456-2.html",
    ],
    "people:n2-40123456": ["http://sh.people.com.cn/n2/2023/1018/c134768-40123456.html"],
    "people:n4-20606315": ["http://m.people.cn/n4/2023/1018/c22-20606315.html"],
    "people:n-24980000": ["http://politics.people.com.cn/n/2014/0506/c1001-24980000.html"],
    "people:GB-7890123": ["http://finance.people.com.cn/GB/8215/126457/7890123.html"],
    "people:rmrb-content_30001234": [
        "http://paper.people.com.cn/rmrb/pc/content/202412/01/content_30001234.html"
    ],
    "people:rmrb-nw.D110000renmrb_20210506_1-01": [
        "http://paper.people.com.cn/rmrb/html/2021-05/06/nw.D110000renmrb_20210506_1-01.htm"
    ],
    "xinhuanet:1125326789": [
        "http://www.xinhuanet.com/world/2019-12/10/c_1125326789.htm",
        "http://m.xinhuanet.com/2019-12/10/c_1125326789_2.htm",
        "http://www.news.cn/2019-12/10/c_1125326789.htm",
    ],
    "xinhuanet:a1b2c3d4e5f60718293a4b5c6d7e8f90": [
        "http://www.news.cn/politics/20220221/a1b2c3d4e5f60718293a4b5c6d7e8f90/c.html"
    ],
    "xinhuanet:vh512-11223344": ["https://h.xinhuaxmt.com/vh512/share/11223344?d=134b0c2&channel=weixin"],
    "huanqiu:9CaKrnKiVec": [
        "https://world.huanqiu.com/article/9CaKrnKiVec",
        "https://m.huanqiu.com/article/9CaKrnKiVec?s=wx",
        "https://3w.huanqiu.com/a/c36dc8/9CaKrnKiVec?agt=20&p=1",
    ],
    "huanqiu:2018-12001234": ["http://world.huanqiu.com/exclusive/2018-05/12001234.html?agt=61"],
    "guancha:516891": [
        "https://www.guancha.cn/WangWen/2019_09_07_516891.shtml",
        "https://www.guancha.cn/WangWen/2019_09_07_516891_s.shtml",
        "https://m.guancha.cn/WangWen/2019_09_07_516891_2.shtml",
    ],
    "guancha:user-399176": [
        "https://user.guancha.cn/main/content?id=399176&page=0",
        "https://user.guancha.cn/wap/content?s=fwzxhfbt&id=399176",
    ],
    "hexun:198678130": [
        "http://stock.hexun.com/2019-09-26/198678130.html",
        "http://m.hexun.com/stock/2019-09-26/198678130.html",
    ],
    "stcn:645678": [
        "https://www.stcn.com/article/detail/645678.html",
        "https://h5.stcn.com/pages/detail/detail?id=645678&jump_type=reported_info",
    ],
    "stcn:2019-15408927": ["http://kuaixun.stcn.com/2019/0926/15408927.shtml"],
    "stcn:t20210601_3287": ["https://news.stcn.com/sd/202106/t20210601_3287.html"],
    "stcn:egsea-123456": ["https://www.egsea.com/news/detail?id=123456"],
    "eastmoney:20220502203427525523430": [
        "https://caifuhao.eastmoney.com/news/20220502203427525523430?from=guba",
        "https://emcreative.eastmoney.com/app_fortune/article/index.html?artCode=20220502203427525523430&postId=1171712345",
    ],
    "eastmoney:802527008": [
        "https://guba.eastmoney.com/news,600519,802527008.html",
        "http://guba.eastmoney.com/news,cfhpl,802527008_2.html",
        "https://mguba.eastmoney.com/mguba/article/0/802527008",
    ],
    "finews:202201212257099936": [
        "https://finance.eastmoney.com/a/202201212257099936.html",
        "https://wap.eastmoney.com/a/202201212257099936.html",
        "https://emwap.eastmoney.com/info/detail/202201212257099936",
        "https://emwap.eastmoney.com/news/info/detail/NW202201212257099936?from=timeline",
        "https://fund.eastmoney.com/news/1590,202201212257099936.html",
    ],
}


@pytest.mark.parametrize(
    ("link", "article_id"), [(link, article_id) for article_id, links in SAME.items() for link in links]
)
def test_a_link_means_its_article(link, article_id):
    assert target_of(link).article_id == article_id


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        (
            "http://finance.people.com.cn/n1/2023/1018/c1004-40123456-3.html",
            "http://finance.people.com.cn/n1/2023/1018/c1004-40123456.html",
        ),
        (
            "http://www.xinhuanet.com/world/2019-12/10/c_1125326789_2.htm",
            "http://www.xinhuanet.com/world/2019-12/10/c_1125326789.htm",
        ),
        (
            "https://www.guancha.cn/WangWen/2019_09_07_516891_2.shtml?s=x",
            "https://www.guancha.cn/WangWen/2019_09_07_516891.shtml?s=x",
        ),
        (
            "https://www.guancha.cn/WangWen/2019_09_07_516891_s.shtml",
            "https://www.guancha.cn/WangWen/2019_09_07_516891_s.shtml",
        ),
        (
            "https://m.thepaper.cn/kuaibao_detail.jsp?contid=26712345",
            "https://www.thepaper.cn/newsDetail_forward_26712345",
        ),
        (
            "https://h5.stcn.com/pages/detail/detail?id=645678",
            "https://www.stcn.com/article/detail/645678.html",
        ),
        (
            "https://emcreative.eastmoney.com/app_fortune/article/index.html?artCode=20220502203427525523430",
            "https://caifuhao.eastmoney.com/news/20220502203427525523430",
        ),
    ],
)
def test_a_link_to_a_part_or_a_shell_asks_for_the_article(link, asked):
    target = target_of(link)
    assert target.page.request_url(target, []) == asked


def test_a_share_page_without_a_code_is_still_told_on_a_host_of_a_site():
    with pytest.raises(UnknownSite, match="without an article's code"):
        target_of("https://choicewap.eastmoney.com/html_News/NewsShare.html")
