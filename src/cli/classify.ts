import { createReadStream } from 'node:fs';
import { classify } from '../shared/classify.js';
import { judgeLeftOver } from '../shared/leftover.js';
import type { Row } from '../shared/rows.js';
import { parseRow } from '../shared/rows.js';
import type { ClassifyJson } from './json-shape.js';
import { linesOf } from './lines.js';
import type { ExitCode, Ui } from './output.js';
import { clean, sentence } from './output.js';

const judge = ({ id, facts }: Row): ClassifyJson => {
  const { value: kind } = classify(facts);
  return { id, kind, leftOver: kind === null ? null : judgeLeftOver(facts, kind).value };
};

/** Judges each row of a file ("-": standard input) and prints one line of JSON for it; bad lines are named on stderr. */
export const classifyRows = async (ui: Ui, file: string): Promise<ExitCode> => {
  const complain = (key: string, values: Readonly<Record<string, string | number>>): void =>
    ui.note(ui.t('cli.error.line', { message: sentence(ui.t, key, values) }));
  let number = 0;
  let bad = 0;
  try {
    for await (const line of file === '-' ? ui.io.stdin.lines() : linesOf(createReadStream(file))) {
      number++;
      if (ui.io.readerGone.aborted) break;
      if (line.trim() === '') continue;
      const parsed = parseRow(line);
      if (parsed.ok) ui.data(judge(parsed.row));
      else {
        bad++;
        complain('cli.classify.badLine', { line: number, error: ui.t(`cli.classify.${parsed.error}`) });
      }
    }
  } catch (error) {
    complain('cli.classify.noFile', { file, error: clean(error instanceof Error ? error.message : String(error)) });
    return 1;
  }
  if (bad > 0) complain('cli.classify.someBad', { count: bad });
  return bad > 0 ? 1 : 0;
};
