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
  details: `The file's name is the time (in UTC) and the given name, which also determines what the migration does:

  create_customers_table       creates a table
  add_phone_to_customers       adds a column
  add_phone_and_email_to_customers
                               adds two columns
  remove_phone_from_customers  removes a column
  rename_customers_to_clients  renames a table
  rename_mail_to_email_in_customers
                               renames a column
  drop_customers_table         drops a table
  anything_else                an empty up() and down()

To use your own stubs, put them in the app's stubs/: migrationCreate.stub, migrationAdd.stub, migrationRemove.stub,
migrationRename.stub, migrationRenameColumn.stub, migrationDrop.stub and migration.stub. They may contain {{ name }}, and
{{ table }}, {{ column }} and {{ to }} if the name contains them.`,
  run({ args: [typed] }) {
    const draft = draftMigration(typed as string);
    writeNewFile(draft, false);
    const { paint, symbols } = terminalFor(1);
    console.log(`${paint("green", symbols.done)} Created ${relative(paths.root, draft.file)}

  ${paint("dim", "Run it ")} node laju migrate
  ${paint("dim", "Undo it")} node laju migrate:rollback`);
  },
});
