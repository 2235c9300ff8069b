import winston from "winston";

const logger = winston.createLogger({
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  transports: [new winston.transports.Console()],
});
export const logInfo = (message: string, meta?: object) => logger.info(message, meta);
