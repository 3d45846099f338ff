import { Exchange } from '../exchange';
import { type SqlStatement } from '../kit/sql-statement';

export class MysqlExchange extends Exchange {
  /** Of COM_STMT_PREPARE: what is prepared. */
  statement: SqlStatement | undefined;
  command = -1;

  countRows(count: number): void {
    this.fields.mysql_rows = (this.fields.mysql_rows ?? 0) + count;
  }
}
