import { BaseCommand } from "@adonisjs/core/ace";

export default class LogLines extends BaseCommand {
  static commandName = "log:lines";
  static description = "Logs three lines";
  static options = { startApp: true };

  async run() {
    const logger = await this.app.container.make("logger");
    for (const line of ["Started", "Working", "Done"]) logger.info(line);
  }
}
