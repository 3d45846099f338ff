/** MySQL and MariaDB, classic protocol. */
import { type L7Protocol } from '../protocol';
import { MysqlParser } from './parser';
import { probeMysql } from './probe';

export const mysql: L7Protocol = {
  name: 'mysql',
  probe: probeMysql,
  createParser: (events) => new MysqlParser(events),
};
