"""What a page is instead of an article, by the labels of its lines and the words on its buttons: a job, a download, a quote."""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.document import Document, squeeze

LONGEST_LABEL = 60  # characters of a line with a label
ALONE = re.compile(r">([^<>]{2,40})<")
"""A text that stands in an element with nothing beside it, as on a button."""
PROSE = (
    250  # characters of sentences from which on labels without a button are a table or a card in an article
)
COLON = r"\s{0,3}[:：]"


class LabelledPage(NamedTuple):
    """A kind of page that is no article."""

    what: str
    """What it is, in words."""
    buttons: tuple[str, ...]
    """Words of which one stands alone in a link or a button; none where the labels tell enough, on a page of little prose."""
    labels: tuple[re.Pattern[str], ...]
    """How its lines begin."""
    least: int
    """Labels that it has at least."""


def labels(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of how lines begin."""
    return tuple(map(re.compile, patterns))


TALK = frozenset(("a thread of a forum",))
"""Pages whose texts are as long as an article's."""
PAGES = (
    LabelledPage(
        "an advertisement of a job",
        ("立即投递", "投递简历", "申请职位", "立即应聘", "立即沟通", "應徵", "我要應徵", "応募する", "応募画面へ進む", "지원하기", "즉시지원", "Apply now", "Apply for this job"),
        labels(
            r"(?:岗位|职位|工作|職務)(?:职责|描述|内容|內容|説明)", r"(?:任职|职位|岗位|應徵)(?:要求|资格|条件|條件)", r"(?:薪资|薪酬|月薪|工作待遇|給与)", r"仕事内容",
            r"応募資格", r"담당\s?업무", r"자격\s?요건", r"(?:Key )?Responsibilities", r"(?:Required )?Qualifications",
        ),
        2,
    ),
    LabelledPage(
        "a page to download a file from",
        ("立即下载", "免费下载", "高速下载", "普通下载", "本地下载", "下载地址", "安卓下载", "苹果下载", "立即下載", "免費下載", "ダウンロードする", "다운로드", "Download now", "Free Download"),
        labels(
            rf"(?:软件|文件|应用|游戏|檔案)?大小{COLON}", r"(?:更新日志|更新記錄|更新内容)", r"(?:软件|应用|游戏|軟體)(?:介绍|介紹|特色|截图)",
            rf"(?:运行|支持|适用|應用)?(?:系统|系統|平台|环境){COLON}", rf"(?:软件|应用|当前)?(?:版本|语言|授权){COLON}",
        ),
        2,
    ),
    LabelledPage(
        "an invitation to an event",
        ("立即报名", "我要报名", "马上报名", "在线报名", "报名参加", "立即购票", "购票", "立即報名", "我要報名", "立即購票", "お申し込みはこちら", "申し込む", "参加を申し込む", "신청하기", "Register now", "Buy tickets", "Get tickets"),
        labels(
            rf"(?:活动|会议|演出|活動|會議)?(?:时间|時間|日期|日時|일시){COLON}", rf"(?:活动|会议|演出|活動|會議)?(?:地点|地點|地址|场馆|会場|場所|장소){COLON}",
            r"(?:票种|票价|费用|門票|費用|参加費|참가비)", rf"(?:主办|主辦)(?:方|单位|單位)?{COLON}", rf"(?:When|Date){COLON}", rf"(?:Where|Venue|Location){COLON}", rf"(?:Price|Tickets|Admission){COLON}",
        ),
        2,
    ),
    LabelledPage(
        "an offer of a product",
        ("立即购买", "马上购买", "立即下单", "在线询价", "立即询价", "加入购物车", "立即購買", "直接購買", "購入する", "구매하기", "바로구매", "Buy now", "Add to basket"),
        labels(
            r"(?:价格|售价|市场价|促销价|單價|価格)?\s{0,3}[:：]?\s{0,3}[￥¥$€₩]\s?\d", rf"(?:型号|型號|品牌|规格|規格|产地|库存|庫存|货号|商品编号){COLON}",
            r"月销|库存\s?\d|已售\s?\d",
        ),
        1,
    ),
    LabelledPage(
        "an entry of a register of companies",
        (),
        labels(r"(?:法定代表人|法人代表|法人名称|联系人|代表者|대표자?(?:\s?이사)?$)", r"注册资本|註冊資本|資本金|자본금", r"成立(?:日期|时间)|設立|설립", r"经营状态|登记状态", r"统一社会信用代码|营业执照号码|사업자", r"经营范围|主要经营|事業内容|주요\s?사업", r"所属行业", r"登记机关|发证机关", r"(?:公司|企业|店铺|店舗|会社)?(?:地址|住所)|所在地|주소", r"(?:固定|联系)?电话|電話番号|전화"),
        4,
    ),
    LabelledPage(
        "a thread of a forum",
        (),
        labels(r"共?收到(?:\s?\d+)?(?:$|\s?条回复)", r".{0,40}最[后後](?:由|回[复覆])", r"[只仅][看看](?:该作者|楼主|樓主)", r"(?:楼主|樓主|题主)$", r"(?:沙发|板凳|地板)$", r"倒序(?:浏览|看帖)", r"(?:发新|回|发)帖$|本帖最后", r"(?:.{1,24}\s)?#\d{1,3}(?:\s.{0,14})?$|\d{1,3}(?:楼|樓|F)$", r".{0,6}(?:登录|登錄|登入).{0,8}(?:回复|回帖|回覆)"),
        3,
    ),
    LabelledPage(
        "a quote of a security",
        (),
        labels(
            r"今开|开盘|開盤|始値|시가(?!총)", r"最高|高値|고가", r"最低|安値|저가", r"昨收|昨日收盘|前日終値|전일", r"成交量|出来高|거래량", r"成交[额額]|売買代金|거래대금",
            r"(?:总|總)?市值|時価総額|시가총액",
        ),
        4,
    ),
    LabelledPage(
        "a weather forecast",
        (),
        labels(
            r".{0,24}\d\s?(?:℃|°C)", r".{0,30}[东南西北東][风風]\s?\d", r".{0,12}(?:多云|多雲|晴|阴|陰|小雨|阵雨|曇|맑음|구름)", r".{0,36}(?:降水[確概]率|강수확률|降雨[機机概]率)", r".{0,30}(?:最高|최고)\s?(?:气温|氣溫|気温|기온)?\s?\d", r".{0,30}(?:最低|최저)\s?(?:气温|氣溫|気温|기온)?\s?\d",
        ),
        3,
    ),
    LabelledPage(
        "a video's page",
        (),
        labels(
            r".{0,20}\d\s?[万萬만]?\s?(?:回(?:再生|視聴)|次(?:播放|观看))|(?:播放|观看|再生|재생)(?:次?[数數]|回数|수)\s?[:：]?\s?\d", r"チャンネル登録|구독자|订阅者|訂閱者",
            r"(?:次の|関連|おすすめ)動画|(?:추천|관련|다음)\s?(?:영상|동영상)|(?:相关|相關|推荐|推薦|接下来)(?:视频|影片|播放)",
        ),
        2,
    ),
    LabelledPage(
        "a book's page",
        (),
        labels(r"ISBN", r"(?:本体)?定[価价價]|정가|판매가", r"発売日|発行日|出版(?:日期|时间|年)|출간일|발행일", r"判型|开本|開本|판형|(?:総)?ページ数|页数|頁數|쪽수", r"(?:内容紹介|内容简介|內容簡介|책\s?소개)$", r"(?:目次|目录|目錄|목차)$"),
        4,
    ),
    LabelledPage(
        "a home to let or to sell",
        (),
        labels(r"賃料|家賃|租金|월세|보증금|[总總售]价", r"間取り?|户型|戶型|格局", r"(?:専有|建筑|建築)?面[積积]|전용면적", r"築年|建成年|屋齡|준공", r"所在階|楼层|樓層|해당층"),
        3,
    ),
    LabelledPage(
        "a question with its answers",
        (),
        labels(r"ベストアンサー", r"その他の回答|質問者|回答者", r"\d{1,3}번째 답변", r"채택\s?답변|질문자", r"最佳答案|滿意答案|满意回答", r"提问者|提問者|其他回答|我来回答|写回答|寫回答"),
        2,
    ),
)  # fmt: skip


ANY_LABEL = [re.compile("|".join(label.pattern for label in page.labels)) for page in PAGES]
"""What begins a line with any label of each page: most pages have none."""


def why_other_labels(document: Document, layout: BlockLayout) -> str | None:
    """Why a page is of another kind, by its labels; None where they do not tell."""
    lines: list[str] | None = None
    alone = set(map(str.strip, ALONE.findall(document.html)))
    for page, any_label in zip(PAGES, ANY_LABEL, strict=True):
        if page.buttons and alone.isdisjoint(page.buttons):
            continue
        if lines is None:
            lines = [
                text
                for block in layout.blocks
                if (text := squeeze(layout.own_text(block))) and len(text) <= LONGEST_LABEL
            ]
        if not any(map(any_label.match, lines)):
            continue
        if (told := sum(any(map(label.match, lines)) for label in page.labels)) < page.least:
            continue
        most = PROSE * (2 if told >= 2 * page.least else 1)
        sizes = (layout.plain[block] for block in layout.blocks)
        if page.buttons or page.what in TALK or sum(size for size in sizes if size > LONGEST_LABEL) < most:
            return f"is {page.what}, by its labels"
    return None
