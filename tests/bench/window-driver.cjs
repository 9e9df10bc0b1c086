// Loaded into an Electron before its application (`-r`), so that a benchmark can drive its windows without a debugger, which would hold on to
// things of its own. Takes a line of JSON on stdin, [command, ...values], and answers each with one on stdout.
const { BrowserWindow } = require('electron');
const { createInterface } = require('node:readline');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const LIMIT_MS = 30_000;

const commands = {
  /** Resolves once a window shows a row. */
  shown: async () => {
    const endMs = Date.now() + LIMIT_MS;
    while (Date.now() < endMs) {
      const [window] = BrowserWindow.getAllWindows();
      if (window?.isVisible() && (await window.webContents.executeJavaScript("document.querySelector('[role=row]') !== null"))) return null;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('no window with a row came');
  },
  /** Closes the window into the tray and takes it down at once, not after half a minute out of sight. */
  close: async () => {
    const [window] = BrowserWindow.getAllWindows();
    window?.close();
    if (window && !window.isDestroyed()) window.destroy();
    return null;
  },
  /** Asks the application by its window for so many looks, one after the other. */
  looks: async (count) =>
    BrowserWindow.getAllWindows()[0].webContents.executeJavaScript(
      `(async () => { for (let look = 0; look < ${Number(count)}; look += 1) await window.claudeManager.refreshNow({}); return null; })()`,
    ),
  /** The heap of the main process after a collection, KB. */
  heapKb: async () => {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    return Math.round(process.memoryUsage().heapUsed / 1024);
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, ...values] = JSON.parse(line);
  commands[name](...values).then(
    (value) => process.stdout.write(`${JSON.stringify({ value })}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`),
  );
});
