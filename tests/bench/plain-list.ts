import type { ElectronApplication, Page } from 'playwright-core';

/**
 * The least that a list of many lines can cost: a window of its own in the same Electron, whose rows are written by hand, used again for
 * other lines as it scrolls, and hold the same seven texts. No framework, no icons, no roles, no questions to main.
 */
const PAGE = `<!doctype html><meta charset="utf-8"><title>plain list</title><style>
body { margin: 0; font: 13px sans-serif } #list { height: 700px; overflow: auto } #list > div { position: relative }
.row { position: absolute; left: 0; right: 0; height: 28px; display: flex; contain: strict }
.row > span { flex: 1; overflow: hidden; white-space: nowrap; text-overflow: ellipsis } </style>
<div id="list"><div></div></div>`;

const ROW_PX = 28;
const SHOWN = 45;

/** Opens a window of the same size with a plain list of so many lines; resolves with its page. */
export const openPlainList = async (app: ElectronApplication, lines: number): Promise<Page> => {
  const coming = app.waitForEvent('window');
  await app.evaluate(({ BrowserWindow }) => {
    void new BrowserWindow({ width: 1280, height: 800 }).loadURL('about:blank');
  });
  const page = await coming;
  await page.setContent(PAGE);
  await page.evaluate(
    ({ count, px, shown }) => {
      const list = document.querySelector('#list');
      const all = list?.firstElementChild;
      if (!(all instanceof HTMLElement) || !list) throw new Error('there is no list');
      all.style.height = `${count * px}px`;
      const rows = Array.from({ length: shown }, () => {
        const row = document.createElement('div');
        row.className = 'row';
        for (let cell = 0; cell < 7; cell++) row.append(document.createElement('span'));
        all.append(row);
        return row;
      });
      const fill = (): void => {
        const first = Math.max(0, Math.floor(list.scrollTop / px) - 10);
        for (let index = first; index < first + shown; index++) {
          const row = rows[index % shown];
          if (!row || row.dataset['at'] === String(index)) continue;
          row.dataset['at'] = String(index);
          row.style.transform = `translateY(${index * px}px)`;
          const texts = [
            '21 Nov 10:11:12',
            'Success',
            'End process',
            `${index} mcp-server`,
            `user${index % 7}`,
            String(index % 900),
            'done',
          ];
          for (const [at, text] of texts.entries()) (row.children[at] ?? row).textContent = text;
        }
      };
      list.addEventListener('scroll', fill);
      fill();
    },
    { count: lines, px: ROW_PX, shown: SHOWN },
  );
  return page;
};
