"""Portuguese: of Portugal (also for Africa and wherever the tag says no more), and of Brazil.

"Obrigado" bends with who says it, so the label that declines does without.
"""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

_OPENING = OpeningPhrase(
    at="às {time}",
    at_one="à {time}",
    today="hoje {at}",
    tomorrow="amanhã {at}",
    weekdays=(
        "na segunda-feira",
        "na terça-feira",
        "na quarta-feira",
        "na quinta-feira",
        "na sexta-feira",
        "no sábado",
        "no domingo",
    ),
    on_date="{weekday}, {date}, {at}",
)

PT = MessageCatalog(
    locale="pt",
    offer_text="Quer que uma pessoa da nossa equipa trate do assunto? Essa pessoa poderá ler esta conversa.",
    accept_label="Sim, quero falar com um agente",
    decline_label="Não, não é preciso",
    identity_email="Qual é o seu endereço de e-mail? Assim a nossa equipa poderá responder-lhe mesmo que saia do chat.",
    identity_signed_in="Inicie sessão na sua conta, para que a nossa equipa saiba quem está a ajudar.",
    sent_to_team="Passámos a conversa à nossa equipa. Alguém lhe responderá aqui.",
    answered_by_email="Passámos a conversa à nossa equipa. Alguém lhe responderá por e-mail.",
    passed_on="Passámos a sua mensagem à nossa equipa. A resposta chegará por e-mail.",
    not_passed_on="Neste momento não conseguimos passar a conversa. A nossa equipa já sabe e vai tratar do assunto.",
    away="Neste momento a nossa equipa não está disponível. Recebemos a sua mensagem e vamos responder-lhe aqui.",
    back="Voltamos {when}.",
    stranded="Está a demorar mais do que o habitual, mas não nos esquecemos de si: "
    "a nossa equipa vai responder-lhe aqui.",
    withdrawn="Está bem, continua com o nosso assistente. Pode continuar a escrever aqui.",
    agent=AgentTexts(
        hello="Olá! Em que posso ajudar?",
        welcome="De nada!",
        unanswered="Não sei a resposta a esta pergunta. Faça outra pergunta, ou escreva que quer falar com uma pessoa.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Confirme o seu endereço de e-mail para {shop}",
        claim="Alguém que está a conversar no chat com {shop} indicou como seu este endereço de e-mail: "
        "{email}. Início do chat: {began}.",
        link="Se o chat é seu, abra esta ligação no prazo de 24 horas e prima o botão que lá encontra:",
        ignore="Se o chat não é seu, ignore este e-mail: nada acontecerá.",
        effect="Se confirmar, {shop} passa a considerar quem escreve neste chat como titular deste endereço e "
        "poderá dar-lhe informações sobre as suas encomendas e os seus dados.",
        caution="Confirme apenas se escreveu neste chat, e nunca porque outra pessoa lhe pede.",
        button="Sim, é o meu chat",
        done="O seu endereço de e-mail está confirmado. Pode voltar ao chat.",
        expired="Esta ligação já não é válida. Volte ao chat e peça um novo e-mail.",
        changed="O chat tem agora outro endereço de e-mail. Volte ao chat e peça um novo e-mail.",
        refused="Este endereço já não pode ser confirmado para este chat. Inicie um novo chat.",
        later="De momento não funciona. Aguarde um minuto e abra novamente a ligação.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: uma resposta à sua conversa",
        opening="Saiu da conversa com {shop} antes desta resposta. Pode continuar respondendo a este e-mail.",
        caution="Este endereço foi indicado numa conversa com {shop}. Se não foi o próprio, ignore este "
        "e-mail: uma resposta é mostrada nessa conversa.",
    ),
    opening=_OPENING,
)

PT_BR = MessageCatalog(
    locale="pt-BR",
    offer_text="Quer que alguém da nossa equipe assuma o atendimento? Essa pessoa poderá ler esta conversa.",
    accept_label="Sim, quero falar com um atendente",
    decline_label="Não, não precisa",
    identity_email="Qual é o seu e-mail? Assim nossa equipe pode responder mesmo que você saia do chat.",
    identity_signed_in="Entre na sua conta para que nossa equipe saiba quem está atendendo.",
    sent_to_team="Passamos a conversa para a nossa equipe. Alguém vai responder aqui.",
    answered_by_email="Passamos a conversa para a nossa equipe. Alguém vai responder por e-mail.",
    passed_on="Passamos a sua mensagem para a nossa equipe. A resposta vai chegar por e-mail.",
    not_passed_on="Não conseguimos passar a conversa agora. Nossa equipe já sabe e vai cuidar disso.",
    away="No momento nossa equipe não está disponível. Recebemos sua mensagem e vamos responder aqui.",
    back="Voltamos {when}.",
    stranded="Está demorando mais que o normal, mas não nos esquecemos de você: nossa equipe vai responder aqui.",
    withdrawn="Tudo bem, você continua com o nosso assistente. É só seguir escrevendo aqui.",
    agent=AgentTexts(
        hello="Olá! Como posso ajudar você?",
        welcome="De nada!",
        unanswered="Não sei a resposta a essa pergunta. Faça outra pergunta, ou escreva que quer falar com uma pessoa.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Confirme seu e-mail para {shop}",
        claim="Alguém que está conversando no chat com {shop} informou este e-mail como seu: {email}. Início "
        "do chat: {began}.",
        link="Se o chat é seu, abra este link em até 24 horas e clique no botão que aparece:",
        ignore="Se o chat não é seu, ignore este e-mail: nada vai acontecer.",
        effect="Se você confirmar, {shop} vai considerar quem escreve neste chat como titular deste e-mail e "
        "poderá informar essa pessoa sobre seus pedidos e seus dados.",
        caution="Confirme apenas se foi você que escreveu neste chat, e nunca porque outra pessoa pediu.",
        button="Sim, este chat é meu",
        done="Seu e-mail está confirmado. Você pode voltar ao chat.",
        expired="Este link não é mais válido. Volte ao chat e peça um novo e-mail.",
        changed="O chat agora tem outro e-mail. Volte ao chat e peça um novo e-mail de confirmação.",
        refused="Este e-mail não pode mais ser confirmado para este chat. Comece um novo chat.",
        later="Não está funcionando no momento. Espere um minuto e abra o link de novo.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: uma resposta ao seu chat",
        opening="Você saiu do chat com {shop} antes desta resposta. Para continuar, responda a este e-mail.",
        caution="Este endereço foi informado em um chat com {shop}. Se não foi você, ignore este e-mail: uma "
        "resposta aparece nesse chat.",
    ),
    opening=_OPENING,
)
