/** Programs that the capture stage can use but does not bring along. */
export type Program = 'arecord' | 'sox' | 'rec' | 'ffmpeg';

const PACKAGES: Readonly<Record<Program, string>> = {
  arecord: 'alsa-utils',
  sox: 'sox',
  rec: 'sox',
  ffmpeg: 'ffmpeg',
};

/** How to install `program`, as a command where there is one. */
export function installHint(program: Program, platform: NodeJS.Platform = process.platform): string {
  const name = PACKAGES[program];
  if (platform === 'darwin') return `brew install ${name}`;
  if (platform === 'win32') return windowsHint(program);
  return `sudo apt install ${name} (other distributions: the package ${name})`;
}

function windowsHint(program: Program): string {
  if (program === 'ffmpeg') return 'winget install ffmpeg';
  return 'install SoX 14.4.1 (14.4.2 does not record on Windows) and add its folder to PATH';
}
