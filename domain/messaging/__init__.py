"""The shopper's own channel: SMS, WhatsApp and e-mail, out and in."""
