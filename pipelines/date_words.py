"""Words beside printed times: what says that a time is the publication's or a change's, and what joins a day and its time of day."""

from __future__ import annotations

JOINING = (
    r"at|à|a\slas|alle\sore|alle|ore|um|kl|klo|kello|o\sgodz|godz|om|às|as|в|о\sоб|о|у|στις|la|ora|v|ob|u|saat|lúc|pukul|jam|เวลา"
    r"|o(?=\s\d{1,2}:)|الساعة|בשעה|ב|den|w\sdniu"
)
"""What joins a day and its time of day in other languages."""
PUBLISHED = (
    r"[发發][布佈表]?[于於]|(?:发布|發布|發佈|发表|發表|刊发|刊發|发稿|發稿|出版)?(?:时间|時間|日期)|发布|發布|發佈|发表|發表"
    r"|公開日?|配信日?|掲載日?|投稿日?|기사입력|입력|등록|작성|게시|승인|송고"
    r"|First published|Published|Posted|Publication date|Date published|Date|Released|Issued"
    r"|Publiée?|Paru|Date de publication|Mise? en ligne|Veröffentlicht|Erstellt|Erschienen|Datum|Publicad[oa]|Fecha(?: de publicación)?|Pubblicat[oa]"
    r"|Data di pubblicazione|Gepubliceerd|Geplaatst|Publicera[dt]|Publiceret|Publisert|Udgivet"
    r"|Julkaistu|Opublikowano|Data publikacji|Dodano|Опубликовано|Дата публикации|Опубліковано|Publikováno|Vydáno|Megjelent|Közzétéve"
    r"|Yayınlanma(?: tarihi)?|Δημοσίευση|Publicat|Ngày đăng|Đăng lúc|Diterbitkan|Dipublikasikan|نُ?شر|تاريخ النشر|פורסם"
)
CHANGED = (
    r"更新|修改|修订|修訂|编辑于|最后|截止|截至|有效期|过期|gültig seit|最終更新|수정|최종|Updated|Modified|Edited|Revised|Mise? à jour|Modifiée?|Aktualisiert|Geändert|Änderung|Stand"
    r"|Actualizad[oa]|Actualización"
    r"|Modificad[oa]|Atualizad[oa]|Aggiornat[oa]|Aggiornamento|Bijgewerkt|Laatst|Uppdatera[dt]|Opdateret|Oppdatert|Päivitetty|Aktualizacja|Zaktualizowano|Обновлено|Изменено"
    r"|Оновлено|Aktualizováno|Frissítve|Güncelle\w*|Ενημέρωση|Actualizat|Cập nhật|Diperbarui|تحديث|עודכן"
)
