"""Files that channels bring: in mails, and at the addresses that carriers and helpdesks name."""
