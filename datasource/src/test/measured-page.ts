/**
 * What comboboxes ask of a page and jsdom does not have: they measure texts on a canvas, show the options that fit their box, and watch
 * where these are scrolled to.
 */
const BOX = { width: 300, height: 300, x: 0, y: 0, top: 0, left: 0, bottom: 300, right: 300 };

class SeesNothing implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly thresholds = [];
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}

/** For `beforeEach`; `jest.restoreAllMocks` takes it back. */
export function measurePage(): void {
  const canvas: Pick<HTMLCanvasElement, 'getContext'> = HTMLCanvasElement.prototype;
  jest
    .spyOn(canvas, 'getContext')
    .mockImplementation(() => ({ measureText: (text: string) => ({ width: 8 * text.length }) }) as unknown as null);
  jest.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({ ...BOX, toJSON: () => BOX });
  jest.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(BOX.height);
  jest.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(BOX.width);
  window.IntersectionObserver = SeesNothing;
  // Only such pages may write to the clipboard.
  Object.defineProperty(window, 'isSecureContext', { value: true, configurable: true });
}
