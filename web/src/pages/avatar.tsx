const WORD = /[\p{L}\p{N}]/u;

/** The initials of a name in a circle. It repeats the name beside it, so screen readers pass over it. */
export function Avatar({ name }: { name: string }) {
  return <span class="avatar" aria-hidden="true">{initials(name)}</span>;
}

export function initials(name: string): string {
  const words = name.split("@", 1)[0]!.split(/[\s._-]+/).filter((word) => WORD.test(word));
  const letters = [...new Set([words[0], words.at(-1)])].map((word) => WORD.exec(word ?? "")?.[0] ?? "");
  return letters.join("").toUpperCase() || "?";
}
