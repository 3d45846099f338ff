import { type DataFrame, LoadingState } from '@grafana/data';
import { fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { panelProps } from '../../shared/test/panel-props';
import { defaultOptions, type PacketSequenceOptions } from './options';
import { PacketSequencePanel } from './PacketSequencePanel';
import { packetFrames } from './test/script';

const SCRIPT = `
  0   client > SYN seq=0
  2   server > SYN,ACK seq=0 ack=1
  4   client > ACK seq=1 ack=1
  4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders" id=r7
  209 server > PSH,ACK seq=1 ack=213 len=1448 response=200 id=r7
  400 server > PSH,ACK seq=1 ack=213 len=1448 ana=Retransmission`;

const LANES = [
  { host: 'node-a', nicName: 'eth0' },
  { host: 'node-b', nicName: 'eth0', captureDrops: 12 },
];

function show(series: DataFrame[], options: Partial<PacketSequenceOptions> = {}, state = LoadingState.Done) {
  const props = panelProps({ ...defaultOptions, ...options }, series);
  return render(<PacketSequencePanel {...props} data={{ ...props.data, state }} />);
}

const grid = () => screen.getByRole('grid', { name: 'Packet sequence' });
const selected = () => within(grid()).queryByRole('row', { selected: true })?.textContent ?? '';

describe('states', () => {
  test('nothing came back', () => {
    show([]);
    expect(screen.getByRole('status')).toHaveTextContent('The query returned no data.');
  });

  test('loading for the first time', () => {
    show([], {}, LoadingState.Loading);
    expect(screen.getByRole('status')).toHaveTextContent('Loading');
  });

  test('old packets stay while new ones load', () => {
    show(packetFrames(SCRIPT), {}, LoadingState.Loading);
    expect(grid()).toHaveAttribute('aria-rowcount', '7');
  });

  test('a query that failed says why', () => {
    const props = panelProps(defaultOptions, packetFrames(SCRIPT));
    const data = { ...props.data, state: LoadingState.Error, errors: [{ message: 'Loki took too long.' }] };
    render(<PacketSequencePanel {...props} data={data} />);
    expect(screen.getByRole('alert')).toHaveTextContent('Loki took too long.');
  });

  test('a field that is missing is named', () => {
    const [frame] = packetFrames(SCRIPT);
    show([{ ...frame, fields: frame.fields.filter((field) => field.name !== 'seq') }]);
    expect(screen.getByRole('alert')).toHaveTextContent('The frame "bpfnet-packets" has no field "seq".');
  });

  test('a frame without rows', () => {
    show(packetFrames(''));
    expect(screen.getByRole('status')).toHaveTextContent('No packets in this time range.');
  });
});

test('capture drops are reported', () => {
  const { unmount } = show(packetFrames(SCRIPT));
  expect(screen.getByText('no capture drops')).toBeInTheDocument();
  unmount();
  show(packetFrames(SCRIPT, { lanes: LANES }));
  expect(screen.getByText('12 capture drops')).toBeInTheDocument();
});

describe('what of the connection is shown', () => {
  const partial = (connection: string): DataFrame[] =>
    packetFrames(SCRIPT).map((frame) => ({
      ...frame,
      meta: { custom: { ...frame.meta?.custom, part: { requestId: 'r7', connection } } },
    }));

  test("the request's chunks of a connection that has more, which is a link away", () => {
    show(partial('has-more'));
    expect(screen.getByText(/chunks of this request only/)).toBeInTheDocument();
    const link = screen.getByRole('link', { name: 'the connection has more packets' });
    expect(link).toHaveAttribute('href', expect.stringContaining('/d/bpfnet-connection?var-inner_traceid=L0&from='));
  });

  test('no link where the panel names no page', () => {
    show(partial('unknown'), { connectionUrl: '' });
    expect(screen.getByText(/chunks of this request only; the connection may have more packets/)).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: /may have more/ })).toBeNull();
  });

  test.each(['whole', 'nonsense'])('nothing is said: %s', (connection) => {
    show(partial(connection));
    expect(screen.queryByText(/chunks of this request/)).toBeNull();
  });
});

test('every row can be read', () => {
  show(packetFrames(SCRIPT));
  const rows = within(grid()).getAllByRole('row');
  expect(rows[4]).toHaveTextContent('client to server: PSH ACK seq 1 ack 1 len 212 request GET /api/orders');
  expect(rows[6]).toHaveTextContent('retransmission');
});

