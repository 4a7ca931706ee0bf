/** A part of a text: words, or a link. Nothing else is ever made of a text, so that no markup of anybody is shown. */
export interface Part {
  text: string;
  href?: string;
}

const LABELLED = /\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:|tel:)[^\s()<>]{1,2000})\)/;
const PLAIN = /https?:\/\/[^\s<>"]{1,2000}|(?:mailto:|tel:)[^\s<>"]{1,300}/;
const BOTH = new RegExp(`${LABELLED.source}|${PLAIN.source}`, "g");
const ONLY_PLAIN = new RegExp(PLAIN.source, "g");
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
const HOST = /[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;
const FILE = /\.(?:pdf|docx?|xlsx?|csv|txt|jpe?g|png)$/i; // no top-level domains
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/; // which can make a label read otherwise
const TRAILING = /[.,;:!?'"’”»)\]}]+$/;

/** Returns the parts of a text. `labels`: whether `[label](address)` is a link too; in texts of shoppers it is not. */
export function partsOf(text: string, labels: boolean): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of text.matchAll(labels ? BOTH : ONLY_PLAIN)) {
    const labelled = labels && found[2] !== undefined;
    const shown = labelled ? found[0] : withoutTrail(found[0]);
    const href = safeAddress(labelled ? found[2] : shown);
    if (!href) continue;
    if (found.index > end) parts.push({ text: text.slice(end, found.index) });
    const label = labelled && isHonest(found[1]!, href) ? found[1]! : href;
    parts.push({ text: labelled ? label : shown, href });
    end = found.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Whether a label hides no other address behind one that it names. */
function isHonest(label: string, href: string): boolean {
  if (DIRECTIONS.test(label) || /https?:/i.test(label)) return false;
  const { hostname } = new URL(href);
  return (label.toLowerCase().match(HOST) ?? []).every((host) => FILE.test(host) || hostname === host || hostname.endsWith(`.${host}`));
}

/** Returns the address as the browser reads it, if it is of a scheme that only opens or writes something. */
export function safeAddress(address: string | null | undefined): string | undefined {
  try {
    const url = new URL(address ?? "");
    return SCHEMES.has(url.protocol) && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}

// The punctuation that ends a sentence is no part of an address, unless it closes a bracket of the address.
function withoutTrail(address: string): string {
  let short = address.replace(TRAILING, "");
  while (count(short, "(") > count(short, ")") && address[short.length] === ")") short += ")";
  return short;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
