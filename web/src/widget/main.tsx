import { render } from "preact";
import { Widget, type PanelHandle } from "./components/widget";
import { Session } from "./session";
import style from "./style.css?inline";
import { catalogFor, languageFor } from "./texts";

const AGAIN = Symbol.for("baton.again"); // each script that is included has its own names, but for this

interface Baton {
  open(): void;
  close(): void;
  identify(identityToken: string | null): void;
  signOut(): void;
  [key: symbol]: ((script: HTMLScriptElement) => void) | undefined;
}

declare global {
  interface Window {
    baton?: Baton;
  }
}

const LONGEST_TAG = 35; // characters of a language's tag, RFC 5646, 4.4.1; the server takes no longer one
const COLOR = /^#[0-9a-f]{6}$/i;
const KEYS = ["keydown", "keypress", "keyup", "paste"];

/** Puts the chat into the page: `<script src="https://baton.example.com/widget.js" data-key="bpk_…" async></script>`. */
function start(script: HTMLScriptElement): void {
  const { key, locale, identityToken } = script.dataset;
  if (!key) return console.error("The chat widget needs the publishable key of the account as data-key.");
  const [language = "en"] = [locale, document.documentElement.lang, navigator.language].flatMap((tag) => tag?.trim().slice(0, LONGEST_TAG) || []);
  const session = new Session({ endpoint: new URL("/graphql", script.src).href, key, locale: language, identityToken });
  const panel: PanelHandle = { opened: false, open: () => { panel.opened = true; }, close: () => { panel.opened = false; } };
  const host = document.createElement("baton-chat");
  const show = () => {
    if (!host.shadowRoot) render(<Widget session={session} texts={catalogFor(language)} locale={language} panel={panel} />, drawn(host, language, script.dataset));
    document.body.append(host);
  };
  window.baton = {
    open: () => panel.open(),
    close: () => panel.close(),
    identify: (token) => session.present(token ?? ""),
    signOut: () => session.leave(),
    // A page that changes its content without a load removes the host, and has the script again.
    [AGAIN]: ({ dataset }) => {
      if (document.body && !host.isConnected) show();
      if (dataset.identityToken !== undefined) session.present(dataset.identityToken);
    },
  };
  if (document.body) show();
  else addEventListener("DOMContentLoaded", show, { once: true });
}

/** Returns the element in which the widget is drawn. */
function drawn(host: HTMLElement, language: string, { color, theme }: DOMStringMap): HTMLElement {
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
  const box = document.createElement("div");
  box.className = "root";
  // The page sees the host, and no field in it: its shortcuts would take the shopper's keys for theirs.
  for (const name of KEYS) box.addEventListener(name, (event) => event.stopPropagation());
  root.append(box);
  return box;
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
if (script instanceof HTMLScriptElement) {
  const again = window.baton?.[AGAIN]; // an element of the page may have this name as its id
  if (again) again(script);
  else start(script);
}
