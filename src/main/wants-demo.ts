/** Whether the program was started with `--demo`; the window and the command line alike. */
export const wantsDemo = (argv: readonly string[] = process.argv): boolean => argv.slice(1).includes('--demo');
