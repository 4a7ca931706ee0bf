"""What the windows of a browser did that no page of Baton may do; every test of a browser looks at it at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page

# The event crosses the edge of the widget's shadow root, and the binding outlives the page.
_REPORT = """
addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sourceFile}) => {
  reportViolation(`${violatedDirective} ${blockedURI} ${sourceFile}`);
});
"""
_INTERNAL = ("about", "blob", "chrome-error", "data")  # schemes that ask no server


@dataclass(kw_only=True)
class Watch:
    """Of all windows of one browser context: requests elsewhere, breaches of the policy, failures of scripts."""

    origins: set[str]  # those that may be asked
    elsewhere: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def begin(self, context: BrowserContext) -> None:
        await context.expose_binding("reportViolation", lambda _, text: self.violations.append(text))
        await context.add_init_script(_REPORT)
        context.on("request", lambda request: self._asked(request.url))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("page", self._opened)

    def check(self) -> None:
        assert self.elsewhere == [], "requests left the origin"
        assert self.violations == [], "the Content-Security-Policy was violated"
        assert self.errors == [], f"scripts failed: {self.errors}"

    def _opened(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._asked(socket.url))

    def _asked(self, url: str) -> None:
        address = urlsplit(url)
        origin = f"{address.scheme.replace('ws', 'http')}://{address.netloc}"
        if address.scheme not in _INTERNAL and origin not in self.origins:
            self.elsewhere.append(url)
