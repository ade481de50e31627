/** What a page keeps over a reload; where the browser keeps nothing (site data blocked, too large), until then. */
class KeptValues {
  #area;
  /** @type {Map<string, string>} */
  #unkept = new Map();

  /** @param {() => Storage} area a browser that keeps nothing throws at its very name */
  constructor(area) {
    this.#area = area;
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  get(key) {
    return this.#unkept.get(key) ?? this.#try((area) => area.getItem(key)) ?? null;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  set(key, value) {
    this.remove(key);
    this.#try((area) => area.setItem(key, value));
    if (this.get(key) !== value) this.#unkept.set(key, value);
  }

  /** @param {string} key */
  remove(key) {
    this.#unkept.delete(key);
    this.#try((area) => area.removeItem(key));
  }

  /**
   * @template T
   * @param {(area: Storage) => T} action
   * @returns {T | undefined}
   */
  #try(action) {
    try {
      return action(this.#area());
    } catch {
      return undefined;
    }
  }
}

/** Until a person deletes it. */
export const ofDevice = new KeptValues(() => localStorage);

/** Until the tab is closed. */
export const ofTab = new KeptValues(() => sessionStorage);
