/** RFC 4180. */
import { type PacketTable } from '../model/packets';
import { packetRecord } from './packet-record';

export function toCsv(table: PacketTable, packets: Uint32Array): string {
  const lines: string[] = [];
  for (const packet of packets) {
    const record = packetRecord(table, packet);
    if (lines.length === 0) {
      lines.push(Object.keys(record).join(','));
    }
    lines.push(Object.values(record).map(cell).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Text off the wire must not become a formula of a spreadsheet. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
