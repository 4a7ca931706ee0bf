import type { Catalog } from "./catalog";
import { da } from "./da";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { fi } from "./fi";
import { fr } from "./fr";
import { it } from "./it";
import { nb } from "./nb";
import { nl } from "./nl";
import { pl } from "./pl";
import { pt } from "./pt";
import { sv } from "./sv";

export type { Catalog } from "./catalog";

const CATALOGS: Record<string, Catalog> = { da, de, en, es, fi, fr, it, nb, nl, pl, pt, sv };
const SAME: Record<string, string> = { no: "nb", nn: "nb" };

/** Returns the language of the widget's words for a BCP 47 tag: its own, else English. */
export function languageFor(locale: string): string {
  const language = locale.split(/[-_]/)[0]!.toLowerCase();
  const known = SAME[language] ?? language;
  return Object.hasOwn(CATALOGS, known) ? known : "en";
}

export function catalogFor(locale: string): Catalog {
  return CATALOGS[languageFor(locale)]!;
}

export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => `${values[name] ?? place}`);
}
