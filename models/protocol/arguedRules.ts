/** The rules without which the promise is kept too, as far as these explorations show, and why they stand all the same. */
export const argued: ReadonlyMap<string, string> = new Map([
  [
    'recover/enough-answers',
    'A replica remembers the view to which it had moved, and recovers into no earlier one. It matters where the ' +
      'whole storage is lost, which the specification does not have yet.',
  ],
  [
    'RECOVERYRESPONSE/sender-is-normal',
    'As for `recover/enough-answers`: and the primary adds a log only if it holds that of the view.',
  ],
  [
    'PREPARE/view-is-stored',
    'The shortest known run that needs it has about 18 steps, and 60,000 states of the exploration did not reach it: a primary starts its ' +
      'view, sends a PREPARE, crashes before anything of it is durable, and starts the view again with another log.',
  ],
  [
    'STARTVIEWCHANGE/has-moved',
    'No rule reads the message: a replica may move to a later view at any time. Real replicas count it before ' +
      'they vote, and relay it, so it must be true.',
  ],
]);
