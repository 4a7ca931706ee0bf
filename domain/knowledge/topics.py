"""Topics of questions, by the beginnings of their words: the ten flows of ABCD, which are the topics of most shops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.search.tokenizer import words_of

RETURNS: Final = "returns"

_TOPICS: Final[Mapping[str, str]] = {
    "account access": "password passwort contrasena motdepasse username benutzername usuario login anmeld 2fa "
    "authenticat authentifiz",
    "account": "profile profil perfil account konto cuenta compte",
    "order": "order bestell pedido command ordine cancel stornier cancelar annul quantity menge cantidad",
    RETURNS: "return ruckgab ruckgeb zuruck rucksend retoure devol retour renvoy refund erstatt reembols "
    "rembours exchang umtausch stain defect defekt broken beschadig kaput damag",
    "payment": "pay zahl pago pagar paiement card karte tarjeta carte paypal price preis precio prix promo "
    "coupon gutschein discount rabatt descuento",
    "shipping": "ship deliver liefer versand envio entrega livraison expedi parcel package paket paquete "
    "colis track customs",
    "product": "size grosse talla taille wash wasch lavar laver boot shirt jean jacket warranty garant",
    "shop": "store laden tienda magasin open geoffnet abierto ouvert membership mitglied",
    "subscription": "subscri abonn suscri",
    "site": "cart warenkorb carrito panier website browser search slow",
}
_PREFIXES: Final = [(prefix, topic) for topic, prefixes in _TOPICS.items() for prefix in prefixes.split()]


def topics_of(question: str) -> tuple[str, ...]:
    """Return the topics of a question, in the order of its words; each once."""
    found = (topic for word in words_of(question) for prefix, topic in _PREFIXES if word.startswith(prefix))
    return tuple(dict.fromkeys(found))
