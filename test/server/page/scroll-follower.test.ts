import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ScrollFollower } from '../../../agent/server/page/scroll-follower.js';
import { setGlobal } from './fake-socket.ts';

const WINDOW_PIXELS = 800;
const LINE_PIXELS = 40;

/** A page whose lines the test adds, and whose pictures it draws. */
function openPage(t: TestContext) {
  const page = { scrollHeight: 2000, scrollTop: 0, clientHeight: WINDOW_PIXELS };
  const pictures: (() => void)[] = [];
  let jumps = 0;
  let onScroll = () => {};
  setGlobal(t, 'document', {
    documentElement: page,
    addEventListener: (_type: string, listener: () => void) => {
      onScroll = listener;
    },
  });
  setGlobal(t, 'window', {
    scrollTo: ({ top }: { top: number }) => {
      jumps += 1;
      page.scrollTop = Math.min(top, page.scrollHeight - WINDOW_PIXELS);
    },
  });
  setGlobal(t, 'requestAnimationFrame', (draw: () => void) => pictures.push(draw));
  const button = { hidden: true, addEventListener: () => {} };
  const follower = new ScrollFollower(button as unknown as HTMLButtonElement);
  return {
    page,
    button,
    jumps: () => jumps,
    addLine: () => {
      page.scrollHeight += LINE_PIXELS;
      follower.follow();
    },
    /** Browsers tell of scrolling right before they draw. */
    tellOfScrolling: () => onScroll(),
    draw: () => {
      for (const draw of pictures.splice(0)) draw();
    },
    fromEnd: () => page.scrollHeight - page.scrollTop - WINDOW_PIXELS,
  };
}

test('however many lines come between two pictures, the page is scrolled once', (t) => {
  const { addLine, draw, jumps, fromEnd } = openPage(t);
  for (let line = 0; line < 100; line += 1) addLine();
  draw();
  assert.equal(fromEnd(), 0);
  assert.equal(jumps(), 1);
});

test('lines that come before the browser tells of the last jump do not end the following', (t) => {
  const { addLine, draw, tellOfScrolling, fromEnd, button } = openPage(t);
  addLine();
  draw();
  for (let line = 0; line < 100; line += 1) addLine();
  tellOfScrolling();
  draw();
  assert.equal(fromEnd(), 0);
  assert.equal(button.hidden, true);
});

test('a person who scrolls back while lines come is left to read', (t) => {
  const { page, addLine, draw, tellOfScrolling, jumps, button } = openPage(t);
  addLine();
  draw();
  addLine();
  page.scrollTop -= 500;
  tellOfScrolling();
  draw();
  assert.equal(jumps(), 1);
  assert.equal(button.hidden, false);
});
