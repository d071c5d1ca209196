"""Pairs held out: templates that media fill day after day, prose and edits other than those of `tests.story_pairs`, on which
the rules were tuned. Written before the rules were last changed."""

from __future__ import annotations

import random
import re

COMPANIES = (
    "云汀科技",
    "赤霞股份",
    "翠屏药业",
    "长汀能源",
    "白榆电子",
    "金穗农业",
    "海棠光电",
    "石湾陶瓷",
    "南屿航运",
    "北固水泥",
    "丹霞传媒",
    "朝露食品",
    "巨澜重工",
    "玄武软件",
    "青鸾通信",
    "赭石矿业",
    "沧浪环保",
    "晚枫地产",
    "星槎卫星",
    "鹿鸣教育",
)
PEOPLE = ("韩江", "杜若", "秦川", "沈夜", "白露", "宋词", "江离", "苏木")
BROKERS = ("云杉证券", "石松证券", "银桦证券", "水杉证券", "雪松证券")
SECTORS = (
    "煤炭",
    "白酒",
    "半导体",
    "光伏设备",
    "航运港口",
    "养殖业",
    "军工电子",
    "游戏",
    "贵金属",
    "化学制药",
    "物流",
    "旅游酒店",
    "电池",
    "小金属",
)
CITIES = ("云州", "霞浦", "翠城", "汀州", "榆林市", "穗城", "棠溪市", "湾头", "屿城", "固原")
TEMPLATES = {
    "earnings": "{c}({code})发布2022年半年度业绩预告，预计归母净利润{a}万元-{b}万元，同比增长{p}%-{q}%。业绩变动主要原因：报告期内，公司持续优化产品结构，加大市场开拓力度，主要产品销量较上年同期上升；同时，公司加强成本费用管控，综合毛利率有所提高。本次业绩预告未经注册会计师审计，敬请广大投资者注意投资风险。",
    "loss": "{c}：预计上半年净亏损{a}万元-{b}万元，上年同期盈利{d}万元。受疫情及原材料价格上涨影响，公司营业收入有所下降，主要产品毛利率下滑，同时计提资产减值准备。",
    "wrap": "截至收盘，沪指跌{p}%，报{a}点；深成指跌{q}%，报{b}点；创业板指跌{r}%，报{d}点。沪深两市合计成交额{e}亿元，北向资金实际净卖出{f}亿元。盘面上，{s1}、{s2}、{s3}等板块涨幅居前，{s4}、{s5}等板块跌幅居前。两市超{n}只个股下跌，市场赚钱效应较差。",
    "noon": "{mo}月{da}日，A股三大指数早盘集体走弱，截至午间收盘，沪指跌{p}%，深成指跌{q}%，创业板指跌{r}%，北证50涨{t}%。沪深京三市半日成交额{e}亿元，较上日放量{f}亿元。全市场超{n}只个股下跌。板块题材上，{s1}、{s2}、{s3}板块涨幅居前；{s4}、{s5}板块跌幅居前。",
    "tiger": "{mo}月{da}日龙虎榜数据显示，{c}今日{u}，换手率{p}%，成交额{e}亿元，振幅{q}%。机构净买入{a}万元，深股通净卖出{b}万元，营业部席位合计净买入{d}万元。上榜的前五大买卖营业部合计成交{f}亿元，其中，买入成交额为{g}亿元，卖出成交额为{h}亿元。具体来看，今日上榜的营业部中，共有{k}家机构专用席位现身。",
    "pledge": "{c}({code})公告，公司控股股东{person}将其持有的公司{a}万股股份办理了质押登记，占其所持股份比例{p}%，占公司总股本比例{q}%。截至公告披露日，{person}累计质押股份{b}万股，占其所持股份比例{r}%。",
    "buyback": "{c}({code}){mo}月{da}日晚间公告，截至{mo}月底，公司通过集中竞价交易方式累计回购股份{a}万股，占公司总股本的{p}%，最高成交价为{q}元/股，最低成交价为{r}元/股，成交总金额{b}万元（不含交易费用）。",
    "reduce": "{c}({code})公告，持股{p}%的股东{person}计划自公告披露之日起15个交易日后的6个月内，以集中竞价方式减持公司股份不超过{a}万股，即不超过公司总股本的{q}%。",
    "win": "{c}({code})公告，公司近日收到中标通知书，确定公司为{city}{s1}项目的中标单位，中标金额{a}万元，占公司2021年度经审计营业收入的{p}%。项目的顺利实施将对公司未来经营业绩产生积极影响。",
    "rating": "{broker}发布研报称，维持{c}“买入”评级，预计公司2022-2024年归母净利润分别为{a}亿元、{b}亿元、{d}亿元，同比增长{p}%、{q}%、{r}%，对应PE分别为{k}倍、{n2}倍、{n3}倍，目标价{e}元。",
    "repo": "央行公告称，为维护银行体系流动性合理充裕，{mo}月{da}日以利率招标方式开展了{a}亿元7天期逆回购操作，中标利率{p}%。今日有{b}亿元逆回购到期。",
    "fx": "在岸人民币兑美元北京时间16:30官方收报{p}，较上一交易日官方收盘价{u2}{k}个基点，较上日夜盘收盘{u3}{n2}点。",
    "flashup": "{c}盘中触及涨停。",
    "flashbuy": "{c}公告，拟以{a}万元-{b}万元回购股份，回购价不超过{p}元/股。",
    "block": "{c}{mo}月{da}日大宗交易平台共发生{k}笔成交，合计成交量{a}万股，成交金额{b}万元。成交价格均为{p}元，相对今日收盘价折价{q}%。从参与大宗交易营业部来看，机构专用席位共出现在{n2}笔成交的买方或卖方营业部中。",
    "margin": "据证券时报•数据宝统计，截至{mo}月{da}日，{c}融资余额为{a}亿元，较上一交易日增加{b}万元，环比增长{p}%；融券余额{d}万元。近5日融资净买入{f}亿元，期间股价上涨{q}%。",
    "dividend": "{c}({code})公布2021年年度权益分派实施公告：以公司总股本{a}万股为基数，向全体股东每10股派发现金红利{p}元（含税），股权登记日为{mo}月{da}日，除权除息日为{mo}月{k}日。",
    "sector": "{s1}板块盘中拉升，{c}涨停，{c2}、{c3}涨超{k}%，{c4}、{c5}等跟涨。消息面上，{city}出台支持{s1}产业发展的若干措施。",
    "virus": "{mo}月{da}日0—24时，{city}新增本土确诊病例{k}例，新增本土无症状感染者{n2}例，新增境外输入病例{n3}例。当日新增治愈出院{n4}例，解除医学观察{n5}例。",
    "oil": "国家发改委消息，根据近期国际市场油价变化情况，按照现行成品油价格形成机制，自{mo}月{da}日24时起，国内汽、柴油价格（标准品）每吨分别上调{k}元和{n2}元。",
}
FLASHES = (
    "{city}今日起全面放开落户限制，凡在当地有合法稳定住所的人员及其配偶、子女、父母均可申请迁入，不再设社保年限。",
    "{c}董事长{person}在股东大会上表示，公司没有出售{s1}业务的计划，市场传闻不实，公司已保留追究法律责任的权利。",
    "{c}与{c2}签署战略合作协议，双方将在{s1}领域共建联合实验室，首期投入{a}万元，研发团队由{person}牵头。",
    "{city}一{s1}企业厂区昨夜发生火灾，消防部门出动{k}辆消防车，明火已于凌晨扑灭，暂无人员伤亡报告，起火原因正在调查。",
    "海关总署：前5个月我国进出口总值{a}亿元，同比增长{p}%，其中出口增长{q}%，进口增长{r}%，贸易顺差扩大{n2}%。",
)
LEADS = (
    "【{h}】",
    "财闻社{mo}月{da}日电，",
    "格物汇6月14日丨",
    "每报快讯，",
    "据{x}报道，",
    "导读：{x}近日刊文，就各方关心的问题作了梳理，本报予以转载，以飨读者，文中观点仅代表作者本人。\n",
    "（{x}记者 {p} 通讯员 {p2}）",
)
TAILS = (
    "\n（来源：{x}）",
    "\n本文不构成投资建议，投资者据此操作，风险自担。",
    "\n编辑：{p} 校对：{p2}",
    "\n更多精彩内容，请关注{x}客户端。",
    "\n声明：转载此文是出于传递更多信息之目的，若有来源标注错误或侵犯了您的合法权益，请作者持权属证明与本网联系，我们将及时更正、删除。",
)
MEDIA = ("云州日报", "穗城晚报", "海棠新闻网", "财闻社", "屿城在线")
SENTENCES = (
    "{city}的早市在六点以前就挤满了人，菜贩{person}说，生意比去年好了{p}成。",
    "为了把{s1}搬进新厂房，{c}前后花了{k}个月，拆下的设备装了{n2}车。",
    "老工程师{person}翻出当年的图纸，上面的尺寸是用铅笔一笔一笔改的。",
    "这项改革最早在{city}试行，{n2}户人家领到了第一批证书。",
    "问题出在上游：{s2}的报价一天一变，签好的合同也有人反悔。",
    "{c2}的解释是，订单没有减少，只是客户要求推迟到{mo}月以后交货。",
    "采访中，{person}反复提到一个词——耐心，他认为{s1}不是三年两年就能做成的。",
    "专家组在现场看了{k}处样本，结论是主体结构安全，裂缝不影响使用。",
    "{city}财政去年为此拿出{a}万元，其中大半用在了管网和道路上。",
    "夜里的温度降到零下，值班的小组每隔{n3}分钟就要下去巡查一遍。",
    "与想象的不同，年轻人并不拒绝回到县城，他们计较的是孩子上学的地方。",
    "{broker}的一位负责人直言，{s3}的好日子要看海外补库存的节奏。",
    "档案馆里保存着{n2}封来信，最早的一封写于上世纪五十年代。",
    "在{person}看来，{s1}行业缺的从来不是钱，而是把一件小事做到底的人。",
    "按{c}披露的口径，前五大客户贡献了{p}%的收入，集中的程度已经比上一年低。",
    "比赛进行到最后一刻，看台上的{n4}名观众全都站了起来。",
    "法院认为，双方对交货的时间有约定，逾期的责任应由{c3}承担。",
    "气象台提醒，未来两天{city}还会有大风，沿海的养殖户要提前加固网箱。",
)


