/** Names of error codes (RFC 9113 section 7) and of gRPC's status codes (gRPC over HTTP/2), with what they say of whose fault it is. */
import { type Outcome } from '@bpfnet/flow-model/words';

const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? String(code);
}

/** Outcomes follow the HTTP statuses that gRPC maps its own to: 4xx the client's, 5xx the server's. */
const GRPC_STATUS: ReadonlyArray<readonly [name: string, outcome: Outcome]> = [
  ['OK', 'ok'],
  ['CANCELLED', 'client_error'],
  ['UNKNOWN', 'server_error'],
  ['INVALID_ARGUMENT', 'client_error'],
  ['DEADLINE_EXCEEDED', 'server_error'],
  ['NOT_FOUND', 'client_error'],
  ['ALREADY_EXISTS', 'client_error'],
  ['PERMISSION_DENIED', 'client_error'],
  ['RESOURCE_EXHAUSTED', 'client_error'],
  ['FAILED_PRECONDITION', 'client_error'],
  ['ABORTED', 'client_error'],
  ['OUT_OF_RANGE', 'client_error'],
  ['UNIMPLEMENTED', 'server_error'],
  ['INTERNAL', 'server_error'],
  ['UNAVAILABLE', 'server_error'],
  ['DATA_LOSS', 'server_error'],
  ['UNAUTHENTICATED', 'client_error'],
];

export interface GrpcStatus {
  readonly code: number;
  readonly name: string;
  readonly outcome: Outcome;
}

/** Reads a `grpc-status` trailer. A number that is none of the known counts as UNKNOWN does, as gRPC prescribes. */
export function grpcStatus(text: string | undefined): GrpcStatus | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) {
    return undefined;
  }
  const code = Number(text);
  const [name, outcome] = GRPC_STATUS[code] ?? [String(code), 'server_error'];
  return { code, name, outcome };
}
