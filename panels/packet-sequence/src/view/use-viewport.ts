import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type Lines } from '../layout/lines';
import { scrollScale } from '../layout/scroll-scale';

export interface Viewport {
  readonly scroller: RefObject<HTMLDivElement>;
  /** Content px above what is shown. */
  readonly topPx: number;
  /** Of the rows' part, without the heads. */
  readonly height: number;
  /** Of the element that is scrolled. */
  readonly contentHeight: number;
  readonly onScroll: () => void;
  readonly focus: () => void;
  /** Scrolls as little as needed to show a line. */
  readonly showNear: (line: number) => void;
  /** Scrolls a line to the upper third. */
  readonly showCentred: (line: number) => void;
}

interface Input {
  readonly lines: Lines;
  readonly lineHeight: number;
  readonly headsHeight: number;
  /** Where the element has no size yet. */
  readonly fallbackHeight: number;
  /** Shown when it becomes known, and again when `view` changes; undefined for none. */
  readonly firstLine: number | undefined;
  readonly view: string;
}

export function useViewport(input: Input): Viewport {
  const { lines, lineHeight, headsHeight, fallbackHeight, firstLine, view } = input;
  const scroller = useRef<HTMLDivElement>(null);
  /** The line at the top, which stays there when lines grow or shrink. */
  const [topLine, setTopLine] = useState(0);
  const [measured, setMeasured] = useState(0);
  const atEnd = useRef(false);
  const shownView = useRef('');
  const height = measured > headsHeight ? measured - headsHeight : fallbackHeight;
  const scale = useMemo(() => scrollScale(lines.length * lineHeight, height), [lines, lineHeight, height]);
  const topPx = Math.max(0, Math.min(topLine * lineHeight, lines.length * lineHeight - height));

  useEffect(() => {
    const element = scroller.current;
    if (!element || typeof ResizeObserver === 'undefined') {
      return undefined;
    }
    const observer = new ResizeObserver(() => setMeasured(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  /** Where a change of height has put the scrollbar: that it moved is no news. */
  const putAt = useRef<number>();
  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element) {
      if (element.scrollTop !== putAt.current) {
        setTopLine((element.scrollTop * scale.ratio) / lineHeight);
        putAt.current = undefined;
      }
      atEnd.current = element.scrollTop > 0 && element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
    }
  }, [scale, lineHeight]);

  const focus = useCallback(() => scroller.current?.focus(), []);

  const scrollTo = useCallback(
    (contentPx: number) => {
      if (scroller.current) {
        scroller.current.scrollTop = Math.max(0, contentPx) / scale.ratio;
      }
    },
    [scale]
  );

  const showCentred = useCallback(
    (line: number) => scrollTo(line * lineHeight - height / 3),
    [scrollTo, lineHeight, height]
  );

  const showNear = useCallback(
    (line: number) => {
      const top = line * lineHeight;
      const shownTop = (scroller.current?.scrollTop ?? 0) * scale.ratio;
      if (top < shownTop) {
        scrollTo(top);
      } else if (top + lineHeight > shownTop + height) {
        scrollTo(top + lineHeight - height);
      }
    },
    [scrollTo, scale, lineHeight, height]
  );

  // The rows are already drawn where they belong; only the scrollbar follows.
  const heightBefore = useRef(lineHeight);
  useLayoutEffect(() => {
    if (heightBefore.current !== lineHeight && scroller.current) {
      heightBefore.current = lineHeight;
      scroller.current.scrollTop = topPx / scale.ratio;
      putAt.current = scroller.current.scrollTop;
    }
  }, [lineHeight, scale, topPx]);

  // A view of a stream's end stays at its end.
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

  return { scroller, topPx, height, contentHeight: scale.heightPx, onScroll, focus, showNear, showCentred };
}
