"""Finnish. The shopper is "sinä"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

FI = MessageCatalog(
    locale="fi",
    offer_text="Haluatko, että joku tiimistämme jatkaa kanssasi? Hän voi lukea tämän keskustelun.",
    accept_label="Kyllä, yhdistä minut asiakaspalvelijalle",
    decline_label="Ei kiitos",
    identity_email="Mikä on sähköpostiosoitteesi? Näin tiimimme tavoittaa sinut, vaikka poistuisit chatista.",
    identity_signed_in="Kirjaudu sisään tilillesi, jotta tiimimme tietää, ketä se auttaa.",
    sent_to_team="Keskustelusi on nyt tiimillämme. Saat vastauksen tänne.",
    answered_by_email="Keskustelusi on nyt tiimillämme. Saat vastauksen sähköpostitse.",
    passed_on="Välitimme viestisi tiimillemme. Vastaus tulee sähköpostitse.",
    not_passed_on="Emme voineet juuri nyt välittää keskusteluasi eteenpäin. Tiimimme tietää asiasta ja hoitaa sen.",
    away="Tiimistämme ei ole juuri nyt ketään paikalla. Olemme saaneet viestisi ja vastaamme sinulle täällä.",
    back="Palaamme {when}.",
    stranded="Tässä kestää tavallista kauemmin. Emme ole unohtaneet sinua: tiimimme vastaa sinulle täällä.",
    withdrawn="Selvä, jatkat avustajamme kanssa. Voit jatkaa kirjoittamista tässä.",
    agent=AgentTexts(
        hello="Hei! Miten voin auttaa?",
        welcome="Ole hyvä!",
        unanswered="En tiedä vastausta tähän. Kysy minulta jotain muuta, tai kirjoita, että haluat puhua ihmisen "
        "kanssa.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Vahvista sähköpostiosoitteesi: {shop}",
        claim="Joku keskustelee chatissa ({shop}) ja ilmoitti tämän sähköpostiosoitteen omakseen: {email}. "
        "Chat alkoi: {began}.",
        link="Jos tämä on sinun chattisi, avaa tämä linkki 24 tunnin kuluessa ja paina sivulla olevaa painiketta:",
        ignore="Jos tämä ei ole sinun chattisi, jätä viesti huomiotta: mitään ei tapahdu.",
        effect="Jos vahvistat, chatissa kirjoittavaa pidetään tämän osoitteen haltijana ({shop}), ja hänelle "
        "voidaan kertoa tilauksistasi ja tiedoistasi.",
        caution="Vahvista vain, jos olet itse kirjoittanut tässä chatissa, äläkä koskaan jonkun toisen pyynnöstä.",
        button="Kyllä, tämä on minun chattini",
        done="Sähköpostiosoitteesi on vahvistettu. Voit palata chattiin.",
        expired="Linkki ei ole enää voimassa. Palaa chattiin ja pyydä uusi viesti.",
        changed="Chatissa on nyt toinen sähköpostiosoite. Palaa chattiin ja pyydä uusi viesti.",
        refused="Osoitetta ei voi enää vahvistaa tälle chatille. Aloita uusi chat.",
        later="Tämä ei toimi juuri nyt. Odota minuutti ja avaa linkki uudelleen.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: vastaus keskusteluusi",
        opening="Poistuit keskustelusta ({shop}) ennen tätä vastausta. Voit jatkaa vastaamalla tähän viestiin.",
        caution="Tämä osoite annettiin keskustelussa ({shop}). Jos se et ollut sinä, jätä viesti huomiotta: "
        "vastaus näkyy siinä keskustelussa.",
    ),
    opening=OpeningPhrase(
        at="klo {time}",
        today="tänään {at}",
        tomorrow="huomenna {at}",
        weekdays=(
            "maanantaina",
            "tiistaina",
            "keskiviikkona",
            "torstaina",
            "perjantaina",
            "lauantaina",
            "sunnuntaina",
        ),
        on_date="{weekday} {date} {at}",
    ),
)
