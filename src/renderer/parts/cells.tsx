import { memo } from 'react';
import { formatCpu, formatMegabytes, UNKNOWN } from '../../shared/format.js';
import type { ProcessView } from '../../shared/types.js';
import { COLUMNS, type ColumnId } from '../columns.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { figuresOf, type Row, userOf } from '../select.js';
import { expand } from '../view.js';
import { FindingMark } from './Findings.js';
import { Icon } from './Icon.js';
import { KIND_ICONS } from './kind-icons.js';
import { Sparkline } from './Sparkline.js';
import { ActivityWord, Status, shownActivity, shownStatus } from './Status.js';

/** A home directory as "~"; the rest of a path as it is. */
export const shortPath = (path: string): string => path.replace(/^\/(?:home|Users)\/[^/]+(?=\/|$)/, '~').replace(/^\/root(?=\/|$)/, '~');

const isHigh = (view: ProcessView): boolean => view.conditions.includes('high-memory');

const NameCell = ({ row, withKind, withProject }: { readonly row: Row; readonly withKind: boolean; readonly withProject: boolean }) => {
  const say = useWords();
  const { view } = row;
  const kind = say(`kind.${view.kind}`);
  const path = view.projectDir && row.level === 1 ? shortPath(view.projectDir) : null;
  const what = [withKind ? kind : null, withProject ? path : null].filter(Boolean).join(' · ');
  return (
    <>
      {row.level > 1 && <span className="guide" />}
      {row.level === 1 &&
        (row.expanded === null ? (
          <span className="twist" />
        ) : (
          // Not a control of its own for those who hear the page: the row says that it unfolds, and the arrows do it.
          <span
            className="twist"
            aria-hidden="true"
            onClick={() => expand(row.id, !row.expanded)}
            onDoubleClick={(event) => event.stopPropagation()}
          >
            <Icon name={row.expanded ? 'down' : 'right'} />
          </span>
        ))}
      <span data-tip={kind}>
        <Icon name={KIND_ICONS[view.kind]} tone="kind" />
      </span>
      <span className="label" data-tip={view.name} data-tip-clip>
        {view.name}
      </span>
      {what !== '' && (
        <span className="what" data-tip={[kind, path].filter(Boolean).join('\n')}>
          {what}
        </span>
      )}
      {what === '' && <span className="said">{kind}</span>}
      <FindingMark view={view} />
      {row.children > 0 && (
        <span className="kids" data-tip={say('ui.row.children', { count: row.children })}>
          {row.children}
        </span>
      )}
    </>
  );
};

const MemoryText = ({ view, wholeTree }: { readonly view: ProcessView; readonly wholeTree: boolean }) => {
  const say = useWords();
  const language = useLanguage();
  const { memoryBytes, partial } = figuresOf(view, wholeTree);
  return (
    <>
      {partial && memoryBytes !== null && (
        <span className="u" data-tip={say('ui.row.atLeast')}>
          ≥{' '}
        </span>
      )}
      {formatMegabytes(memoryBytes, language)}
    </>
  );
};

const CpuText = ({ percent }: { readonly percent: number | null }) => {
  const language = useLanguage();
  const text = formatCpu(percent, language);
  return <span className={text === '0' || percent === null ? 'dim' : ''}>{text}</span>;
};

export interface CellProps {
  readonly column: ColumnId;
  readonly row: Row;
  readonly wholeTree: boolean;
  readonly columns: readonly ColumnId[];
  /** What the columns of times show, as text: how long ago. Null for the others. */
  readonly since: string | null;
}

