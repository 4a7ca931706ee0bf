import { useEffect, useState } from "preact/hooks";
import { safeAddress } from "../../client/links";
import type { Session } from "../session";
import type { Message } from "../state";
import { filled, type Catalog } from "../texts";
import { Text } from "../../client/text";

interface Props {
  message: Message;
  session: Session;
  texts: Catalog;
  locale: string;
  asked: boolean; // whether its question waits for an answer
}

export function MessageItem({ message, session, texts, locale, asked }: Props) {
  const own = message.author.kind === "SHOPPER";
  const isRemoved = !message.text && !message.attachments.length && !message.products.length && !message.actions.length;
  const notice = message.author.kind === "SYSTEM" && !message.actions.length;
  return (
    <article class={own ? "message own" : notice ? "message notice" : "message"} data-sequence={message.sequence}>
      {!own && message.author.kind !== "SYSTEM" && <h3 dir="auto">{message.author.name}</h3>}
      <div class="bubble">
        {message.text && <Text text={message.text} labels={!own} />}
        {isRemoved && <p class="removed">{texts.removed}</p>}
        {message.attachments.map((file) => <File key={file.id} file={file} />)}
      </div>
      {message.products.length > 0 && (
        <ul class="products">
          {message.products.map((product) => (
            <Product
              key={product.productId}
              product={product}
              texts={texts}
              locale={locale}
              clicked={() => session.click(message.id, product.productId)}
            />
          ))}
        </ul>
      )}
      {asked && <Actions message={message} session={session} />}
      <footer><time dateTime={message.sentAt}>{clock(message.sentAt, locale)}</time></footer>
    </article>
  );
}

function Actions({ message, session }: Pick<Props, "message" | "session">) {
  const [busy, setBusy] = useState(false);
  const answer = (action: string) => {
    setBusy(true);
    void session.answer(action === "accept").finally(() => setBusy(false));
  };
  return (
    <div class="actions">
      {message.actions.map(({ action, label }) => (
        <button key={action} type="button" class={action === "accept" ? "primary" : ""} disabled={busy} onClick={() => answer(action)}>
          <bdi>{label}</bdi>
        </button>
      ))}
    </div>
  );
}

function Product({ product, texts, locale, clicked }: {
  product: Message["products"][number];
  texts: Catalog;
  locale: string;
  clicked: () => void;
}) {
  const [pictured, setPictured] = useState(true);
  const href = safeAddress(product.url);
  const image = safeAddress(product.imageUrl);
  const card = (
    <>
      {image && pictured && <img src={image} alt="" loading="lazy" referrerpolicy="no-referrer" onError={() => setPictured(false)} />}
      <strong dir="auto">{product.title}</strong>
      {product.price && <span>{money(product.price, locale)}</span>}
    </>
  );
  return (
    <li>
      {href
        ? <a href={href} target="_blank" rel="noopener" onClick={clicked} onAuxClick={(event) => { if (event.button === 1) clicked(); }}>{card}<span class="hidden">({texts.newWindow})</span></a>
        : card}
    </li>
  );
}

function File({ file }: { file: Message["attachments"][number] }) {
  const [pictured, setPictured] = useState(file.contentType.startsWith("image/"));
  useEffect(() => setPictured(file.contentType.startsWith("image/")), [file.url]); // a new address may work
  const name = <bdi>{file.name}</bdi>;
  if (!file.url) return <p class="file">{name}</p>;
  return (
    <a class="file" href={file.url} target="_blank" rel="noopener noreferrer">
      {pictured ? <img src={file.url} alt={file.name} loading="lazy" onError={() => setPictured(false)} /> : name}
    </a>
  );
}

function clock(at: string, locale: string): string {
  const time = new Date(at);
  const today = time.toDateString() === new Date().toDateString();
  return time.toLocaleString(known(locale), { ...(!today && { day: "numeric", month: "short" }), hour: "numeric", minute: "2-digit" });
}

function money({ amount, currency }: { amount: string; currency: string }, locale: string): string {
  try {
    return new Intl.NumberFormat(known(locale), { style: "currency", currency }).format(Number(amount));
  } catch {
    return filled("{amount} {currency}", { amount, currency });
  }
}

// A page may name a language in a form that no browser knows.
function known(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
