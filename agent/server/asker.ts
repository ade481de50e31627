/** Who a connection or a request comes from, as log lines name it. */
export interface Asker {
  readonly address: string;
  /** Name of the token that was presented, never the token; undefined when it is none of ours. */
  readonly tokenName?: string | undefined;
}
