/** Scrolls a row of links so that the chosen one is in sight, where a small screen has no room for all. */
export function showChosen(row: HTMLElement): void {
  const chosen = row.querySelector("[aria-current]")?.getBoundingClientRect();
  const place = row.getBoundingClientRect();
  if (chosen) row.scrollLeft += chosen.left - place.left - (place.width - chosen.width) / 2;
}
