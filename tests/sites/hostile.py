"""Titles, bodies and names that broke site generators, YAML readers or file systems; all made up."""

from __future__ import annotations

from datetime import timedelta

from tests.newsroom.articles import Article, beijing

TITLES = [
    "1e3", "Yes", "no", "on", "y", "~", "null", ".inf", ".nan", "0x1F", "0777", "1_000", "1,000", "3.0", "12:30", "12:30:45",
    "2026-02-21", "2026-02-21 15:54:48 +0800", "&anchor x", "*alias", "@用户 说", "!tag x", "%TAG x", "`code`", "? key", "- 列表",
    "--- x", "...", "[快讯]涨停", "{a", "{{ site.title }} {% raw %}", "{# c #}", "{{< figure >}}", "#A股#收评", "> 引", "| x", "|", ">-",
    "问题:", "a: b", ":symbol", "尾\\", "\\u0041\\n", "C:\\new\\table", '他说"好"然后走了', '"全引号"', "it's 'ok'", "'lead' x", "=1+1", "<<", "=",
    "<b>粗</b> <script>alert(1)</script>", "a & b &amp; c &lt;d&gt;", "𠮷野家🚀📈", "　全角空格　", " 前空格", "后空格 ", "第一行\n第二行",
    "第一行\n---\n第二行", "a\tb", "a\u0000b", "a\u007fb", "a\u009fb", "a\u2028b", "a\u200bb", "\u202e反转\u202c", "\ufeff标题", "a\ufffeb",
    "http://a.cn/x?y=1&z=2#f", "很长" * 150, '引"号 ' * 80, "$$ x_1 $$", "*[HTML]: x", "[^1]: 注", "# 一级", "1. 项", "a_b_c *d* **e**",
]  # fmt: skip

BODIES = [
    "<p>价格 {{ page.title }} 与 {{x}}</p>", "<p>模板 {% if a %} 未闭合</p>", "<p>a {# 注释 #} b {: .class #id}</p>", "<p>a {{&lt; notexist &gt;}} b {{% notexist %}} c</p>",
    "<p>a _b_ c *d* **e** [f](g) ![h](i) `j` ~~k~~ ==l== ~m~ ^n^</p>", "<p>a</p>\n---\n<p>b</p>", "<p>a</p>\n+++\n<p>b</p>", "<p>a</p>文本\n===\n文本2\n---\n尾",
    "# 一级\n#标签#内容\n<p>x</p>", "<p>a\n\nb *c* _d_</p>", "<table>\n  <tr>\n    <td>1</td>\n\n    <td>a_b_c</td>\n  </tr>\n\n</table>", "<pre>\nline1\n\n    line2 *a*\n\t{tab}\n</pre>",
    "<ul>\n<li>一\n\n<ul><li>二</li></ul>\n</li>\n\n<li>三</li></ul>", "文字开头<p>段</p>尾巴", "<strong>粗</strong>文本 *a* _b_\n<p>x</p>", "<div><p>一</p><p>二", "<p>外<p>内</p>外2</p>",
    "<p>a</p><!--more--><p>b</p>", "<p>PE < 10, 3<5 且 a<b, x > y & z &amp; w &lt;tag&gt;</p>", "<p>《<某某>协议》</p>", '<p>"直引号" it\'s -- --- ... (c)</p>', "<p>:smile: :+1:</p>",
    "代码 | 名称 | 价\n600519 | 茅台 | 1\n", "<p>$$ x_1 $$ 与 $100 到 $200 \\(a\\) \\[b\\]</p>", "<p>C:\\new \\* \\_ \\&lt; \\{ </p>", "<p>A股 HTML</p>\n\n*[HTML]: Hyper\n", "<p>a</p>\n\n[注]: http://x.y/z\n",
    "<p>见 http://a.cn/x_y_z?a=1&b=2 和 www.b.cn</p>", '<p><a href="http://a/{{x}}" title="{% y %}">l</a></p>', "<p>　　全角缩进</p><p>&nbsp;&nbsp;a&ensp;b&emsp;c&copy;&#x1F680;&ldquo;</p>",
    "<p>a<![CDATA[ b ]]>c</p>", "<!DOCTYPE html><html><head><title>t</title></head><body><p>a</p></body></html>", "<p>a\x0bb\x0cc\x01d\x7fe\x85f\u2028g\ufeffh</p>", "<stock-code data='1'>600519</stock-code><p>x</p>",
    "<div>\n\n1. foo\n2. bar\n\n2022. 年\n</div>", "<h2>一、标题</h2><p>x</p><h3 id='k'>k</h3>", "<p>    四个空格</p><p>\t制表</p>", "<blockquote><p>引</p></blockquote>",
    "<table>" + "".join(f"<tr>{''.join(f'<td>{r}_{c}_*x*</td>' for c in range(12))}</tr>" for r in range(80)) + "</table>", "<div>" * 400 + "深" + "</div>" * 400,
    "<figure><img src='https://dfscdn.dfcfw.com/download/D26000000000000000900_w210h154.jpg'><figcaption>图：说明_a_</figcaption></figure>",
]  # fmt: skip

NAMES = [
    "新京报", "a&b", "@a", "a{{b}}", "a[b]", "a,b", "a;b", "$a", "a..b", "../坏 媒体/ (A)", ".hid", "#a", "字" * 60, "a<b>", "é", "(a)", "a%20b", 'a"b', "a'b", "a*b", "x~", "ab.", "ABC", "abc", "A B C", "1e3", "Yes", "600519",
]  # fmt: skip


def hostile_articles(
    titles: list[str] = TITLES, bodies: list[str] = BODIES, names: list[str] = NAMES
) -> list[Article]:
    """An article for each title and each body, the others dealt out among them; some shown about midnight."""
    count = max(len(titles), len(bodies))
    made = []
    for n in range(count):
        shown = beijing("2026-03-01 00:10:00") + timedelta(hours=n * 5)
        name = names[n % len(names)]
        made.append(
            Article(
                name=f"hostile-{n}",
                id=f"{shown:%Y%m%d}{n:010d}",
                title=titles[n] if n < len(titles) else f"正文 {n}",
                showtime=f"{shown:%Y-%m-%d %H:%M:%S}",
                source=name,
                content=f"<p>开头</p>{bodies[n % len(bodies)]}",
                feeds=["media"],
            )
        )
    return made
