import type { Readiness } from './server/server.ts';

/** What the daemon tells a person on a terminal when it has started. */
export function describeStart(page: string, readiness: Omit<Readiness, 'clients'>): string {
  const { version, model, provider, rejectedProviders, microphone } = readiness;
  const rejected = rejectedProviders.map(({ provider: name, reason }) => `${name} does not run: ${reason}`);
  const rows: [string, string][] = [
    ['page', page],
    ['model', `${model.name} ${model.version} (${model.language})`],
    ['provider', [provider ?? 'none', ...rejected].join('; ')],
    ['microphone', [microphone.state, microphone.detail].filter((text) => text !== '').join(': ')],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`);
  return [`Earshot ${version}`, ...lines, '  Ctrl+C stops it.', ''].join('\n');
}
