/** Taking secrets out of arguments and texts. Over-hiding costs a word on the screen, under-hiding somebody's account. */

/** Stands for what was taken out or cut off. */
export const HIDDEN = '…';

const SECRET_WORDS = new Set([
  ...['token', 'secret', 'secrets', 'password', 'passwd', 'passphrase', 'pass', 'pwd', 'credential', 'credentials', 'bearer'],
  ...['cookie', 'cookies', 'jwt', 'pat', 'auth', 'authorization', 'otp', 'sas', 'dsn'],
]);
/** Words that a name without separators may end in: DBPASSWORD, githubtoken. */
const SECRET_ENDING =
  /(?:token|secret|password|passwd|passphrase|credentials?|(?:api|access|private|secret|auth|signing|master|encryption)key)$/;
/** What a name says it holds after such a word: where a secret lies, or of what sort it is, is none. */
const HARMLESS_ENDING = new Set([
  'file',
  'path',
  'dir',
  'stdin',
  'type',
  'name',
  'method',
  'limit',
  'count',
  'tokens',
  'mode',
  'ttl',
  'expiry',
  'through',
]);

/** Whether the name of an option, a variable, a header or a key speaks of a secret value. */
export const isSecretName = (name: string): boolean => {
  const words = name
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  // PWD alone is the working directory.
  if (last === '' || HARMLESS_ENDING.has(last) || (last === 'pwd' && (words.length === 1 || words[0] === 'old'))) return false;
  if (words.some((word) => SECRET_WORDS.has(word) || SECRET_ENDING.test(word))) return true;
  return words.length > 1 && last === 'key' && !words.includes('public') && !words.includes('sort');
};

