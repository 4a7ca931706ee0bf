"""The account's business events handed on, in their order, to who subscribed: partners' endpoints, Klaviyo."""
