import { useState } from "preact/hooks";
import type { Desk } from "../desk";
import { permission, switchNotices } from "../notices";
import type { Colleague } from "../state";
import { Icon } from "./icons";

/** What the header has of the inbox: connection, availability, notifications, help. */
export function Tools({ desk, me, live, help }: { desk: Desk; me: Colleague | null; live: boolean; help: () => void }) {
  const isAvailable = me?.availability === "ONLINE";
  return (
    <>
      <span class={live ? "chip good line" : "chip bad line"}>{live ? "Live" : "Offline"}</span>
      <label class="switch"><input type="checkbox" role="switch" checked={isAvailable} onChange={(event) => void desk.setAvailable(event.currentTarget.checked)} /> Available</label>
      <Notifications />
      <button class="quiet" type="button" aria-keyshortcuts="?" onClick={help}><kbd>?</kbd><span class="wide">Keys</span></button>
    </>
  );
}

const TITLES = {
  off: "Notify me",
  on: "Notifications are on",
  blocked: "The browser blocks notifications of this page",
} as const;

function Notifications() {
  const [state, setState] = useState(permission);
  if (state === "unsupported") return null;
  const press = () => void switchNotices().then(setState);
  return (
    <button class="quiet" type="button" aria-pressed={state === "on"} disabled={state === "blocked"} title={TITLES[state]} onClick={press}>
      <Icon name="bell" /><span class="wide">{state === "blocked" ? "Blocked" : "Notify me"}</span>
    </button>
  );
}
