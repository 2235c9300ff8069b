import { Command } from "@oclif/core";

export default class LogLines extends Command {
  static description = "Logs three lines";

  async run() {
    for (const line of ["Started", "Working", "Done"]) this.log(line);
  }
}
