"""SMS, WhatsApp and e-mail: messages to the shopper's own channel, and from it."""
