/**
 * Takes the files that are dropped on an element, which the browser would open in the place of the page. Returns what ends that.
 */
export function takeDrops(element: HTMLElement, take: (files: File[]) => void): () => void {
  const over = (event: DragEvent) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); };
  const drop = (event: DragEvent) => {
    const files = [...event.dataTransfer?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    event.stopPropagation(); // the page may take files, too
    take(files);
  };
  element.addEventListener("dragover", over);
  element.addEventListener("drop", drop);
  return () => {
    element.removeEventListener("dragover", over);
    element.removeEventListener("drop", drop);
  };
}
