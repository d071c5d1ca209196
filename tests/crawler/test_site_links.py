"""Every shape of a site's links means one article, and is asked for where the article can be read."""

import pytest

from crawler.pages import UnknownSite, target_of

SAME = {
    "wechat:MzA3MTIzNDU2Nw-2650123456-1": [
        "https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=2650123456&idx=1&sn=0a1b&chksm=87&scene=21#wechat_redirect",
        "http://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw%3D%3D&mid=2650123456&idx=1&sn=0a1b#rd",
        "https://mp.weixin.qq.com/mp/appmsg/show?__biz=MzA3MTIzNDU2Nw==&appmsgid=2650123456&itemidx=1&sign=ab",
    ],
    "toutiao:6937582104468373003": [
        "https://www.toutiao.com/i6937582104468373003/",
        "https://www.toutiao.com/a6937582104468373003",
        "https://www.toutiao.com/article/6937582104468373003/?wid=1615273506",
        "https://www.toutiao.com/group/6937582104468373003/",
        "https://m.toutiao.com/w/6937582104468373003/?share_token=ab",
        "https://m.toutiaocdn.com/i6937582104468373003/?app=news_article&timestamp=1615273506",
        "https://m.toutiaoimg.cn/group/6937582104468373003/?app=news_article",
        "https://m.toutiaoimg.com/a6937582104468373003/",
        "https://www.toutiao.com/video/6937582104468373003/",
    ],
    "baijiahao:1693739207912345678": [
        "https://baijiahao.baidu.com/s?id=1693739207912345678&wfr=spider&for=pc",
        "https://baijiahao.baidu.com/builder/preview/s?id=1693739207912345678",
        'https://mbd.baidu.com/newspage/data/landingsuper?context={"nid":"news_1693739207912345678"}&n_type=0&p_from=1',
        "https://mbd.baidu.com/newspage/data/landingshare?context=%7B%22nid%22%3A%22news_1693739207912345678%22%7D",
    ],
    "sina:ikknscsh9876543": [
        "https://finance.sina.com.cn/chanjing/cyxw/2021-03-09/doc-ikknscsh9876543.shtml",
        "https://finance.sina.com.cn/chanjing/cyxw/2021-03-09/doc-ikknscsh9876543_2.shtml",
        "https://finance.sina.cn/chanjing/cyxw/2021-03-09/detail-ikknscsh9876543.d.html?from=wap",
        "https://cj.sina.cn/article/detail/1642634100/doc-ikknscsh9876543.d.html",
    ],
    "sina:1642634100-61e89b74020011abc": [
        "https://k.sina.com.cn/article_1642634100_61e89b74020011abc.html?from=finance",
        "https://k.sina.cn/article_1642634100_61e89b74020011abc.html",
        "https://cj.sina.com.cn/articles/view/1642634100/61e89b74020011abc",
        "https://t.cj.sina.cn/articles/view/1642634100/61e89b74020011abc?display=0&retcode=0",
    ],
    "netease:G4MABCDE0519QIKK": [
        "https://www.163.com/dy/article/G4MABCDE0519QIKK.html",
        "https://dy.163.com/v2/article/detail/G4MABCDE0519QIKK.html",
        "https://3g.163.com/news/article/G4MABCDE0519QIKK.html",
        "https://m.163.com/dy/article_cambrian/G4MABCDE0519QIKK.html?f=wap",
        "https://c.m.163.com/news/a/G4MABCDE0519QIKK.html?from=wap_redirect",
        "https://3g.163.com/touch/article.html?docid=G4MABCDE0519QIKK",
        "https://money.163.com/21/0309/15/G4MABCDE0519QIKK_2.html",
    ],
    "ifeng:84S8aBcDeFg": [
        "https://finance.ifeng.com/c/84S8aBcDeFg",
        "https://ishare.ifeng.com/c/s/84S8aBcDeFg",
        "https://i.ifeng.com/c/84S8aBcDeFg?from=wx",
    ],
    "ifeng:v002YRDPuR6stZtW3GijNKVqFhJw4el98RshG1A1PZRUfrc__": [
        "https://ishare.ifeng.com/c/s/v002YRDPuR6stZtW3GijNKVqFhJw4el98RshG1A1PZRUfrc__?spss=np"
    ],
    "qq:20210309A0ABCD00": [
        "https://new.qq.com/rain/a/20210309A0ABCD00",
        "https://new.qq.com/omn/20210309/20210309A0ABCD00.html",
        "https://view.inews.qq.com/a/20210309A0ABCD00?shareto=wx",
        "https://view.inews.qq.com/k/20210309A0ABCD00",
        "https://xw.qq.com/cmsid/20210309A0ABCD00",
        "https://page.om.qq.com/page/20210309A0ABCD00",
    ],
    "qq:20160313022933": [
        "http://news.qq.com/a/20160313/022933.htm",
        "http://view.inews.qq.com/a/NEW2016031302293305",
        "https://xw.qq.com/news/20160313022933",
        "https://xw.qq.com/news/20160313022933/NEW2016031302293305",
    ],
    "cls:689123": [
        "https://www.cls.cn/detail/689123",
        "https://m.cls.cn/detail/689123",
        "https://api3.cls.cn/share/article/689123?os=ios&sv=7",
        "https://api3.cls.cn/share/article/689123?os=web&sv=8.7.9&app=CailianpressWeb",
        "https://m.cls.cn/detail/689123",
        "https://www.cailianpress.com/roll/689123",
    ],
    "wallstreetcn:3612345": [
        "https://wallstreetcn.com/articles/3612345?keyword=x",
        "https://m.wallstreetcn.com/articles/3612345",
        "https://wallstreetcn.com/premium/articles/3612345",
        "http://wallstreetcn.com/node/3612345",
        "https://awtmt.com/articles/3612345?from=wscn",
    ],
    "wallstreetcn:live-2012345": [
        "https://wallstreetcn.com/livenews/2012345",
        "https://m.wallstreetcn.com/livenews/2012345",
    ],
    "10jqka:690400243": [
        "https://news.10jqka.com.cn/20261121/c690400243.shtml",
        "https://m.10jqka.com.cn/20261121/c690400243.shtml#refCountId=news_1",
        "https://news.10jqka.com.cn/m690400243/",
        "https://news.10jqka.com.cn/tapp/news/share/690400243/",
        "https://news.10jqka.com.cn/field/v1/20261121/690400243.shtml",
        "https://news.10jqka.com.cn/classic/20261121/c690400243.shtml",
        "https://news.10jqka.com.cn/page/690400243",
        "http://stock.10jqka.com.cn/20261121/c690400243.shtml",
    ],
    "10jqka:AbCdEfGhIjKlMnOpQrS": ["https://news.10jqka.com.cn/20261121/AbCdEfGhIjKlMnOpQrS.shtml"],
    "nbd:4695080": [
        "https://www.nbd.com.cn/articles/2026-11-21/4695080.html",
        "http://m.nbd.com.cn/articles/2026-11-21/4695080.html?from=weixin",
    ],
    "gelonghui:live-2794771": [
        "https://www.gelonghui.com/live/2794771",
        "https://m.gelonghui.com/live/2794771?share=1",
    ],
    "gelonghui:690001": [
        "https://www.gelonghui.com/p/690001",
        "https://www.gelonghui.com/news/690001",
        "https://m.gelonghui.com/p/690001",
    ],
    "yicai:100982345": [
        "https://www.yicai.com/news/100982345.html",
        "https://m.yicai.com/news/100982345.html",
        "https://www.yicai.com/brief/100982345.html",
    ],
    "yicai:4740456": ["http://www.yicai.com/news/2016/01/4740456.html"],
    "caixin:101672345": [
        "https://finance.caixin.com/2021-03-09/101672345.html",
        "https://m.caixin.com/m/2021-03-09/101672345.html",
        "https://finance.caixin.com/2021-03-09/101672345_2.html",
        "https://finance.caixin.com/2021-03-09/101672345_all.html?cxw=Android",
    ],
    "xueqiu:178901234": [
        "https://xueqiu.com/1234567890/178901234",
        "https://m.xueqiu.com/1234567890/178901234?sharetime=2",
        "https://xueqiu.com/S/SH600160/178901234",
    ],
    "jin10:56789": [
        "https://xnews.jin10.com/details/56789",
        "https://news.jin10.com/details/56789",
        "https://xnews.jin10.com/webapp/details.html?id=56789&type=news",
    ],
    "jin10:240303": [
        "https://xnews.jin10.com/webapp/details.html?id=240303&type=news&data_type=0",
        "https://reference-api.jin10.com/reference/getOne?id=240303&type=news",
    ],
    "jin10:20210309150506000800": [
        "https://flash.jin10.com/detail/20210309150506000800",
        "https://www.jin10.com/flash_detail/20210309150506000800",
    ],
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
    "huanqiu:2018-12001234": [
        "http://world.huanqiu.com/exclusive/2018-05/12001234.html?agt=61",
        "https://m.huanqiu.com/r/MV8wXzEyMDAxMjM0XzEyNTlfMTUyNTMzNDQ4MA==?tt_group_id=1",
    ],
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
    "eastmoney:20261110093005123456789": [
        "https://caifuhao.eastmoney.com/news/20261110093005123456789",
        "https://finance.eastmoney.com/a/20261110093005123456789.html",
        "http://finance.eastmoney.com/news/1345,20261110093005123456789.html",
        "https://emwap.eastmoney.com/info/detail/20261110093005123456789",
    ],
    "eastmoney:AP202609301830020241": [
        "https://data.eastmoney.com/report/zw_stock.jshtml?infocode=AP202609301830020241",
        "https://data.eastmoney.com/report/zw_industry.jshtml?infocode=AP202609301830020241",
        "https://data.eastmoney.com/report/info/AP202609301830020241.html",
        "http://choicewzp1.eastmoney.com/html_News/NewsShare.html?infoCode=AP202609301830020241",
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
    ("link", "urls"),
    [
        (
            "https://api3.cls.cn/share/article/689123?os=ios",
            ["https://www.cls.cn/detail/689123", "https://api3.cls.cn/share/article/689123?os=ios"],
        ),
        (
            "https://xnews.jin10.com/webapp/details.html?id=240303&type=news",
            [
                "https://reference-api.jin10.com/reference/getOne?id=240303&type=news",
                "https://xnews.jin10.com/details/240303",
            ],
        ),
        (
            "https://flash.jin10.com/detail/20210309150506000800",
            ["https://flash.jin10.com/detail/20210309150506000800"],
        ),
        (
            "https://m.10jqka.com.cn/20261121/c690400243.shtml",
            [
                "https://news.10jqka.com.cn/20261121/c690400243.shtml",
                "https://m.10jqka.com.cn/20261121/c690400243.shtml",
            ],
        ),
        (
            "https://m.nbd.com.cn/articles/2026-11-21/4695080.html",
            [
                "https://www.nbd.com.cn/articles/2026-11-21/4695080.html",
                "https://m.nbd.com.cn/articles/2026-11-21/4695080.html",
            ],
        ),
    ],
)
def test_an_article_is_asked_for_where_it_is_best_read(link, urls):
    target = target_of(link)
    places = target.page.places(target, [], [])
    assert [place.url for place in places] == urls
    assert all(place.own for place in places)


def test_the_endpoint_of_jin10_is_asked_with_the_headers_of_its_client():
    target = target_of("https://xnews.jin10.com/details/240303")
    endpoint, page = target.page.places(target, [], [])
    assert set(endpoint.headers) == {"x-app-id", "x-version"}
    assert page.headers == {}


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
        ("https://www.cailianpress.com/roll/689123", "https://www.cls.cn/detail/689123"),
        ("https://xnews.jin10.com/webapp/details.html?id=56789", "https://xnews.jin10.com/details/56789"),
        (
            "https://finance.caixin.com/2021-03-09/101672345_2.html",
            "https://finance.caixin.com/2021-03-09/101672345.html",
        ),
        (
            "https://finance.sina.com.cn/roll/2021-03-09/doc-ikknscsh9876543_2.shtml",
            "https://finance.sina.com.cn/roll/2021-03-09/doc-ikknscsh9876543.shtml",
        ),
        (
            "https://awtmt.com/articles/3612345",
            "https://api-one.wallstcn.com/apiv1/content/articles/3612345?extract=0",
        ),
        ("https://link.zhihu.com/?target=https%3A//news.example/1.html", "https://news.example/1.html"),
        (
            "https://c.pc.qq.com/middlem.html?pfurl=https%3A%2F%2Fwww.cls.cn%2Fdetail%2F689123",
            "https://www.cls.cn/detail/689123",
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
