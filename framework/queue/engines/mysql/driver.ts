import { withoutValues } from "../../../services/database/sqlErrors";
import type { Answer, Driver } from "../server/connection";

interface MysqlConnection {
  format(sql: string, values: readonly unknown[]): string;
  query(options: object, done: (error: Error | null, result: unknown) => void): void;
  destroy(): void;
}

interface Header {
  affectedRows: number;
  insertId: number;
}

export const mysqlDriver: Driver = {
  async ask(raw, sql, values = [], timeout) {
    const connection = raw as MysqlConnection;
    const whole = values.length === 0 ? sql : connection.format(sql, values);
    if (whole.length > smallestPacket / 4) await refuseTooLarge(connection, whole, timeout);
    try {
      return await send(connection, whole, timeout);
    } catch (error) {
      throw withoutValues(error, sql, values);
    }
  },
  cut: (raw) => (raw as MysqlConnection).destroy(),
  isAnswer: (error: Error & { sqlState?: string; fatal?: boolean }) =>
    error.sqlState !== undefined && error.fatal !== true && !error.sqlState.startsWith("08"),
};

function send(connection: MysqlConnection, sql: string, timeout: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, timeout, rowsAsArray: true }, (error, result) => {
      if (error !== null) reject(error);
      else if (Array.isArray(result)) resolve({ rows: result as unknown[][], count: result.length });
      else
        resolve({ rows: [], count: (result as Header).affectedRows, firstId: (result as Header).insertId });
    });
  });
}

/** In practice, every server accepts this many bytes in one packet. Most accept 16 or 64 MB. */
const smallestPacket = 1_000_000;
/** How many bytes of a packet are not part of the statement. */
const packetHead = 64;
const largestPackets = new WeakMap<MysqlConnection, number>();

/**
 * Throws if the statement is larger than the server's largest packet. The server would close the connection, often
 * before its answer arrives. That would look like an outage, and the statement would be repeated forever.
 */
async function refuseTooLarge(connection: MysqlConnection, sql: string, timeout: number): Promise<void> {
  let largest = largestPackets.get(connection);
  if (largest === undefined) {
    largest = Number((await send(connection, "select @@max_allowed_packet", timeout)).rows[0]?.[0]);
    largestPackets.set(connection, largest);
  }
  const size = Buffer.byteLength(sql) + packetHead;
  if (size <= largest) return;
  const message = `the statement is ${size} bytes, more than the server's max_allowed_packet of ${largest}`;
  throw Object.assign(new Error(message), { code: "ER_NET_PACKET_TOO_LARGE", sqlState: "HY000" });
}
