"""What is not the article, as data: each rule with markup that it drops and a near miss that it keeps.

``element`` rules are XPath expressions over the body, ``class`` rules names of classes. ``paragraph`` rules must match the whole text of a paragraph;
``tail`` rules a bracketed note at a paragraph's end. ``where`` says in which paragraphs: ``any``, ``start`` (the first
`START`), ``end`` (the last `END`) or ``last`` (no paragraph that stays comes after it). No rule cuts from a phrase to the end of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

START, END = 4, 8  # paragraphs
PERSON = r"(?!(?:责任编辑|责编|编辑|校对|審核|审核)\s)[\u4e00-\u9fff·]{2,4}"
NAME = r"[^\s，。；：:、）)]{1,20}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of boilerplate."""

    name: str
    kind: Literal["element", "class", "paragraph", "tail"]
    pattern: str
    """XPath, names of classes, or a regular expression whose first group, if any, is what `lifts` takes."""
    where: Literal["any", "start", "end", "last"] = "any"
    lifts: Literal["publisher", "editors", "alternative_headline", "authors", "related"] | None = None
    hint: tuple[str, ...] = ("",)
    """Words of which the markup (`element`) or the paragraph's text (`paragraph`, `tail`) holds one wherever the rule
    finds something: they save the search."""
    drops: str
    """Markup, from a real form, that must go."""
    keeps: str
    """A near miss that must stay."""


def classed(*names: str) -> str:
    """XPath condition: one of *names* among the classes, as a whole word (``ad`` is not ``lazyload``)."""
    return " or ".join(f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in names)


