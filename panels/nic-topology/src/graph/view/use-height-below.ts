import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** What an element that may wrap leaves of `height`, px; undefined until it was measured. */
export function useHeightBelow(height: number): readonly [RefObject<HTMLDivElement>, number | undefined] {
  const element = useRef<HTMLDivElement>(null);
  const [taken, setTaken] = useState<number>();
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) {
      return;
    }
    const measure = () => setTaken(box.offsetHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return [element, taken === undefined ? undefined : Math.max(0, height - taken)];
}
