/**
 * What the browser keeps for the pages of an origin. It may refuse to (cookies are switched off, a sandbox, a full disk), also while
 * a page is open: the memory of this page has then what the browser does not take, so that nobody loses more than a reload.
 */
export class KeptTexts {
  private readonly memory = new Map<string, string>();

  constructor(private readonly area: () => Storage) {} // the name alone raises where the browser refuses

  get(name: string): string | null {
    return this.memory.get(name) ?? this.tried((area) => area.getItem(name)) ?? null;
  }

  set(name: string, text: string): void {
    this.memory.delete(name);
    try {
      this.area().setItem(name, text);
    } catch {
      this.memory.set(name, text); // which is read first: the other is old
    }
  }

  remove(name: string): void {
    this.memory.delete(name);
    this.tried((area) => area.removeItem(name));
  }

  names(): string[] {
    const kept = this.tried((area) => Array.from({ length: area.length }, (_, index) => area.key(index) ?? ""));
    return [...new Set([...this.memory.keys(), ...kept ?? []])];
  }

  /** Whether an event of the browser is of this area. */
  is(area: Storage | null): boolean {
    return this.tried((own) => own === area) ?? false;
  }

  private tried<Result>(use: (area: Storage) => Result): Result | undefined {
    try {
      return use(this.area());
    } catch {
      return undefined;
    }
  }
}

/** For all pages of the origin, and for longer than the browser is open. */
export const ofOrigin = new KeptTexts(() => localStorage);

/** For this tab alone, until it is closed. */
export const ofTab = new KeptTexts(() => sessionStorage);
