import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  label: string;
  current?: boolean;
  children: ComponentChildren;
}

/** A small form below its button. It closes by Escape, and by a click elsewhere. */
export function Menu({ label, current = false, children }: Props) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const outside = (event: Event) => { if (!details.current!.contains(event.target as Node)) details.current!.open = false; };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !details.current!.open) return;
    details.current!.open = false;
    details.current!.querySelector("summary")!.focus();
  };
  return (
    <details ref={details} class="menu" onKeyDown={press}>
      <summary class="pill" aria-current={current ? "true" : undefined}>{label}</summary>
      {children}
    </details>
  );
}
