/**
 * Sends UDP datagrams to port 9999 as fast as the kernel takes them, 64 to a call (sendmmsg): `flood-sender.ts ADDRESS COUNT
 * PAYLOAD_BYTES`. Prints how many were sent, and in how many seconds.
 */
import koffi from 'koffi';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const PER_CALL = 64;
/** `struct mmsghdr` and `struct iovec` on 64-bit Linux. */
const MESSAGE_BYTES = 64;
const VECTOR_AT = 16;
const VECTOR_COUNT_AT = 24;

const lib = koffi.load(null);
const socket = lib.func('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
const connect = lib.func('int connect(int, void *, uint32_t)') as (fd: number, to: Buffer, length: number) => number;
const sendmmsg = lib.func('int sendmmsg(int, void *, unsigned int, int)') as (
  fd: number,
  messages: Buffer,
  count: number,
  flags: number
) => number;

const [address, count, payloadBytes] = process.argv.slice(2);
const to = Buffer.alloc(16);
to.writeUInt16LE(AF_INET, 0);
to.writeUInt16BE(9999, 2);
Buffer.from(address.split('.').map(Number)).copy(to, 4);
const fd = socket(AF_INET, SOCK_DGRAM, 0);
if (connect(fd, to, to.length) !== 0) {
  throw new Error(`cannot send to ${address}`);
}

const payload = Buffer.alloc(Number(payloadBytes), 'x');
const vector = Buffer.alloc(16);
vector.writeBigUInt64LE(koffi.address(payload), 0);
vector.writeBigUInt64LE(BigInt(payload.length), 8);
const messages = Buffer.alloc(PER_CALL * MESSAGE_BYTES);
for (let i = 0; i < PER_CALL; i++) {
  messages.writeBigUInt64LE(koffi.address(vector), i * MESSAGE_BYTES + VECTOR_AT);
  messages.writeBigUInt64LE(1n, i * MESSAGE_BYTES + VECTOR_COUNT_AT);
}

const started = performance.now();
let sent = 0;
while (sent < Number(count)) {
  sent += Math.max(0, sendmmsg(fd, messages, Math.min(PER_CALL, Number(count) - sent), 0));
}
process.stdout.write(JSON.stringify({ sent, seconds: (performance.now() - started) / 1000 }));
