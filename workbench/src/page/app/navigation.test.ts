import { followLinksInPlace } from './links-in-place';
import { routeOf } from './routes';
import { readTheme, storeTheme } from './theme-choice';

describe('routeOf', () => {
  it.each([
    ['/', { kind: 'list' }],
    ['/d/bpfnet-requests', { kind: 'dashboard', uid: 'bpfnet-requests' }],
    ['/d/bpfnet-requests/requests', { kind: 'dashboard', uid: 'bpfnet-requests' }],
    ['/d/a%20b', { kind: 'dashboard', uid: 'a b' }],
    ['/d', { kind: 'unknown', path: '/d' }],
    ['/d/a/b/c', { kind: 'unknown', path: '/d/a/b/c' }],
    ['/explore', { kind: 'unknown', path: '/explore' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });
});

describe('followLinksInPlace', () => {
  let gone: string[];
  let stop: () => void;

  beforeEach(() => {
    gone = [];
    stop = followLinksInPlace(document, (path) => gone.push(path));
  });
  afterEach(() => {
    stop();
    document.body.innerHTML = '';
  });

  /** True where the click was taken over. */
  function click(html: string, event: MouseEventInit = {}): boolean {
    document.body.innerHTML = html;
    const target = document.querySelector('[data-click]') ?? document.querySelector('a');
    const click = new MouseEvent('click', { bubbles: true, cancelable: true, button: 0, ...event });
    // jsdom cannot follow links; what is left to the browser ends here.
    const swallow = (late: Event) => late.preventDefault();
    let taken = false;
    window.addEventListener('click', (late) => (taken = late.defaultPrevented), { once: true });
    window.addEventListener('click', swallow, { once: true });
    target?.dispatchEvent(click);
    return taken;
  }

  it('takes over links to dashboards and to the list, with query and fragment', () => {
    expect(click('<a href="/d/one?var-x=1&from=now-1h#p"><b data-click>x</b></a>')).toBe(true);
    expect(click('<a href="/">x</a>')).toBe(true);
    expect(gone).toEqual(['/d/one?var-x=1&from=now-1h#p', '/']);
  });

  it.each([
    ['<a href="https://example.org/d/one">x</a>', {}],
    ['<a href="/d/one" target="_blank">x</a>', {}],
    ['<a href="/d/one" download>x</a>', {}],
    ['<a href="/public/file">x</a>', {}],
    ['<a href="javascript:void 0">x</a>', {}],
    ['<a href="/d/one">x</a>', { ctrlKey: true }],
    ['<a href="/d/one">x</a>', { button: 1 }],
    ['<p data-click>x</p>', {}],
  ])('leaves %s to the browser (%o)', (html, event) => {
    expect(click(html, event)).toBe(false);
    expect(gone).toEqual([]);
  });
});

describe('theme', () => {
  const storage = (value: string | null) => ({ getItem: () => value });

  it.each([
    ['', null, 'dark'],
    ['?theme=light', null, 'light'],
    ['', 'light', 'light'],
    ['?theme=dark', 'light', 'dark'],
    ['?theme=<script>', null, 'dark'],
  ])('of %p and stored %p is %s', (search, stored, theme) => {
    expect(readTheme(search, storage(stored))).toBe(theme);
  });

  it('is kept for the next visit', () => {
    storeTheme('light', window.localStorage);
    expect(readTheme('', window.localStorage)).toBe('light');
  });
});
