import type { ComponentChildren } from "preact";
import { Avatar } from "./avatar";

const PAGES = [["inbox", "Inbox", "/inbox"], ["dashboard", "Dashboard", "/dashboard"], ["settings", "Settings", "/settings"]] as const;

interface Props {
  page: (typeof PAGES)[number][0];
  /** Of the person who is signed in; empty while it is unknown. */
  name: string;
  /** Signs the person out. */
  leave: () => void;
  /** Controls of the page itself. */
  children?: ComponentChildren;
}

/** The header of the team's pages. What follows it is `<main id="content">`, to which the first link skips. */
export function Header({ page, name, leave, children }: Props) {
  return (
    <header class="top">
      <a class="skip" href="#content">Skip to the content</a>
      <Brand />
      <Pages page={page} />
      <div class="tools">{children}</div>
      {name && <p class="person" title={name}><Avatar name={name} /><bdi>{name}</bdi></p>}
      <button class="quiet" type="button" onClick={leave}>Sign out</button>
    </header>
  );
}

/** The links to the team's pages. */
export function Pages({ page }: { page?: Props["page"] }) {
  return (
    <nav aria-label="Pages">
      {PAGES.map(([id, title, path]) => <a key={id} href={path} aria-current={id === page ? "page" : undefined}>{title}</a>)}
      <a href="/graphql">API</a>
    </nav>
  );
}

/** The name of the program, which leads to the shop. */
export function Brand() {
  return (
    <a class="brand" href="/" aria-label="Baton, to the shop">
      <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" /><path d="M5 25 13 9l5 9 3-5 6 12Z" /></svg>
      <span>Baton</span>
    </a>
  );
}
