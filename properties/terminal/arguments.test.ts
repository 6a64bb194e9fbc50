import { describe, expect, it, test } from 'vitest';
import { parseCommandLine, UsageError } from '../../impl/terminal/arguments.ts';
import {
  decimalNumber,
  oneOf,
  outputDirectory,
  seedFrom,
  wholeNumber,
} from '../../impl/terminal/optionValues.ts';

const command = {
  command: 'npm run example',
  summary: 'Shows how a command line is read.',
  positionals: { value: 'FILE', help: 'a file to read', atMost: 1 },
  options: {
    steps: { type: 'string', value: 'N', default: '10', help: 'how many steps' },
    seed: { type: 'string', value: 'N', help: 'the seed' },
    verbose: { type: 'boolean', short: 'v', help: 'say more' },
  },
} as const;

describe('a command line', () => {
  it.each([
    [[], { steps: '10', seed: undefined, verbose: false }, []],
    [['a', '-v', '--steps', '5'], { steps: '5', seed: undefined, verbose: true }, ['a']],
    [['--seed', '-7'], { steps: '10', seed: '-7', verbose: false }, []],
    [['-5', '--seed', '1'], { steps: '10', seed: '1', verbose: false }, ['-5']],
    [['--seed', '-.5', '-v'], { steps: '10', seed: '-.5', verbose: true }, []],
    [['--seed=--7', '--', '-a'], { steps: '10', seed: '--7', verbose: false }, ['-a']],
  ])('is read from %j', (argv, values, positionals) => {
    expect(parseCommandLine(command, argv)).toEqual({ kind: 'run', values, positionals });
  });

  it.each([
    [['--sead', '7'], 'There is no option --sead. Use one of --steps, --seed, --verbose, --help.'],
    [['--toString'], 'There is no option --toString.'],
    [['--__proto__'], 'There is no option --__proto__.'],
    [['--sead', '7'], 'Put words that begin with a dash after a lone --.'],
    [['--seed'], '--seed needs a value. Write --seed N.'],
    [['--seed', '--verbose'], '--seed needs a value.'],
    [['--seed', '1', '--seed', '2'], '--seed was given twice.'],
    [['--verbose=yes'], "--verbose takes no value. Leave out '=yes'."],
    [['a', 'b'], "The argument 'b' is one too many."],
  ])('is rejected when it is %j', (argv, message) => {
    const read = (): unknown => parseCommandLine(command, argv);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('is rejected when it has an option and the command has none but --help', () => {
    const bare = { ...command, options: {} };
    expect(() => parseCommandLine(bare, ['--seed'])).toThrow(
      'There is no option --seed. Its only option is --help.',
    );
  });

  it('is rejected when it lacks an argument', () => {
    const strict = { ...command, positionals: { value: 'FILE', help: 'a file', atLeast: 1 } };
    expect(() => parseCommandLine(strict, [])).toThrow('It needs 1 FILE, and was given 0.');
  });

  it('prints the help with --help, also beside other options', () => {
    const read = parseCommandLine(command, ['--sead', '--help']);
    expect(read.kind === 'help' && read.text).toBe(
      [
        'npm run example -- [options] [FILE]',
        '',
        'Shows how a command line is read.',
        '',
        '  FILE           a file to read',
        '  --steps N      how many steps (default: 10)',
        '  --seed N       the seed',
        '  --verbose, -v  say more',
        '  --help, -h     show this text',
        '',
      ].join('\n'),
    );
  });
});

describe('the values of options', () => {
  it('are parsed', () => {
    expect(wholeNumber('--n', '1_000')).toBe(1000);
    expect(wholeNumber('--n', undefined)).toBeUndefined();
    expect(decimalNumber('--s', '0.5')).toBe(0.5);
    expect(oneOf('--how', 'deep', ['deep', 'wide'])).toBe('deep');
    expect(seedFrom('-7')).toBe(-7);
    expect(seedFrom(undefined)).toBeGreaterThanOrEqual(0);
  });

  it.each(['', 'x', '1.5', '1e3', '0x10', '0', '11', '99999999999999999999'])(
    'are rejected if they are no whole number from 1 to 10: %j',
    (text) => {
      const message = `--n must be a whole number from 1 to 10, and '${text}' is not.`;
      expect(() => wholeNumber('--n', text, { min: 1, max: 10 })).toThrow(message);
    },
  );

  it('are rejected if they are no seed, no number or no known word', () => {
    expect(() => seedFrom('4294967296')).toThrow(UsageError);
    expect(() => decimalNumber('--s', 'soon', { min: 0 })).toThrow(
      "must be a number of at least 0, and 'soon' is not",
    );
    expect(() => oneOf('--how', 'long', ['deep', 'wide'])).toThrow(
      "must be one of deep, wide, and 'long' is not",
    );
  });
});

test('a directory of /proc, in which even root can make none, is refused for output', () => {
  const refused =
    /^--out must be a directory that can be written to, and '\/proc\/x\/y' cannot: see \/(proc)?\.$/;
  expect(() => outputDirectory('/proc/x/y')).toThrow(refused);
});
