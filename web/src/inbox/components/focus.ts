import { useLayoutEffect } from "preact/hooks";

/** Keeps the focus near an element whose controls change: if the control that has it goes away, `next` gets it. */
export function useKeptFocus(group: { readonly current: HTMLElement | null }, next: () => HTMLElement | null): void {
  const isWithin = group.current?.contains(document.activeElement) ?? false; // before the page is changed
  useLayoutEffect(() => { if (isWithin && !group.current?.contains(document.activeElement)) next()?.focus(); });
}

/** Returns whether nothing that can be seen has the focus. */
export function isFocusLost(): boolean {
  const { activeElement } = document;
  return !activeElement || activeElement === document.body || activeElement.getClientRects().length === 0;
}
