import { partsOf } from "./links";

/** A text of anybody: words and links, whatever it contains. */
export function Text({ text, labels = false }: { text: string; labels?: boolean }) {
  return (
    <p class="text" dir="auto">
      {partsOf(text, labels).map((part) =>
        part.href ? <a href={part.href} target="_blank" rel="noopener noreferrer nofollow" title={part.href}>{part.text}</a> : part.text
      )}
    </p>
  );
}
