/** What a reader must know to trust a result: typed, so that a page can draw it, and worded once, here. */

export type Caveat =
  | { readonly kind: 'capture-dropped'; readonly lane: string; readonly packets: number }
  | { readonly kind: 'truncated'; readonly lane: string; readonly packets: number }
  | { readonly kind: 'no-handshake'; readonly lane: string }
  /** The NIC saw the packets of one side only. */
  | { readonly kind: 'one-direction'; readonly lane: string; readonly seen: 'client' | 'server' }
  | { readonly kind: 'evicted'; readonly lane: string }
  /** The connection was still open when the capture ended there. */
  | { readonly kind: 'capture-ended'; readonly lane: string }
  | { readonly kind: 'captured-twice'; readonly lane: string; readonly packets: number }
  | { readonly kind: 'packets-not-read'; readonly lane: string; readonly recorded: number; readonly read: number }
  | { readonly kind: 'client-not-observed' }
  | { readonly kind: 'server-not-observed' }
  | { readonly kind: 'clocks'; readonly from: string; readonly to: string; readonly why: string }
  | { readonly kind: 'order-by-clocks' };