/** Secrets that tell by their own form. Lengths are bounded so that no text makes the search quadratic. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\bsk-[A-Za-z0-9][\w-]{10,}/g,
  /\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}/g,
  /\bgh[pousr]_\w{16,}/g,
  /\bgithub_pat_\w{16,}/g,
  /\bgl(?:pat|ptt|dt|rt|cbt|ft|soat)-[\w-]{12,}/g,
  /\bxox[a-z]-[\w-]{6,}/g,
  /\bxapp-[\w-]{10,}/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bya29\.[\w.-]{10,}/g,
  /\b(?:npm|hf|dop_v1|shpat|shpss|lin_api|ntn|sbp|r8|gsk|xai|tvly|pplx|nvapi)[_-][A-Za-z0-9]{20,}/g,
  /\bpypi-[\w-]{30,}/g,
  /\bSG\.[\w-]{10,100}\.[\w-]{10,}/g,
  /\beyJ[\w-]{8,2000}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/g,
];

const BEARER = /\b(bearer)(\s{1,4})(?!…)[\w.~+/=-]{8,}/gi;
/** scheme://user:password@host; a long single word before the "@" is a token. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#'"@:]*)(:[^\s/?#'"]*)?@/gi;
const WEBHOOK =
  /\b(hooks\.slack\.com\/(?:services|workflows)\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,30}\/|api\.telegram\.org\/bot)[^\s'"]+/gi;
const QUERY = /([?&;#]([\w.[\]-]{1,80})=)([^&\s#'";]+)/g;
const QUERY_WORD = /^(?:key|sig|signature|code|hash|x-amz-signature|x-amz-credential|x-goog-signature)$/i;

/** A name and what leads from it to a value: `=`, `:`, or for an option a space. */
const NAMED = /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]{0,80})(\\?["']?\s{0,4}[=:]\s{0,4}|\s{1,4})/g;
const VALUE = /\\["'][^"'\\]*(?:\\["']|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'[^']*(?:'|$)|[^\s'"&|;<>(){},]+/sy;
/** Headers whose value has spaces: to the end of the line or the quote that holds it. */
const LINE_NAME = /(?:authorization|cookie)$/i;
const LINE_VALUE = /\\["'][^"'\\]*(?:\\["']|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'[^']*(?:'|$)|[^'"\r\n]+/sy;

const hideNamed = (text: string): string => {
  let out = '';
  let from = 0;
  NAMED.lastIndex = 0;
  for (let found = NAMED.exec(text); found !== null; found = NAMED.exec(text)) {
    const [, name = '', link = ''] = found;
    const bySpace = link.trim() === '';
    const at = NAMED.lastIndex;
    if ((bySpace && (!name.startsWith('-') || text[at] === '-')) || text.startsWith(HIDDEN, at) || !isSecretName(name)) continue;
    const pattern = LINE_NAME.test(name) && !bySpace ? LINE_VALUE : VALUE;
    pattern.lastIndex = at;
    const value = pattern.exec(text)?.[0];
    if (value === undefined) continue;
    out += text.slice(from, at) + HIDDEN;
    from = at + value.length;
    NAMED.lastIndex = from;
  }
  return out + text.slice(from);
};

const LIMIT = 16_384;

const hideOnce = (text: string): string => {
  let kept = text;
  for (const form of FORMS) kept = kept.replace(form, HIDDEN);
  kept = kept
    .replace(WEBHOOK, (_, start: string) => start + HIDDEN)
    .replace(USER_INFO, (whole, scheme: string, user: string, password: string | undefined) => {
      if (password !== undefined) return `${scheme}${user}:${HIDDEN}@`;
      return user.length >= 16 ? `${scheme}${HIDDEN}@` : whole;
    })
    .replace(QUERY, (whole, start: string, name: string) => (QUERY_WORD.test(name) || isSecretName(name) ? start + HIDDEN : whole))
    .replace(BEARER, (_, scheme: string, space: string) => scheme + space + HIDDEN);
  return hideNamed(kept);
};

/** A text without what looks like a secret: tokens by their form, and values behind names that speak of one. Beyond 16 Ki characters all is hidden. */
export const redactText = (text: string): string => {
  let kept = text.length > LIMIT ? text.slice(0, LIMIT) + HIDDEN : text;
  if (kept.length < 4) return kept;
  // What was hidden may have held two secrets apart: again until nothing more is found.
  for (let pass = 0; pass < 8; pass++) {
    const next = hideOnce(kept);
    if (next === kept) break;
    kept = next;
  }
  return kept;
};

/** Programs whose short options take a password. */
const PASSWORD_OPTIONS: Readonly<Record<string, string>> = {
  sshpass: '-p',
  'redis-cli': '-a',
  mysql: '-p',
  mysqldump: '-p',
  mysqladmin: '-p',
  mariadb: '-p',
};

/** Arguments with the values of secret options hidden, slot by slot; what stands inside a slot is `redactText`'s. */
export const redactSlots = (argv: readonly string[]): string[] => {
  const program = (argv[0] ?? '').split(/[/\\]/).at(-1) ?? '';
  const password = Object.hasOwn(PASSWORD_OPTIONS, program) ? PASSWORD_OPTIONS[program] : undefined;
  return argv.map((slot, at) => {
    if (at === 0) return slot;
    const before = at === 1 ? '' : (argv[at - 1] ?? '');
    const option = /^(--?[A-Za-z][\w.-]*)=/.exec(slot)?.[1];
    if (option !== undefined) return isSecretName(option) ? `${option}=${HIDDEN}` : slot;
    if (password !== undefined && slot.startsWith(password) && slot.length > 2) return password + HIDDEN;
    if (before === password && (program === 'sshpass' || program === 'redis-cli')) return HIDDEN;
    // What looks like an option is one: `--no-auth --model claude`.
    if (/^--?[A-Za-z][\w.-]*$/.test(before) && isSecretName(before) && !/^--?[A-Za-z][\w-]*$/.test(slot)) return HIDDEN;
    if (/^(?:-u|--user|--proxy-user)$/.test(before) && /^[^:/\s]+:./.test(slot)) return `${slot.slice(0, slot.indexOf(':'))}:${HIDDEN}`;
    return slot;
  });
};
