import { relative } from "node:path";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { draftMigration } from "../../framework/make/migrationDraft";
import { writeNewFile } from "../../framework/make/writeNewFile";

export default verb({
  examples: [
    ["make:migration create_customers_table", "A new table"],
    ["make:migration add_phone_to_customers", "A new column"],
  ],
  options: {},
  words: { least: 1, most: 1 },
  details: `The file is named by the time (in UTC) and the name, and starts with what the name says:

  create_customers_table       a new table
  add_phone_to_customers       a new column
  add_phone_and_email_to_customers
                               two new columns
  remove_phone_from_customers  a column less
  rename_customers_to_clients  a new name
  rename_mail_to_email_in_customers
                               a column's new name
  drop_customers_table         a table less
  anything_else                an empty up() and down()

To use your own stubs, put them in the app's stubs/: migrationCreate.stub, migrationAdd.stub, migrationRemove.stub,
migrationRename.stub, migrationRenameColumn.stub, migrationDrop.stub and migration.stub. They may contain {{ name }}, and
{{ table }}, {{ column }} and {{ to }} where the name has them.`,
  run({ args: [typed] }) {
    const draft = draftMigration(typed as string);
    writeNewFile(draft, false);
    const { paint, symbols } = terminalFor(1);
    console.log(`${paint("green", symbols.done)} Created ${relative(paths.root, draft.file)}

  ${paint("dim", "Run it ")} node laju migrate
  ${paint("dim", "Undo it")} node laju migrate:rollback`);
  },
});
