import { readingOf } from '../../world/reading.ts';
import { arrived, type CoverageMark, type Moment, replicaSteps, sends } from './mark.ts';

/** Coverage marks for view changes. */
export const viewChangeMarks: readonly CoverageMark[] = [
  {
    name: 'view-started',
    prose: 'A view change completes: a new primary announces its view.',
    on: replicaSteps,
    changes: 'status',
    reached: (moment) => startsView(moment),
  },
  {
    name: 'uncommitted-suffix-carried',
    prose: 'A view starts with entries that are not known to be committed.',
    on: replicaSteps,
    changes: 'status',
    reached: (moment) =>
      startsView(moment) && (moment.now?.replica?.log.length ?? 0) > (moment.now?.replica?.commitNumber ?? 0),
  },
  {
    name: 'later-normal-view-wins',
    prose: "A view starts with a log shorter than another vote's, because its last normal view is later.",
    on: replicaSteps,
    changes: 'status',
    reached: (moment) => startsView(moment) && shorterWins(moment),
  },
  {
    name: 'suffix-discarded',
    prose: 'A replica replaces entries of its log by those of a later view.',
    on: replicaSteps,
    reached: ({ old, now, ghostState }) =>
      old?.replica !== undefined &&
      now?.replica !== undefined &&
      old.replica.log !== now.replica.log &&
      old.replica.lastNormalView !== now.replica.lastNormalView &&
      !ghostState.identities.isPrefix(old.replica.log, now.replica.log),
  },
  {
    name: 'view-change-abandoned',
    prose: 'A replica abandons a view change for the next view.',
    on: ['timer'],
    reached: ({ event, old }) =>
      event.type === 'timer' && event.timer === 'suspect' && old?.replica?.status === 'view-change',
  },
  {
    name: 'primary-gives-up',
    prose: 'A primary that has heard no quorum calls for the next view.',
    on: ['timer'],
    reached: ({ event, after, old, now }) =>
      event.type === 'timer' &&
      event.timer === 'suspect' &&
      old?.replica?.status === 'normal' &&
      now?.replica?.status === 'view-change' &&
      after.implementation.isPrimary(old.replica),
  },
  {
    name: 'call-relayed',
    prose: 'A replica learns from another that a third one has moved to its view.',
    on: ['STARTVIEWCHANGE'],
    reached: ({ event, old, now }) =>
      event.type === 'deliver' &&
      event.packet.message.type === 'STARTVIEWCHANGE' &&
      old?.replica?.status === 'view-change' &&
      now?.replica?.viewNumber === old.replica.viewNumber &&
      (event.packet.message.callers & ~old.replica.startViewChanges & ~(1 << event.packet.to)) !== 0,
  },
  {
    name: 'heard-while-fetching',
    prose: 'A replica hears the primary of the view that it is fetching, and waits on.',
    on: ['PREPARE', 'COMMIT'],
    reached: ({ event, old }) =>
      event.type === 'deliver' &&
      (event.packet.message.type === 'PREPARE' || event.packet.message.type === 'COMMIT') &&
      old?.replica?.status === 'state-transfer' &&
      old.replica.transfer?.viewNumber === event.packet.message.viewNumber,
  },
  {
    name: 'late-vote-answered',
    prose: "A vote arrives after its view has started, and is answered with the view's log.",
    on: ['STARTVIEWCHANGE', 'DOVIEWCHANGE'],
    outputs: ['STARTVIEW'],
    reached: (moment) =>
      (arrived(moment, 'STARTVIEWCHANGE') || arrived(moment, 'DOVIEWCHANGE')) &&
      moment.old?.replica?.status === 'normal' &&
      sends(moment, 'STARTVIEW'),
  },
  {
    name: 'startview-repeated',
    prose: 'A STARTVIEW arrives at a replica that is already normal in that view.',
    on: ['STARTVIEW'],
    reached: (moment) => arrived(moment, 'STARTVIEW') && sameViewAgain(moment),
  },
  {
    name: 'two-primaries',
    prose: 'Two replicas are normal primaries at once, of different views.',
    on: replicaSteps,
    changes: 'status',
    reached: ({ old, now, after }) =>
      now?.replica !== undefined &&
      now.replica.status !== old?.replica?.status &&
      after.machines.filter(
        ({ replica }) => replica?.status === 'normal' && after.implementation.isPrimary(replica),
      ).length > 1,
  },
  {
    name: 'primacy-returns',
    prose:
      'A replica starts a view after it was the primary of an earlier one, with other primaries in between.',
    on: replicaSteps,
    changes: 'status',
    reached: (moment) =>
      startsView(moment) && (moment.now?.replica?.viewNumber ?? 0) >= moment.after.machines.length,
  },
  {
    name: 'clock-behind',
    prose: 'A primary whose clock is behind orders a request at the time of the entry before it.',
    on: ['REQUEST'],
    reached: (moment) => arrived(moment, 'REQUEST') && ordersBehind(moment),
  },
  {
    name: 'clock-not-believed',
    prose:
      'A primary orders a request at another time than its clock shows, which is too far from those of a quorum.',
    on: ['REQUEST'],
    reached: (moment) => arrived(moment, 'REQUEST') && ordersOffClock(moment),
  },
  {
    name: 'time-crawls',
    prose:
      'The log is ahead of the clocks by more than the bound, and the agreed time advances all the same.',
    on: ['REQUEST'],
    reached: ({ old, now }) =>
      (now?.replica?.crawledFrom ?? 0) > 0 &&
      (now?.replica?.log.lastTime ?? 0) > (old?.replica?.log.lastTime ?? 0),
  },
  {
    name: 'clock-jumped',
    prose: 'The clock of a machine jumps by a second or more, forwards or back.',
    on: ['clock'],
    reached: ({ event, before }) =>
      event.type === 'clock' && Math.abs(event.time - (before.clocks[event.replica] ?? 0)) >= 1000,
  },
  {
    name: 'clock-set-back',
    prose: 'The clock of a primary goes back behind the time of the last entry.',
    on: ['clock'],
    reached: ({ event, before }) => event.type === 'clock' && goesBehind(event, before),
  },
];

