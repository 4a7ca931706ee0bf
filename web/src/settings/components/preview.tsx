import { Text } from "../../client/text";

/** A message as the chat shows it. */
export function Preview({ text, name, actions = [] }: { text: string; name: string; actions?: readonly string[] }) {
  return (
    <figure class="preview">
      <figcaption>In the chat</figcaption>
      <div class="bubble">
        <p class="author" dir="auto">{name}</p>
        {text.trim() ? <Text text={text} labels /> : <p class="text ghost">…</p>}
        {actions.length > 0 && <p class="pills">{actions.map((action, number) => <span key={number} class={number ? "pill" : "pill first"} dir="auto">{action}</span>)}</p>}
      </div>
    </figure>
  );
}
