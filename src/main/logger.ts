import { join } from 'node:path';
import log from 'electron-log/node.js';

/** The application's own log, for its developers: never command lines, prompts or environment. Not the action log. */
export interface Logger {
  readonly info: (message: string) => void;
  readonly error: (message: string, error?: unknown) => void;
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Writes to `main.log` in the state folder, 1 MB kept twice; a log that cannot be written is no reason to stop. */
export const createLogger = (stateFolder: string): Logger => {
  const logger = log.create({ logId: 'main' });
  logger.transports.console.level = false;
  logger.transports.file.resolvePathFn = () => join(stateFolder, 'main.log');
  logger.transports.file.maxSize = 1_048_576;
  logger.transports.file.level = 'info';
  return {
    info: (message) => logger.info(message),
    error: (message, error) => logger.error(error === undefined ? message : `${message}: ${textOf(error)}`),
  };
};
