"""What sites say round an article's text in alphabetic scripts, language by language: of comments, of other articles, of themselves."""

from __future__ import annotations

from typing import NamedTuple


class LineWords(NamedTuple):
    """Patterns of one language."""

    comments: str
    """A heading of readers' comments."""
    related: str
    """What stands in front of a link to another article, or above several."""
    closing: str
    """How lines to the reader begin that stand behind a text: to subscribe, to follow, to share, to install."""
    short: str = ""
    """How short ones begin: these words begin sentences, too."""


WORDS = {
    "en": LineWords(
        "Comments?|Leave a (?:comment|reply)|Join the (?:conversation|discussion)",
        "Related|Read (?:more|next|also)|Also read|See also|More|Don'?t miss|Watch",
        r"This copy is for your personal|To order (?:presentation-ready )?copies|Like this story\b|Get the (?:latest|best)|Never miss|Want more\b|Support (?:our|independent)|For the latest (?:stories|news)|Do you have a (?:news )?tip"
        r"|Got a (?:story|tip)|Join (?:the conversation|our)|Have (?:a )?(?:story|news)\b|Click here (?:to|for)|You may also like|Most (?:read|popular)|Explore further|Need more\b|Have a (?:news )?tip|Write to .{2,40} at \S+@|Follow\b.{2,60}\b(?:on|at)\b|Contact (?:us|the author)",
        "Tags?|Topics?|Filed under|Posted in|Recommended",
    ),
    "de": LineWords(
        "Kommentare?|Kommentar schreiben|Diskutieren Sie mit",
        "Lesen Sie (?:auch|hier|dazu|mehr)|Mehr (?:zum Thema|dazu)|Auch interessant|Siehe auch|Das könnte (?:Sie|dich)(?: auch)? interessieren|Passend dazu",
        r"Folgen Sie|Abonnieren Sie|Newsletter|Schlagw(?:orte|örter)|Mehr zum Thema|Mehr Artikel aus|Auch interessant|Das könnte (?:Sie|dich)|Lesen Sie auch|(?:Jetzt|Hier)\b.{0,40}\b(?:Newsletter|abonnieren|anmelden)|Laden Sie (?:sich )?(?:unsere|die) .{0,20}App",
        "Diesen Artikel|Teilen|Drucken|Zur Startseite",
    ),
    "fr": LineWords(
        "Commentaires?|Laisser un commentaire", "Lire (?:aussi|également)|[ÀA] lire(?: aussi| également)?|Voir aussi|Sur le même (?:sujet|thème)",
        "Suivez|Abonnez|Inscrivez|[ÀA] lire aussi|Lire aussi|Retrouvez (?:tou(?:te|t|s)|l['’]actualité)|Recevez (?:toute|l['’]|nos|notre)|Téléchargez (?:l['’]|notre)|Vous avez (?:aimé|apprécié) cet", "Partager|Mots[- ]clés|Signaler",
    ),
    "es": LineWords(
        "Comentarios|Deja un comentario",
        "Le[ae] (?:también|además|más)|Leer (?:más|también)|(?:También )?(?:te|le) puede interesar|Mir[ae] también|Ver? también|Noticias relacionadas|Te recomendamos",
        "Suscr[ií]b|Síguenos|Te puede interesar|Únete a|Recibe (?:gratis|las|nuestro|en tu)|Descarga (?:la|nuestra)|Puedes seguir|¿Quieres recibir|Apúntate|Archivado en|Sigue (?:a|toda|nuestro)", "Sigue|Comparte|Etiquetas|Temas",
    ),
    "it": LineWords(
        "Commenti|Lascia (?:il tuo|un) commento", "Legg[ie] anche|Vedi anche|(?:Ti )?potrebbe(?:ro)? interessart[iv]|Notizie correlate|Per approfondire",
        "Iscriviti|Seguici|Leggi anche|Segui (?:la|il|le|i|tutte|anche)|Scarica (?:l['’]|la nostra)|Ricevi (?:le|la|ogni)|Resta aggiornato|Clicca qui", "Condividi|Argomenti",
    ),
    "pt": LineWords(
        "Comentários|Deixe (?:o seu|um|seu) comentário", "Leia (?:também|mais)|Veja (?:também|mais)|Saiba mais|Confira também|Notícias relacionadas",
        "Assine|Leia também|Siga (?:o|a|os|as|nosso|nossa)|Receba (?:as|os|notícias|no seu|em primeira)|Baixe (?:o|nosso)|Clique aqui|Inscreva-se|Participe d[oae]|Quer receber|Quer ficar por dentro", "Siga|Compartilhe|Partilhe|Tópicos",
    ),
    "nl": LineWords("Reacties|Reageer", "Lees (?:ook|meer|verder)|Zie ook|Bekijk ook", "Volg ons|Abonneer|Meld je aan|Schrijf je in|Ontvang (?:het|de|elke|dagelijks)|Download (?:de|onze)|Deel dit", "Deel|Volg"),
    "pl": LineWords(
        "Komentarze|Skomentuj", "Zobacz (?:też|także|również|więcej)|Czytaj (?:też|także|również|więcej)|Przeczytaj (?:też|także|również)|Polecamy|Więcej na ten temat",
        r"Zapisz się|Śledź nas|Obserwuj nas|Polub nas|Subskrybuj|Dołącz do|Pobierz (?:naszą|aplikację)|Wypróbuj prenumeratę|Wykup (?:prenumeratę|dostęp)|Chcesz być na bieżąco|Pełne korzystanie z serwisu|Możesz włączyć akceptację", "Udostępnij|Podziel się|Tagi",
    ),
    "cs": LineWords("Komentáře|Diskuse|Diskuze", "Čtěte (?:také|i|více|tiež)|Přečtěte si(?: také)?|Čítajte (?:aj|tiež)|Více k tématu", "Sledujte nás|Odebírejte|Přihlaste se|Stáhněte si", "Sdílet|Štítky|Témata"),
    "hu": LineWords("Hozzászólások|Kommentek", "Olvas(?:s|d|sa) (?:el|tovább|még)(?: ezt is)?|Ez is érdekelhet(?:i)?|Kapcsolódó (?:cikkek|hírek)|Ezt ne hagyja ki!?", "Köves(?:s|se) (?:minket|bennünket)|Iratkoz(?:z|zon) fel|Csatlakoz(?:z|zon)|Töltse le", "Megosztás|Címkék"),
    "ro": LineWords("Comentarii", "Cite[șş]te (?:[șş]i|mai mult)|Vezi [șş]i|Articole similare", "Urmăre[șş]te-ne|Urmări[țţ]i|Abonează-te|Abona[țţ]i-vă|Descarcă aplica", "Distribuie|Distribui[țţ]i|Etichete"),
    "sr": LineWords("Komentari", "Pročitajte (?:i|još)|Čitajte (?:i|još)|Pogledajte i|Povezane v(?:ij)?esti", "Pratite nas|Preuzmite (?:našu|aplikaciju)|Pridružite (?:nam )?se", "Podijeli|Podeli|Tagovi|Oznake"),
    "ru": LineWords(
        r"Комментари(?:и|ев|й)|Оставить комментарий", "Читайте (?:также|ещё|еще|далее)|Смотрите также|(?:Материалы |Новости |Ещё |Еще )?по теме",
        "Подпис(?:ывайтесь|аться|ывайся)|Читайте (?:также|нас)|Следите за|Присоединяйтесь|Больше новостей|(?:Нашли|Заметили) (?:ошибку|опечатку)|Если вы (?:заметили|нашли|обнаружили)|Самые интересные|Хотите быть в курсе", "Поделиться|Поделитесь|Теги|Метки",
    ),
    "uk": LineWords(
        "Коментарі|Залишити коментар", "Читайте (?:також|ще)|Дивіться також|До теми|Зверніть увагу",
        "Підпис(?:уйтесь|уйтеся|уйся|атися)|Читайте (?:також|нас)|Стежте за|Слідкуйте за|Долучайтес|Якщо ви (?:виявили|помітили|знайшли)|(?:Знайшли|Помітили) помилку", "Поділитис[яь]|Теги|Мітки",
    ),
    "bg": LineWords("Коментари", "Прочети(?:те)? (?:още|повече)|Още по темата|Виж(?:те)? (?:още|също)", "Последвайте ни|Абонирайте се|Харесайте (?:ни|страницата)|Следете", "Сподели|Етикети"),
    "sv": LineWords("Kommentarer", "Läs (?:också|även|mer)|Se även|Mer läsning", "Följ oss|Prenumerera|Anmäl dig|Ladda ner (?:vår|appen)|Tipsa oss", "Dela|Läs mer om"),
    "da": LineWords("Kommentarer", "Læs (?:også|mere|videre)|Se også", "Følg os|Abonn[eé]r|Tilmeld dig|Hent (?:vores|appen)|Tip os", "Del artiklen|Del på"),
    "no": LineWords("Kommentarer", "Les (?:også|mer|videre)|Se også", "Følg oss|Abonner|Meld deg på|Last ned (?:appen|vår)|Tips oss", "Del artikkelen|Del på"),
    "fi": LineWords("Kommentit", "Lue (?:myös|lisää|seuraavaksi)|Katso myös|Aiheesta lisää", "Seuraa meitä|Tilaa (?:uutiskirje|ilmainen)|Lataa (?:sovellus|ilmainen)", "Jaa artikkeli|Aiheet"),
    "tr": LineWords("Yorumlar|Yorum yap", "Ayrıca (?:oku|bkz)\\w{0,6}|(?:Bunlar da )?ilginizi çekebilir|İlgili haberler?|Benzer haberler", "Bizi takip|Abone ol|Haberler?i? .{0,20}takip et|Uygulamay?ı? indir", "Paylaş|Etiketler"),
    "el": LineWords("Σχόλια", "Διαβάστε (?:επίσης|ακόμ[ηα]|περισσότερα|και)|Διαβαστε επισης|Δείτε (?:επίσης|ακόμ[ηα]|και)|Σχετικά άρθρα", "Ακολουθήστε|Εγγραφείτε|Βρείτε μας|Διαβάστε όλες|Δείτε όλες", "Κοινοποίηση|Μοιραστείτε|Ετικέτες"),
    "ar": LineWords("(?:ال)?تعليقات", "[اإ]قرأ(?:وا)? (?:أيض[اً]{1,2}|المزيد)|شاهد أيض[اً]{1,2}|انظر أيض[اً]{1,2}|(?:مواضيع|أخبار|مقالات) (?:ذات صلة|متعلقة)", "[اإ]قرأ أيض|تابعونا|تابعوا|اشترك(?:وا)? في|حمل(?:وا)? تطبيق|انضم(?:وا)?", "تابع|شارك|اشترك"),
    "he": LineWords("תגובות", "קראו (?:גם|עוד)|ראו גם|כתבות נוספות|עוד בנושא", "עקבו אחרינו|הצטרפו|הירשמו", "שתפו|תגיות"),
    "fa": LineWords("نظرات|ارسال نظر", "بیشتر بخوانید|همچنین بخوانید|(?:مطالب|اخبار|خبرهای) مرتبط", "انتهای پیام|ما را (?:در|دنبال)|به کانال", "اشتراک گذاری|برچسب\u200c?ها|کد خبر"),
    "hi": LineWords("टिप्पणिया[ंँ]", "(?:यह|ये|इसे|इन्हें) भी (?:पढ(?:़)?ें|देखें)|संबंधित ख(?:़)?बरें", "(?:इन्हें|यह|ये) भी पढ|डाउनलोड करें|रहें हर खबर|हमें (?:फॉलो|लाइक)|Get all .{0,30}News in Hindi", "शेयर करें|फॉलो करें"),
    "vi": LineWords("Bình luận", "(?:Xem|Đọc) thêm|(?:Tin|Bài) liên quan", "Theo dõi .{0,20}trên|Đăng ký (?:nhận|kênh|theo)|Tải ứng dụng|Mời (?:bạn|quý) ", "Chia sẻ|Từ khóa|Trở lại"),
    "id": LineWords("Komentar", "Baca (?:juga|selengkapnya|berita|artikel)|Simak (?:juga|video)|Lihat juga|(?:Berita|Artikel) terkait", "Ikuti (?:berita|kami|terus)|Dapatkan (?:berita|update|informasi)|Download aplikasi|Unduh aplikasi|Silakan baca|Simak Video|Yuk,? (?:simak|ikuti|baca)|Gabung (?:di|dengan)", "Bagikan|Halaman selanjutnya"),
    "th": LineWords("(?:แสดง)?ความคิดเห็น", "อ่าน(?:เพิ่มเติม|ข่าวอื่น|ต่อ)|(?:ข่าว|เรื่อง)ที่เกี่ยวข้อง", "ติดตาม(?:ข่าว|เรา)|สมัครสมาชิก|ดาวน์โหลดแอ", "แชร์|แท็ก"),
}  # fmt: skip
"""By ISO 639 code."""


def patterns(field: str) -> str:
    """The patterns of one field in all languages, as alternatives."""
    return "|".join(pattern for words in WORDS.values() if (pattern := getattr(words, field)))
