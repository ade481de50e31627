import type { AgentParts } from './agent.ts';
import { ownEnvironment } from './config-load.ts';

/** The parts of a real agent, loaded when they are needed: ONNX Runtime alone takes longer than all the rest. */
export const AGENT_PARTS: AgentParts = {
  async loadEngine(folder, config, log) {
    const { Recognizer } = await import('./engine/recognizer.ts');
    return await Recognizer.load(folder, config, { log });
  },
  async openMicrophone(config, sampleRate, onStatus) {
    const { enabled, source, loop, ...settings } = config;
    if (!enabled) return null;
    if (source !== '') {
      const { FileMicrophone } = await import('./file-microphone.ts');
      return await FileMicrophone.open({ ...settings, path: source, loop, sampleRate, onStatus });
    }
    const { Microphone } = await import('./capture/microphone.ts');
    return new Microphone({ ...settings, sampleRate, onStatus, env: ownEnvironment() });
  },
};
