import { useEffect, useRef, useState } from "preact/hooks";

/** A button that does something only after a second look. */
export function Confirmed({ action, question, label, run }: { action: string; question: string; label?: string; run: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const focused = useRef<HTMLButtonElement>(null);
  const before = useRef(false);
  useEffect(() => {
    if (asked || before.current) focused.current?.focus();
    before.current = asked;
  }, [asked]);
  const confirm = async () => {
    setBusy(true);
    await run();
    setBusy(false);
    setAsked(false);
  };
  if (!asked) return <button ref={focused} type="button" class="small" aria-label={label} onClick={() => setAsked(true)}>{action}</button>;
  return (
    <span class="confirm" role="group" aria-label={question} onKeyDown={(event) => { if (event.key === "Escape") setAsked(false); }}>
      <span>{question}</span>
      <button ref={focused} type="button" class="small danger" disabled={busy} onClick={() => void confirm()}>{action}</button>
      <button type="button" class="small quiet" disabled={busy} onClick={() => setAsked(false)}>Cancel</button>
    </span>
  );
}
