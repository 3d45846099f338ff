/** Bytes in a MiB. */
export const MEBIBYTE = 1 << 20;
