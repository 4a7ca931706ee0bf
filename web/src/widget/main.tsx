import { render } from "preact";
import { Widget } from "./components/widget";
import { Session } from "./session";
import style from "./style.css?inline";
import { catalogFor, languageFor } from "./texts";

declare global {
  interface Window {
    baton?: { open(): void; close(): void; identify(identityToken: string | null): void; signOut(): void };
  }
}

const COLOR = /^#[0-9a-f]{6}$/i;

/** Puts the chat into the page: `<script src="https://baton.example.com/widget.js" data-key="bpk_…" async></script>`. */
function start(script: HTMLScriptElement): void {
  const { key, locale, identityToken, color, theme } = script.dataset;
  if (!key) throw new Error("The chat widget needs the publishable key of the account as data-key.");
  const language = locale || document.documentElement.lang || navigator.language || "en";
  const session = new Session({ endpoint: new URL("/graphql", script.src).href, key, locale: language, identityToken });

  const host = document.createElement("baton-chat");
  host.lang = languageFor(language); // of the words that a screen reader reads aloud
  if (theme === "light" || theme === "dark") host.dataset.theme = theme;
  if (color && COLOR.test(color)) {
    host.style.setProperty("--accent", color);
    host.style.setProperty("--on-accent", isDark(color) ? "#fff" : "#111");
  }
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // a policy without 'unsafe-inline' allows it
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  document.body.append(host);

  const panel = { open: () => {}, close: () => {} };
  render(<Widget session={session} texts={catalogFor(language)} locale={language} panel={panel} />, root);
  window.baton = {
    open: () => panel.open(),
    close: () => panel.close(),
    identify: (token) => session.present(token ?? ""),
    signOut: () => session.leave(),
  };
}

// The relative luminance of WCAG 2: below 0.179, white text has more contrast than black text.
function isDark(color: string): boolean {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179;
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.baton) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script), { once: true });
}
