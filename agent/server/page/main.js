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

document.addEventListener('keydown', (event) => {
  const inControl =
    event.target instanceof Element && event.target.closest('button, input, textarea, select, dialog, a');
  if (event.key !== ' ' || event.repeat || inControl) return;
  event.preventDefault();
  app.press();
});
