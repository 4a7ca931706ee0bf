import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Form } from "../form";

interface Props<Values> {
  form: Form<Values>;
  title: string;
  text?: ComponentChildren;
  /** The label of the button. */
  action?: string;
  /** Why the form cannot be sent at present. */
  blocked?: string | undefined;
  /** What is shown below the fields, outside of the form. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A form on a card: its fields, what was refused, and the button that saves what was changed. */
export function Panel<Values>({ form, title, text, action = "Save", blocked, aside, children }: Props<Values>) {
  const id = useId();
  const [element, unseen] = useRefusals(form);
  useWarning(form.dirty);
  return (
    <section class="card panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {text && <p class="lead">{text}</p>}
      <form id={id} ref={element} class="fields" onSubmit={(event) => { event.preventDefault(); void form.submit(); }}>{children}</form>
      {aside}
      {(form.problem ?? unseen) && <p role="alert">{form.problem ?? unseen}</p>}
      <footer>
        <p role="status">{statusOf(form, blocked, action)}</p>
        {form.dirty && <button type="button" class="quiet" onClick={form.discard}>Discard</button>}
        <button class="primary" form={id} disabled={!form.dirty || form.busy || Boolean(blocked)}>{form.busy ? "Saving…" : action}</button>
      </footer>
    </section>
  );
}

function statusOf<Values>(form: Form<Values>, blocked: string | undefined, action: string): string {
  if (form.busy) return "Saving…";
  if (form.dirty) return blocked ?? "Not saved yet";
  if (!form.saved) return "";
  return action === "Save" ? "Saved" : "Done";
}

/** Moves the focus to the first field that was refused. Returns the form, and a refusal whose field is not on the screen. */
export function useRefusals<Values>({ refusals }: Form<Values>): [RefObject<HTMLFormElement | null>, string | null] {
  const element = useRef<HTMLFormElement>(null);
  const [unseen, setUnseen] = useState<string | null>(null);
  useEffect(() => {
    const field = element.current?.querySelector<HTMLElement>("[aria-invalid=true], .refused input");
    if (refusals.length) field?.focus();
    setUnseen(field ? null : refusals[0]?.message ?? null);
  }, [refusals]);
  return [element, unseen];
}

/** Lets the browser ask before a page with unsaved changes is left. */
export function useWarning(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [dirty]);
}
