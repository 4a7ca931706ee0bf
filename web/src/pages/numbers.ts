// To make a formatter takes 20 times as long as to use it, and a page uses hundreds.
const NUMBERS = new Intl.NumberFormat();
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const currencies = new Map<string, Intl.NumberFormat | null>();

export function number(value: number): string {
  return NUMBERS.format(value);
}

export function percent(rate: number | null | undefined): string {
  return rate == null ? "–" : PERCENT.format(rate);
}

export interface Money {
  amount: string;
  currency: string;
}

export function money({ amount, currency }: Money): string {
  if (!currencies.has(currency)) currencies.set(currency, currencyOf(currency));
  // A text is formatted with all its digits; the type of the library knows numbers only.
  return currencies.get(currency)?.format(amount as unknown as number) ?? `${amount} ${currency}`;
}

function currencyOf(currency: string): Intl.NumberFormat | null {
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency });
  } catch {
    return null; // three letters that are no currency
  }
}
