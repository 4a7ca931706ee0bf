import { useId, useRef, useState } from "preact/hooks";

/** A text that is meant to be copied. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [taken, setTaken] = useState<string | null>(null); // the text that was copied
  const copied = taken === text;
  const copy = async () => {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      setTaken(text);
    } catch {
      setTaken(null); // it is selected, so that the keyboard copies it
    }
  };
  return (
    <div class="item">
      <label for={id}>{label}</label>
      <div class="copyable">
        <input ref={input} id={id} class="code" readonly value={text} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" onClick={() => void copy()}>{copied ? "Copied" : "Copy"}<span class="unseen"> {label}</span></button>
      </div>
    </div>
  );
}
