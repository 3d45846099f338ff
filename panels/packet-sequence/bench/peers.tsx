/** What a page without this panel would do with the same packets: a table of all rows, and a ladder in SVG. */
import { type DataFrame } from '@grafana/data';
import React, { memo } from 'react';

interface Props {
  readonly frame: DataFrame;
}

const SHOWN = ['tsNs', 'sender', 'flags', 'seqRel', 'ackRel', 'len', 'win', 'ana', 'l7Label'];

export const PlainTable = memo(function PlainTable({ frame }: Props) {
  const columns = frame.fields.filter(({ name }) => SHOWN.includes(name));
  return (
    <div id="scroller" style={{ height: 700, overflow: 'auto' }}>
      <table>
        <tbody>
          {Array.from({ length: frame.length }, (_v, row) => (
            <tr key={row}>
              {columns.map(({ name, values }) => (
                <td key={name}>{String(values[row])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});

const LINE_PX = 34;

export const SvgLadder = memo(function SvgLadder({ frame }: Props) {
  const column = (name: string) => frame.fields.find((field) => field.name === name)?.values ?? [];
  const [sender, seq, len] = [column('sender'), column('seqRel'), column('len')];
  return (
    <div id="scroller" style={{ height: 700, overflow: 'auto' }}>
      <svg width={1000} height={Math.min(frame.length * LINE_PX, 30_000_000)}>
        {Array.from({ length: frame.length }, (_v, row) => {
          const [x1, x2] = sender[row] === 'client' ? [100, 800] : [800, 100];
          return (
            <g key={row} transform={`translate(0 ${row * LINE_PX})`}>
              <line x1={x1} x2={x2} y1={19} y2={27} stroke="green" />
              <text x={450} y={13} textAnchor="middle">
                seq {seq[row]} len {len[row]}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
});