NOTICES = ("earnings", "pledge", "buyback", "reduce", "win", "block", "margin", "tiger", "rating", "dividend")
ALIKE = ("earnings", "buyback", "flashbuy", "flashup", "reduce", "dividend", "rating", "sector")


class Maker:
    """Makes pairs, the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def values(self):
        """Facts for a template's places."""
        draw = self.random
        values = {
            "code": f"{draw.choice(('600', '603', '002', '300', '688'))}{draw.randrange(1000):03d}", "person": draw.choice(PEOPLE), "city": draw.choice(CITIES),
            "broker": draw.choice(BROKERS), "mo": draw.randrange(1, 13), "da": draw.randrange(1, 29), "u": draw.choice(("涨停", "跌停", "上涨7.21%", "下跌8.05%")),
            "u2": draw.choice("涨跌"), "u3": draw.choice("涨跌"), "k": draw.randrange(2, 99), "n": draw.randrange(10, 45) * 100,
        }  # fmt: skip
        values |= zip(("c", "c2", "c3", "c4", "c5"), draw.sample(COMPANIES, 5), strict=True)
        values |= zip(("s1", "s2", "s3", "s4", "s5"), draw.sample(SECTORS, 5), strict=True)
        values |= {f"n{n}": draw.randrange(2, 300) for n in range(2, 6)}
        values |= {name: f"{draw.uniform(100, 9999):.2f}" for name in "abd"}
        values |= {name: f"{draw.uniform(1, 9999):.2f}" for name in "efgh"}
        values |= {name: f"{draw.uniform(0.1, 60):.2f}" for name in "pqrt"}
        return values

    def fill(self, template, **more):
        return template.format(**{**self.values(), **more})

    def article(self):
        draw = self.random
        return "\n".join(
            "".join(self.fill(one) for one in draw.sample(SENTENCES, draw.randint(1, 3)))
            for _ in range(draw.randint(4, 14))
        )

    def same(self):
        """Two texts of one story."""
        kind = self.random.random()
        if kind < 0.6:
            text = self.article()
            return text, self.edited(text)
        if kind < 0.8:
            text = self.fill(self.random.choice(list(TEMPLATES.values())))
            return text, self.lead() + text if self.random.random() < 0.5 else text + self.tail()
        text = self.fill(self.random.choice(FLASHES))
        return text, self.edited(text)

    def different(self):
        """Two texts that are two stories: of one template, of one template and company, or alike but for the name."""
        while (pair := self._different())[0] == pair[1]:
            pass
        return pair

    def _different(self):
        draw = self.random
        kind = draw.random()
        if kind < 0.15:
            return self.article(), self.article()
        if kind < 0.25:
            template = draw.choice(FLASHES)
            return self.fill(template), self.fill(template)
        template = TEMPLATES[draw.choice(NOTICES)]
        if kind < 0.35:
            who = {"c": draw.choice(COMPANIES), "code": "600123"}
            return self.fill(template, **who), self.fill(template, **who)
        values = self.values()
        if kind < 0.45:
            template = TEMPLATES[draw.choice(ALIKE)]
            return template.format(**values), template.format(**{**values, "c": "晨昏物产", "code": "600987"})
        template = draw.choice(list(TEMPLATES.values()))
        return self.fill(template), self.fill(template)

    def lead(self):
        """What a medium puts in front."""
        return self.fill(self.random.choice(LEADS), h=self.fill("快讯：{c}等最新消息"), **self.desk())

    def tail(self):
        """What a medium puts behind."""
        return self.fill(self.random.choice(TAILS), **self.desk())

    def desk(self):
        draw = self.random
        return {
            "x": draw.choice(MEDIA),
            "p": draw.choice(PEOPLE),
            "p2": draw.choice(PEOPLE),
            "mo": 6,
            "da": 14,
        }

    def edited(self, text):
        """*text* as another medium would bring it: one to three edits."""
        draw = self.random
        edits = (self.cut, self.led, self.closed, self.moved, self.figured, self.widened, self.joined, self.reworded, self.dropped, self.quoted)  # fmt: skip
        for edit in draw.sample(edits, draw.randint(1, 3)):
            text = edit(text)
        return text

    def cut(self, text):
        paragraphs = text.split("\n")
        keep = max(2, round(len(paragraphs) * self.random.uniform(0.45, 0.9)))
        return "\n".join(paragraphs[:keep])

    def led(self, text):
        return self.lead() + text

    def closed(self, text):
        return text + self.tail()

    def moved(self, text):
        paragraphs, draw = text.split("\n"), self.random
        if len(paragraphs) < 5:
            return text
        begin = draw.randrange(1, len(paragraphs) - 2)
        block = [paragraphs.pop(begin) for _ in range(min(draw.randint(1, 3), len(paragraphs) - begin))]
        to = draw.randrange(1, len(paragraphs) + 1)
        return "\n".join(paragraphs[:to] + block + paragraphs[to:])

    def figured(self, text):
        figures, draw = list(re.finditer(r"\d+(?:\.\d+)?", text)), self.random
        chosen = draw.sample(figures, min(len(figures), draw.randint(1, 2)))
        for one in sorted(chosen, key=lambda one: -one.start()):
            text = f"{text[: one.start()]}{draw.randrange(2, 999)}{text[one.end() :]}"
        return text

    def widened(self, text):
        text = text.translate(str.maketrans("，：；（）？！%", ",:;()?!％"))
        return text.translate({48 + n: 0xFF10 + n for n in range(10)}) if self.random.random() < 0.3 else text

    def joined(self, text):
        paragraphs = text.split("\n")
        return "\n".join("".join(paragraphs[n : n + 2]) for n in range(0, len(paragraphs), 2))

    def reworded(self, text):
        for word, other in (("表示", "称"), ("目前", "眼下"), ("此外", "另外"), ("日前", "近日"), ("进行", "开展"), ("通过", "经由"), ("同比增长", "同比上升")):  # fmt: skip
            text = text.replace(word, other)
        return text

    def dropped(self, text):
        paragraphs = text.split("\n")
        for _ in range(2 if len(paragraphs) > 4 else 0):
            paragraphs.pop(self.random.randrange(1, len(paragraphs)))
        return "\n".join(paragraphs)

    def quoted(self, text):
        return text.translate(str.maketrans("“”、", "「」,"))
