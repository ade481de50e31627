import { App } from './app.js';
import { element } from './dom.js';
import { acceptDrops } from './drop-zone.js';

const app = new App();
app.start();

acceptDrops(element('drop', HTMLElement), (file) => app.openFile(file));

const picker = element('file', HTMLInputElement);
picker.addEventListener('change', () => {
  const file = picker.files?.[0];
  // The same file may be chosen again.
  picker.value = '';
  if (file) app.openFile(file);
});

/** What has a use of its own for the space bar; a chosen radio button has none. */
const TAKES_SPACE = 'button, input:not([type=radio]:checked), textarea, select, dialog, a';

document.addEventListener('keydown', (event) => {
  const inControl = event.target instanceof Element && event.target.closest(TAKES_SPACE);
  const withOthers = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
  if (event.key !== ' ' || event.repeat || withOthers || inControl) return;
  event.preventDefault();
  app.press();
});
