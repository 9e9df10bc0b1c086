import { type ReactNode, useId, useState } from 'react';
import { cleanText } from '../../shared/redact.js';
import { useAnalytics } from '../analytics/analytics-view.js';
import type { Table } from '../analytics/table.js';
import { ask } from '../ask.js';
import { useWords } from '../i18n.js';
import { showDone, showFailure } from '../toasts.js';
import { Icon } from './Icon.js';

interface ChartFrameProps {
  /** Names the file that it is exported to. */
  readonly name: string;
  readonly title: string;
  /** What it shows, in one sentence, for those who do not see it. */
  readonly sentence: string;
  readonly table: () => Table;
  /** What the colours mean; below the head. */
  readonly legend?: ReactNode;
  /** Beside the title. */
  readonly tools?: ReactNode;
  /** Why there is nothing to see; null = there is. */
  readonly empty: string | null;
  readonly children: ReactNode;
}

/** What stands behind a chart, every value in reach of the keyboard. */
const ChartTable = ({ title, table }: { readonly title: string; readonly table: Table }) => (
  <div className="ctable" role="group" tabIndex={0} aria-label={title}>
    <table>
      <thead>
        <tr>
          {table.head.map((head, at) => (
            <th key={head} scope="col" className={at < table.words ? '' : 'num'}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row) => (
          <tr key={row.map(({ raw }) => raw).join(' ')}>
            {row.map((cell, at) => (
              <td key={table.head[at]} className={at < table.words ? '' : 'num'}>
                {cell.shown}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const exportTable = async (name: string, { head, rows }: Table, done: (count: number, file: string) => string): Promise<void> => {
  const result = await ask(window.claudeManager.exportTable({ name, head: [...head], rows: rows.map((row) => row.map(({ raw }) => raw)) }));
  if (!result.ok) showFailure(result.failure);
  else if (result.value.path !== null) showDone(done(result.value.lines, cleanText(result.value.path, 300)));
};

/** A chart with what belongs to it: head and legend, a sentence that says what it shows, the table behind it, its export. */
export const ChartFrame = ({ name, title, sentence, table, legend, tools, empty, children }: ChartFrameProps) => {
  const say = useWords();
  const id = useId();
  const all = useAnalytics((view) => view.tables);
  const [own, setOwn] = useState<boolean | null>(null);
  const asTable = own ?? all;
  return (
    <section className="chart" aria-labelledby={id} data-chart={name}>
      <header>
        <h2 id={id} className="clip">
          {title}
        </h2>
        <span className="grow" />
        {empty === null && tools}
        <button
          type="button"
          className="icon-btn sm"
          aria-pressed={asTable}
          aria-label={say('analytics.table', { title })}
          data-tip={say('analytics.tableTip')}
          onClick={() => setOwn(!asTable)}
        >
          <Icon name="table" />
        </button>
        <button
          type="button"
          className="icon-btn sm"
          aria-label={say('analytics.csv', { title })}
          data-tip={say('analytics.csvTip')}
          onClick={() => void exportTable(name, table(), (count, file) => say('analytics.exported', { count, file }))}
        >
          <Icon name="download" />
        </button>
      </header>
      {empty === null ? (
        <>
          <p className="said">{sentence}</p>
          {legend !== undefined && <div className="keys">{legend}</div>}
          {asTable ? <ChartTable title={title} table={table()} /> : children}
        </>
      ) : (
        <p className="chart-empty">{empty}</p>
      )}
    </section>
  );
};
