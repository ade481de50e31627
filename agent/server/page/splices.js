/**
 * Where a stream holds sound and then, right behind it, sound of a later moment: the time of its events is not that of
 * the recording. Positions count samples, in the stream from its start, in the recording from that of the tape.
 */
export class Splices {
  /** @type {{ stream: number, recording: number }[]} */
  #pieces = [{ stream: 0, recording: 0 }];
  /** Pieces before which the gap is told of. */
  #told = 1;

  /** @param {number} recording at which a new stream begins */
  begin(recording) {
    this.#pieces = [{ stream: 0, recording }];
    this.#told = 1;
  }

  /**
   * @param {number} stream
   * @param {number} recording with which the stream goes on there
   */
  add(stream, recording) {
    this.#pieces.push({ stream, recording });
  }

  /**
   * What came behind this place did not arrive: it is as if it had not been sent.
   * @param {number} stream
   */
  cutAt(stream) {
    this.#pieces = this.#pieces.filter((piece) => piece.stream <= stream);
    this.#told = Math.min(this.#told, this.#pieces.length);
  }

  /**
   * @param {number} stream
   * @returns {number} the same moment in the recording
   */
  at(stream) {
    const { stream: from, recording } = this.#pieceAt(stream);
    return recording + stream - from;
  }

  /**
   * The oldest gap that was not taken yet.
   * @param {number} stream place up to which gaps are wanted
   * @returns {{ start: number, end: number } | undefined} in the recording
   */
  takeGap(stream) {
    const [before, piece] = this.#pieces.slice(this.#told - 1);
    if (!before || !piece || piece.stream > stream) return undefined;
    this.#told += 1;
    return { start: before.recording + piece.stream - before.stream, end: piece.recording };
  }

  /** @param {number} stream */
  #pieceAt(stream) {
    return this.#pieces.findLast((piece) => piece.stream <= stream) ?? { stream: 0, recording: 0 };
  }
}
