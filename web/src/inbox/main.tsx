import { render } from "preact";
import { useState } from "preact/hooks";
import { RequestFailed } from "../client/http";
import { Inbox } from "./components/inbox";
import { Desk } from "./desk";

const ENDPOINT = new URL("/graphql", location.href).href;
const KEPT = "baton:staff-key"; // until the tab is closed

/** Asks for the key of a member of staff, and then shows the inbox. */
function Page() {
  const [desk, setDesk] = useState<Desk | null>(null);
  const [problem, setProblem] = useState("");
  const enter = async (key: string) => {
    const opened = new Desk(ENDPOINT, key);
    try {
      await opened.start();
      sessionStorage.setItem(KEPT, key);
      setDesk(opened);
    } catch (error) {
      sessionStorage.removeItem(KEPT);
      setProblem(error instanceof RequestFailed ? error.message : String(error));
    }
  };
  const leave = () => {
    sessionStorage.removeItem(KEPT);
    location.reload();
  };
  useState(() => {
    const kept = sessionStorage.getItem(KEPT);
    if (kept) void enter(kept);
  });
  return desk ? <Inbox desk={desk} leave={leave} /> : <Door enter={(key) => void enter(key)} problem={problem} />;
}

function Door({ enter, problem }: { enter: (key: string) => void; problem: string }) {
  const [key, setKey] = useState("");
  return (
    <form class="door" onSubmit={(event) => { event.preventDefault(); enter(key.trim()); }}>
      <h1>Inbox</h1>
      <label for="key">Key of a member of staff</label>
      <input id="key" type="password" autocomplete="off" required value={key} onInput={(event) => setKey(event.currentTarget.value)} aria-describedby="help problem" />
      <p id="help">For the demo account: <code>ownerKey</code> in <code>.baton/credentials.json</code>. The key stays in this tab.</p>
      <p id="problem" role="alert">{problem}</p>
      <button class="primary">Open the inbox</button>
    </form>
  );
}

render(<Page />, document.getElementById("page")!);
