import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";
import type { State } from "../state";
import type { Catalog } from "../texts";

/** Asks for the e-mail address without which a handoff does not go on. */
export function IdentityForm({ session, state, texts }: { session: Session; state: State; texts: Catalog }) {
  const [email, setEmail] = useState(state.email);
  const [wrong, setWrong] = useState(false);
  const busy = useRef(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => { if (!session.text.trim()) field.current?.focus(); }, []); // no letter of a message gets into the field
  useEffect(() => setEmail((typed) => typed || state.email), [state.email]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.current) return; // Enter can be faster than the next drawing
    busy.current = true;
    const refused = !email.includes("@") || await session.identify(email.trim()) === "INVALID";
    busy.current = false;
    setWrong(refused);
    if (refused) field.current?.focus();
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
        <button class="primary">{texts.emailSend}</button>
      </div>
      <p id="email-wrong" role="alert">{wrong ? texts.emailWrong : ""}</p>
    </form>
  );
}
