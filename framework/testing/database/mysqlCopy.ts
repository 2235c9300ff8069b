type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** The table that shows that all migrations have run in the template. */
export const readyTable = "laju_test_ready";

/** Copies tables with their rows, views and triggers. MySQL has no statement that copies a database. */
export async function copyDatabase(from: string, to: string, ask: Ask): Promise<void> {
  await ask(`use \`${to}\``);
  await ask("set foreign_key_checks = 0");
  const listed = await ask(`show full tables from \`${from}\``);
  const kinds = listed
    .map((row) => Object.values(row) as [string, string])
    .filter(([name]) => name !== readyTable);
  const tables = kinds.filter(([, kind]) => kind === "BASE TABLE").map(([name]) => name);
  for (const table of tables) await copyTable(table, { from, to, ask });
  for (const [view, kind] of kinds) if (kind === "VIEW") await copyView(view, { from, to, ask });
  for (const { Trigger } of await ask(`show triggers from \`${from}\``)) {
    const [row] = await ask(`show create trigger \`${from}\`.\`${Trigger}\``);
    await ask(String(row?.["SQL Original Statement"]).replaceAll(`\`${from}\`.`, `\`${to}\`.`));
  }
  await ask("set foreign_key_checks = 1");
}

interface Copy {
  from: string;
  to: string;
  ask: Ask;
}

async function copyTable(table: string, { from, to, ask }: Copy): Promise<void> {
  const [made] = await ask(`show create table \`${from}\`.\`${table}\``);
  await ask(String(made?.["Create Table"]));
  if ((await ask(`select 1 from \`${from}\`.\`${table}\` limit 1`)).length === 0) return;
  const columns = await ask(`show columns from \`${from}\`.\`${table}\``);
  const written = columns.filter(({ Extra }) => !/GENERATED|VIRTUAL|PERSISTENT/i.test(String(Extra)));
  const names = written.map(({ Field }) => `\`${Field}\``).join(", ");
  await ask(`insert into \`${to}\`.\`${table}\` (${names}) select ${names} from \`${from}\`.\`${table}\``);
}

async function copyView(view: string, { from, to, ask }: Copy): Promise<void> {
  const [made] = await ask(`show create view \`${from}\`.\`${view}\``);
  await ask(String(made?.["Create View"]).replaceAll(`\`${from}\`.`, `\`${to}\`.`));
}
