import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { showChosen } from "../../pages/chosen";
import { Header } from "../../pages/header";
import { mayChange, notForYou, useOffice, type Ask, type Office, type Settings as Read } from "../office";
import { Agent } from "../sections/agent";
import { Handoff } from "../sections/handoff";
import { BusinessHours } from "../sections/hours";
import { Keys } from "../sections/keys";
import { Retention } from "../sections/retention";
import { Sales } from "../sections/sales";
import { Staff } from "../sections/staff";
import { Webhooks } from "../sections/webhooks";
import { Wording } from "../sections/wording";

interface Section {
  id: string;
  title: string;
  text: string;
  icon: string; // the path of a drawing of 20 by 20
  Body: ComponentType<{ office: Office; shown: boolean }>;
}

const SECTIONS: readonly Section[] = [
  { id: "handoff", title: "Handoff", text: "The way from the agent to a human.", icon: "M3 7h10l-3-3m7 9H7l3 3", Body: Handoff },
  { id: "wording", title: "Wording", text: "The words that shoppers read.", icon: "M3 4h14v10H9l-4 3v-3H3zM7 8h6M7 11h4", Body: Wording },
  { id: "hours", title: "Business hours", text: "The times at which the team is there, and the tickets.", icon: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2", Body: BusinessHours },
  { id: "agent", title: "Agent", text: "The agent that replies, and its channels.", icon: "M5 7h10v9H5zM10 4v3M8 11h.01M12 11h.01M3 10v3M17 10v3", Body: Agent },
  { id: "attribution", title: "Attribution", text: "The sales that count for a conversation.", icon: "M3 16l5-6 3 3 6-8M13 5h4v4", Body: Sales },
  { id: "staff", title: "Staff", text: "The people of the team, and their roles.", icon: "M8 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.500 17c0-3 2-5 5.500-5s5.500 2 5.500 5M13 3.500a3 3 0 0 1 0 5M15 12c2 .7 3 2.500 3 5", Body: Staff },
  { id: "keys", title: "Keys", text: "The credentials of programs, widgets and colleagues.", icon: "M7 13a4 4 0 1 1 3-6l7 0v3h-2v2h-3v-2h-2a4 4 0 0 1-3 3zM6 9h.01", Body: Keys },
  { id: "webhooks", title: "Webhooks", text: "The receivers of business events.", icon: "M7 8a3 3 0 1 1 5 1l3 5M6 10a3 3 0 1 0 3 4h5", Body: Webhooks },
  { id: "retention", title: "Retention", text: "The time for which words and files are kept.", icon: "M4 3h12M4 17h12M5.500 3c0 4 4.500 5 4.500 7s-4.500 3-4.500 7M14.500 3c0 4-4.500 5-4.500 7s4.500 3 4.500 7", Body: Retention },
];

export function Settings({ ask, read, leave }: { ask: Ask; read: Read; leave: () => void }) {
  const office = useOffice(ask, read);
  const section = useSection();
  const seen = useRef(new Set<string>()); // sections stay as they were left, with what was typed
  seen.current.add(section.id);
  const { me } = office.settings;
  const sections = useRef<HTMLElement>(null);
  useLayoutEffect(() => showChosen(sections.current!), [section.id]);
  return (
    <>
      <Header page="settings" name={me.name} leave={leave} />
      <main id="content" class="settings" tabIndex={-1}>
        <nav ref={sections} aria-label="Settings">
          {SECTIONS.map(({ id, title, icon }) => (
            <a key={id} href={`#${id}`} aria-current={id === section.id ? "page" : undefined}>
              <svg viewBox="0 0 20 20" aria-hidden="true"><path d={icon} /></svg>{title}
            </a>
          ))}
        </nav>
        {mayChange(office.settings) ? (
          SECTIONS.filter(({ id }) => seen.current.has(id)).map((each) => <Shown key={each.id} section={each} shown={each.id === section.id} office={office} />)
        ) : (
          <p class="card empty">{notForYou(me)}</p>
        )}
      </main>
    </>
  );
}

function Shown({ section: { title, text, Body }, shown, office }: { section: Section; shown: boolean; office: Office }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!shown) return;
    document.title = `${title} · Settings`;
    if (!first.current || location.hash) heading.current?.focus({ preventScroll: true });
    first.current = false;
    scrollTo({ top: 0 });
  }, [shown]);
  return (
    <div class="section" hidden={!shown}>
      <header>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        <p class="lead">{text}</p>
      </header>
      <Body office={office} shown={shown} />
    </div>
  );
}

/** The section that the address names. Other parts of the page, to which a link skips, are none. */
function useSection(): Section {
  const named = () => SECTIONS.find(({ id }) => location.hash === `#${id}`);
  const [section, setSection] = useState(() => named() ?? SECTIONS[0]!);
  useEffect(() => {
    const follow = () => setSection((present) => named() ?? present);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return section;
}
