import { readFile } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import { type Check, notOk, ok } from './doctor-check.ts';

const LEAST_NODE = [20, 19] as const;

/** Instruction sets that ONNX Runtime is much slower without, by architecture. */
const WANTED_FEATURES: Readonly<Record<string, { needed: readonly string[]; helpful: readonly string[] }>> = {
  x64: { needed: ['avx2'], helpful: ['fma', 'avx512f', 'avx512_vnni', 'avx_vnni'] },
  arm64: { needed: ['asimd'], helpful: ['asimddp', 'asimdhp', 'i8mm'] },
};

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (enough) return ok('Node.js', version);
  return notOk('Node.js', {
    needed: true,
    detail: `${version}; ${LEAST_NODE.join('.')} or later is needed`,
    mend: 'install the current LTS version from https://nodejs.org',
  });
}

/** `cpuinfo`: as in `/proc/cpuinfo`; where there is none, the features are not known. */
export async function checkCpu(
  readCpuInfo: () => Promise<string> = () => readFile('/proc/cpuinfo', 'utf8'),
  architecture: string = arch(),
): Promise<Check> {
  const model = `${cpus()[0]?.model.trim() || architecture}, ${cpus().length} cores`;
  const wanted = WANTED_FEATURES[architecture];
  const text = await readCpuInfo().catch(() => '');
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1];
  if (line === undefined || wanted === undefined) {
    return ok('CPU', `${model}; its instruction sets can not be read on ${platform()}`);
  }
  const features = new Set(line.trim().split(/\s+/));
  const missing = wanted.needed.filter((feature) => !features.has(feature));
  if (missing.length > 0) {
    return notOk('CPU', {
      needed: false,
      detail: `${model}; without ${missing.join(', ')} it computes slowly`,
    });
  }
  const found = [...wanted.needed, ...wanted.helpful].filter((feature) => features.has(feature));
  return ok('CPU', `${model}; ${found.join(', ')}`);
}
