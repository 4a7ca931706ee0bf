"""French. The shopper is "vous"; a no-break space stands before "?" and ":"."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

FR = MessageCatalog(
    locale="fr",
    offer_text="Souhaitez-vous qu'une personne de notre équipe prenne le relais\u00a0? "
    "Elle pourra lire cette conversation.",
    accept_label="Oui, me mettre en relation avec un conseiller",
    decline_label="Non, merci",
    identity_email="Quelle est votre adresse e-mail\u00a0? "
    "Notre équipe pourra ainsi vous répondre même si vous quittez le chat.",
    identity_signed_in="Connectez-vous à votre compte pour que notre équipe sache qui elle aide.",
    sent_to_team="Votre conversation est maintenant entre les mains de notre équipe. Quelqu'un vous répondra ici.",
    answered_by_email="Votre conversation est maintenant entre les mains de notre équipe. "
    "Quelqu'un vous répondra par e-mail.",
    passed_on="Nous avons transmis votre message à notre équipe. La réponse vous parviendra par e-mail.",
    not_passed_on="Nous n'avons pas pu transmettre votre conversation pour le moment. "
    "Notre équipe est au courant et s'en occupe.",
    away="Notre équipe n'est pas disponible pour le moment. "
    "Votre message nous est bien parvenu et nous vous répondrons ici.",
    back="Nous serons de retour {when}.",
    stranded="Cela prend plus de temps que d'habitude, mais votre demande n'est pas oubliée\u00a0: "
    "notre équipe vous répondra ici.",
    withdrawn="C'est entendu, notre assistant reste à votre écoute. Continuez simplement à écrire ici.",
    opening=OpeningPhrase(
        at="à {time}",
        today="aujourd'hui {at}",
        tomorrow="demain {at}",
        weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        on_date="le {weekday} {date} {at}",
    ),
)
