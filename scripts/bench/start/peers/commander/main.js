const { program } = require("commander");

program
  .command("log-lines")
  .description("Logs three lines")
  .action(() => {
    for (const line of ["Started", "Working", "Done"]) console.log(line);
  });
program.parse();
