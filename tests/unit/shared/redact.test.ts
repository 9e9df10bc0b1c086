import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, displayCommand, redactArgv } from '../../../src/shared/redact.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 2000);
const ENGINE = '/home/dana/.local/share/claude/versions/2.1.330';

describe('cleanText', () => {
  it.each([
    ['a plain text, ünï and 漢字', 'a plain text, ünï and 漢字'],
    ['two\nlines\tand\r\u0000', 'two␊lines␉and␍␀'],
    ['\u001b[31mred\u007f', '␛[31mred␡'],
    ['\u0085next\u009bcsi', '\ufffdnext\ufffdcsi'],
    ['line\u2028para\u2029', 'line\u2424para\u2424'],
    ['safe\u202eexe.txt\u2066x\u2069', 'safeexe.txtx'],
    ['cla\u200bude\u200d\ufeff\u2060\u00ad', 'claude'],
    ['blank\u3164\u115f\uffa0name', 'blankname'],
    ['tag\u{e0041}\u{e007f}ged', 'tagged'],
    ['lone \ud800 and \udc00', 'lone \ufffd and \ufffd'],
    ['smile 😀', 'smile 😀'],
  ])('shows %j as one honest line', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('cuts to a length, never inside a character', () => {
    expect(cleanText('abcdef', 6)).toBe('abcdef');
    expect(cleanText('abcdefg', 6)).toBe('abcde…');
    expect(cleanText('abc😀😀', 5)).toBe('abc…');
    expect(cleanText('abc', 0)).toBe('');
    expect(cleanText('x'.repeat(5_000_000), 10)).toBe('xxxxxxxxx…');
  });

  it('gives one line, without what hides or turns, the same when done twice', () => {
    const units = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xdb40, 0xdc01, 0x200b, 0x2028, 0x0a, 0x1b, 0x202e)),
    );
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 50 }), (codes, max) => {
        const clean = cleanText(String.fromCharCode(...codes), max);
        expect(clean.length).toBeLessThanOrEqual(max);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
        expect(cleanText(clean, max)).toBe(clean);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('redactArgv', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['interactive', ['claude', 'fix the login of acme.example'], ['claude', '…']],
    [
      'a print prompt',
      ['/home/dana/.local/bin/claude', '-p', 'summarise', '--model', 'opus'],
      ['/home/dana/.local/bin/claude', '-p', '…', '--model', 'opus'],
    ],
    ['a prompt that begins like an option', ['claude', '-p', '--delete all the things'], ['claude', '-p', '…']],
    ['a prompt behind --', ['claude', '--model', 'opus', '--', '--bg-spare', 'x'], ['claude', '--model', 'opus', '--', '…', '…']],
    [
      'system prompts',
      ['claude', '--append-system-prompt', 'be rude', '--system-prompt=be kind'],
      ['claude', '--append-system-prompt', '…', '--system-prompt=…'],
    ],
    ['a system prompt like an option', ['claude', '--system-prompt', '--bg-spare', '-p'], ['claude', '--system-prompt', '…', '-p']],
    [
      'settings',
      ['claude', '--settings', '{"env":{"A":"b"}}', '--settings=/etc/s.json'],
      ['claude', '--settings', '…', '--settings=/etc/s.json'],
    ],
    [
      'MCP servers',
      ['claude', '--mcp-config', '{"mcpServers":{}}', '--mcp-config', '/x/mcp.json'],
      ['claude', '--mcp-config', '…', '--mcp-config', '/x/mcp.json'],
    ],
    ['agents', ['claude', '--agents', '{"a":{"prompt":"p"}}'], ['claude', '--agents', '…']],
    ["an unknown option's value", ['claude', '--brand-new', 'words', '--other=words'], ['claude', '--brand-new', '…', '--other=…']],
    [
      'a resumed id',
      ['claude', '--resume', '4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11'],
      ['claude', '--resume', '4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11'],
    ],
    ['a resumed title', ['claude', '-r', 'salaries'], ['claude', '-r', '…']],
    ['a URI', ['claude', '--handle-uri', 'claude-cli://open?q=secret'], ['claude', '--handle-uri', '…']],
    ['a sub-command', ['claude', 'daemon', 'run', '--origin', 'transient'], ['claude', 'daemon', 'run', '--origin', 'transient']],
    [
      'a terminal host',
      [
        'claude bg-pty-host',
        '--bg-pty-host',
        '/tmp/a.sock',
        '150',
        '45',
        '--',
        ENGINE,
        '--session-id',
        'ab',
        '--name',
        'job',
        'do the thing',
      ],
      ['claude bg-pty-host', '--bg-pty-host', '/tmp/a.sock', '150', '45', '--', ENGINE, '--session-id', 'ab', '--name', 'job', '…'],
    ],
    [
      'a launcher',
      ['/Applications/Claude.app/Contents/Helpers/disclaimer', '--', ENGINE, '--verbose', 'hello'],
      ['/Applications/Claude.app/Contents/Helpers/disclaimer', '--', ENGINE, '--verbose', '…'],
    ],
    [
      'a script',
      ['node', '/x/@anthropic-ai/claude-code/cli.js', '-p', 'hello'],
      ['node', '/x/@anthropic-ai/claude-code/cli.js', '-p', '…'],
    ],
    ['Windows', ['cmd.exe', '/c', 'C:\\x\\claude.exe', '-p', 'hello'], ['cmd.exe', '/c', 'C:\\x\\claude.exe', '-p', '…']],
    ['timeout', ['timeout', '60', 'claude', '-p', 'hello'], ['timeout', '60', 'claude', '-p', '…']],
    ['a folder of that name', ['git', '-C', '/home/dana/claude', 'status'], ['git', '-C', '/home/dana/claude', 'status']],
    ['a search inside the engine', ['rg', '--no-config', 'TODO', '-'], ['rg', '--no-config', 'TODO', '-']],
  ])('keeps prompts private: %s', (_, argv, redacted) => {
    expect(redactArgv(argv)).toEqual(redacted);
  });

  it.each([
    [
      ['x', '--api-key', 'hunter2', 'rest'],
      ['x', '--api-key', '…', 'rest'],
    ],
    [
      ['x', '--api-key=hunter2'],
      ['x', '--api-key=…'],
    ],
    [
      ['x', '--token', 'hunter2'],
      ['x', '--token', '…'],
    ],
    [
      ['x', '-token', 'hunter2'],
      ['x', '-token', '…'],
    ],
    [
      ['x', '--client-secret', 'hunter2'],
      ['x', '--client-secret', '…'],
    ],
    [
      ['x', '--clientSecret', 'hunter2'],
      ['x', '--clientSecret', '…'],
    ],
    [
      ['x', '--db_password', 'hunter2'],
      ['x', '--db_password', '…'],
    ],
    [
      ['x', '--pass', 'hunter2'],
      ['x', '--pass', '…'],
    ],
    [
      ['x', '--figma-api-key=hunter2', '--stdio'],
      ['x', '--figma-api-key=…', '--stdio'],
    ],
    [
      ['x', '--access-key', 'hunter2'],
      ['x', '--access-key', '…'],
    ],
    [
      ['x', '--no-auth', '--model', 'claude-x'],
      ['x', '--no-auth', '--model', 'claude-x'],
    ],
    [
      ['x', '--max-tokens', '4096'],
      ['x', '--max-tokens', '4096'],
    ],
    [
      ['x', '--password-stdin', 'kept'],
      ['x', '--password-stdin', 'kept'],
    ],
    [
      ['x', '--token-file', '/run/t'],
      ['x', '--token-file', '/run/t'],
    ],
    [
      ['curl', '-u', 'dana:hunter2', 'https://h'],
      ['curl', '-u', 'dana:…', 'https://h'],
    ],
    [
      ['sshpass', '-p', 'hunter2', 'ssh', 'h'],
      ['sshpass', '-p', '…', 'ssh', 'h'],
    ],
    [
      ['mysql', '-phunter2', '-u', 'root'],
      ['mysql', '-p…', '-u', 'root'],
    ],
    [
      ['redis-cli', '-a', 'hunter2'],
      ['redis-cli', '-a', '…'],
    ],
    [
      ['curl', '-H', 'Authorization: Bearer hunter2'],
      ['curl', '-H', 'Authorization: …'],
    ],
    [
      ['curl', '-H', 'authorization: hunter2 and more'],
      ['curl', '-H', 'authorization: …'],
    ],
    [
      ['curl', '-H', 'X-Api-Key: hunter2'],
      ['curl', '-H', 'X-Api-Key: …'],
    ],
    [
      ['curl', '-b', 'Cookie: a=hunter2; b=hunter2'],
      ['curl', '-b', 'Cookie: …'],
    ],
    [
      ['docker', 'run', '-e', 'GITHUB_TOKEN=hunter2', 'img'],
      ['docker', 'run', '-e', 'GITHUB_TOKEN=…', 'img'],
    ],
    [
      ['env', 'DBPASSWORD=hunter2', 'PWD=/home', 'x'],
      ['env', 'DBPASSWORD=…', 'PWD=/home', 'x'],
    ],
    [
      ['psql', 'postgres://dana:hunter2@db/x'],
      ['psql', 'postgres://dana:…@db/x'],
    ],
    [
      ['psql', 'postgres://dana:hun@ter2@db/x'],
      ['psql', 'postgres://dana:…@db/x'],
    ],
    [
      ['git', 'clone', 'https://0123456789abcdefhunter2@git.example/x'],
      ['git', 'clone', 'https://…@git.example/x'],
    ],
    [
      ['git', 'clone', 'ssh://git@git.example/x'],
      ['git', 'clone', 'ssh://git@git.example/x'],
    ],
    [
      ['x', 'https://h/p?a=1&token=hunter2&b=2'],
      ['x', 'https://h/p?a=1&token=…&b=2'],
    ],
    [
      ['x', 'https://h/p?key=hunter2#access_token=hunter2'],
      ['x', 'https://h/p?key=…#access_token=…'],
    ],
    [
      ['x', '{"api_key": "hunter2", "a": "b"}'],
      ['x', '{"api_key": …, "a": "b"}'],
    ],
    [
      ['x', '{\\"token\\": \\"hunter2\\", \\"a\\": 1}'],
      ['x', '{\\"token\\": …, \\"a\\": 1}'],
    ],
    [
      ['bash', '-c', 'export SECRET="hunter2 hunter2"; make'],
      ['bash', '-c', 'export SECRET=…; make'],
    ],
    [
      ['bash', '-c', "A=TOKEN=hunter2 tool --password 'hunter2 x' y"],
      ['bash', '-c', 'A=TOKEN=… tool --password … y'],
    ],
    [
      ['bash', '-c', 'PASSWORD="hunter2 without end'],
      ['bash', '-c', 'PASSWORD=…'],
    ],
    [
      ['x', 'sk-ant-api03-hunter2hunter2hunter2'],
      ['x', '…'],
    ],
    [
      ['x', '--note=use sk-proj-hunter2hunter2 now'],
      ['x', '--note=use … now'],
    ],
    [
      ['x', 'ghp_hunter2hunter2hunter2hunter2hunter2'],
      ['x', '…'],
    ],
    [
      ['x', 'github_pat_11AAAhunter2hunter2_hunter2'],
      ['x', '…'],
    ],
    [
      ['x', 'glpat-hunter2hunter2hunt'],
      ['x', '…'],
    ],
    [
      ['x', 'xoxb-123456-hunter2'],
      ['x', '…'],
    ],
    [
      ['x', 'AKIAHUNTER2HUNTER2XX'],
      ['x', '…'],
    ],
    [
      ['x', 'AIzahunter2hunter2hunter2hunter2hunter2'],
      ['x', '…'],
    ],
    [
      ['x', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.hunter2-sig'],
      ['x', '…'],
    ],
    [
      ['x', 'npm_hunter2hunter2hunter2hunter2hunter2'],
      ['x', '…'],
    ],
    [
      ['x', 'hf_hunter2hunter2hunter2hunter2'],
      ['x', '…'],
    ],
    [
      ['x', 'https://hooks.slack.com/services/T0/B0/hunter2'],
      ['x', 'https://hooks.slack.com/services/…'],
    ],
    [
      ['x', '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----'],
      ['x', '…'],
    ],
  ])('hides the secret in %j', (argv, redacted) => {
    expect(redactArgv(argv)).toEqual(redacted);
  });

  it('leaves what is no secret', () => {
    for (const argv of [
      ['node', 'server.js', '--port', '5173', '--author', 'dana', '--tokenizer', 'bpe'],
      ['npm exec @modelcontextprotocol/server-filesystem /home/dana'],
      ['bash', '-c', "source /home/dana/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval 'npm test' < /dev/null"],
      ['python3', 'train.py', '--model', 'claude-sonnet-4-5'],
      ['ssh', 'claude@build.example.org'],
      ['x', 'time: 12:30', 'https://example.org/a?b=c'],
    ])
      expect(redactArgv(argv)).toEqual(argv);
  });

  it("keeps the slots' number, and is the same when done twice", () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        'claude',
        ENGINE,
        '--',
        '-p',
        '--token',
        '--settings',
        '{"token":"a"}',
        'TOKEN=',
        "PASSWORD='a b'",
        'Authorization: Bearer',
      ),
      fc.constantFrom(
        '"',
        "'",
        '\\"',
        ': ',
        '=',
        '://',
        '@',
        'a://b:c@d',
        '?token=x',
        '…',
        'eyJabcdefghij.abcdefgh',
        'sk-abcdefghijklmnop',
        ' ',
      ),
    );
    const slot = fc.array(word, { maxLength: 4 }).map((words) => words.join(''));
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 8 }), (argv) => {
        const once = redactArgv(argv);
        expect(once).toHaveLength(argv.length);
        expect(redactArgv(once)).toEqual(once);
      }),
      { numRuns: RUNS },
    );
  });

  it('stays fast on texts made to be slow', () => {
    for (const part of [
      'token',
      'token=',
      'a.a-',
      'eyJ',
      '://',
      'eyJeyJ-',
      '?a',
      '"token":"',
      "--token '",
      '-----BEGIN ',
      'bearer ',
      'x=\\"',
      'authorization:',
    ])
      expect(redactArgv(['x', part.repeat(60_000)])).toHaveLength(2);
  }, 5000);
});

describe('displayCommand', () => {
  it('is one line to read', () => {
    expect(displayCommand(['claude', '--model', 'opus', 'my prompt'])).toBe('claude --model opus …');
    expect(displayCommand(['bash', '-c', "echo 'a'\nb", ''])).toBe(String.raw`bash -c 'echo '\''a'\''␊b' ''`);
    expect(displayCommand(['evil\u202e', '\u001b[2J'])).toBe("evil '␛[2J'");
    expect(displayCommand([])).toBe('');
  });

  it('is at most 2,000 characters of a command line of any length', () => {
    expect(displayCommand(['x', 'y'.repeat(1_000_000)])).toHaveLength(2000);
    expect(displayCommand(Array.from({ length: 100_000 }, () => 'ab'))).toHaveLength(2000);
  });
});
