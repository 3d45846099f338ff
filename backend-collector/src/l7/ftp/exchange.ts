import { Exchange } from '../exchange';
import { type RelatedConnection } from '../related-connections';

export class FtpExchange extends Exchange {
  /** Of PORT and EPRT: what was announced, once the server agrees. */
  announces: number | undefined;
  /** Of a transfer. */
  data: RelatedConnection | undefined;
}
