/** How the daemon's own microphone fares. */
export interface MicrophoneStatus {
  readonly state: 'starting' | 'running' | 'restarting' | 'silent' | 'failed' | 'off';
  /** For people: what happened and, where there is something, what to do. Empty when all is well. */
  readonly detail: string;
  /** Times that the recorder was started again since the daemon started. */
  readonly restarts: number;
}
