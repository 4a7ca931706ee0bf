"""Replies by mail: their new text, without the history that mail programs quote.

It is our own reader because the libraries lose words. On the corpus of benchmarks/mail (5,148 mails that answer one of
ours, 26 languages, 11 programs), mail-parser-reply 1.36 loses 20,442 words and quotequail 0.5.4 loses 14,278; this one
loses none, and takes a third of their time. They cut at lines that look like an introduction to a quote; this one cuts
what its introduction says is the shop's own mail. benchmarks/RESULTS.md has the table.
"""
