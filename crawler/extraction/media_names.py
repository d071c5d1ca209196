"""What can be the name of a medium, and how it is written."""

from __future__ import annotations

import re

from crawler.extraction.document import squeeze
from crawler.extraction.names import NAME, names_in

MEDIUM = re.compile(
    r"[^\s:：，。、|｜/（(]{1,14}(?:网|網|报|報|社|台|臺|新闻|新聞|日报|周刊|週刊|杂志|在线|財經|财经|时报|時報|观察|频道|传媒|资讯|快报|电视|广播|中心|客户端|发布|办事处|政府|发改委|局|学会|协会|参考|大学|委员会|集团|报道|热线|论坛|电子报|電子報|之家)(?:[-·][^\s:：]{2,8})?"
)
NO_MEDIUM = re.compile(
    r"\d|[=＝@＠©ⓒ]|^(?:最[后後新]|首次?)[发發]|评论|摘要|导读|核心提示|关键词|标签|跟贴|分享|收藏|字号|字体|打印|首页|关注|微信|微博|点击|浏览|阅读|举报|作者|编辑|记者|责任|新闻中心|正文|更新|时间|時間|登录|登錄|登入|註冊|關注|追蹤|瀏覽|閱讀|點擊|編輯|記者|標籤|下載|新規|会員|更多|原创|来源|微信扫|：|:|http|转载|纠错|订阅|下载|客户端$"
    r"|(?:情[報报]|速[報报]|警[報报]|注意報|[預预予][報报]|[続續续]報|詳報)$|^(?:采写|撰文|撰稿|文字|图文|摄影|攝影|制图|执笔|编译|翻译|通讯员|策划|统筹|本[报報刊网網台社])$|^(?:发布|发表|發布|發表|稿件)|(?:于|者)$|喜欢|点赞|字数|朗读|收听|播报|粉丝|查看|人气|投稿|审核|校对|作家|撰稿|報導$|^[\u4e00-\u9fff]{2}报道$|[>›»]|^.$|^(?:(?:星期|周)[一二三四五六日天]|[HG]K?[MT]T?|[AaPp]\.?[Mm]\.?|A[+-]|UTC|出版|发行|上传|提供|专题|直播|收录|时评|号外|影响力|热度|好评|Updated|Published|Posted|By|On|At|Print|Share|Save|Listen|ET|EDT|EST|BST|CST|min|read)$",
    re.IGNORECASE,
)
CHANNEL = frozenset((
    "财经", "金融", "国内", "国际", "社会", "娱乐", "体育", "科技", "汽车", "房产", "教育", "军事", "要闻", "时政", "资讯", "行业", "公司", "股票", "基金", "动态", "新闻", "图片", "视频", "文化", "健康", "旅游", "生活", "评论",
    "观点", "专题", "头条", "快讯", "滚动", "热点", "综合", "产业", "经济", "市场", "宏观", "商业", "互联网", "手机", "数码", "游戏", "历史", "理论", "法治", "党建", "本地", "民生", "政务", "公告", "研报", "港股", "美股", "外汇",
    "期货", "黄金", "理财", "保险", "银行", "財經", "國際", "國內", "社會", "娛樂", "體育", "產經", "政治", "兩岸", "地方", "大", "中", "小",
))  # fmt: skip
"""Names of channels, which stand beside a time as media do."""
RELATIVE = re.compile(r"\s{1,9}(?:昨天|今天|前天|刚刚|\d+\s?(?:分钟|小时|天|周|个月)前).*$")
KOREAN_ENDS = "일보|신문|뉴스|경제|타임[스즈]|방송|데일리|투데이|저널|닷컴|TV|통신|미디어|조선|중앙|동아|한국|서울|헤럴드|포스트|비즈|[KMS]BS|YTN|JTBC"
KOREAN_MEDIUM = re.compile(rf"\w{{0,10}}(?:{KOREAN_ENDS})")
SHARING = re.compile(
    r"(?:新浪|腾讯|騰訊|网易|搜狐)?微博|QQ空间|QQ好友|人人网|开心网|豆瓣网?|微信朋友圈|朋友圈|百度贴吧|领英|Facebook|Twitter|Line|Weibo|LinkedIn|Plurk|电子报|電子報|电子版|移动端|手机版|触屏版|简体|繁體",
    re.IGNORECASE,
)
"""Where a page can be shared to, and its other editions."""
ACCOUNT = re.compile(r"[”」]?(?<=\S\S)(?:官方)?(?:微信)?(?:公[众眾]号|公眾號|[订訂][阅閱][号號])$")
"""What a medium's account is, behind its name."""
WELCOME = re.compile(r"^(?:热烈)?(?:欢迎|歡迎)[您你]?(?:访问|光临|来到|訪問|光臨|來到)")
BRACKETS = (("《", "》"), ("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("“", "”"))


def clean_publisher(name: str | None, longest: int = 30) -> str | None:
    """A medium's name without brackets and labels round it; None where nothing is left.

    >>> clean_publisher("【某某网】"), clean_publisher("某某网-《某日报》")
    ('某某网', '某某网-《某日报》')
    """
    name = re.sub(r"(?<=\S)\s+微博$", "", RELATIVE.sub("", squeeze(name))).strip(
        ' \u3000:：|｜/／-—_·,，;；.。"<>'
    )
    for opening, closing in BRACKETS:
        if name.startswith(opening) and name.endswith(closing):
            name = name[1:-1]
        if (opening in name) != (closing in name):
            name = name.strip(opening + closing)
    name = WELCOME.sub("", ACCOUNT.sub("", name)).strip(" “”")
    return name if 1 < len(name) <= longest else None


def is_medium(name: str) -> bool:
    """Whether a name can be a medium's: no label, channel, section, share button or tool."""
    return not (
        NO_MEDIUM.search(name)
        or name in CHANNEL
        or SHARING.fullmatch(name)
        or (name.endswith(("新闻", "新聞", "频道", "頻道", "资讯")) and name[:-2] in CHANNEL)
    )


def is_person(name: str) -> bool:
    """Whether an unlabelled name is rather the writer's than a medium's."""
    return bool(names_in(name)) and re.fullmatch(NAME, name) is not None and MEDIUM.fullmatch(name) is None
