import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  title: string;
  /** Removes the dialog from the page. */
  close: () => void;
  children: ComponentChildren;
}

/** A modal dialog. The browser puts the focus on its first control, keeps it in, closes it by Escape, and returns it. */
export function Dialog({ title, close, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={element} class="sheet" aria-labelledby={heading} onClose={close}>
      <h2 id={heading}>{title}</h2>
      {children}
      <button class="quiet dismiss" type="button" aria-label="Close this dialog" onClick={close}>✕</button>
    </dialog>
  );
}
