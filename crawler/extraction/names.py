"""Persons' names in a text: Chinese ones by their surnames, Western ones by their capitals."""

from __future__ import annotations

import re

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺水云昌凤酆常皮齐元平喻羊於惠曲家芮储靳汲邴松富乌巴弓牧隗山全班仰秋伊宁仇栾暴钭厉戎祖束幸韶溥印宿怀蒲从鄂索咸籍卓池阴胥能苍双闻莘逄姬申扶堵桑桂濮牛寿通边扈浦尚农别庄晏柴阎充慕连茹宦鱼容向古慎戈庾终居衡步耿弘国寇广禄阙东殳沃利蔚越夔隆师巩厍晁勾敖融訾辛阚那空毋沙乜养须丰巢蒯相后红游竺权逯益桓公晓佘"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭許鄧呂蘇盧蔣賈葉閻潘鍾譚鄒陸顧龍萬錢湯賴龔龐蘭顏嚴溫蘆魯韋畢聶叢齊莊塗時關紀歐項遊陽衛單寧閔強車邊饒簡婁蓋黨談連郟"
    "肖茅湛狄骆荀付裘缪郗竇賀鄔駱鈕厲喬酈麥藍費樂貝"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|歐陽|司馬|諸葛|范姜|張簡"
NAME = rf"(?:(?:{COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{SURNAMES}]\s?[\u4e00-\u9fff]{{1,2}}|[{SURNAMES}]\s[\u4e00-\u9fff]|[\u4e00-\u9fff]{{1,8}}·[\u4e00-\u9fff]{{1,10}})"
"""A Chinese person's name: a surname and one or two characters, or a foreign name in Chinese characters."""
PARTED = r"(?:\s{0,9}[、，,/&和与]\s{0,9}|\s{1,9})"
FROM = r"[\u4e00-\u9fff]{2,4}(?:\d{1,2}(?:月\d{1,2})?日|报道|報導)"
"""Where a report is from, right behind the last name."""
NAMES = rf"({NAME}(?:{PARTED}{NAME}(?:(?={FROM})|(?![\u4e00-\u9fff]|\d{{1,2}}日))){{0,5}})"
NAME_RE = re.compile(NAME)
WESTERN = r"[A-Z][\w.'’-]*(?:\s+(?:(?:van|von|de|del|da|al|bin)\s+)?[A-Z][\w.'’-]*){1,3}"
TITLE = re.compile(
    r"^来源|^時間|管理员|小编|记者|記者|通讯|編輯|编辑|记着|摄影|攝影|作者|特约|实习|本报|本報|综合|[摄攝]$|报道|報導|[网網报報社]$"
)
# Words that begin as names do.
NO_PERSON = frozenset((
    "台北", "台中", "台南", "台東", "高雄", "广州", "宁波", "温州", "常州", "郑州", "石家庄", "乐山", "阳江", "柳州", "桂林", "江门", "常德", "安庆", "安阳", "安康", "华盛顿", "简介", "单位", "来自", "来源", "关注", "关闭", "关键词", "原创",
    "原文", "原标题", "高清", "高级", "公司", "公告", "公众号", "国际", "国内", "国家", "游戏", "游客", "房产", "房地产", "时政", "时事", "时尚", "时间", "简体", "都市", "金融", "商业", "农业", "江苏", "江西", "安徽", "云南",
    "吉林", "山东", "山西", "宁夏", "石油", "连载", "经济", "党建", "利率", "黄金", "应用", "路透", "路透社", "车讯", "计算机", "从业者", "那么", "包括", "任职", "强调", "明确", "成为", "于是", "相关", "双方", "方面", "安全",
    "常见", "温馨", "应急", "通过", "通讯", "党员", "严禁", "全国", "全文", "全部", "全媒体", "金牌", "万元", "司机", "毛利", "时代", "时报", "平安", "平台", "和平", "文化", "文字", "文章", "阅读", "水平", "明天", "明星", "车主",
    "能够", "能源", "花费", "解读", "解析", "程序", "单位", "管理", "项目", "项目组", "路况", "商家", "商报", "官方", "官网", "支持", "甘肃", "查看", "查询", "冷静", "冷链", "英国", "美国", "何时", "何处", "全球", "王者", "高层",
    "高管", "安排", "安装", "時事", "時政", "時尚", "時間", "時報", "時代", "關注", "關閉", "關於", "關係", "遊戲", "單位", "項目", "連載", "連線", "連結",
    "談話", "談判", "嚴重", "嚴禁", "歐盟", "歐洲", "韓國", "萬元", "陸股", "陸客", "陸續", "陽光", "車主", "龍頭", "印刷",
    "溫哥華", "温哥华", "莫斯科", "華盛頓", "馬尼拉", "马尼拉", "馬德里", "马德里", "石垣島", "付费", "付款", "付出", "付诸", "费用", "費用", "費率", "樂透", "樂園", "樂觀", "樂天", "貝萊德", "喬治", "喬丹", "厲害", "賀歲", "賀詞",
    "麥當勞", "藍營", "藍綠", "藍白", "藍天", "藍圖", "藍籌", "藍牙", "狄更斯", "骆驼", "駱駝",
))  # fmt: skip


def is_name(text: str) -> bool:
    """Whether *text* can be one Chinese person's name.

    >>> is_name("王小明"), is_name("关注"), is_name("关小明")
    (True, False, True)
    """
    return NAME_RE.fullmatch(text) is not None and text not in NO_PERSON and not TITLE.search(text)


def names_in(text: str) -> list[str]:
    """Persons' names in a list of them.

    >>> names_in("张三丰、李四 王五")
    ['张三丰', '李四', '王五']
    >>> names_in("李和平和王五")
    ['王五']
    >>> names_in("李和平 王五")
    ['李和平', '王五']
    """
    text = re.sub(r"(?<=^[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff]$)", "", text.strip())
    names: list[str] = []
    for part in re.split(r"[、，,/&\s]+", text):
        for name in [part] if NAME_RE.fullmatch(part) else re.split(r"[和与]", part):
            if is_name(name) and name not in names:
                names.append(name)
    return names


NO_WESTERN = re.compile(
    r"\b(?:Staff|News|Editors?|Desk|Team|Agency|Reuters|Press|Times|Post|Bureau|Newsroom|Correspondent|Contributor|Media|Article|Information|Read|More|Follow|Share)\b"
)


def western_names(text: str) -> list[str]:
    """Persons' names in a list of Western ones.

    >>> western_names("By Mary Smith and Jan de Vries")
    ['Mary Smith', 'Jan de Vries']
    >>> western_names("Reuters Staff")
    []
    """
    text = re.sub(r"^\s*[Bb]y:?\s+", "", text)
    parts = [part.strip() for part in re.split(r"\s{0,9}(?:,|&|\band\b)\s{0,9}", text)]
    names = [part for part in parts if re.fullmatch(WESTERN, part) and not NO_WESTERN.search(part)]
    return names if len(names) == len([part for part in parts if part]) else []
