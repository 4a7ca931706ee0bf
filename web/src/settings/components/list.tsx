import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Loaded } from "../office";

interface Props<Item> {
  title: string;
  text?: string;
  loaded: Loaded<Item[]>;
  empty: string;
  children: (items: Item[]) => ComponentChildren;
  /** Controls below the list. */
  footer?: ComponentChildren;
}

/** A card with a list that is loaded: bones first, then its rows, or why there are none. */
export function List<Item>({ title, text, loaded: { data, problem, reload }, empty, children, footer }: Props<Item>) {
  const id = useId();
  return (
    <section class="card panel" aria-labelledby={id} aria-busy={!data && !problem}>
      <h2 id={id}>{title}</h2>
      {text && <p class="lead">{text}</p>}
      {problem && <p role="alert">{problem} <button type="button" class="small" onClick={() => void reload()}>Try again</button></p>}
      {!data && !problem && <><div class="bones" /><div class="bones" /></>}
      {data && (data.length ? <ul class="lines">{children(data)}</ul> : <p class="empty">{empty}</p>)}
      {footer}
    </section>
  );
}
