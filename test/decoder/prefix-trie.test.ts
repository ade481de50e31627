import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PrefixTrie } from '../../agent/decoder/prefix-trie.ts';

/** Adds the prefix where it is missing, puts it in the beam and returns its node. */
function insert(trie: PrefixTrie, tokens: readonly number[]): number {
  let node = PrefixTrie.ROOT;
  for (const token of tokens) {
    const child = trie.find(node, token);
    node = child === -1 ? trie.add(node, token) : child;
  }
  trie.slot[node] = 0;
  return node;
}

function remove(trie: PrefixTrie, node: number): void {
  trie.slot[node] = -1;
  trie.prune(node);
}

const prefix = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 });

test('it holds what was added and not removed, and says what all of it shares', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(prefix, fc.boolean()), { minLength: 1, maxLength: 40 }), (actions) => {
      const trie = new PrefixTrie();
      const model = new Map<string, { tokens: number[]; node: number }>();
      for (const [tokens, add] of actions) {
        const key = tokens.join(' ');
        const known = model.get(key);
        if (add) model.set(key, { tokens, node: insert(trie, tokens) });
        else if (known) {
          remove(trie, known.node);
          model.delete(key);
        }
        for (const { tokens: expected, node } of model.values()) {
          assert.deepEqual(trie.tokens(node), expected);
          assert.equal(trie.depth[node], expected.length);
        }
      }
      const alive = [...model.values()].map(({ tokens }) => tokens);
      if (alive.length === 0) return;
      const common = trie.tokens(trie.commonAncestor(PrefixTrie.ROOT));
      for (const tokens of alive) assert.deepEqual(tokens.slice(0, common.length), common);
      const longer = alive.map((tokens) => tokens[common.length]);
      assert.ok(longer.includes(undefined) || new Set(longer).size > 1);
    }),
  );
});

test('removed nodes are used again', () => {
  const trie = new PrefixTrie();
  const capacity = trie.token.length;
  for (let i = 0; i < 10 * capacity; i += 1) remove(trie, insert(trie, [1, 2, 3]));
  assert.equal(trie.token.length, capacity);
});

test('it grows when more is alive than fits', () => {
  const trie = new PrefixTrie();
  const tokens = Array.from({ length: 3000 }, (_, i) => i % 7);
  assert.deepEqual(trie.tokens(insert(trie, tokens)), tokens);
});

test('removing a node twice does nothing', () => {
  const trie = new PrefixTrie();
  const node = insert(trie, [1]);
  remove(trie, node);
  trie.prune(node);
  const [a, b] = [insert(trie, [2]), insert(trie, [3])];
  assert.notEqual(a, b);
});

test('isWithin tells whether one prefix begins with another', () => {
  const trie = new PrefixTrie();
  const [short, long, other] = [insert(trie, [1]), insert(trie, [1, 2, 3]), insert(trie, [2, 2])];
  assert.ok(trie.isWithin(long, short));
  assert.ok(trie.isWithin(long, long));
  assert.ok(!trie.isWithin(other, short));
  assert.ok(!trie.isWithin(short, long));
});
