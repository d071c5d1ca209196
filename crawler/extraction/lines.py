"""Lines that are no sentences of an article: under its headline, behind its text, round it."""

from __future__ import annotations

import re

from crawler.extraction.document import CJK
from crawler.extraction.line_words import patterns
from crawler.extraction.trees import letters
from pipelines.printed_times import IN_WORDS, SHORT, STAMP

MARKS = re.compile(r"[，。；：！？、“”]|[,.;!?](?=\s|$)")
# Sentences that stand round articles on many sites. Each begins with a letter that is not folded, so that the search passes over all others at once.
BOILERPLATE = re.compile(
    r"I(?i:CP)[备證证]|i(?i:CP)[备證证]|公网安备|公安备案|版权所有|著作權所有|A(?i:ll Rights Reserved)|a(?i:ll Rights Reserved)|C(?i:opyright)|c(?i:opyright)|违法和不良信息|不良信息举报|许可证[：:号]"
    r"|免责声明|郑重声明|版权声明|特别声明|转载请|未经(?:书面)?(?:授权|许可|允许)|本网站?(?:所|刊)|扫[一描].{0,6}二维码|客户端下载|下载.{0,6}(?:客户端|(?i:APP))"
    r"|网友评论|发表评论|条评论|跟[帖贴]|登录|注册|上一篇|下一篇|相关(?:阅读|新闻|推荐|文章|报道)|猜你喜欢|热门推荐|为您推荐|广告|举报|责任编辑|责编|编辑[：:]"
    r"|技术支持|联系我们|关于我们|服务条款|隐私|浏览器"
)
# The line under a headline: a whole date with a clock or with a label beside it.
TIME_LINE = re.compile(
    r"^\W*(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*(?:\d{1,2}:\d\d|来源|來源|作者|记者|[|｜]|$)|(?:发布|发表|更新|时间|時間|日期|来源|來源|作者)[^。]{0,16}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2})"
    r"|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*(?:\d{1,2}:\d\d(?::\d\d)?)?.{0,12}(?:来源|來源|作者|编辑|点击|浏览|阅读|字号)"
)
DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
META_LABEL = re.compile(
    r"(来源|來源|稿源|作者|编辑|編輯|责编|时间|時間|日期|点击|點擊|浏览|阅读|閱讀|字数|字号|字體|字体|评论|發布|发布|发表|记者|摄影|审核|校对|分享|打印|收藏|人气|查看)(?:数|量|次数|者|人|于)?\s*[:：|｜]"
)
CLOCKED = re.compile(
    r"\s*(?:(?:\d{1,2}[-/月])?\d{1,2}日?\s+)?\d{1,2}:\d{2}\s*$|\s*\d{1,2}[-/月]\d{1,2}日?\s*$"
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+")
BY = re.compile(r"\s*[Bb][Yy]\s+[A-Z][\w.’'-]+(?:\s+[A-Z][\w.’'-]+)+(?:\s*(?:,|and|&|\||·).*)?\s*$")
COUNTER = re.compile(
    r"\W*(?:本文|全文|选择)?(?:字数|阅读(?:完需|时长|时间)?|浏览|点击|评论|人气|查看|字号|字體大小|字號|字級(?:設定)?|字体(?:大小)?)(?:数|量|次数)?\s*[:：]"
)
EDITOR = re.compile(r"\s{0,9}[（(【\[]?\s{0,9}(?:责任编辑|責任編輯|责编)\s{0,9}[:：|｜]")
END = re.compile(
    rf"\s{{0,9}}(?:(?:{patterns('comments')}|댓글|コメント)\s{{0,9}}"
    r"[（(]?\s{0,9}\d*\s{0,9}[）)]?|\d+\s{1,9}(?:comments?|Kommentare?|commentaires?|comentarios|комментари\w*)|(?:上一篇|下一篇|上一条|下一条|前一篇|上篇|下篇)\s{0,9}[:：].{0,70}|(?:我要|发表|网友|最新|最热|热门|全部)?评论\s{0,9}[（(]?\s{0,9}\d*\s{0,9}[）)]?|\d+\s{0,9}条评论.{0,14}|[\d|｜\s]{0,40}次の?ページへ?\W{0,4}|(?:[点點][击擊])?(?:[阅閱][读讀]|看)?下一(?:篇|则|則|条|條)(?:新[闻聞]|文章|[报報][导導道])|(?:[会會][员員]|用户)登[录錄入]|分享(?:到|至)\s{0,9}[:：]?.{0,24}|.{0,40}收藏\s{0,9}分享\s{0,9}[:：]?)\s{0,9}",
    re.DOTALL,
)
"""Lines behind articles: neighbours, comments, sharing."""
RELATED = re.compile(
    r"[>＞»·•■●▶►【\[《\s]*(?:(?:您|你)(?:可能|也许)?(?:还|也|会)*(?:感兴趣|喜欢)的?(?:文章|内容|新闻)?|(?:APP)?(?:精彩|相关|相關|热门|熱門|推荐|推薦|延伸|更多|往期|编辑|編輯|今日|猜你|为您|为你|大家|其他|最新|本周|24小时)(?:\s{0,9}·\s{0,9})?"
    r"(?:内容|文章|新闻|新聞|阅读|閱讀|资讯|報導|报道|推荐|推薦|专题|点阅|點閱|喜欢|都在看|还看了|图集|视频|精彩|热点|排行|评论|話題|话题|回顾|热文|必读|搜索|链接)+|■?(?:関連(?:記事|ニュース|リンク|キーワード)|(?:あわせて|こちらも)(?:読みたい|おすすめ)|おすすめ(?:の)?(?:記事|ニュース|情報)|人気記事|新着記事|アクセスランキング)|(?:관련|추천|인기|많이\s?본)\s?(?:기사|뉴스)|.{0,14}관심\s?있을\s?만한\s?(?:이슈|기사|뉴스|콘텐츠)|相关(?:链接|阅读)|猜你喜欢|热点图片|阅读排行|点击排行|排行榜|看更多)\s{0,9}[】\]》]?\s{0,9}[:：>＞»+＋]{0,3}(?:更多)?"
)
"""Headings of lists of other articles."""


CLOSING = re.compile(
    # of the text's rights, and of whose opinion it is
    r"[*※【\[（(\s]*[^\s:：，。]{0,10}(?:声明|聲明|风险提示|特别提醒|溫馨提醒)[】\])）]?\s*[:：】\]](?=.*(?:仅代表|不代表|不构成|仅供参考|转载|侵权|侵犯|版权|平台|原创|自担|稿酬|撤下|与本)).{0,400}"
    r"|[（(【]?\s*(?:编者按|編按|本文|该文|本稿|文章|以上|本內容|本内容).{0,80}(?:仅代表|僅代表|不代表).{0,16}(?:本人|个人|個人|观点|觀點|立场|立場|意见|意見).{0,160}|本文由.{1,16}(?:授權|授权)(?:轉載|转载).{0,20}|本文首发于\S{2,14}"
    r"|[（(]?\s*(?:封面|配图|题图|文中|头图|首图)?(?:图片)?(?:来源|來源|稿源|图源|圖源|转载自|轉載自|文章标题|文章链接|原文链接|阅读原文|出品)\s*[:：]\s*\S[^。]{0,60}[）)]?|[（(]\s*(?:[^\s（()）]{2,8}(?:社|[报報]|[网網])|[^\s（()）]{0,8}中時)\s*[）)]"
    r"|(?:Source|Image|Photo|Via|画像|写真|出典|参考|出処)\s*[:：]\s*\S.{0,60}|[^。]{0,24}供稿[^。]{0,30}|[^。]{0,40}[编編][辑輯]\s*[/／:：]\s*[\u4e00-\u9fff]{2,4}"
    r"|.{0,10}由\s?(?:AI|人工智能)\s?(?:生成|翻译|辅助|提取).{0,30}|.{0,30}尽在.{0,16}(?:APP|客户端)\W*"
    # to readers: to tell, to share, to subscribe
    r"|[^\s，。]{0,8}(?:报料|爆料|爆料热线|新闻热线|报料热线|爆料專線)\s*[:：].{0,60}|如[有果]?(?:您有)?新闻线索.{0,100}"
    r"|(?:展开|点击展开)?(?:阅读|展开)全文|查看(?:全部|更多)?评论|我来说两句|(?:微信)?扫一扫.{0,20}(?:分享|朋友圈|本页).{0,10}|举报\s*[/／]\s*反馈|返回.{0,6}[，,]查看更多|分享|留言|立即訂閱|立即订阅|[上下]一[則则篇条]|(?:THE )?END|[（(【]\s*(?:完|全文完)\s*[）)】]"
    r"|更多.{1,12}(?:報導|报道|新聞)|[►▶].{2,80}|(?:※|《?[\w\u4e00-\u9fff]{2,14}》?)\s*提醒您.{0,60}|讀了這篇文章的人.{0,10}|(?:[#＃][^\s#＃]{1,20}[#＃]?\s*)+"
    r"|(?:続き|元記事)を読む|次ページへ続く|ツイート|シェア(?:する)?|ポスト|LINEで送る|コメント(?:する)?|いいね！.{0,8}|(?:記事)?提供\s*[:：].{1,24}|タグ\s*[:：].{1,80}|最終更新\s*[:：].{1,40}|.{0,24}(?:メルマガ|メールで受け取る|友だち追加|公式.{1,24}はこちら).{0,16}|[(（][CcＣ][)）]\s?\S.{0,24}|.{0,12}(?:関連するニュース|人気記事ランキング|編集部おすすめ)|.{0,8}ビューアーで見る|全ての画像を見る.{0,8}|(?:カテゴリー|著者|タグ|キーワード)をフォロー.{0,8}|『.{2,12}をフォロー』すると.{0,200}"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+|.{0,24}(?:구독하기|공유하기|추천합니다|추천\s?기사|다른\s?기사\s?보기|에서 만나요)|스크랩|인쇄|[▶\s]*(?:기사\s?)?제보.{0,60}"
)
"""What sites say behind a text in Chinese, Japanese and Korean, on a line of its own."""
MORE_CLOSING = re.compile(
    # Japanese
    r"[▼▶►■◆●※☞→\s]*(?:[【\[]?関連(?:記事|リンク|動画|ニュース|[】\]：:])|[あ合]わせて読みたい)[^。]{0,60}|[前次]の(?:記事|ページ)へ?|(?:提供元|配信元|キーワード|カテゴリー?|関連タグ)\s?[:：].{1,60}"
    r"|[^。、]{0,24}(?:はこちら(?:から)?|をシェアする|写真を見る|コメントを書く|もっと見る|[一全]覧?を?見る|いいね！しよう|メールでお届けします|お寄せください)[^。]{0,10}。?|(?:記事の?)?著作権は[^。]{1,30}帰属します。?|[^。]{0,12}会員登録を"
    r"|※?\s?(?:この|本)記事は[^。]{0,40}(?:配信|掲載|公開|執筆|作成)(?:され|し)?た?[^。]{0,12}(?:もの|情報|内容)です。?|※?\s?(?:画像|写真)は[^。]{0,6}(?:イメージ|参考)[^。]{0,8}。?"
    # Korean
    r"|[☞▶▲◇◆■※\s\[【]*[^.]{0,24}(?:바로가기|위로가기|구독\s?(?:신청|하세요|해 ?주세요))[\]】\s!.]*|이 기사는 [^.]{0,30}(?:제휴|제공)[^.]{0,20}(?:기사|콘텐츠)입니다\.?"
    r"|(?:홈페이지|이메일|메일|카카오톡)\s?[:：]\s?\S.{0,40}|(?:당신|회원님|독자)의? ?(?:관심|추천)[^.]{0,10}기사|\[관련\s?기사\].{0,60}"
    # Chinese
    r"|[※★☆➤👉▶►■◎【\s]*(?:(?:[點点]我|立即|[馬马]上|快[來来]?|[歡欢]迎|想看[^。]{2,16}[，,]\s?立即)(?:加入|[訂订][閱阅]|追[蹤踪]|[關关]注|下[載载])[^。]{0,24}|[訂订][閱阅][^。]{1,20}(?:[頻频]道|[電电]子[報报])|加入[會会][員员][^。]{0,10}|(?:往下)?看更多(?:\s?[:：][^。]{1,60}|[^。]{0,6})】?)"
    r"|原文(?:網址|网址|連結|链接|[標标][題题]|刊[載载]於?于?|出[處处])\s?[:：].{1,120}|[你您](?:可能|或[許许])(?:也|[還还])?(?:想看|[會会]喜[歡欢])|相[關关](?:新[聞闻]|影音|影片|[報报][導道])+|未[滿满]\s?1?8[歲岁].{0,12}|(?:[飲饮]酒|吸[菸烟])[^。]{0,4}(?:[過过]量|有害)[^。]{0,12}"
    r"|喜[歡欢][這这本]篇(?:文章|[報报][導道])[^。]{0,24}|(?:[圖图]片|[資资]料|照片|影片)(?:[來来]源|提供)\s?[:：]\s?[^。]{1,40}|本?文章?(?:[轉转][載载]|[節节][錄录]|摘[錄录])自[^。]{1,30}|(?:撰稿人|作者|[記记]者|[譯译]者)[簡简]介\W{0,3}|(?:Copyright\s?)?©\s?(?:19|20)\d\d.{0,40}"
    r"|[※\s]*免[責责][聲声]明\s?[:：][^。]{0,100}。?|返回(?:首[頁页]|[頂顶]部|列表|搜狐)[^。]{0,8}|[轉转][發发][給给]更多人(?:看到)?|更多精彩[^。]{0,24}|(?:投稿|爆料|商[務务]|合作|客服)(?:[郵邮]箱|[電电][話话]|信箱|微信)\s?[:：]\s?\S.{0,40}|微信[號号]\s?[:：]\s?[\w-]{3,30}"
    r"|(?:(?:[初复複覆终終一二三][审審校核]|值班(?:主任|[总總][编編])|[签簽][发發]|本期[编編][辑輯])\s?[:：｜|\s]\s?[\u4e00-\u9fff]{2,4}(?:[、\s][\u4e00-\u9fff]{2,4})*\s*)+|(?:本文|文章)?[标標][签籤](?:\s?[:：].{1,60})?"
    r"|[★☆※◎•►➤▶\s]*(?:[更看]多(?:新[闻聞]|[关關]於|[关關]于)?\s?[:：].{1,60}|延伸[阅閱][读讀](?:\s?[:：].{1,60}|[★☆※】\s]*)|[^。]{2,14}(?:[关關]心您|提醒您)(?:\s?[:：].{0,80})?|(?:自[殺杀]警[語语]|若自身或旁人).{0,80})|不用抽\s?不用[搶抢].{0,40}|我是[廣广]告.{0,20}|首[圖图][來来]源\s?[:：].{1,40}|小[編编]推[薦荐]|[你您](?:可能|也[許许])也?喜[歡欢]|更多[“「][^”」]{2,40}[”」]的?相[关關].{0,80}|原始[連链][結接]|新[聞闻]小[辭辞]典|[（(][圖图]\s?[/／]\s?[^。）)]{1,20}[）)]"
    # Japanese, later
    r"|あなたにおすすめ.{0,10}|この記事の(?:関連ニュース|画像.{0,10})|[（(]?写真はイメージです[）)]?|この記事を(?:シェア|保存|印刷).{0,6}|ブックマーク|記事提供社からのご案内|外部サイト|[→⇒]?\s?次の?ページ(?:は\s?[:：].{1,60}|へ)?|全文を読む|アプリで(?:読|開)む|[^。]{1,24}公式.{1,10}をフォロー|関連キーワード\s?[:：].{1,80}|(?:みんなの)?コメント(?:一覧)?|この記事へのコメントは.{0,12}。?|前へ|次へ|戻る|(?:ページ)?(?:TOP|トップ)へ(?:戻る)?|(?:アクセス)?ランキング|(?:[\[［])?PR(?:[\]］])?\s?[:：].{1,60}|(?:この連載の)?記事一覧へ?|連載\s?[:：].{1,30}|画像ギャラリー|拡大画像を見る"
    # Korean, later
    r"|이 기사 어때요\??|(?:실시간|오늘의)\s?(?:인기|추천|주요)\s?(?:기사|뉴스)|태그(?:\s.{1,60})?|네이버 구독|[\uac00-\ud7af]{2,4} 기자의? 다른 ?기사(?: ?보기)?|댓글(?:을 남겨주세요| ?쓰기|\s?\d*)|(?:이전|다음)\s?(?:기사|글)(?:\s?[:：].{1,60})?|목록(?:으로|보기)?|인쇄(?:하기)?|글씨\s?크기|추천\s?\d+|(?:정기\s?)?(?:후원|구독)(?:하기)?|이 콘텐츠는 저작권법.{0,30}|[※\s]*이 기사는 .{0,30}제공(?:했습니다|합니다)\.?|[-\s]*Copyrights?\s?[ⓒ©].{0,60}|.{0,20}뉴스레터 구독.{0,10}"
)
"""The same, of later pages."""
DIGIT = re.compile(r"\d")
YEAR = re.compile(r"(?:1[0-9]|2[05])\d\d")
"""What `STAMP` and `IN_WORDS` have in every form of theirs: a quick look that spares theirs at most lines."""
DATED_LINE = 110  # letters of a line of dates, names and labels, at most
LINE_LABEL = re.compile(
    r"\b(?:publi(?:é|ée|shed|cado|cada|cato|ziert)\b|posted|updated|last modified|mis(?:e)? à jour|modifi(?:é|ca|cado)|actualizad[oa]|atualizad[oa]|aggiornato|aktualisiert|stand|veröffentlicht|erstellt|"
    r"опубликован\w*|обновлен\w*|автор|просмотр\w*|author|by|par|von|por|di|af|av|views?|comments?|kommentare?|lecture|lesezeit|min(?:s|utes?)? read|oleh)(?!\w)|(?:입력|수정|등록|승인)\s*\d{4}",
    re.IGNORECASE,
)
"""What stands beside a time under a headline in other languages than Chinese."""


def is_dated_line(text: str, plain: int) -> bool:
    """Whether a line of an alphabetic script states a date with a label such as "published", and is no sentence."""
    if plain > DATED_LINE or text.rstrip().endswith((".", "!", "?", "।", "…", "”", '"', "»")):
        return False
    return (
        YEAR.search(text) is not None
        and LINE_LABEL.search(text) is not None
        and (IN_WORDS.search(text) or STAMP.search(text)) is not None
    )


def count_boilerplate(text: str) -> int:
    """How many of the phrases that stand round articles are in *text*."""
    if CJK.search(text) is None:  # nearly all are Chinese, and the pattern is a long one
        return sum(phrase in text.lower() for phrase in ("all rights reserved", "copyright"))
    return len({*BOILERPLATE.findall(text)})


def is_meta(text: str, plain: int, marks: int) -> bool:
    """Whether a short line is the one under a headline (time, source, counters) or of the same kind."""
    if (plain <= 24 and COUNTER.match(text)) or (plain < 80 and BY.match(text)):
        return True
    is_sentence = "。" in text
    if DIGIT.search(text) is None:
        return not is_sentence and len({*META_LABEL.findall(text)}) >= 2
    if plain < 80 and marks < 5 and TIME_LINE.search(text):
        return True
    if is_dated_line(text, plain):
        return True
    if is_sentence:
        return False
    has_year = YEAR.search(text) is not None
    stamp = (has_year and STAMP.search(text)) or SHORT.search(text) or (has_year and IN_WORDS.search(text))
    if stamp and (
        plain - letters(stamp[0]) - sum(map(len, EMAIL.findall(text))) < 24
        or text.count("|") + text.count("｜") >= 2
    ):
        return True
    labels = len({*META_LABEL.findall(text)})
    return labels >= 3 or (labels >= 1 and labels + (DAY.search(text) is not None) >= 2)


def is_end_line(text: str) -> bool:
    """Whether a line is one of those that stand behind articles, or a heading of other articles."""
    return END.fullmatch(text) is not None or RELATED.fullmatch(text.strip()) is not None


def is_closing_line(text: str) -> bool:
    """Whether a line says nothing of the article, where it is the last one.

    >>> is_closing_line("财联社声明：文章内容仅供参考，不构成投资建议。"), is_closing_line("公司声明：订单已恢复。")
    (True, False)
    """
    line = text.strip()
    return CLOSING.fullmatch(line) is not None or MORE_CLOSING.fullmatch(line) is not None
