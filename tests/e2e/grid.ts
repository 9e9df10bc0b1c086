import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';

/** The row of a process. */
export const rowOf = (page: Page, pid: number): Locator => page.locator(`[role="row"][data-pid="${pid}"]`);

/** What a row says in a column, as people read it. */
export const cellText = async (page: Page, pid: number, column: string): Promise<string> =>
  ((await rowOf(page, pid).locator(`.c-${column}`).textContent()) ?? '').replace(/\s+/g, ' ').trim();

/** Pids of the rows in the order shown. */
export const shownPids = async (page: Page): Promise<number[]> => {
  const rows = await page
    .locator('[role="row"][data-pid]')
    .evaluateAll((all) => all.map((row) => [Number(row.getAttribute('aria-rowindex')), Number(row.getAttribute('data-pid'))] as const));
  return rows.sort((a, b) => a[0] - b[0]).map(([, pid]) => pid);
};

/** What ending a process gives back, from its own status file: RssAnon + VmSwap, bytes. */
export const privateBytes = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return (kib('RssAnon') + kib('VmSwap')) * 1024;
};

/** A memory cell's number; grouping spaces of any width taken out. */
export const megabytes = (text: string): number => Number(text.replace(/[^\d.]/g, ''));

/** Waits until the first reading is on the screen. */
export const ready = (page: Page, pid: number): Promise<void> => rowOf(page, pid).waitFor({ timeout: 20_000 });

/** Gives the keyboard to a row without moving the pointer over the table. */
export const focusRow = (page: Page, pid: number): Promise<void> => rowOf(page, pid).focus();
