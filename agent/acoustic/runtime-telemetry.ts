const SWITCH = 'ORT_DISABLE_TELEMETRY';

/**
 * Keeps ONNX Runtime from reporting to Microsoft. Since version 1.29 its builds for Linux and macOS do so unless this variable
 * says otherwise: the id of the machine and the command line are read, events are kept in `~/.cache/Microsoft` and sent. Reading
 * a command line of some 20,000 characters also overflows the stack there and ends the process.
 *
 * To be called in the main thread before any thread loads ONNX Runtime: in a worker, `process.env` is a copy that native code
 * does not see. Who sets the variable to `0` has asked for the reports.
 */
export function disableRuntimeTelemetry(): void {
  // biome-ignore lint/style/noProcessEnv: the environment is all that the native library asks, and only before it is loaded
  process.env[SWITCH] ??= '1';
}
