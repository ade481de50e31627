// node-record-lpcm16 asks a CommonJS module what to run. This one answers with what microphone.ts decided,
// so that rate, device, latency and environment are in our hands for every recorder alike.
module.exports = (options: { readonly command: unknown }) => options.command;
