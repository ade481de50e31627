import { SETTINGS, type Setting } from './settings.ts';

const INTRODUCTION = `# Configuration

Every setting has a default, so no file is needed. Values come from, the later wins:

1. the defaults below, and for \`decoder\` and \`endpoint\` what the model advises in their place (\`model.json\`);
2. a YAML file: \`--config FILE\`, else the path in \`EARSHOT_CONFIG\`, else \`earshot.yaml\` in the working
   directory when there is one;
3. environment variables: \`EARSHOT_SECTION_KEY\`, lists separated by commas or as JSON;
4. flags: \`--set section.key=value\`, and for common settings a flag of their own (\`earshot serve --help\`).

A setting or a variable \`EARSHOT_…\` that does not exist is refused, and so is a value that does not fit; the
message names the key, where the value came from, what was expected and what was got. \`earshot config\` shows
the values and their origins; what is \`default\` in \`decoder\` and \`endpoint\` is the model's where it advises something.

Kubernetes tells every container about the Services beside it, and one called \`earshot\` or \`earshot-server\` gives variables
that look like ours: \`EARSHOT_SERVICE_HOST\`, \`EARSHOT_SERVER_PORT=tcp://10.0.0.1:2750\`. These are ignored, and so are those of
\`docker --link\`; \`enableServiceLinks: false\` in the Pod's \`spec\` keeps them away altogether.

\`\`\`yaml
# earshot.yaml
server:
  port: 2751
microphone:
  device: plughw:1,0
\`\`\`

This page is made from the schema in \`agent/config.ts\` by \`npm run docs\`.`;

/** The reference of all settings as Markdown: the text of CONFIGURATION.md. */
export function renderConfigReference(): string {
  const sections = new Map<string, Setting[]>();
  for (const setting of SETTINGS) {
    const section = setting.key.split('.')[0] as string;
    sections.set(section, [...(sections.get(section) ?? []), setting]);
  }
  return [INTRODUCTION, ...[...sections].map(renderSection)].join('\n\n');
}

function renderSection([section, settings]: [string, readonly Setting[]]): string {
  const rows = settings.map(({ key, variable, expected, default: value, description }) => {
    const cells = [`\`${key}\``, description, expected, `\`${JSON.stringify(value)}\``, `\`${variable}\``];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [
    `## ${section}`,
    '',
    '| setting | meaning | expected | default | environment |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
