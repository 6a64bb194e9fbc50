import {
  type DoViewChange,
  type Log,
  noLosses,
  type Prepare,
  type PrepareOk,
  type RecoveryResponse,
  type Request,
  type StartView,
} from '../../../spec/protocol/index.ts';
import { ProtocolRun } from './protocolRun.ts';

/** The transcripts of the worked run, by the names by which the chapters ask for them. */
export interface WorkedRun {
  readonly request: string;
  readonly viewChange: string;
  readonly recovery: string;
}

/** A request, a view change and a recovery in one run of the specification, in durable mode. */
export function workedRun(): WorkedRun {
  const run = new ProtocolRun('durable');
  request(run);
  const first = run.taken();
  const votes = viewChange(run);
  const second = run.taken();
  recovery(run, votes.log);
  return { request: first, viewChange: second, recovery: run.taken() };
}

function request(run: ProtocolRun): void {
  run.says('Three replicas. All are normal in view 0, of which r0 is the primary. All logs are empty.');
  run.shows();
  const asked: Request = {
    type: 'REQUEST',
    clientId: 'ann',
    session: 0,
    requestNumber: 1,
    operation: 'set x',
  };
  const predicted = { time: 1, random: 0 };
  run.says('Ann asks. Her request is in flight from now on, and may arrive at any moment, or never.');
  run.does({ action: 'submit', clientId: 'ann', operation: 'set x' });
  run.says('Only the primary may give it a place in the log.');
  run.mayNot({ action: 'order', replica: 1, request: asked, predicted }, 'primary-orders');
  run.does({ action: 'order', replica: 0, request: asked, predicted });
  run.says('The request has a place already: its repetition gets no second one.');
  run.mayNot({ action: 'order', replica: 0, request: asked, predicted }, 'request-is-next');
  run.says('PREPARE may leave before the entry is on the disk of r0. The acknowledgement of r0 may not.');
  const prepare: Prepare = { type: 'PREPARE', viewNumber: 0, log: run.logOf(0), commitNumber: 0 };
  run.sends(0, { ...prepare, type: 'PREPARE' });
  const ok = (replica: number): PrepareOk & { readonly type: 'PREPAREOK' } => ({
    type: 'PREPAREOK',
    viewNumber: 0,
    opNumber: 1,
    replica,
  });
  run.mayNot({ action: 'send', replica: 0, message: ok(0) }, 'entries-are-held');
  run.persists(0);
  run.sends(0, ok(0));
  run.says('One replica of three is no quorum.');
  run.mayNot({ action: 'execute', replica: 0, evidence: [ok(0)] }, 'entry-is-committed');
  run.says('The PREPARE arrives at r1. To r2 it is still under way.');
  run.does({ action: 'accept', replica: 1, message: prepare, opNumber: 1 });
  run.persists(1);
  run.sends(1, ok(1));
  run.says('Two of three are a quorum: the entry is committed. The primary executes it and answers.');
  run.does({ action: 'execute', replica: 0, evidence: [ok(0), ok(1)] });
  const reply = run.sends(0, { type: 'REPLY', clientId: 'ann', requestNumber: 1, log: run.logOf(0) });
  run.does({ action: 'take-answer', reply });
  run.says(
    'Ann was answered. Of the backups, r1 holds the entry and does not know that it is committed; r2 knows nothing.',
  );
  run.shows();
}

