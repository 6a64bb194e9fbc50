import { type Channel, channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventMap, EventOf, EventType } from './telemetryEvents.ts';

/** The channel of each event is `viewstamped:<type>`. */
export const channels: { readonly [Type in EventType]: Channel } = {
  started: channel('viewstamped:started'),
  stopped: channel('viewstamped:stopped'),
  failed: channel('viewstamped:failed'),
  'bootstrap-waiting': channel('viewstamped:bootstrap-waiting'),
  'leadership-start': channel('viewstamped:leadership-start'),
  'leadership-stop': channel('viewstamped:leadership-stop'),
  'status-changed': channel('viewstamped:status-changed'),
  'view-changed': channel('viewstamped:view-changed'),
  'role-changed': channel('viewstamped:role-changed'),
  'view-change-start': channel('viewstamped:view-change-start'),
  'vote-received': channel('viewstamped:vote-received'),
  'quorum-reached': channel('viewstamped:quorum-reached'),
  'view-change-stop': channel('viewstamped:view-change-stop'),
  sent: channel('viewstamped:sent'),
  received: channel('viewstamped:received'),
  'request-start': channel('viewstamped:request-start'),
  'request-stop': channel('viewstamped:request-stop'),
  'request-forwarded': channel('viewstamped:request-forwarded'),
  'request-answered': channel('viewstamped:request-answered'),
  appended: channel('viewstamped:appended'),
  'log-conflict': channel('viewstamped:log-conflict'),
  'log-compacted': channel('viewstamped:log-compacted'),
  committed: channel('viewstamped:committed'),
  'execution-start': channel('viewstamped:execution-start'),
  'execution-stop': channel('viewstamped:execution-stop'),
  'execution-exception': channel('viewstamped:execution-exception'),
  lag: channel('viewstamped:lag'),
  'state-transfer-start': channel('viewstamped:state-transfer-start'),
  'state-transfer-stop': channel('viewstamped:state-transfer-stop'),
  'recovery-start': channel('viewstamped:recovery-start'),
  'recovery-answered': channel('viewstamped:recovery-answered'),
  'recovery-stop': channel('viewstamped:recovery-stop'),
  'checkpoint-taken': channel('viewstamped:checkpoint-taken'),
  'checkpoint-fetch-start': channel('viewstamped:checkpoint-fetch-start'),
  'checkpoint-fetch-stop': channel('viewstamped:checkpoint-fetch-stop'),
  'checkpoint-restored': channel('viewstamped:checkpoint-restored'),
  'client-registered': channel('viewstamped:client-registered'),
  'client-evicted': channel('viewstamped:client-evicted'),
  'client-turned-away': channel('viewstamped:client-turned-away'),
  'timer-set': channel('viewstamped:timer-set'),
  'timer-fired': channel('viewstamped:timer-fired'),
  written: channel('viewstamped:written'),
  'corruption-found': channel('viewstamped:corruption-found'),
  connection: channel('viewstamped:connection'),
  rejected: channel('viewstamped:rejected'),
  'request-refused': channel('viewstamped:request-refused'),
  unsent: channel('viewstamped:unsent'),
  alarm: channel('viewstamped:alarm'),
};

const all = Object.values(channels);

/** Whether any channel has a subscriber. */
export function hasSubscribers(): boolean {
  for (const { hasSubscribers } of all) if (hasSubscribers) return true;
  return false;
}

/** A listener for each type of event, or none. */
export type Listeners = { readonly [Type in EventType]?: (event: EventMap[Type]) => void };

/** Subscribes each listener to its events. Yields a function that unsubscribes them. */
export function listen(listeners: Listeners): () => void {
  const ends = eventTypes.map((type) => listenTo(type, listeners));
  return () => {
    for (const end of ends) end();
  };
}

function listenTo<Type extends EventType>(type: Type, listeners: Listeners): () => void {
  const listener = listeners[type];
  if (listener === undefined) return () => undefined;
  const onMessage = (message: unknown): void => {
    if (isEvent(type, message)) listener(message);
  };
  const { name } = channels[type];
  subscribe(name, onMessage);
  return () => void unsubscribe(name, onMessage);
}

/** Any code in the process can publish on a channel; only events of the channel's type are passed on. */
function isEvent<Type extends EventType>(type: Type, message: unknown): message is EventOf<Type> {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}

/** All types of events. */
export const eventTypes: readonly EventType[] = Object.keys(channels).filter(isType);

function isType(name: string): name is EventType {
  return name in channels;
}
