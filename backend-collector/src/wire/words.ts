/** Bytes in words of four: numbers of a header in one step, and text in a quarter of the steps. */

let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

/** A view of the same memory, from the same start. All packets of a batch lie in one, so it is mostly the last one again. */
export function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view;
}

/** Four bytes in network order. */
export function word(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getInt32(at);
}

/** Four letters as `getInt32(…, true)` reads them. */
export function letters(text: string): number {
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24);
}
