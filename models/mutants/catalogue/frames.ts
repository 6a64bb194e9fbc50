import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of the bounds that derive from the bytes of a frame. */
export const frames: readonly Mutant[] = [
  {
    name: 'leaf-sent-whole',
    rule: 'A part of a checkpoint that is too large for a message is sent in pieces.',
    without:
      'A replica that lags asks for a line of the client-table with eight large results, or for a large part of the state, and no answer can be sent. It never catches up.',
    section: 'VRR §5.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'tree/exchange.ts',
        find: 'if (weight > most && own instanceof Leaf)',
        replace: 'if (weight < 0 && own instanceof Leaf)',
      },
    ],
  },
  {
    name: 'leaf-begun-again',
    rule: 'A replica that has a piece of a large part of a checkpoint asks for what follows it.',
    without: 'It gets the first piece again and again.',
    section: 'VRR §5.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/transfer.ts',
        find: 'const from = fetching.piece?.text.length ?? 0;',
        replace: 'const from = 0;',
      },
    ],
  },
  {
    name: 'result-of-any-size',
    rule: 'An operation whose result no message can carry fails at every replica.',
    without: 'Its client is never answered, however often it asks.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'if (chars > contentChars)',
        replace: 'if (chars < 0)',
      },
    ],
  },
  {
    name: 'characters-counted-as-bytes',
    rule: 'A character of JSON counts as three bytes, which it may take.',
    without: 'An operation of other than English letters is accepted, and no message can carry it.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/limits.ts',
        find: 'const bytesPerChar = 3;',
        replace: 'const bytesPerChar = 1;',
      },
    ],
  },
  {
    name: 'log-pieces-exceed-frame',
    rule: 'The log entries in one message are bounded by the frame.',
    without: 'The votes of a view change carry more than a frame, and no view starts.',
    section: 'VRR §5.3',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/configuration.ts',
        find: 'maxChars = Math.min(defaultMaxChars, limitsOf(frameBytes).contentChars),',
        replace: 'maxChars = defaultMaxChars,',
      },
      {
        file: 'replica/data/configuration.ts',
        find: '  notPossible(maxCharsProblem(maxChars, frameBytes));\n',
        replace: '',
      },
    ],
  },
];
