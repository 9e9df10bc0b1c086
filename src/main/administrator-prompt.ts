/** Runs a shell's command line as administrator after the system's own prompt. */
export type RunAsAdministrator = (command: string) => Promise<'done' | 'dismissed' | 'failed'>;

/**
 * For macOS and Windows, where no helper of ours is installed. The one place where a shell gets a string: `killCommand` makes it, of fixed
 * words and checked numbers. Nothing else may call this.
 */
export const runByPrompt: RunAsAdministrator = async (command) => {
  const { exec } = await import('@vscode/sudo-prompt');
  return new Promise((resolve) => {
    exec(command, { name: 'Claude Manager' }, (error) => {
      if (!error) resolve('done');
      else resolve(error.message === 'User did not grant permission.' ? 'dismissed' : 'failed');
    });
  });
};