const Content = ({ column, row, wholeTree, columns, since }: CellProps) => {
  const say = useWords();
  const { view } = row;
  const child = row.level > 1;
  switch (column) {
    case 'name':
      return <NameCell row={row} withKind={!columns.includes('kind')} withProject={!columns.includes('project')} />;
    case 'kind':
      return say(`kind.${view.kind}`);
    case 'project':
      return view.projectDir ? shortPath(view.projectDir) : UNKNOWN;
    case 'status': {
      const status = shownStatus(view);
      // A child that is as it should be says nothing to the eye: its session's word stands for it.
      return child && (status === 'normal' || status === 'protected') ? (
        <span className="said">{say(`status.${status}`)}</span>
      ) : (
        <Status of={status} />
      );
    }
    case 'activity': {
      const activity = shownActivity(view);
      return child && activity === 'none' ? null : <ActivityWord of={activity} waitingFor={view.waitingFor} />;
    }
    case 'user': {
      const user = userOf(view);
      // A child does not repeat its session's user to the eye.
      return child && user === row.parentUser ? <span className="said">{user ?? UNKNOWN}</span> : (user ?? UNKNOWN);
    }
    case 'memory':
      return <MemoryText view={view} wholeTree={wholeTree} />;
    case 'trend':
      return <Sparkline id={row.id} limitBytes={view.limitBytes} high={isHigh(view)} />;
    case 'cpu':
      return <CpuText percent={figuresOf(view, wholeTree).cpuPercent} />;
    case 'age':
    case 'active':
      return since;
    case 'pid':
      return view.key.pid;
    case 'actions':
      return null;
  }
};

const tipOf = (column: ColumnId, view: ProcessView, say: ReturnType<typeof useWords>): string | undefined => {
  if (column === 'user') return userOf(view) ?? undefined;
  if (column === 'project') return view.projectDir ?? undefined;
  if (column === 'kind') return say(`kind.${view.kind}`);
  if (column === 'status' && view.refusal) return sayFrom(say, 'refusal', view.refusal);
  return undefined;
};

const sameFields = <T extends object>(a: T, b: T, fields: readonly (keyof T)[]): boolean =>
  fields.every((field) => Object.is(a[field], b[field]));

/** Whether all that a column shows is the same in two rows: then the cell stays. Asked of every cell of every changed row. */
const SHOWS_SAME: Readonly<Record<ColumnId, (a: Row, b: Row, wholeTree: boolean) => boolean>> = {
  name: (a, b) => sameFields(a, b, ['id', 'level', 'expanded', 'children']) && sameFields(a.view, b.view, ['name', 'kind', 'projectDir']),
  kind: (a, b) => a.view.kind === b.view.kind,
  project: (a, b) => a.view.projectDir === b.view.projectDir,
  status: (a, b) => a.level === b.level && sameFields(a.view, b.view, ['status', 'refusal']),
  activity: (a, b) => a.level === b.level && sameFields(a.view, b.view, ['activity', 'state', 'waitingFor']),
  user: (a, b) => a.level === b.level && a.parentUser === b.parentUser && userOf(a.view) === userOf(b.view),
  memory: (a, b, wholeTree) =>
    sameFields(figuresOf(a.view, wholeTree), figuresOf(b.view, wholeTree), ['memoryBytes', 'partial']) && isHigh(a.view) === isHigh(b.view),
  trend: (a, b) => a.id === b.id && a.view.limitBytes === b.view.limitBytes && isHigh(a.view) === isHigh(b.view),
  cpu: (a, b, wholeTree) => Object.is(figuresOf(a.view, wholeTree).cpuPercent, figuresOf(b.view, wholeTree).cpuPercent),
  age: () => true,
  active: () => true,
  pid: (a, b) => a.view.key.pid === b.view.key.pid,
  actions: () => true,
};

/** Whether a cell shows the same in both; most of a busy row's cells do from look to look. */
export const sameCell = (a: CellProps, b: CellProps): boolean => {
  if (a.column !== b.column || a.wholeTree !== b.wholeTree || a.columns !== b.columns || a.since !== b.since) return false;
  return a.row === b.row || SHOWS_SAME[a.column](a.row, b.row, a.wholeTree);
};

const DIM: readonly ColumnId[] = ['active', 'pid'];

/** One cell of a row. Its column's class aligns it as the head. */
export const Cell = memo((props: CellProps) => {
  const say = useWords();
  const { column, row } = props;
  const high = column === 'memory' && isHigh(row.view);
  const clipTip = column === 'user' || column === 'project' || column === 'kind';
  return (
    <div
      role="gridcell"
      className={`c-${column} ${COLUMNS[column].numeric ? 'num' : ''} ${high ? 'high' : ''} ${DIM.includes(column) ? 'dim' : ''}`}
      data-tip={tipOf(column, row.view, say)}
      data-tip-clip={clipTip ? '' : undefined}
    >
      <Content {...props} />
    </div>
  );
}, sameCell);
