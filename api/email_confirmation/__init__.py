"""The page behind the link of a mail that confirms an e-mail address."""
