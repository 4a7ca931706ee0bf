"""Incoming SMS, WhatsApp messages and e-mails: they start the shopper's conversation, or continue the open one.

The webhook has verified the caller's signature. The shopper's identity is another matter: a phone number comes from the
carrier and is proved. An e-mail address is proved if DMARC passed at the account's own server, or if the mail replies
to a mail that Baton sent to this address, which a Message-ID or recipient of ours with its secret token shows. Any
other address is a claim: the mail starts a conversation of its own, and continues another only by such a token.
"""