describe('keyboard', () => {
  test('rows are gone through, the search is reached and left', async () => {
    const user = userEvent.setup();
    show(packetFrames(SCRIPT));
    grid().focus();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(selected()).toContain('SYN ACK');
    await user.keyboard('{End}');
    expect(selected()).toContain('retransmission');
    await user.keyboard('{Home}');
    expect(selected()).toContain('client to server: SYN');

    await user.keyboard('/');
    const search = screen.getByRole('searchbox');
    expect(search).toHaveFocus();
    await user.keyboard('100{Enter}');
    expect(selected()).toContain('GET /api/orders');
    expect(screen.getByText('1/3')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(selected()).toContain('response 200');
    await user.keyboard('{Escape}');
    expect(grid()).toHaveFocus();
    await user.keyboard('n');
    expect(selected()).toContain('retransmission');
  });

  test('enter opens the request, space shows all fields', async () => {
    const user = userEvent.setup();
    show(packetFrames(SCRIPT));
    grid().focus();
    fireEvent.keyDown(grid(), { key: 'Home' });
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
    const opened = jest.fn((event: Event) => event.preventDefault());
    screen.getByRole('link', { name: 'GET /api/orders' }).addEventListener('click', opened);
    await user.keyboard('{Enter}');
    expect(opened).toHaveBeenCalledTimes(1);
    await user.keyboard(' ');
    expect(screen.getByRole('region', { name: 'Packet details' })).toHaveTextContent('client 10.1.1.4:41230');
    expect(screen.getByRole('region', { name: 'Packet details' })).toHaveTextContent('1 (1001)');
  });
});

describe('links', () => {
  test("a request's tag leads to its page", () => {
    show(packetFrames(SCRIPT));
    expect(screen.getByRole('link', { name: 'GET /api/orders' })).toHaveAttribute(
      'href',
      '/d/bpfnet-request?var-request_id=r7&from=1764000000000&to=1764003600000'
    );
  });

  test('no link where the template is not safe', () => {
    show(packetFrames(SCRIPT), { requestUrl: 'javascript:alert("${__data.fields.l7RequestId}")' });
    expect(screen.queryByRole('link')).not.toBeInTheDocument();
    expect(screen.getByText('GET /api/orders')).toBeInTheDocument();
  });

  test('markup off the wire stays text', () => {
    show(packetFrames('0 client > PSH,ACK seq=1 ack=1 len=9 request="GET /<img src=x onerror=alert(1)>"'));
    expect(screen.getByText('GET /<img src=x onerror=alert(1)>')).toBeInTheDocument();
    expect(document.querySelector('img')).toBeNull();
  });
});

describe('lanes', () => {
  test('one for each NIC where several saw the connection; the reader can change that', async () => {
    const user = userEvent.setup();
    show(packetFrames(SCRIPT, { lanes: LANES }));
    expect(screen.getByRole('radio', { name: 'NICs' })).toBeChecked();
    expect(grid()).toHaveAttribute('aria-rowcount', '7');
    await user.click(screen.getByRole('radio', { name: 'Endpoints' }));
    expect(within(grid()).getByText('Client')).toBeInTheDocument();
    expect(within(grid()).getByText('10.2.1.7:8080')).toBeInTheDocument();
  });

  test('on a phone many NICs begin as the two ends', () => {
    const many = [1, 2, 3, 4].map((n) => ({ host: 'node-a', nicName: `eth${n}` }));
    const props = panelProps(defaultOptions, packetFrames(SCRIPT, { lanes: many }));
    const { rerender } = render(<PacketSequencePanel {...props} width={360} />);
    expect(screen.getByRole('radio', { name: 'Endpoints' })).toBeChecked();
    rerender(<PacketSequencePanel {...props} width={1200} />);
    expect(screen.getByRole('radio', { name: 'NICs' })).toBeChecked();
  });

  test('what they have in common is said once', () => {
    show(packetFrames(SCRIPT, { lanes: LANES }));
    expect(within(grid()).getAllByText('10.1.1.4:41230')).toHaveLength(1);
    expect(within(grid()).getByText('node-b')).toBeInTheDocument();
  });

  test('the request asked for is selected first', () => {
    show(packetFrames(SCRIPT), { requestId: 'r7' });
    expect(selected()).toContain('GET /api/orders');
  });

  test('the selection outlives new packets', async () => {
    const user = userEvent.setup();
    const { rerender } = show(packetFrames(SCRIPT));
    grid().focus();
    await user.keyboard('{End}{ArrowUp}');
    expect(selected()).toContain('response 200');
    const more = packetFrames(`${SCRIPT}\n 500 client > ACK seq=213 ack=1449`);
    rerender(<PacketSequencePanel {...panelProps(defaultOptions, more)} />);
    expect(grid()).toHaveAttribute('aria-rowcount', '8');
    expect(selected()).toContain('response 200');
  });
});