/** Whether the step completed a view change at its primary, which announces the view for the first time. */
function startsView({ old, now }: Moment): boolean {
  const { replica } = now ?? {};
  if (replica?.status !== 'normal' || old?.replica?.status !== 'view-change') return false;
  return replica.viewNumber % replica.configuration.size === replica.replicaNumber;
}

function shorterWins({ old, now, event }: Moment): boolean {
  const votes = [...(old?.replica?.doViewChanges ?? [])];
  if (event.type === 'deliver' && event.packet.message.type === 'DOVIEWCHANGE')
    votes.push(event.packet.message);
  const started = now?.replica?.log.length ?? 0;
  return votes.some(({ opNumber }) => opNumber > started);
}

function sameViewAgain({ event, old }: Moment): boolean {
  if (event.type !== 'deliver' || event.packet.message.type !== 'STARTVIEW') return false;
  return old?.replica?.status === 'normal' && old.replica.viewNumber === event.packet.message.viewNumber;
}

/** Whether the clock of a normal primary showed the time of its last entry or later, and is set to an earlier one. */
function goesBehind(
  { replica: number, time }: { readonly replica: number; readonly time: number },
  { machines, clocks }: Moment['before'],
): boolean {
  const replica = machines[number]?.replica;
  if (replica?.status !== 'normal' || replica.viewNumber % machines.length !== number) return false;
  const { lastTime } = replica.log;
  return time < lastTime && (clocks[number] ?? 0) >= lastTime;
}

/** Whether a request was ordered, and moved the agreed time, but not to what the primary's clock shows. */
function ordersOffClock({ old, now, after }: Moment): boolean {
  const [before, log] = [old?.replica?.log, now?.replica?.log];
  if (before === undefined || log === undefined || log.length === before.length) return false;
  const { time } = readingOf(after.clocks, now?.replica?.replicaNumber ?? 0);
  return log.lastTime > before.lastTime && log.lastTime !== time;
}

/** Whether a request was ordered after an entry with a later time than the primary's clock shows. */
function ordersBehind({ old, now, after }: Moment): boolean {
  const [before, log] = [old?.replica?.log, now?.replica?.log];
  if (before === undefined || log === undefined || log.length === before.length) return false;
  return before.lastTime > readingOf(after.clocks, now?.replica?.replicaNumber ?? 0).time;
}
