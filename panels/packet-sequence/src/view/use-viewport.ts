import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { LINE_HEIGHT_PX, type Lines } from '../layout/lines';

export interface Viewport {
  readonly scroller: RefObject<HTMLDivElement>;
  readonly scrollTop: number;
  /** Of the rows' part, without the heads. */
  readonly height: number;
  readonly onScroll: () => void;
  /** Scrolls as little as needed to show a line. */
  readonly showNear: (line: number) => void;
  /** Scrolls a line to the upper third. */
  readonly showCentred: (line: number) => void;
}

interface Input {
  readonly lines: Lines;
  readonly headsHeight: number;
  /** Where the element has no size yet. */
  readonly fallbackHeight: number;
  /** Shown when it becomes known, and again when `view` changes; undefined for none. */
  readonly firstLine: number | undefined;
  readonly view: string;
}

export function useViewport({ lines, headsHeight, fallbackHeight, firstLine, view }: Input): Viewport {
  const scroller = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [measured, setMeasured] = useState(0);
  const atEnd = useRef(false);
  const shownView = useRef('');
  const height = measured > headsHeight ? measured - headsHeight : fallbackHeight;

  useEffect(() => {
    const element = scroller.current;
    if (!element || typeof ResizeObserver === 'undefined') {
      return undefined;
    }
    const observer = new ResizeObserver(() => setMeasured(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element) {
      setScrollTop(element.scrollTop);
      atEnd.current = element.scrollTop > 0 && element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
    }
  }, []);

  const showCentred = useCallback(
    (line: number) => {
      if (scroller.current) {
        scroller.current.scrollTop = Math.max(0, line * LINE_HEIGHT_PX - height / 3);
      }
    },
    [height]
  );

  const showNear = useCallback(
    (line: number) => {
      const top = line * LINE_HEIGHT_PX;
      const element = scroller.current;
      if (element && top < element.scrollTop) {
        element.scrollTop = top;
      } else if (element && top + LINE_HEIGHT_PX > element.scrollTop + height) {
        element.scrollTop = top + LINE_HEIGHT_PX - height;
      }
    },
    [height]
  );

  // Who looks at the end of a stream keeps seeing its end.
  useLayoutEffect(() => {
    if (scroller.current && atEnd.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [lines.length]);

  // What was asked for comes into view once, not each time that data arrive.
  useEffect(() => {
    if (firstLine !== undefined && shownView.current !== view) {
      shownView.current = view;
      showCentred(firstLine);
    }
  }, [firstLine, view, showCentred]);

  return { scroller, scrollTop, height, onScroll, showNear, showCentred };
}
