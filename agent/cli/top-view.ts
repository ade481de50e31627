import { plainTable } from '../evaluation/table.ts';
import type { DaemonReading, Quantiles } from './daemon-reading.ts';
import { durationText } from './duration-text.ts';

const NONE = '–';

/** A reading as lines for people; narrow terminals cut them, so what matters most comes first. */
export function topLines(address: string, reading: DaemonReading): string[] {
  const { counts, microphone } = reading;
  const state = reading.ready ? 'ready' : `NOT READY: ${reading.reasons.join('; ')}`;
  const placement = [reading.provider, reading.precision].filter((part) => part !== null).join(' ') || NONE;
  const rows: [string, string][] = [
    ['model', `${reading.model} on ${placement}`],
    ['microphone', `${microphone.state}, ${many(microphone.restarts, 'restart')}, ${lost(microphone)}`],
    [
      'process',
      `up ${uptimeText(reading)}, CPU ${percent(reading.cpuShare)} of a core, RSS ${megabytes(reading.rssBytes)}`,
    ],
    ['clients', clientsText(reading)],
    [
      'engine',
      `${many(reading.streams, 'stream')}, ${many(reading.workers, 'worker')}, real-time factor ${number(reading.realTimeFactor, 3)}, ${number(reading.meanBatchSize, 1)} streams a run`,
    ],
    [
      'queue',
      `${number(reading.queuedSeconds, 2)} s of audio, oldest ${number(reading.queueAgeSeconds, 2)} s`,
    ],
    ['partial latency', latencyText(reading.partialLatencyMs)],
    ['final latency', latencyText(reading.finalLatencyMs)],
    ['finals', String(counts.finals)],
    [
      'refused, dropped',
      `${many(counts.connectionsRefused, 'connection')}, ${many(counts.messagesDropped, 'message')}, ${number(counts.overrunSeconds, 1)} s of audio`,
    ],
    [
      'errors, pauses',
      `${many(counts.errorsSent, 'error')} sent, ${many(counts.sourcePauses, 'pause')} of clients, ${many(counts.workerRestarts, 'worker restart')}`,
    ],
  ];
  const [, , ...table] = plainTable([{ title: '' }, { title: '' }], rows).split('\n'); // without heading and rule
  return [`Earshot ${reading.version}: ${state}`, `at ${address}`, '', ...table];
}

function clientsText({ clients, detachedSessions }: DaemonReading): string {
  const open = clients.filter((client) => client.open > 0);
  const listed = open.map((client) => `${client.open} ${client.protocol}`).join(', ') || 'none';
  return detachedSessions > 0 ? `${listed}; ${detachedSessions} wait to be resumed` : listed;
}

function latencyText({ median, p95 }: Quantiles): string {
  return median === null ? NONE : `median ${number(median, 0)} ms, 95 % below ${number(p95, 0)} ms`;
}

function lost({ droppedSamples }: DaemonReading['microphone']): string {
  return `${many(droppedSamples, 'sample')} dropped`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function number(value: number | null, digits: number): string {
  return value === null ? NONE : value.toFixed(digits);
}

function uptimeText({ uptimeSeconds }: DaemonReading): string {
  return uptimeSeconds === null ? NONE : durationText(uptimeSeconds);
}

function percent(share: number | null): string {
  return share === null ? NONE : `${(100 * share).toFixed(0)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
