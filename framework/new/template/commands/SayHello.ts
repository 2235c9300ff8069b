import { command } from "../app/console/command";
import { logInfo } from "../app/services/Logger";

export default command({
  description: "Say hello",
  options: { name: { type: "string", default: "world", description: "Whom to greet" } },

  run({ options }) {
    logInfo("Saying hello", { to: options.name });
    return `Hello, ${options.name}!`;
  },
});
