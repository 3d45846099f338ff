import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** What an element that may wrap leaves of `height`, px. */
export function useHeightBelow(height: number): readonly [RefObject<HTMLDivElement>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [taken, setTaken] = useState(0);
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
  return [element, Math.max(0, height - taken)];
}
