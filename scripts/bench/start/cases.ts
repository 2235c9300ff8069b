/** A measured command, in laju's form and perhaps in a naive form. */
export interface Case {
  /** The command's letter in docs/explanation/performance.md. */
  key: string;
  label: string;
  /** The name of commands/NAME.ts and, if there is a naive form, of naive/commands/NAME.ts. */
  name: string;
  /** The server that the command needs. */
  needs?: "redis" | "smtp" | "postgres";
  /** How many times as long as bare node the command may take (limit), and should take (goal). */
  target: { must: number; want: number };
}

export const cases: Case[] = [
  { key: "a", label: "logs 3 lines", name: "LogLines", target: { must: 1.2, want: 1.1 } },
  { key: "b", label: "a + one knex query on SQLite", name: "QueryKnex", target: { must: 1.9, want: 1.5 } },
  {
    key: "c",
    label: "a + one query by better-sqlite3",
    name: "QuerySqlite",
    target: { must: 1.3, want: 1.15 },
  },
  { key: "d", label: "a with a time limit", name: "LogLimited", target: { must: 1.8, want: 1.35 } },
  {
    key: "e",
    label: "a + one Redis SET",
    name: "SetRedis",
    needs: "redis",
    target: { must: 1.9, want: 1.6 },
  },
  {
    key: "f",
    label: "a + one mail over SMTP",
    name: "SendMail",
    needs: "smtp",
    target: { must: 2.3, want: 2 },
  },
  {
    key: "g",
    label: "a + one knex query on PostgreSQL",
    name: "QueryKnex",
    needs: "postgres",
    target: { must: 2.2, want: 1.8 },
  },
];
