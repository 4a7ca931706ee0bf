"""Spanish. The shopper is "tú"."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

ES = MessageCatalog(
    locale="es",
    offer_text="¿Quieres que una persona de nuestro equipo se ocupe? Podrá leer esta conversación.",
    accept_label="Sí, quiero hablar con un agente",
    decline_label="No, gracias",
    identity_email="¿Cuál es tu correo electrónico? Así nuestro equipo podrá responderte aunque salgas del chat.",
    identity_signed_in="Inicia sesión en tu cuenta para que nuestro equipo sepa a quién está ayudando.",
    sent_to_team="Hemos pasado la conversación a nuestro equipo. Alguien te responderá aquí.",
    answered_by_email="Hemos pasado la conversación a nuestro equipo. Alguien te responderá por correo electrónico.",
    passed_on="Hemos pasado tu mensaje a nuestro equipo. La respuesta te llegará por correo electrónico.",
    not_passed_on="Ahora mismo no hemos podido pasar la conversación. Nuestro equipo lo sabe y se ocupará de ello.",
    away="En este momento nuestro equipo no está disponible. Hemos recibido tu mensaje y te responderemos aquí.",
    back="Volvemos {when}.",
    stranded="Está tardando más de lo habitual, pero no te hemos olvidado: nuestro equipo te responderá aquí.",
    withdrawn="De acuerdo, sigues con nuestro asistente. Puedes seguir escribiendo aquí.",
    opening=OpeningPhrase(
        at="a las {time}",
        at_one="a la {time}",
        today="hoy {at}",
        tomorrow="mañana {at}",
        weekdays=(
            "el lunes",
            "el martes",
            "el miércoles",
            "el jueves",
            "el viernes",
            "el sábado",
            "el domingo",
        ),
        on_date="{weekday} {date} {at}",
    ),
)
