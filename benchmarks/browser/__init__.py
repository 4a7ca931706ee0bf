"""The pages in Chromium: when the widget is on the screen, and how long the inbox and the dashboard take to change."""
