"""E-mail to and from shoppers: compose, send, parse."""
