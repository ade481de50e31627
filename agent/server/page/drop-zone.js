/**
 * The whole page takes files.
 * @param {HTMLElement} veil shown while a file hangs over the page
 * @param {(file: File) => void} onFile
 */
export function acceptDrops(veil, onFile) {
  document.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}

/**
 * Text may be dragged too, within a field or into one.
 * @param {DragEvent} event
 */
function holdsFiles({ dataTransfer }) {
  return dataTransfer?.types.includes('Files') ?? false;
}
