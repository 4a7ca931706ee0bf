const SPARE = 8; // rows above and below the visible ones, so that a quick scroll shows no gap

/** Returns the rows of a long list that are in the page: from the first one to before the second one. */
export function windowOf(scrolled: number, height: number, rowHeight: number, count: number): [number, number] {
  const first = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight)) - SPARE);
  return [first, Math.min(count, Math.ceil((scrolled + height) / rowHeight) + SPARE)];
}

/** Returns the position to which a list has to scroll so that a row is wholly visible; the present one if it is. */
export function scrolledTo(index: number, scrolled: number, height: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + height ? top + rowHeight - height : scrolled;
}
