require("reflect-metadata");
const { Module } = require("@nestjs/common");
const { Command, CommandFactory, CommandRunner } = require("nest-commander");

class LogLines extends CommandRunner {
  async run() {
    for (const line of ["Started", "Working", "Done"]) console.log(line);
  }
}
Command({ name: "log-lines", description: "Logs three lines" })(LogLines);

class AppModule {}
Module({ providers: [LogLines] })(AppModule);

CommandFactory.run(AppModule);
