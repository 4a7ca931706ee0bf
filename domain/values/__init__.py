"""Values and checks without state: ids, money, text, calendar days, pages, addresses, links, errors."""
