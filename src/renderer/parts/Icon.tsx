import { memo, type ReactElement } from 'react';

/** The look's own shapes on a 16 px grid. Each status has a shape of its own, so that no meaning hangs on colour alone. */
const SHAPES = {
  normal: <circle cx="8" cy="8" r="4" fill="currentColor" stroke="none" />,
  high: (
    <g fill="currentColor" stroke="none">
      <rect x="2" y="9.5" width="3" height="4.5" rx=".6" />
      <rect x="6.5" y="6" width="3" height="8" rx=".6" />
      <rect x="11" y="2" width="3" height="12" rx=".6" />
    </g>
  ),
  old: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.6V8l2.4 1.6" />
    </>
  ),
  orphan: (
    <path
      fill="currentColor"
      stroke="none"
      fillRule="evenodd"
      d="M7.1 1.9a1 1 0 0 1 1.8 0l6 11a1 1 0 0 1-.9 1.5H2a1 1 0 0 1-.9-1.5zM7.2 5.8v4.4h1.6V5.8zm0 5.6V13h1.6v-1.6z"
    />
  ),
  possible: (
    <>
      <path strokeDasharray="2.4 1.7" d="M8 1.9 14.6 14H1.4z" />
      <path d="M6.7 8.3c0-.8.6-1.2 1.3-1.2s1.3.5 1.3 1.2c0 .8-1.3.9-1.3 1.8M8 12v.1" strokeWidth="1.4" />
    </>
  ),
  protected: <path d="M8 1.8 13.2 3.6v4c0 3.3-2.2 5.5-5.2 6.6-3-1.1-5.2-3.3-5.2-6.6v-4z" />,
  busy: <path d="M1.3 8.3h2.9l2-5.3 3.4 10 2-4.7h3.1" />,
  waiting: (
    <>
      <path d="M2.6 2.8h10.8a.9.9 0 0 1 .9.9v6.4a.9.9 0 0 1-.9.9H8.4L5 13.8V11H2.6a.9.9 0 0 1-.9-.9V3.7a.9.9 0 0 1 .9-.9z" />
      <path d="M5.3 6.9v.1M8 6.9v.1M10.7 6.9v.1" strokeWidth="1.7" />
    </>
  ),
  idle: <path d="M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z" />,
  unknown: (
    <>
      <circle cx="8" cy="8" r="6" strokeDasharray="2.6 2.1" />
      <path d="M6.5 6.6c0-1 .7-1.6 1.5-1.6s1.5.6 1.5 1.5c0 1-1.5 1.1-1.5 2.3M8 11v.1" />
    </>
  ),
  cli: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.6" />
      <path d="m4.5 6 2 2-2 2M8.5 10.2h3" />
    </>
  ),
  ide: <path d="m5.2 4.6-3.6 3.4 3.6 3.4M10.8 4.6l3.6 3.4-3.6 3.4M9.2 3 6.8 13" />,
  bg: (
    <>
      <path d="m8 2 6 3-6 3-6-3z" />
      <path d="m2.4 8.2 5.6 2.8 5.6-2.8M2.4 11.2 8 14l5.6-2.8" />
    </>
  ),
  headless: (
    <>
      <path d="M9 1.9H4a1 1 0 0 0-1 1v10.2a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5.9z" />
      <path d="M9 1.9v4h4M6.4 8.4l3.2 1.9-3.2 1.9z" />
    </>
  ),
  sdk: (
    <>
      <path d="m8 1.7 5.5 3.15v6.3L8 14.3l-5.5-3.15v-6.3z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  mcp: <path d="M5.5 1.8v3M10.5 1.8v3M3.6 4.8h8.8v2.6a4.4 4.4 0 0 1-8.8 0zM8 11.8v2.5" />,
  shell: <path d="m3 4 4 4-4 4M8.4 12h4.8" />,
  daemon: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 1.6v2.2M8 12.2v2.2M1.6 8h2.2M12.2 8h2.2M3.5 3.5 5 5M11 11l1.5 1.5M12.5 3.5 11 5M5 11l-1.5 1.5" />
    </>
  ),
  down: <path d="m4 6 4 4 4-4" />,
  right: <path d="m6 4 4 4-4 4" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.6" />
      <path d="m10.5 10.5 3.6 3.6" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2" />,
  play: <path d="M4.8 3 12.6 8l-7.8 5z" />,
  refresh: <path d="M13.4 8a5.4 5.4 0 1 1-1.6-3.8M13.6 1.9v2.9h-2.9" />,
  columns: (
    <>
      <rect x="2" y="2.75" width="12" height="10.5" rx="1.4" />
      <path d="M6 2.8v10.4M10 2.8v10.4" />
    </>
  ),
  tree: <path d="M2.2 3.4h5M5 3.4v8.8h2.4M5 7.8h2.4M9.4 7.8h4.4M9.4 12.2h4.4" />,
  more: <path d="M3.5 8v.1M8 8v.1M12.5 8v.1" strokeWidth="2.2" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  end: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.9 5.9 4.2 4.2M10.1 5.9l-4.2 4.2" />
    </>
  ),
  force: (
    <>
      <path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1.4" />
      <path d="M10.5 5.3V3.2A1.2 1.2 0 0 0 9.3 2H3.2A1.2 1.2 0 0 0 2 3.2v6.1a1.2 1.2 0 0 0 1.2 1.2h2.1" />
    </>
  ),
  check: <path d="m3 8.4 3.3 3.3L13 4.8" />,
  minus: <path d="M3.5 8h9" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.4v3.4M8 5.1v.1" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.9 14.6 14H1.4z" />
      <path d="M8 6.2v3.6M8 11.8v.1" />
    </>
  ),
  error: (
    <>
      <path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z" />
      <path d="M8 4.8v3.8M8 11v.1" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7" rx="1.4" />
      <path d="M5.2 7V4.8a2.8 2.8 0 0 1 5.6 0V7" />
    </>
  ),
  undo: <path d="M3 6.5h6.4a3.6 3.6 0 0 1 0 7.2H6M5.8 3.6 2.9 6.5l2.9 2.9" />,
  eye: (
    <>
      <path d="M1.4 8S3.8 3.4 8 3.4 14.6 8 14.6 8 12.2 12.6 8 12.6 1.4 8 1.4 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  globe: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M2 8h12M8 2c2 1.8 2.6 3.8 2.6 6s-.6 4.2-2.6 6c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2z" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.4" r="2.8" />
      <path d="M2.6 14c.5-2.8 2.6-4.3 5.4-4.3s4.9 1.5 5.4 4.3" />
    </>
  ),
  host: (
    <>
      <rect x="1.8" y="2.4" width="12.4" height="8.6" rx="1.4" />
      <path d="M8 11v2.6M5 13.7h6" />
    </>
  ),
  filter: <path d="M2 3.4h12M4.4 8h7.2M6.6 12.6h2.8" />,
  desc: <path d="M8 3v10M4.5 9.5 8 13l3.5-3.5" />,
  display: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.4" />
      <path d="M2 6h12" />
    </>
  ),
  users: (
    <>
      <circle cx="6" cy="5.6" r="2.4" />
      <path d="M1.6 13.4c.4-2.4 2-3.8 4.4-3.8s4 1.4 4.4 3.8M10.4 3.4a2.4 2.4 0 0 1 0 4.4M11.8 9.8c1.5.5 2.4 1.8 2.7 3.6" />
    </>
  ),
  table: (
    <>
      <rect x="2" y="2.75" width="12" height="10.5" rx="1.4" />
      <path d="M2 6.2h12M2 9.8h12M6.6 6.2v7" />
    </>
  ),
  offline: (
    <path d="M2 2l12 12M4.2 8.4a5.6 5.6 0 0 1 2-1.3M8 12.6v.1M1.8 6a8.6 8.6 0 0 1 2.4-1.6M7.2 3.6A8.6 8.6 0 0 1 14.2 6M10.4 7.4c.5.3 1 .6 1.4 1" />
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.6V8l2.4 1.6" />
    </>
  ),
  priority: <path d="M2.2 11.5a5.8 5.8 0 1 1 11.6 0M8 11.5l2.6-4" />,
  asc: <path d="M8 13V3M4.5 6.5 8 3l3.5 3.5" />,
  child: <path d="M3.5 2.5v7a2 2 0 0 0 2 2h6.2M9.2 8.6l2.9 2.9-2.9 2.9" />,
  hook: <path d="M10.5 2v7.4a3.3 3.3 0 1 1-6.6 0V8.2M3.9 8.2 2.2 9.9M3.9 8.2l1.7 1.7" />,
  keyboard: (
    <>
      <rect x="1.5" y="3.75" width="13" height="8.5" rx="1.4" />
      <path d="M4.2 6.6v.1M6.7 6.6v.1M9.3 6.6v.1M11.8 6.6v.1M5 9.6h6" />
    </>
  ),
  download: <path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11" />,
  follow: <path d="M8 14V6.4M4.6 9.4 8 6l3.4 3.4M2.6 2.6h10.8" />,
  broom: <path d="M13.6 2.4 8.9 7.1M5.2 6.6l4.2 4.2M2.2 11.4c2-.6 2.6-2.6 3.4-5l4 4c-2.4.8-4.4 1.4-5 3.4z" />,
  upload: <path d="M8 10.2V2M4.8 5.2 8 2l3.2 3.2M2.5 13.5h11" />,
  sliders: (
    <>
      <path d="M2 4.6h6.2M11.8 4.6H14M2 11.4h2.2M7.8 11.4H14" />
      <circle cx="10" cy="4.6" r="1.8" />
      <circle cx="6" cy="11.4" r="1.8" />
    </>
  ),
  bell: <path d="M3.2 11.6c1-1 1.2-2.2 1.2-4.4a3.6 3.6 0 0 1 7.2 0c0 2.2.2 3.4 1.2 4.4zM6.6 13.8h2.8" />,
} as const satisfies Readonly<Record<string, ReactElement>>;

export type IconName = keyof typeof SHAPES;

interface IconProps {
  readonly name: IconName;
  /** sm = 14 px, md = 16 px, lg = 20 px. */
  readonly size?: 'sm' | 'md' | 'lg';
  readonly tone?: string;
}

const SIZES = { sm: 'i sm', md: 'i', lg: 'i lg' } as const;

/** One of the look's shapes; decoration only, the word stands beside it or in the control's name. */
export const Icon = memo(({ name, size = 'md', tone = '' }: IconProps) => (
  <svg className={`${SIZES[size]} ${tone}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    {SHAPES[name]}
  </svg>
));
