/**
 * Follows links to pages of the workbench in place, as Grafana does: panels render plain anchors. Links with a
 * modifier key, a target, a download or another origin stay with the browser. Returns what undoes it.
 */
export function followLinksInPlace(root: Document, go: (path: string) => void): () => void {
  const onClick = (event: MouseEvent) => {
    const anchor = event.target instanceof Element ? event.target.closest('a') : null;
    if (anchor === null || event.defaultPrevented || event.button !== 0 || hasModifier(event)) {
      return;
    }
    const url = new URL(anchor.href, root.baseURI);
    const own = url.origin === new URL(root.baseURI).origin;
    const target = anchor.getAttribute('target') ?? '';
    if (!own || (target !== '' && target !== '_self') || anchor.hasAttribute('download') || !isPage(url.pathname)) {
      return;
    }
    event.preventDefault();
    go(url.pathname + url.search + url.hash);
  };
  root.addEventListener('click', onClick);
  return () => root.removeEventListener('click', onClick);
}

function hasModifier(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

function isPage(pathname: string): boolean {
  return pathname === '/' || pathname.startsWith('/d/');
}