function viewChange(run: ProtocolRun): StartView {
  run.says(
    'The primary crashes, and the log on its disk is damaged. The only good copy of the entry is on r1.',
  );
  run.does({ action: 'crash', replica: 0, survivors: 0, isDamaged: true });
  run.says(
    'r1 hears nothing from the primary of view 0, and moves to view 1, whose primary is r1 itself. No message says so before its disk does.',
  );
  run.does({ action: 'enter-view', replica: 1, viewNumber: 1 });
  const called = { type: 'STARTVIEWCHANGE', viewNumber: 1, replica: 1 } as const;
  run.mayNot({ action: 'send', replica: 1, message: called }, 'has-moved');
  run.persists(1);
  run.sends(1, called);
  run.says(
    'r2 hears it, and moves too. From then on it takes no PREPARE of view 0, not even the one that is still under way.',
  );
  run.does({ action: 'enter-view', replica: 2, viewNumber: 1 });
  run.persists(2);
  run.sends(2, { type: 'STARTVIEWCHANGE', viewNumber: 1, replica: 2 });
  const late: Prepare = { type: 'PREPARE', viewNumber: 0, log: run.logOf(1), commitNumber: 0 };
  run.mayNot({ action: 'accept', replica: 2, message: late, opNumber: 1 }, 'same-view');
  run.says(
    'Each replica votes with its log. A vote is no longer than what its sender holds, and no shorter.',
  );
  const ofOne = vote(1, run.logOf(1));
  const ofTwo = vote(2, run.logOf(2));
  run.mayNot({ action: 'send', replica: 2, message: vote(2, run.logOf(1)) }, 'vote-is-own-log');
  run.sends(2, ofTwo);
  run.sends(1, ofOne);
  run.mayNot({ action: 'start-view', replica: 1, votes: [ofOne] }, 'quorum-has-voted');
  run.says(
    'Both logs are of view 0, and that of r1 is longer: the view starts with it. So the entry is still there, although r1 does not know that it is committed.',
  );
  run.does({ action: 'start-view', replica: 1, votes: [ofOne, ofTwo] });
  run.persists(1);
  const started: StartView = { type: 'STARTVIEW', viewNumber: 1, log: run.logOf(1), commitNumber: 0 };
  run.sends(1, { ...started, type: 'STARTVIEW' });
  run.does({ action: 'adopt', replica: 2, message: started });
  run.persists(2);
  run.says('In view 1 the entry is acknowledged once more, and executed by both.');
  const [mine, other] = [1, 2].map((replica) =>
    run.sends(replica, { type: 'PREPAREOK', viewNumber: 1, opNumber: 1, replica }),
  );
  if (mine === undefined || other === undefined) throw new Error('There are two acknowledgements.');
  run.does({ action: 'execute', replica: 1, evidence: [mine, other] });
  const news = run.sends(1, { type: 'COMMIT', viewNumber: 1, commitNumber: 1 });
  run.does({ action: 'execute', replica: 2, evidence: [news] });
  run.says('r2 would drop what it acknowledged later if it took the same STARTVIEW again.');
  run.mayNot({ action: 'adopt', replica: 2, message: started }, 'not-twice');
  run.shows();
  return started;
}

function vote(replica: number, log: Log): DoViewChange {
  const numbers = { viewNumber: 1, lastNormalView: 0, commitNumber: 0 };
  return { type: 'DOVIEWCHANGE', ...numbers, log, replica, generations: noLosses };
}

function recovery(run: ProtocolRun, log: Log): void {
  run.says('r0 comes back without a log. It takes part in nothing, and asks. Its restart has the number 1.');
  run.does({ action: 'restart', replica: 0 });
  run.mayNot({ action: 'enter-view', replica: 0, viewNumber: 1 }, 'takes-part');
  const asked = run.sends(0, {
    type: 'RECOVERY',
    replica: 0,
    nonce: 1,
    viewNumber: 0,
    generation: 0,
  });
  run.says(
    'r2 is a backup of view 1, and answers without a log. One answer is not enough: it might come from a replica that missed a view change.',
  );
  const answer = (replica: number, told: Log | undefined): RecoveryResponse => ({
    type: 'RECOVERYRESPONSE',
    viewNumber: 1,
    asked,
    log: told,
    replica,
    generations: noLosses,
  });
  run.mayNot({ action: 'send', replica: 2, message: answer(2, log) }, 'primary-adds-its-log');
  const [second, first] = [answer(2, undefined), answer(1, log)];
  run.sends(2, second);
  run.mayNot({ action: 'recover', replica: 0, answers: [second], message: second }, 'enough-answers');
  run.says('r1 is the primary of view 1, and adds its log.');
  run.sends(1, first);
  run.does({ action: 'recover', replica: 0, answers: [first, second], message: first });
  run.persists(0);
  run.says('r0 is a backup of view 1 now. It executes the entry again, from the beginning of the log.');
  run.does({
    action: 'execute',
    replica: 0,
    evidence: [{ type: 'COMMIT', viewNumber: 1, commitNumber: 1 }],
  });
  run.shows();
}
