"""Pairs of texts that are one story, by the edits that media make, and pairs that only look so."""

from __future__ import annotations

import random

COMPANIES = (
    "松麓新材",
    "北陌重工",
    "岚川科技",
    "清漪生物",
    "曜石电子",
    "临港股份",
    "澄湖药业",
    "远岫能源",
    "禾间食品",
    "星渚智能",
    "砚山银行",
    "棠溪控股",
)
PLACES = ("临港市", "山南市", "澄湖县", "砚山区", "棠溪镇", "远岫省", "星渚新区", "禾间州")
PEOPLE = ("王小明", "李晓红", "陈志远", "赵一鸣", "周若溪", "孙伯言", "吴清扬", "郑安然")
THINGS = (
    "储能电站",
    "光伏组件",
    "创新药物",
    "集装箱码头",
    "存储芯片",
    "工业机器人",
    "冷链仓库",
    "海上风电",
    "氢能客车",
    "特高压线路",
)
SENTENCES = (
    "{place}{thing}项目昨日开工，总投资约{a}亿元，预计{b}个月后投产。",
    "{company}表示，新产线全部达产后，每年可以供应{thing}{a}万套，满足周边{b}家工厂的需要。",
    "项目负责人{person}在现场说，最难的是冬天施工，工人们轮了{b}班才赶上进度。",
    "分析人士认为，{thing}的价格在过去{b}个月里下跌了{p}%，对下游是一件好事。",
    "数据显示，上半年全国{thing}产量同比增长{p}%，其中{place}一地就占了近{b}成。",
    "也有人担心，各地同时上马会带来新的过剩，{person}就建议先把已有的{b}条线用满。",
    "{company}去年在{place}设立了研究院，目前有{b}名工程师，申请专利{a}项。",
    "银行方面提供了{a}亿元的授信，期限{b}年，利率比同类贷款低{p}个基点。",
    "记者在{place}看到，运送{thing}的车辆排了{b}公里，司机说要等到后半夜。",
    "按照规划，到二期结束时，{place}的{thing}装机将达到{a}万千瓦。",
    "{person}透露，公司正在与{b}家客户谈判，其中{a}家来自海外。",
    "今年以来，主管部门已经就{thing}出台了{b}份文件，要求企业如实披露产能。",
)
NOTICE = (
    "{company}({code})1月{d}日晚间公告，预计2021年归属于上市公司股东的净利润为{a}亿元至{b}亿元，同比增长{p}%至{q}%。"
    "报告期内，公司紧抓行业发展机遇，主营业务保持稳步增长，产品结构持续优化，盈利能力进一步提升。"
    "非经常性损益对净利润的影响金额约为{c}万元。本次业绩预告是公司财务部门初步测算的结果，未经会计师事务所审计，"
    "具体财务数据以公司披露的年度报告为准，敬请广大投资者谨慎决策，注意投资风险。"
)
BULLETIN = (
    "截至今日收盘，沪指报{a}点，涨{p}%，深成指报{b}点，涨{q}%，创业板指报{c}点。盘面上，{thing}板块领涨，{company}涨停，"
    "两市成交额为{d}亿元，北向资金净买入{e}亿元。分析认为，短期市场仍以震荡为主，建议投资者控制仓位，关注业绩确定的方向。"
)
FLASHES = (
    "央行今日开展{a}亿元{b}天期逆回购操作，中标利率{p}%。",
    "{company}：拟以{a}万元回购股份，价格不超过{p}元。",
    "{place}：{thing}出口{b}月同比增长{p}%。",
)
LEADS = (
    "【{medium}综合报道】",
    "{medium}讯 据当地媒体消息，",
    "（{medium}记者 {person}）",
    "编者按：本文经授权转自{medium}，内容有删节。\n",
)
MEDIA = ("晨光财经", "临港日报", "山南晚报", "澄湖快讯")


class Maker:
    """Makes texts and pairs of them, the same for the same seed."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def fill(self, template: str) -> str:
        """A template with facts of its own."""
        draw = self.random
        values = {
            "company": draw.choice(COMPANIES), "place": draw.choice(PLACES), "person": draw.choice(PEOPLE), "thing": draw.choice(THINGS),
            "medium": draw.choice(MEDIA), "code": f"{draw.choice(('600', '000', '300', '688'))}{draw.randrange(1000):03d}",
            "a": f"{draw.uniform(1, 90):.2f}", "b": str(draw.randrange(2, 99)), "c": str(draw.randrange(100, 9999)),
            "d": str(draw.randrange(1, 31)), "e": f"{draw.uniform(1, 90):.1f}", "p": f"{draw.uniform(1, 60):.1f}", "q": f"{draw.uniform(60, 120):.1f}",
        }  # fmt: skip
        return template.format(**values)

    def article(self) -> str:
        """A news article of 4 to 14 paragraphs of one to three sentences."""
        draw = self.random
        return "\n".join(
            "".join(self.fill(one) for one in draw.sample(SENTENCES, draw.randint(1, 3)))
            for _ in range(draw.randint(4, 14))
        )

    def edited(self, text: str) -> str:
        """*text* as another medium would bring it: one to three edits."""
        draw = self.random
        for edit in draw.sample(("cut", "head", "swap", "figures", "marks", "first"), draw.randint(1, 3)):
            paragraphs = text.split("\n")
            if edit == "cut" and len(paragraphs) > 2:
                text = "\n".join(paragraphs[: max(2, round(len(paragraphs) * draw.uniform(0.55, 0.9)))])
            elif edit == "head":
                text = self.fill(draw.choice(LEADS)) + text
            elif edit == "swap" and len(paragraphs) > 3:
                n = draw.randrange(1, len(paragraphs) - 1)
                paragraphs[n], paragraphs[n + 1] = paragraphs[n + 1], paragraphs[n]
                text = "\n".join(paragraphs)
            elif edit == "figures":
                digits = [n for n, char in enumerate(text) if char.isdigit()]
                for n in draw.sample(digits, min(2, len(digits))):
                    text = text[:n] + str(draw.randrange(10)) + text[n + 1 :]
            elif edit == "marks":
                text = text.replace("，", ",").replace("（", "(").replace("。", "。 ")
            elif edit == "first" and len(paragraphs) > 3:
                text = "\n".join(paragraphs[1:])
        return text

    def same(self) -> tuple[str, str]:
        """Two texts of one story."""
        kind = self.random.random()
        if kind < 0.7:
            text = self.article()
            return text, self.edited(text)
        text = self.fill(self.random.choice((NOTICE, BULLETIN, *FLASHES)))
        return text, self.random.choice(("", self.fill(LEADS[0]), self.fill(LEADS[1]))) + text.replace(
            "，", ", "
        )

    def different(self) -> tuple[str, str]:
        """Two texts that are two stories, three times in four of one template."""
        kind = self.random.random()
        if kind < 0.25:
            return self.article(), self.article()
        template = NOTICE if kind < 0.6 else BULLETIN if kind < 0.8 else self.random.choice(FLASHES)
        while (one := self.fill(template)) == (other := self.fill(template)):
            pass
        return one, other
