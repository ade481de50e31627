/** Shows the values of a chart's curves at the pointer. */
function follow(svg) {
  const { x, series } = JSON.parse(svg.dataset.chart);
  const figure = svg.closest('figure');
  const line = document.createElementNS(svg.namespaceURI, 'line');
  line.setAttribute('class', 'pointer');
  line.setAttribute('y1', 12);
  line.setAttribute('y2', 226);
  const reading = document.createElement('div');
  reading.className = 'reading';
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const nearest = series.map(({ name, points }) => {
      const point = points.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a));
      return { name, point };
    });
    const [px, , label] = nearest[0].point;
    line.setAttribute('x1', px);
    line.setAttribute('x2', px);
    svg.append(line);
    reading.textContent = [`${label} ${x}`, ...nearest.map(({ name, point }) => `${name}: ${point[3]}`)].join(
      '\n',
    );
    figure.append(reading);
    const left = svg.offsetLeft + (px / svg.viewBox.baseVal.width) * box.width;
    reading.style.left = `${Math.min(left + 10, figure.clientWidth - reading.offsetWidth - 6)}px`;
    reading.style.top = '54px';
  });
  svg.addEventListener('pointerleave', () => {
    line.remove();
    reading.remove();
  });
}
for (const svg of document.querySelectorAll('svg[data-chart]')) follow(svg);

// A run that goes on writes the page anew; not while somebody listens.
const isListening = () => [...document.querySelectorAll('audio')].some((audio) => !audio.paused);
if (document.body.dataset.ended !== 'true') setInterval(() => isListening() || location.reload(), 30_000);
