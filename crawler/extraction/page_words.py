"""What pages that are no article are called, language by language: forms, notices, questions for consent, buttons of shops."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import SplitResult, unquote


class PageWords(NamedTuple):
    """The words of one language, parted by bars."""

    forms: str
    """Headlines of forms to log in, to register, to get a new password and to write to the site; without accents, also their addresses."""
    missing: str
    """Headlines that say there is no such page."""
    error: str = ""
    """What stands beside the number 404."""
    consent: str = ""
    """Headlines of questions for consent, in the place of the page."""
    results: str = ""
    """How the headline of a list of what was searched for begins."""
    buy: str = ""
    """Buttons of shops."""


WORDS = {
    "en": PageWords(
        "Login|Log in|Sign in|Sign up|Register|Registration|Create account|Forgot password|Forgot your password|Lost password|Reset password|Password reset|Contact|Contact us|Feedback",
        "Page not found|Not found", "Error", "", "Search results", "Add to cart|Add to bag|Add to basket",
    ),
    "de": PageWords(
        "Anmelden|Anmeldung|Einloggen|Registrieren|Registrierung|Benutzerkonto anlegen|Passwort vergessen|Kennwort vergessen|Kontakt|Kontaktformular|Kontaktieren Sie uns",
        "Seite nicht gefunden|Seite wurde nicht gefunden|Die Seite wurde nicht gefunden", "Fehler",
        "Ihre Privatsphäre|Wir schätzen Ihre Privatsphäre|Datenschutzeinstellungen|Datenschutz-Einstellungen|Bevor Sie fortfahren|Bevor Sie zu Google weitergehen",
        "Suchergebnisse|Suchergebnis", "In den Warenkorb|In den Einkaufswagen",
    ),
    "fr": PageWords(
        "Connexion|Se connecter|Identification|Authentification|Inscription|S'inscrire|Créer un compte|Mot de passe oublié|Contactez-nous|Nous contacter|Formulaire de contact",
        "Page introuvable|Page non trouvée|Page inexistante|Cette page n'existe pas", "Erreur",
        "Nous respectons votre vie privée|Le respect de votre vie privée|Avant de continuer|Avant d'accéder à Google",
        "Résultats de recherche|Résultats de la recherche", "Ajouter au panier",
    ),
    "es": PageWords(
        "Iniciar sesión|Inicio de sesión|Registro|Registrarse|Regístrate|Crear cuenta|Contraseña olvidada|Recuperar contraseña|Olvidé mi contraseña|Contacto|Contactar|Contáctanos|Contáctenos",
        "Página no encontrada|No se ha encontrado|No se ha encontrado la página|Esta página no existe", "Error",
        "Valoramos tu privacidad|Tu privacidad es importante|Antes de continuar|Antes de ir a Google|Antes de ir a YouTube|Antes de ir a Google Maps",
        "Resultados de búsqueda|Resultados de la búsqueda", "Añadir al carrito|Agregar al carrito|Añadir a la cesta",
    ),
    "it": PageWords(
        "Accedi|Registrati|Registrazione|Password dimenticata|Recupera password|Contatti|Contattaci",
        "Pagina non trovata|La pagina non esiste", "Errore", "Rispettiamo la tua privacy|La tua privacy è importante|Prima di continuare",
        "Risultati della ricerca|Risultati ricerca", "Aggiungi al carrello",
    ),
    "pt": PageWords(
        "Entrar|Iniciar sessão|Cadastro|Cadastre-se|Registar|Criar conta|Recuperar senha|Esqueci minha senha|Contato|Contactos|Contacte-nos|Fale conosco",
        "Página não encontrada|Esta página não existe", "Erro", "Valorizamos a sua privacidade|A sua privacidade é importante|Antes de continuar",
        "Resultados da pesquisa|Resultados da busca", "Adicionar ao carrinho|Adicionar à sacola",
    ),
    "nl": PageWords(
        "Inloggen|Aanmelden|Registreren|Wachtwoord vergeten|Contactformulier|Neem contact op", "Pagina niet gevonden|Deze pagina bestaat niet", "Fout",
        "Wij respecteren jouw privacy|Wij respecteren uw privacy|Voordat je verdergaat", "Zoekresultaten", "In winkelwagen|In winkelmandje|Toevoegen aan winkelwagen",
    ),
    "pl": PageWords(
        "Logowanie|Zaloguj się|Zaloguj|Rejestracja|Zarejestruj się|Nie pamiętam hasła|Przypomnij hasło|Formularz kontaktowy",
        "Nie znaleziono|Nie znaleziono strony|Strona nie została znaleziona|Strona nie istnieje", "Błąd", "Szanujemy Twoją prywatność|Dbamy o Twoją prywatność",
        "Wyniki wyszukiwania", "Do koszyka|Dodaj do koszyka",
    ),
    "cs": PageWords(
        "Přihlášení|Přihlásit se|Registrace|Zapomenuté heslo|Kontakty|Kontaktujte nás|Prihlásenie|Registrácia|Zabudnuté heslo",
        "Stránka nenalezena|Stránka nebyla nalezena|Stránka nenájdená|Stránka sa nenašla", "Chyba", "Vážíme si vašeho soukromí|Na vašem soukromí nám záleží",
        "Výsledky hledání|Výsledky vyhledávání", "Do košíku|Přidat do košíku|Vložit do košíku",
    ),
    "hu": PageWords(
        "Bejelentkezés|Belépés|Regisztráció|Elfelejtett jelszó|Kapcsolat", "Az oldal nem található|A keresett oldal nem található", "Hiba",
        "", "Keresési eredmények|Találatok", "Kosárba|Kosárba teszem",
    ),
    "ro": PageWords(
        "Autentificare|Conectare|Înregistrare|Parolă uitată|Ai uitat parola|Contactează-ne", "Pagina nu a fost găsită|Pagină inexistentă", "Eroare",
        "", "Rezultatele căutării|Rezultate căutare", "Adaugă în coș|Adaugă în coşul de cumpărături",
    ),
    "sr": PageWords("Prijava|Registracija|Zaboravljena lozinka", "Stranica nije pronađena|Strana nije pronađena", "Greška", "", "Rezultati pretrage", "Dodaj u košaricu|Dodaj u korpu"),
    "ru": PageWords(
        "Вход|Войти|Авторизация|Аутентификация|Регистрация|Зарегистрироваться|Восстановление пароля|Напомнить пароль|Забыли пароль|Контакты|Обратная связь",
        "Страница не найдена|Страница не существует|Такой страницы нет", "Ошибка", "Мы ценим вашу конфиденциальность", "Результаты поиска|Поиск по сайту",
        "В корзину|Добавить в корзину|Положить в корзину",
    ),
    "uk": PageWords(
        "Вхід|Увійти|Авторизація|Реєстрація|Відновлення пароля|Забули пароль|Контакти|Зворотний зв'язок", "Сторінку не знайдено|Сторінка не знайдена", "Помилка",
        "", "Результати пошуку", "До кошика|В кошик|Додати в кошик",
    ),
    "bg": PageWords("Забравена парола|Връзка с нас", "Страницата не е намерена", "Грешка", "", "Резултати от търсенето", "Добави в количката"),
    "sv": PageWords(
        "Logga in|Registrera|Registrera dig|Bli medlem|Glömt lösenord|Kontakta oss", "Sidan hittades inte|Sidan kunde inte hittas|Sidan finns inte", "Fel",
        "Vi värnar om din integritet|Din integritet är viktig för oss", "Sökresultat", "Lägg i varukorgen|Lägg i kundvagnen",
    ),
    "da": PageWords(
        "Log ind|Opret bruger|Opret konto|Glemt adgangskode|Glemt password|Kontakt os", "Siden blev ikke fundet|Siden findes ikke", "Fejl",
        "Vi respekterer dit privatliv", "Søgeresultater|Søgeresultat", "Læg i kurv|Læg i indkøbskurv|Tilføj til kurv",
    ),
    "no": PageWords(
        "Logg inn|Registrer|Registrer deg|Glemt passord|Kontaktskjema", "Siden ble ikke funnet|Fant ikke siden|Siden finnes ikke", "Feil",
        "Vi bryr oss om personvernet ditt", "Søkeresultater|Søkeresultat", "Legg i handlekurv|Legg i handlekurven",
    ),
    "fi": PageWords(
        "Kirjaudu|Kirjaudu sisään|Kirjautuminen|Rekisteröidy|Rekisteröityminen|Tunnuksen rekisteröinti|Unohtunut salasana|Yhteystiedot|Ota yhteyttä|Palaute",
        "Sivua ei löytynyt|Sivua ei löydy", "Virhe", "Arvostamme yksityisyyttäsi", "Hakutulokset", "Lisää ostoskoriin|Lisää koriin",
    ),
    "tr": PageWords(
        "Giriş|Giriş yap|Üye girişi|Üye ol|Kayıt ol|Şifremi unuttum|İletişim", "Sayfa bulunamadı|Aradığınız sayfa bulunamadı", "Hata",
        "Gizliliğinize önem veriyoruz", "Arama sonuçları", "Sepete ekle",
    ),
    "el": PageWords("Σύνδεση|Είσοδος|Εγγραφή|Ξεχάσατε τον κωδικό|Επικοινωνία", "Η σελίδα δεν βρέθηκε", "Σφάλμα", "Σεβόμαστε την ιδιωτικότητά σας", "Αποτελέσματα αναζήτησης", "Προσθήκη στο καλάθι|Στο καλάθι"),
    "ar": PageWords("تسجيل الدخول|تسجيل|إنشاء حساب|نسيت كلمة المرور|اتصل بنا", "الصفحة غير موجودة|لم يتم العثور على الصفحة", "خطأ", "", "نتائج البحث", "أضف إلى السلة|أضف إلى عربة التسوق"),
    "he": PageWords("התחברות|כניסה|הרשמה|שכחתי סיסמה|צור קשר", "הדף לא נמצא|העמוד לא נמצא", "שגיאה", "", "תוצאות חיפוש", "הוסף לסל|הוספה לסל"),
    "fa": PageWords("ورود|ثبت نام|عضویت|فراموشی رمز عبور|تماس با ما", "صفحه یافت نشد|صفحه مورد نظر یافت نشد", "خطا", "", "نتایج جستجو", "افزودن به سبد خرید"),
    "hi": PageWords("लॉग इन|साइन इन|पंजीकरण|संपर्क करें|हमसे संपर्क करें", "पृष्ठ नहीं मिला|पेज नहीं मिला"),
    "vi": PageWords("Đăng nhập|Đăng ký|Quên mật khẩu|Liên hệ", "Không tìm thấy trang|Trang không tồn tại", "Lỗi", "", "Kết quả tìm kiếm", "Thêm vào giỏ hàng|Thêm vào giỏ"),
    "id": PageWords("Masuk|Daftar|Lupa kata sandi|Lupa password|Hubungi kami|Kontak kami", "Halaman tidak ditemukan", "Kesalahan", "", "Hasil pencarian", "Tambah ke keranjang|Masukkan keranjang"),
    "th": PageWords("เข้าสู่ระบบ|สมัครสมาชิก|ลืมรหัสผ่าน|ติดต่อเรา", "ไม่พบหน้าที่คุณต้องการ|ไม่พบหน้านี้|ไม่พบหน้าเว็บ", "", "", "ผลการค้นหา", "หยิบใส่ตะกร้า|เพิ่มลงตะกร้า|ใส่ตะกร้า"),
}  # fmt: skip
"""By ISO 639 code. A page's language is not asked: many state a wrong one, and headlines of one language mean nothing else in others."""


