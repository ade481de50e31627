import { plainTable } from '../evaluation/table.ts';
import type { DaemonReading, Quantiles } from './daemon-reading.ts';
import { durationText } from './duration-text.ts';
import { wrapWords } from './wrap-words.ts';

const NONE = '–';
/** Beside the names; with less most values take three lines, and a terminal so narrow is low too. */
const LEAST_COLUMNS = 50;
const INDENT = '  ';

type Row = readonly [name: string, value: string];

/** A reading as lines of at most `columns` for people; low terminals cut them off below, so what matters most comes first. */
export function topLines(
  address: string,
  reading: DaemonReading,
  columns: number = Number.POSITIVE_INFINITY,
): string[] {
  const heading = [`Earshot ${reading.version}: ${stateText(reading)}`, `at ${address}`];
  return [...heading.flatMap((line) => wrapWords(line, columns)), '', ...table(rowsOf(reading), columns)];
}

/** What does not fit beside a name goes on below; without room for two columns, behind the name and indented. */
function table(rows: readonly Row[], columns: number): string[] {
  if (columns < LEAST_COLUMNS) return rows.flatMap((row) => hangingLines(row, columns));
  const widest = Math.max(...rows.map(([name]) => name.length));
  const wrapped = rows.flatMap(([name, value]) =>
    wrapWords(value, columns - widest - 2).map((line, index) => [index === 0 ? name : '', line]),
  );
  return plainTable([{ title: '' }, { title: '' }], wrapped)
    .split('\n')
    .slice(2); // without heading and rule
}

function hangingLines([name, value]: Row, columns: number): string[] {
  const lines = wrapWords(`${name}: ${value}`, columns - INDENT.length);
  return lines.map((line, index) => (index === 0 ? line : `${INDENT}${line}`));
}

function stateText({ ready, reasons }: DaemonReading): string {
  return ready ? 'ready' : `NOT READY: ${reasons.join('; ')}`;
}

function rowsOf(reading: DaemonReading): Row[] {
  const { counts, microphone } = reading;
  const placement = [reading.provider, reading.precision].filter((part) => part !== null).join(' ') || NONE;
  return [
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
