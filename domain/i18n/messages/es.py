"""Spanish. The shopper is "tú"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

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
    agent=AgentTexts(
        hello="¡Hola! ¿En qué puedo ayudarle?",
        welcome="¡De nada!",
        unanswered="No conozco la respuesta. Hágame otra pregunta, o escriba que desea hablar con una persona.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Confirma tu correo electrónico para {shop}",
        claim="Alguien que está chateando con {shop} ha indicado como suyo este correo electrónico: {email}. "
        "Inicio del chat: {began}.",
        link="Si el chat es tuyo, abre este enlace en un plazo de 24 horas y pulsa el botón que aparece:",
        ignore="Si el chat no es tuyo, ignora este correo: no pasará nada.",
        effect="Si confirmas, {shop} considerará que quien escribe en este chat es el titular de este correo y "
        "podrá informarle sobre tus pedidos y tus datos.",
        caution="Confirma solo si has escrito tú en este chat, y nunca porque te lo pida otra persona.",
        button="Sí, es mi chat",
        done="Tu correo electrónico está confirmado. Puedes volver al chat.",
        expired="Este enlace ya no es válido. Vuelve al chat y pide un nuevo correo.",
        changed="En el chat hay ahora otro correo electrónico. Vuelve al chat y pide un nuevo correo.",
        refused="Este correo ya no se puede confirmar para este chat. Empieza un chat nuevo.",
        later="Ahora mismo no funciona. Espera un minuto y abre de nuevo el enlace.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: una respuesta a tu chat",
        opening="Saliste del chat con {shop} antes de esta respuesta. Puedes continuar respondiendo a este correo.",
        caution="Esta dirección se indicó en un chat con {shop}. Si no fuiste tú, ignora este correo: una "
        "respuesta se muestra en ese chat.",
    ),
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
