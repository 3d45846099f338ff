/** The application protocols that the collector reads, the surest probe first. */
import { http1 } from './http1/http1';
import { type L7Protocol } from './protocol';

export const protocols: readonly L7Protocol[] = [http1];
