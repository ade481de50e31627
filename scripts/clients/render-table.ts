import { CARRIES, type ClientResult, FEATURES } from '../../test/clients/feature-table.ts';

/** The table as Markdown; a dash stands where the protocol has no word for the feature. */
export function renderTable(results: readonly ClientResult[]): string {
  const rows = Object.keys(CARRIES).flatMap((protocol) => {
    const own = results.filter((result) => result.protocol === protocol);
    return [...new Set(own.map(({ client }) => client))].sort().map((client) => {
      const shown = own.filter((result) => result.client === client).flatMap(({ features }) => features);
      const cells = FEATURES.map((feature) => {
        if (shown.includes(feature)) return '✔';
        return CARRIES[protocol]?.includes(feature) ? '' : '–';
      });
      return `| ${protocol} | ${client} | ${cells.join(' | ')} |`;
    });
  });
  const head = `| protocol | client | ${FEATURES.join(' | ')} |`;
  const line = `|---|---|${FEATURES.map(() => ':-:').join('|')}|`;
  return `${[head, line, ...rows].join('\n')}\n`;
}
