/**
 * Browsers limit the height of an element, Firefox to 17.9 million px. What is higher is scrolled in steps: the scrollbar's way
 * is shorter than the content's, and both ends meet.
 */
const MAX_HEIGHT_PX = 15_000_000;

interface ScrollScale {
  /** Height of the element that is scrolled. */
  readonly heightPx: number;
  /** Content px for one px of scrolling. */
  readonly ratio: number;
}

export function scrollScale(contentPx: number, viewportPx: number): ScrollScale {
  const heightPx = Math.min(contentPx, MAX_HEIGHT_PX);
  const way = Math.max(1, heightPx - viewportPx);
  return { heightPx, ratio: contentPx > heightPx ? (contentPx - viewportPx) / way : 1 };
}
