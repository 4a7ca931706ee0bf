import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";
import type { Catalog } from "../texts";

/** Asks for the e-mail address without which a handoff does not go on. */
export function IdentityForm({ session, texts }: { session: Session; texts: Catalog }) {
  const [email, setEmail] = useState("");
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const taken = email.includes("@") && await session.identify(email.trim());
    setBusy(false);
    setWrong(!taken);
    if (!taken) field.current?.focus();
  };
  return (
    <form class="identity" noValidate onSubmit={(event) => void submit(event)}>
      <label for="email">{texts.email}</label>
      <div>
        <input
          ref={field}
          id="email"
          type="email"
          autocomplete="email"
          dir="ltr"
          required
          aria-invalid={wrong}
          aria-describedby="email-wrong"
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <button class="primary" disabled={busy}>{texts.emailSend}</button>
      </div>
      <p id="email-wrong" role="alert">{wrong ? texts.emailWrong : ""}</p>
    </form>
  );
}
