"""GraphQL of event forwarding to webhook endpoints and Klaviyo."""
