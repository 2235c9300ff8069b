import { withoutValues } from "../../../services/sqlErrors";
import type { Answer, Driver } from "../server/connections";

interface MysqlConnection {
  query(options: object, done: (error: Error | null, result: unknown) => void): void;
  destroy(): void;
}

interface Header {
  affectedRows: number;
  insertId: number;
}

export const mysqlDriver: Driver = {
  ask: (raw, sql, values = [], timeout) =>
    new Promise<Answer>((resolve, reject) => {
      const query = { sql, values, timeout, rowsAsArray: true };
      (raw as MysqlConnection).query(query, (error, result) => {
        if (error !== null) reject(withoutValues(error, sql, values));
        else if (Array.isArray(result)) resolve({ rows: result as unknown[][], count: result.length });
        else
          resolve({ rows: [], count: (result as Header).affectedRows, firstId: (result as Header).insertId });
      });
    }),
  cut: (raw) => (raw as MysqlConnection).destroy(),
  isAnswer: (error: Error & { sqlState?: string; fatal?: boolean }) =>
    error.sqlState !== undefined && error.fatal !== true && !error.sqlState.startsWith("08"),
};
