/**
 * The whole page takes files.
 * @param {HTMLElement} veil shown while a file hangs over the page
 * @param {(file: File) => void} onFile
 */
export function acceptDrops(veil, onFile) {
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    veil.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}
