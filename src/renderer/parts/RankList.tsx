/** One line of a ranking. */
export interface RankLine {
  readonly id: string;
  readonly name: string;
  /** Grey, after the name. */
  readonly aside?: string;
  readonly figure: string;
  /** Length of the bar, 0 to 1. */
  readonly part: number;
  /** "series-1" …, or none for grey. */
  readonly colour?: string;
  /** Below the bar. */
  readonly note?: string | undefined;
  /** The note says that something is over its limit. */
  readonly over?: boolean;
}

/** A ranking: name, figure, and a bar as long as its part of the largest. */
export const RankList = ({ lines }: { readonly lines: readonly RankLine[] }) => (
  <ol className="rank">
    {lines.map(({ id, name, aside, figure, part, colour = 'series-grey', note, over = false }) => (
      <li key={id}>
        <span className="clip" data-tip={name} data-tip-clip>
          {name}
        </span>
        <span className="t3 small">{aside}</span>
        <span className="num strong">{figure}</span>
        <span className="bar2" aria-hidden="true">
          <span className={colour} style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} />
        </span>
        {note !== undefined && <span className={over ? 'rank-note small c-warn' : 'rank-note small t3'}>{note}</span>}
      </li>
    ))}
  </ol>
);
