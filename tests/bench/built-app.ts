import type { LaunchedApp, LaunchOptions } from '../e2e/launch.js';
import { answerFirstScreen, electronExecutable, isRoot, launchIn, makeHome } from '../e2e/launch.js';

/** Starts the application that is built in the folder that a benchmark is called in, or another folder's, in a home of its own. */
export const launchBuilt = (home: string, options: LaunchOptions = {}, appFolder = process.cwd()): Promise<LaunchedApp> => {
  makeHome(home);
  answerFirstScreen(home);
  const place = { executable: electronExecutable(), appFolder, cwd: process.cwd(), switches: isRoot ? ['--no-sandbox'] : [], env: {} };
  return launchIn(place, home, options, () => undefined);
};