def phrases(field: str) -> list[str]:
    """All phrases of one field, in every language."""
    return [phrase for words in WORDS.values() for phrase in getattr(words, field).split("|") if phrase]


def one_of(choices: Iterable[str]) -> str:
    """A pattern of phrases; the longest first, blanks as wide as they are."""
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s{1,3}") for phrase in sorted(set(choices), key=len, reverse=True))  # fmt: skip


def without_accents(text: str) -> str:
    """*text* as addresses write it: small, without accents.

    >>> without_accents("Contraseña Olvidada"), without_accents("Şifremi")
    ('contrasena olvidada', 'sifremi')
    """
    folded = unicodedata.normalize("NFD", text.lower().replace("ł", "l").replace("ø", "o").replace("ı", "i"))
    return "".join(char for char in folded if not unicodedata.combining(char))


MISSING, ERROR = one_of(phrases("missing")), one_of(phrases("error"))
BASKET = re.compile(rf"(?:>|\bvalue=[\"'])\s*(?:{one_of(phrases('buy'))})\s*[<\"']", re.IGNORECASE)
"""A button of a shop: an element, or a field's value."""
SEPARATORS = re.compile(r"[\W_]+")


def fold_phrase(text: str) -> str:
    """The letters of *text*, small and without accents."""
    return SEPARATORS.sub("", without_accents(text))


FORMS = frozenset(map(fold_phrase, phrases("forms")))
"""Headlines of forms, which are what their addresses end with, too."""
CONSENTS = frozenset(map(fold_phrase, phrases("consent")))
RESULTS = tuple(map(fold_phrase, phrases("results")))
EXTENSION = re.compile(r"\.\w{2,5}$")
CONSENT_ADDRESS = re.compile(r"(?:^|\.)consent\.|/(?:collect-?)?consent(?:/|$)", re.IGNORECASE)


def names_form(parts: SplitResult) -> bool:
    """Whether the last part of an address, or the value of a query, names a form, in whatever language.

    >>> from urllib.parse import urlsplit
    >>> [names_form(urlsplit(f"https://a.example/{path}")) for path in ("konto/passwort+vergessen", "register.php", "i.php?do=login", "login-for-all-2.html")]
    [True, True, True, False]
    """
    last = EXTENSION.sub("", parts.path.rstrip("/").rpartition("/")[2])
    values = [pair.partition("=")[2] for pair in parts.query.split("&")] if len(parts.query) <= 200 else []
    return any(fold_phrase(unquote(name)) in FORMS for name in (last, *values))
