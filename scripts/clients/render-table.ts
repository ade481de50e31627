import { CARRIES, type ClientResult, FEATURES, type Feature } from '../../test/clients/feature-table.ts';

/** Where the document has the table. */
export const MARKED_TABLE = /(?<=<!-- clients -->\n)[\s\S]*?(?=<!-- \/clients -->)/;

/** The table as Markdown; a dash stands where the protocol has no word for the feature. */
export function renderTable(results: readonly ClientResult[]): string {
  const rows = Object.keys(CARRIES).flatMap((protocol) => {
    const own = results.filter((result) => result.protocol === protocol);
    return [...new Set(own.map(({ client }) => client))].sort().map((client) => {
      const shown = shownOf(own, { protocol, client });
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

/** What the rows say and no result has shown, a line for each client. */
export function notShown(rows: readonly ClientResult[], results: readonly ClientResult[]): string[] {
  return rows.flatMap((row) => {
    const shown = shownOf(results, row);
    const missing = row.features.filter((feature) => !shown.includes(feature));
    return missing.length === 0 ? [] : [`${row.protocol}, ${row.client}: ${missing.join('; ')}`];
  });
}

function shownOf(
  results: readonly ClientResult[],
  { protocol, client }: Pick<ClientResult, 'protocol' | 'client'>,
): Feature[] {
  return results
    .filter((result) => result.protocol === protocol && result.client === client)
    .flatMap(({ features }) => features);
}