CHART = "contains(@src, 'webquoteklinepic') or contains(@src, 'webquotepic') or contains(@src, 'sinajs.cn/newchart')"
RULES = [
    Rule(
        name="hidden",
        kind="element",
        pattern=".//*[@hidden] | .//*[@style][contains(translate(@style, ' ', ''), 'display:none') or contains(translate(@style, ' ', ''), 'visibility:hidden')]",
        hint=("isplay", "isibility", "ISPLAY", "ISIBILITY", "hidden", "HIDDEN"),
        drops='<p style="display:none;height:1px;overflow:hidden;"><br /></p>',
        keeps='<p style="text-align:center;">居中的一段</p>',
    ),
    Rule(
        name="kline_chart",
        kind="element",
        pattern=f".//img[{CHART} or starts-with(@alt, 'K图 ') or starts-with(@alt, 'R图 ')]",
        hint=("webquote", "K图 ", "R图 ", "/newchart/"),
        drops='<p style="text-align:center;"><a class="EmImageRemark" href="http://quote.eastmoney.com/unify/r/0.000001"><img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.000001&imageType=k" alt="K图 000001_0" /></a></p>',
        keeps='<center><img src="https://dfscdn.dfcfw.com/download/D1_w580h300.jpg" alt="图片" /></center>',
    ),
    Rule(
        name="chart_anchor",
        kind="element",
        pattern=f".//a[@class][{classed('EmImageRemark')}][not(.//img)]",
        hint=("EmImageRemark",),
        drops='<p><a class="EmImageRemark" href="http://quote.eastmoney.com/unify/r/0.000001">行情</a></p>',
        keeps='<p><a href="https://finance.eastmoney.com/a/202602213000000001.html">点击阅读报告全文</a></p>',
    ),
    Rule(
        name="advert",
        kind="class",
        pattern="em_handle_adv_close em_xuangu ad_context3 ad advert adv guanggao toplink app_download em_adv",
        drops='<p class="em_xuangu"><a href="https://example.cn/x">一键选股</a></p>',
        keeps='<p class="lazyload download readmore">下载量同比增长三成。</p>',
    ),
    Rule(
        name="advert_link",
        kind="element",
        pattern=".//a[contains(@href, '//acttg.eastmoney.com')]",
        hint=("acttg",),
        drops='<p><a href="https://acttg.eastmoney.com/pub/x">开户领红包</a></p>',
        keeps='<p><a href="https://data.eastmoney.com/report/">研报数据</a>显示，需求回暖。</p>',
    ),
    Rule(
        name="home_link",
        kind="element",
        # One alone: several are `archive_links`. Counted once a parent, not once a link.
        pattern="descendant-or-self::*[count(a[starts-with(normalize-space(.), '返回')]) = 1]/a[starts-with(normalize-space(.), '返回')][contains(., '首页') or contains(., '查看更多') or contains(., '返回列表')]",
        hint=("返回",),
        drops='<p><a href="http://www.example.cn/">返回某网首页>></a></p>',
        keeps='<p><a href="http://www.example.cn/1">返回岗位的工人超过九成</a>，工厂说。</p>',
    ),
    Rule(
        name="source_line",
        kind="paragraph",
        pattern=r"[（(【\[]?\s*(?:文章|稿件|信息|本文)(?:来源|來源)\s*[:：]\s*([^\n。！？；]{1,60}?)。?(?:\s+(?:责任编辑|责编|作者)\s*[:：].{0,40}?)?\s*[）)】\]]?",
        where="end",
        lifts="publisher",
        hint=("文章来源", "稿件来源", "信息来源", "本文来源", "文章來源", "稿件來源", "信息來源", "本文來源"),
        drops='<p class="em_media">（文章来源：晨光财经）</p>',
        keeps="<p>文章来源于网络的说法并不准确，公司董秘对此作了澄清。</p><p>文章来源：三家公司年报与采访。标题是编辑加的。</p>",
    ),
    Rule(
        name="source_note",
        kind="tail",
        pattern=r"[（(]\s*(?:(?:文章|稿件|信息|本文)(?:来源|來源)|来源|來源)\s*[:：]\s*([^\s（()），。；：:][^（()），。；：:\n]{0,28})\s*[）)]",
        where="last",
        lifts="publisher",
        hint=("来源", "來源"),
        drops="<p>（来源：晨光财经）</p>",
        keeps="<p>（来源：国家统计局；制图：王小明）</p>",
    ),
    Rule(
        name="editor_line",
        kind="paragraph",
        pattern=r"[（(【\[]?\s*(?:[【\[]?纠错[】\]]?\s*)?(?:(?:作者|记者|撰文|采写|文|图|来源|稿源|出处)\s*[:：/／|｜]\s*\S{1,16}(?:\s\S{2,4}){0,3}\s+)?(?:本文|微信|值班|实习|见习|新媒体|版面|栏目|图片|视频|流程|执行|核稿)?(?:责任编辑|責任編輯|责编|编辑|編輯|校对|校對|审核|審核|监制|终审|审校|主编|编审|排版|美编|图编|统筹|值班编委)\s*[:：|｜丨/／]\s*(.{0,40}?)\s*(?:[）)】\]]\s*(?:\d{6,8})?)?",
        where="end",
        lifts="editors",
        hint=("编辑", "編輯", "责编", "校对", "校對", "审核", "審核", "监制", "终审", "审校", "主编", "编审", "排版", "美编", "图编", "统筹", "编委"),
        drops='<p class="res-edit">（责任编辑：72）</p>',
        keeps="<p>编辑：这一职业正在被算法改变，多位从业者谈到了自己的转型与焦虑，他们的经历各不相同，却都提到同一个词。</p>",
    ),
    Rule(
        name="staff_line",
        kind="paragraph",
        pattern=rf"[（(【\[]?\s*(?:\S{{0,10}}?记者\s+(?P<authors>{PERSON}(?:[\s、]{PERSON}){{0,4}})\s+)?(?:责任编辑|責任編輯|责编|编辑|編輯|校对|校對)\s+(?P<editors>{PERSON}(?:[\s、]{PERSON}){{0,2}})(?:\s+(?:编辑|校对|校對|审核|審核)\s+{PERSON})*\s*[）)】\]]?",
        where="end",
        lifts="editors",
        hint=("编辑", "編輯", "责编", "校对", "校對"),
        drops="<p>晨光财经记者 王小明 编辑 李晓红 校对 赵晓</p>",
        keeps="<p>编辑 部的灯一直亮到凌晨。</p>",
    ),
    Rule(
        name="credits",
        kind="paragraph",
        pattern=rf"[（(【\[]?\s*(?:(?:文字|文|图片|图|图文|视频|摄影|摄像|记者|采写|撰文|撰稿|作者|剪辑|制图|海报|设计|策划|统筹|出镜|播音|审核|责编|责任编辑|编辑|校对|监制|通讯员|来源)\s*[:：/／|｜丨]\s*{PERSON}(?:[\s、]{PERSON}){{0,3}}[\s;；,，]*){{2,9}}[）)】\]]?",
        where="end",
        hint=("：", ":", "/", "／", "|", "｜", "丨"),
        drops="<p>记者：李晓周　编辑：何川川　摄像：马健</p>",
        keeps="<p>图片：一张老照片里，三代人站在渡口。</p>",
    ),
    Rule(
        name="original_title",
        kind="paragraph",
        pattern=r"[（(【\[]?\s{0,9}本?文?(?:原标题|原標題|原题)\s{0,9}(?:为|[:：])?\s{0,9}[:：《\s]\s{0,9}(.{2,120}?)\s{0,9}》?\s{0,9}[）)】\]]?",
        lifts="alternative_headline",
        hint=("原标题", "原標題", "原题"),
        drops='<p class="zwothers">（原标题：三家公司同日公告）</p>',
        keeps="<p>该文原标题为“三家公司同日公告”，后被改动。</p>",
    ),
    Rule(
        name="byline",
        kind="paragraph",
        pattern=rf"(?!.*[摄攝]\s*[）)】\]]?$)[（(【\[]?\s*(?:(?:本报|本刊|见习|实习|\S{{2,8}}?)?记者|作者|撰文|采写|文)\s*[:：/／|｜丨\s]\s*({NAME}(?:[\s、，,　]{NAME}){{0,4}})\s*[）)】\]]?",
        where="start",
        lifts="authors",
        hint=("记者", "作者", "撰文", "采写", "文/", "文／", "文|", "文｜", "文丨", "文:", "文："),
        drops="<p>晨光财经记者 王小明 李晓红</p>",
        keeps="<p>记者 了解到，多家银行已下调利率。</p>",
    ),
    Rule(
        name="author_note",
        kind="tail",
        pattern=r"[（(]\s*(?:免责)?声明\s*[:：][^（(]{0,160}?(?:不构成|仅供参考|风险自担|与本(?:网|站|平台)无关)[^（()）]{0,120}[）)]",
        where="end",
        hint=("声明",),
        drops="<p>(声明：文章内容仅供参考，不构成投资建议。投资者据此操作，风险自担。)</p>",
        keeps="<p>该机构声明：文章内容仅供参考，不构成投资建议，市场对此反应平淡，股价当日微跌。</p>",
    ),
    Rule(
        name="disclaimer",
        kind="paragraph",
        pattern=r"[（(【\[]?\s*(?:郑重声明|免责声明|特别声明|特别提醒|风险提示及免责条款|版权声明|声明)\s*[:：]?.{0,400}?(?:传播更多信息|不(?:对您)?构成[^，。；]{0,12}(?:投资|买卖|操作|决策)|风险自担|与本(?:网|站|平台|公众号)(?:立场)?无关|版权(?:归|属)[^，。；]{0,16}(?:作者|本网|本站|本刊|本报|平台|公众号)|如有侵权.{0,8}(?:联系|告知|通知|删除)|未经.{0,12}(?:授权|许可).{0,20}(?:转载|复制|摘编)).{0,200}",
        where="end",
        hint=("声明", "特别提醒", "免责条款"),
        drops="<p>郑重声明：东方财富发布此内容旨在传播更多信息，与本站立场无关，不构成投资建议。据此操作，风险自担。</p>",
        keeps="<p>特别提醒：本次发行不构成重大资产重组，投资建议机构未发表意见。</p>",
    ),
    Rule(
        name="disclaimer_text",
        kind="paragraph",
        pattern=r"(?:市场有风险，投资需谨慎。\s*)?本文不构成(?:个人|任何)?投资建议[，,。].{0,200}|[^。]{0,30}发布此(?:内容|信息)[^。]{0,10}传播更多信息.{0,300}",
        where="end",
        hint=("投资建议", "传播更多信息"),
        drops="<p>市场有风险，投资需谨慎。本文不构成个人投资建议，也未考虑到个别用户的财务状况或需要。</p>",
        keeps="<p>风险提示：下游需求不及预期，原材料价格大幅波动。</p>",
    ),
    Rule(
        name="disclaimer_heading",
        kind="paragraph",
        pattern=r"[（(【\[]?\s*(?:郑重声明|免责声明|特别声明|版权声明|风险提示及免责条款)\s*[:：]?\s*[）)】\]]?",
        where="last",
        hint=("声明", "免责条款"),
        drops="<p>风险提示及免责条款</p>",
        keeps="<p>郑重声明一出，股价应声上涨。</p>",
    ),
    Rule(
        name="site_disclaimer",
        kind="paragraph",
        pattern=r"(?:以下|网友)?评论(?:只|仅).{0,12}(?:代表|表达).{0,40}|(?:[（(【\[]?[\u4e00-\u9fffA-Za-z]{0,10}(?:版权(?:与|及|和)?免责)?声明[】\])）]?\s*[:：]?\s*)?(?:\d[、.]\s*)?(?:凡本(?:网|站|报|刊|社).{0,12}注明|凡(?:注明|来源)|本(?:网|站|平台|公众号)(?:站)?(?:转载|所载|刊载|部分|登载|发布)).{0,300}(?:版权|转载|目的在于|立场|侵权|授权|仅供参考|真实性).{0,400}",
        where="end",
        hint=("评论", "版权", "转载", "目的在于", "立场", "侵权", "授权", "仅供参考", "真实性"),
        drops="<p>晨光网声明：凡本网注明“来源：晨光网”的所有作品，版权均属于晨光网，未经书面授权不得转载。</p>",
        keeps="<p>凡注明有机的蔬菜，须提供检测报告，市场监管部门说。</p>",
    ),
    Rule(
        name="market_risk_note",
        kind="paragraph",
        pattern=r"[（(]?\s*(?:(?:以上|本文|文中)(?:内容|信息|观点)?[^。]{0,30})?(?:仅供参考[，,]?)?\s*(?:不构成(?:任何)?投资建议|股市有风险[，,]\s*(?:投资|入市)需谨慎|市场有风险[，,]\s*投资需谨慎|投资有风险[，,]\s*(?:入市|选择)需谨慎)(?:[，,；;！!][^。]{0,30})?[。！!]?(?:据此(?:操作|入市)[^。]{0,20}[。]?)?\s*[）)]?",
        where="end",
        hint=("不构成", "有风险"),
        drops="<p>市场有风险，投资需谨慎。</p>",
        keeps="<p>他反复提醒投资者市场有风险，投资需谨慎，但认购者依旧排起长队，银行网点不得不延长营业时间。</p>",
    ),
    Rule(
        name="open_account",
        kind="paragraph",
        pattern=r"(?:上|在)?东方财富(?:网|APP)?看资讯行情[，,]?\s*选东方财富.{0,40}|在东方财富看资讯行情|.{0,30}一站式开户交易\s*[>＞》]{1,4}",
        hint=("看资讯行情", "一站式开户"),
        drops="<p>在东方财富看资讯行情，选东方财富证券一站式开户交易>></p>",
        keeps="<p>他说，在东方财富看资讯行情的人不少。</p><p>公司推出一站式开户交易</p>",
    ),
    Rule(
        name="assistant_promotion",
        kind="paragraph",
        pattern=r".{0,20}全新妙想投研助理.{0,30}",
        hint=("妙想",),
        drops="<p>全新妙想投研助理，立即体验</p>",
        keeps="<p>妙想大模型发布一年后，券商的投研助理有了新对手。</p>",
    ),
    Rule(
        name="open_wechat",
        kind="paragraph",
        pattern=r"打开微信[，,]?\s*(?:点击(?:底部|右上角).{0,80}|.{0,6}扫一扫.{0,40})?|点击底部的[“\"「]发现.{0,80}|使用[“\"「]扫一扫.{0,40}",
        hint=("打开微信", "点击底部的", "扫一扫"),
        drops="<p>打开微信，</p>",
        keeps="<p>打开微信，他看到了消息，随即报警。</p>",
    ),
    Rule(
        name="scan_code",
        kind="paragraph",
        pattern=r".{0,20}(?:扫描?(?:上|下)?方?二维码|长按(?:识别)?(?:上|下)?方?(?:图片)?二维码|长按识别|扫码(?:关注|下载|进群|阅读|查看)).{0,40}",
        hint=("二维码", "长按识别", "扫码"),
        drops="<p>扫码关注晨光财经公众号，第一时间读懂市场</p>",
        keeps="<p>乘客扫码支付的比例已超过九成，公交公司因此撤下了投币箱。</p>",
    ),
    Rule(
        name="app_promotion",
        kind="paragraph",
        pattern=r".{0,20}(?:下载|打开).{0,12}(?:APP|App|app|客户端)(?:[，,].{0,30}|(?:查看|阅读|看)(?:更多|全文).{0,20})?[>＞》]{0,3}",
        where="end",
        hint=("APP", "App", "app", "客户端"),
        drops="<p>下载东方财富APP，查看更多精彩内容>></p>",
        keeps="<p>工信部要求，下载量前一百的客户端须在年底前完成适老化改造。</p>",
    ),
    Rule(
        name="app_download",
        kind="paragraph",
        pattern=r"(?:[^。]{0,100}[！!，,])?(?:点击)?(?:安装|下载|打开).{0,14}(?:客户端|APP|App|app).{0,40}?(?:→|(?:专享|专属)?(?:福利|好礼|红包)|【?下载(?:地址|链接)】?|第一时间.{0,16}(?:资讯|消息|新闻)).{0,14}",
        hint=("APP", "App", "app", "客户端"),
        drops="<p>安装晨光财经客户端第一时间接收最全面的资讯→【<a href='/app'>下载地址</a>】</p>",
        keeps="<p>下载客户端的用户中，每三人就有一人在第一时间卸载，原因是广告过多。</p>",
    ),
    Rule(
        name="app_link",
        kind="paragraph",
        pattern=r".{0,40}(?:點我|点我|立即|馬上|马上)下[載载](?:APP|App|客户端|安裝|安装).{0,24}",
        hint=("下載", "下载"),
        drops="<p>現在用APP看新聞 天天抽獎 <a href='/app'>點我下載APP</a> <a href='/rule'>活動辦法</a></p>",
        keeps="<p>立即下载政务客户端的市民超过三成，其余的人仍到窗口排队，窗口因此延长了一个小时，市政务服务中心表示。</p>",
    ),
    Rule(
        name="key_words",
        kind="paragraph",
        pattern=r"(?:文章|新闻)?(?:关键[词字]|关 键 词|标签|關鍵字|標籤|Tags?|永久链接)\s*[:：]?\s*[^。！？]{1,80}",
        where="end",
        hint=("关键", "关 键", "标签", "關鍵字", "標籤", "Tag", "永久链接"),
        drops="<p>关键词：储能 电价 并网</p>",
        keeps="<p>关键词只有一个：省。三位创始人都这样说。</p>",
    ),
    Rule(
        name="first_published",
        kind="paragraph",
        pattern=r"[（(]?\s*(?:本文|文章)(?:首发于|转载自|来自|来源于|源自|系).{2,40}?(?:公众号|微信号|客户端).{0,40}[）)]?",
        where="end",
        hint=("公众号", "微信号", "客户端"),
        drops="<p>本文首发于微信公众号：晨光财经。文章内容属作者个人观点。</p>",
        keeps="<p>本文首发于1998年的论文集，作者当时还是研究生，二十多年后他修正了自己的结论。</p>",
    ),
    Rule(
        name="copyright",
        kind="paragraph",
        pattern=r"(?:.{0,14}版权所有[，,].{0,60}(?:转载|使用).{0,20}|[©Cc].{0,20}版权声明[:：].{0,80}|本文(?:系|由).{2,40}(?:转载|授权).{0,60}|(?:本文为)?.{2,20}原创(?:文章|内容|作品)?[，,].{0,30}(?:转载|授权).{0,40}|未经.{0,12}(?:授权|许可|允许)[，,]?.{0,12}(?:不得|禁止|严禁)转载.{0,40}|(?:版权|著作权)(?:归|属).{0,30}所有.{0,40}|转载请(?:注明|联系).{0,40}|如需转载.{0,40}|\S{0,12}\s?(?:版权|著作权)归.{1,12}所有[，,。].{0,8}(?:转载|合作|联系).{0,30})",
        where="end",
        hint=("转载", "授权", "版权", "著作权"),
        drops="<p>未经授权，不得转载</p>",
        keeps="<p>法院认定，未经授权转载的行为构成侵权，判决被告赔偿原告经济损失三万元。</p>",
    ),
    Rule(
        name="paging",
        kind="paragraph",
        pattern=r"(?=.*(?:页|全文|ページ|次へ))(?:上一页|下一页|(?:前|次)の?ページ(?:へ)?|次へ|前へ|上页|下页|首页|尾页|末页|余下全文|阅读全文|全文|共\s*\d+\s*页|第\s*\d+\s*页|\d{1,3}+|\.{2,3}+|[<>《》«»‹›\[\]|｜/（）()\s])+",
        where="end",
        hint=("页", "全文", "ページ", "次へ"),
        drops="<p>1 <a href='/2.html'>2</a> 下一页 余下全文</p>",
        keeps="<p>下一页的图表列出了12家公司。</p>",
    ),
    Rule(
        name="tool_word",
        kind="paragraph",
        pattern=r"[【\[(（]?\s{0,9}(?:纠错|我要纠错|打印|打印本页|关闭窗口|关闭本页|收藏本文|我要反馈|返回列表|返回目录|返回首页|举报|广告|点击查看|查看原文|阅读原文|点击进入专题|正文结束|本文结束|正文已结束.{0,20}|請繼續往下閱讀\.{0,3}|请继续往下阅读\.{0,3}|展开全文|点击展开全文|[-—–\s]*(?:THE END|End|END|完|全文完|正文完)[-—–\s]+|Advertisement|ADVERTISEMENT|点击(?:查看|阅读)(?:本文)?(?:原文|英文版|全文|更多|详情)[。.]?|阅读剩余全文.{0,8})\s{0,9}[】\])）]?(?:\s{0,9}[【\[]\s{0,9}(?:关闭窗口|打印本页|打印|关闭)\s{0,9}[】\]])*",
        where="end",
        hint=("纠错", "打印", "关闭", "收藏本文", "反馈", "返回", "举报", "广告", "点击查看", "查看原文", "阅读原文", "点击进入专题", "结束", "往下閱讀", "往下阅读", "全文", "END", "End", "完", "dvertisement", "ADVERTISEMENT", "点击阅读", "点击查看"),
        drops="<p>【纠错】</p>",
        keeps="<p>纠错码让数据在弱信号下也能完整传回。</p>",
    ),
    Rule(
        name="advert_label",
        kind="paragraph",
        pattern=r"[\[［【(（]?\s*(?:PR|ＰＲ|AD|広告|廣告|광고|スポンサーリンク|Sponsored)\s*[\]］】)）]?|\${2}[A-Z_]{2,20}\${2}",
        hint=("PR", "ＰＲ", "AD", "広告", "廣告", "광고", "スポンサー", "Sponsored"),
        drops="<p>[PR]</p>",
        keeps="<p>広告費は前年を上回った。</p>",
    ),
    Rule(
        name="image_tool",
        kind="paragraph",
        pattern=r"[（(\[]?\s*(?:(?:この記事の)?(?:写真|画像)(?:を|の)?(?:拡大|もっと見る|見る|一覧)(?:する)?(?:\s*[（(]\d+枚[）)])?|クリックして拡大|이미지\s?(?:확대보기|크게\s?보기)|(?:点击|點擊)(?:图片|圖片)?(?:查看|放大|看)?(?:大图|大圖|原图|原圖|高清图))\s*[）)\]]?",
        hint=("拡大", "見る", "一覧", "이미지", "大图", "大圖", "原图", "原圖", "高清图"),
        drops="<p>この記事の画像を見る(2枚)</p>",
        keeps="<p>写真を見ると、堤防の高さがわかる。</p>",
    ),
    Rule(
        name="image_rights",
        kind="paragraph",
        pattern=r"[（(【]?\s*(?:本?文中?|部分|以上)?(?:部分)?(?:图片|配图|图文|图|素材|视频|圖片)(?:均|皆|都)?(?:来源于|来自|源自|源于|取自|来源|來自)\s*[:：]?\s*(?:于)?(?:网络|互联网|網路|網絡)[^。\n]{0,30}[。]?\s*[）)】]?",
        where="end",
        hint=("网络", "互联网", "網路", "網絡"),
        drops="<p>图片来自网络，如有侵权，请联系删除。</p>",
        keeps="<p>图片来自网络的说法遭到摄影师否认，他已向法院起诉，要求两家平台赔偿并在首页致歉三日。</p>",
    ),
    Rule(
        name="consent",
        kind="paragraph",
        pattern=r".{0,12}(?:同意|接受).{0,12}(?:隱私權?|隐私权?|[Cc]ookies?|プライバシー)(?:規範|政策|声明|聲明|條款|条款|ポリシー).{0,40}",
        hint=("隱私", "隐私", "ookie", "プライバシー"),
        drops="<p>請同意我們的隱私權規範，才能啟用聽新聞的功能。</p>",
        keeps="<p>监管部门认为，用户在注册时被迫一并同意隐私政策与营销条款的做法违反了法律，责令两家平台在三十日内改正并公开致歉。</p>",
    ),
    Rule(
        name="reuse_note",
        kind="paragraph",
        pattern=r"\W*(?:無断転載|禁無断転載)(?:・複製)?(?:を)?(?:禁止|禁じます)?。?|This content can also be viewed on the site it originates from\.|.{0,40}(?:転載|複製|記事利用|注文印刷).{0,30}(?:ご覧ください|ご希望|禁じます|お断りします|お問い合わせ).{0,40}",
        hint=("転載", "複製", "記事利用", "注文印刷", "This content"),
        drops="<p>記事の転載・複製、注文印刷などをご希望の方は、リンク先をご覧ください。</p>",
        keeps="<p>条例は無断の複製を禁じている。市は今後、違反した業者の名前を公表する方針だ。</p>",
    ),
    Rule(
        name="call_for_contributions",
        kind="paragraph",
        pattern=r".{0,60}点击(?:这里|此处|此)(?:投稿|爆料|反馈|报名).{0,8}",
        where="end",
        hint=("投稿", "爆料", "反馈", "报名"),
        drops="<p>想和更多用户分享你的发现，点击这里投稿。</p>",
        keeps="<p>活动开放报名，市民可在政务大厅登记。</p>",
    ),
    Rule(
        name="account_promotion",
        kind="paragraph",
        pattern=r"(?:点击(?:上方|下方|标题下).{0,20}(?:订阅|关注).{0,8}|(?:[>＞]\s*)?(?:下载|关注|打开|扫码)[^。]{0,16}(?:客户端|APP|App|公众号|微信号)[^。]{0,30}|\d{0,2}\s*[、.．]?\s*(?:后台)?回复\s*[【“「].{1,12}[】”」].{0,24}|点击(?:下方)?菜单栏.{0,30}|(?:.{0,10}[，,！!])?(?:记得|别忘了|请|欢迎|帮忙|顺手)?点(?:个|一下|击)?\s*[【“「]?(?:在看|好看|赞)[】”」]?.{0,10}|(?:更多)?(?:相关|精彩)(?:资讯|内容|新闻|信息)?[，,]?请?(?:继续)?关注.{0,24}|.{0,8}(?:欢迎|敬请|请|点击)(?:上方|下方|蓝字)?.{0,6}关注.{0,12}(?:公众号|微信号|官方微信|官微|头条号|百家号|企鹅号).{0,30})",
        where="end",
        hint=("回复", "菜单栏", "在看", "好看", "赞", "关注", "订阅", "公众号", "客户端", "APP", "App", "微信号"),
        drops="<p>回复【年报】查看三家公司全文</p>",
        keeps="<p>请关注业绩预告修正风险，交易所在问询函中写道。</p>",
    ),
    Rule(
        name="share_bar",
        kind="paragraph",
        pattern=r"(?:(?:分享到|分享|收藏|举报|点赞|评论|打印|字体[:：]?|大|中|小|微信|微博|QQ空间|赞|踩|关注|阅读原文|点击查看更多|查看更多|返回顶部|阅读|浏览|转发)[\s:：|｜·,，、（()）\d.wW万]*){2,}",
        hint=("分享", "收藏", "举报", "点赞", "打印", "字体", "微信", "关注", "原文", "更多", "返回"),
        drops="<p>分享到：微信 微博 QQ空间 举报</p>",
        keeps="<p>微信和微博的广告收入走势出现分化。</p>",
    ),
    Rule(
        name="archive_links",
        kind="paragraph",
        pattern=r"\[?返回.{0,20}(?:新闻|首页)\]?(?:\([^)]*\))?(?:\s*[|｜]\s*\[?返回首页\]?(?:\([^)]*\))?)?",
        where="end",
        hint=("返回",),
        drops='<p><a href="//finews.withounder.com/category/xinjingbao.html">返回新京报新闻</a>｜<a href="//finews.withounder.com/">返回首页</a></p>',
        keeps="<p>返回首页的按钮被移到了右下角，老年用户因此多走了两步。</p>",
    ),
    Rule(
        name="related_heading",
        kind="paragraph",
        pattern=r"[【\[《]?\s*(?:相关(?:报道|新闻|阅读|链接|文章|推荐)|延伸(?:\s*·\s*)?(?:阅读|推荐)|推荐阅读|热门推荐|更多阅读|往期(?:回顾|精彩|推荐)|(?:相關|延伸|推薦|更多|熱門)(?:新聞|閱讀|報導|文章|點閱)|編輯推薦|看更多)\s*[】\]》]?\s*[:：>＞]{0,3}",
        lifts="related",
        hint=("相关报道", "相关新闻", "相关阅读", "相关链接", "相关文章", "相关推荐", "延伸", "推荐阅读", "热门推荐", "更多", "往期", "相關", "推薦", "熱門"),
        drops='<p>相关报道</p><p>　　<a href="https://finance.eastmoney.com/a/202602203000000009.html">三家公司同日公告</a></p>',
        keeps="<p>相关报道称，谈判仍在继续。</p>",
    ),
]  # fmt: skip
"""In the order in which they are tried; the first that matches a paragraph takes it."""
