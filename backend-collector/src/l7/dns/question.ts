/** What a DNS message becomes in a record: `l7_op`, `l7_resource`, `l7_status`, `outcome` and the `dns_*` fields. */
import { type Outcome } from '@bpfnet/flow-model/words';
import { type ProtocolFields } from '../exchange';
import { CLASS_IN, className, isServerError, Opcode, OPCODES, rcodeName, typeName } from './codes';
import { type DnsMessage } from './message';

/** The type asked for (A, AAAA, …); UPDATE, NOTIFY and the like by their own names. */
export function operationOf(message: DnsMessage): string {
  return message.opcode === Opcode.Query
    ? typeName(message.type)
    : (OPCODES.get(message.opcode) ?? `OPCODE${message.opcode}`);
}

/** What, beside the message id, an answer repeats of its question; undefined where it repeats nothing (some errors). */
export function subjectOf(message: DnsMessage): string | undefined {
  return message.questions === 0 ? undefined : `${message.type} ${message.name}`;
}

export function questionFields(message: DnsMessage): ProtocolFields {
  return {
    dns_id: message.id,
    dns_class: message.class === CLASS_IN ? undefined : className(message.class),
    dns_questions: message.questions > 1 ? message.questions : undefined,
    // The rest is the answer's; named here so that all exchanges have one shape.
    dns_flags: message.flags === '' ? undefined : message.flags,
    dns_answers: undefined,
    dns_addresses: undefined,
  };
}

export function addAnswer(fields: ProtocolFields, message: DnsMessage): void {
  fields.dns_flags = message.flags === '' ? undefined : message.flags;
  fields.dns_answers = (fields.dns_answers ?? 0) + message.answers;
  if (message.addresses.length > 0) {
    fields.dns_addresses = message.addresses.join(',');
  }
}

export function statusOf(message: DnsMessage): string {
  return rcodeName(message.rcode);
}

/** NXDOMAIN is to a name what 404 is to a path: `client_error`. */
export function outcomeOf(message: DnsMessage): Outcome {
  return message.rcode === 0 ? 'ok' : isServerError(message.rcode) ? 'server_error' : 'client_error';
}
