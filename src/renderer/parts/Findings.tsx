import type { Finding } from '../../shared/findings.js';
import { rowId } from '../../shared/row-id.js';
import type { ProcessView } from '../../shared/types.js';
import { findingsByRow } from '../found.js';
import { sayFrom, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { Icon } from './Icon.js';

const NOTHING: readonly Finding[] = [];
/** Left over, old and over the memory limit have a status of their own. */
const SHOWN_AS_STATUS: readonly Finding['type'][] = ['orphan', 'old'];

const useFindings = (view: ProcessView): readonly Finding[] =>
  useShown((shown) => findingsByRow(shown.app?.findings ?? NOTHING).get(rowId(view.key)) ?? NOTHING);

/** In a row: a mark where something was found that its status does not say. */
export const FindingMark = ({ view }: { readonly view: ProcessView }) => {
  const say = useWords();
  const findings = useFindings(view).filter(
    ({ type, text }) => !SHOWN_AS_STATUS.includes(type) && !(text.id === 'overMemory' && view.conditions.includes('high-memory')),
  );
  if (findings.length === 0) return null;
  const words = findings.map(({ type, text }) => `${say(`finding.type.${type}`)}: ${sayFrom(say, 'finding', text)}`).join('\n');
  return (
    <span className="finding" data-tip={words}>
      <Icon name="warn" size="sm" />
      <span className="said">{words}</span>
    </span>
  );
};

/** In the details: everything that was found about the row. */
export const FindingsSection = ({ view }: { readonly view: ProcessView }) => {
  const say = useWords();
  const findings = useFindings(view);
  if (findings.length === 0) return null;
  return (
    <section>
      <h3>{say('ui.details.findings')}</h3>
      <ul className="ev">
        {findings.map(({ id, type, text }) => (
          <li key={id}>
            <Icon name="warn" tone="c-warn" />
            <span>
              <span className="strong">{say(`finding.type.${type}`)}.</span> {sayFrom(say, 'finding', text)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};
