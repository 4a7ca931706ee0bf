import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { random } from "../../client/random";
import { Copyable } from "./copyable";
import { useWarning } from "./panel";

export interface Secret {
  title: string;
  label: string;
  secret: string;
}

export interface Secrets {
  reveal: (secret: Secret) => void;
  shown: VNode[];
}

interface Numbered extends Secret {
  id: string;
}

/** Secrets that the server returns once. Each is shown until the person says that it is stored; until then the page is not left unasked. */
export function useSecrets(): Secrets {
  const [secrets, setSecrets] = useState<readonly Numbered[]>([]);
  const forget = (id: string) => setSecrets((present) => present.filter((each) => each.id !== id));
  useWarning(secrets.length > 0);
  return {
    reveal: (secret) => setSecrets((present) => [...present, { ...secret, id: random() }]),
    shown: secrets.map(({ id, ...secret }) => <ShownOnce key={id} {...secret} done={() => forget(id)} />),
  };
}

function ShownOnce({ title, label, secret, done }: Secret & { done: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="once" role="group" aria-label={title}>
      <h2 ref={heading} tabIndex={-1}>{title}</h2>
      <p>Store it now, in a safe place. Baton cannot show it again.</p>
      <Copyable label={label} text={secret} />
      <p><button type="button" onClick={done}>I have stored it</button></p>
    </div>
  );
}
