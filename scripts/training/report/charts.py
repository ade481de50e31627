"""Line charts as SVG, coloured by the page's style sheet."""
import html
import json
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 260, 48, 14, 12, 34


def nice_ticks(low, high, count=5):
    """Round values that cover low to high."""
    if high <= low:
        high = low + 1
    rough = (high - low) / count
    scale = 10 ** math.floor(math.log10(rough))
    step = next(s * scale for s in (1, 2, 2.5, 5, 10) if s * scale >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def smoothed(values, share):
    """Exponential mean, free of the bias of its start."""
    out, mean, weight = [], 0.0, 0.0
    for value in values:
        mean, weight = mean * (1 - share) + value * share, weight * (1 - share) + share
        out.append(mean / weight)
    return out


def number(value):
    if value != 0 and abs(value) < 0.01:
        return f'{value:.1e}'
    return f'{value:.4g}'


def line_chart(title, x_title, y_title, series, from_zero=False):
    """`series`: (name, [(x, y)], whether to smooth). What the pointer is over is shown by page.js, from `data-chart`."""
    series = [(name, [(x, y) for x, y in points if math.isfinite(y)], smooth) for name, points, smooth in series]
    series = [line for line in series if line[1]]
    if not series:
        return ''
    xs = [x for _, points, _ in series for x, _ in points]
    ys = [y for _, points, _ in series for _, y in points]
    x_ticks = nice_ticks(min(xs), max(xs), 6)
    y_ticks = nice_ticks(0 if from_zero else min(ys), max(ys))
    x0, x1 = min(xs), max(max(xs), min(xs) + 1e-9)
    y0, y1 = y_ticks[0], y_ticks[-1]

    def px(x):
        return LEFT + (WIDTH - LEFT - RIGHT) * (x - x0) / (x1 - x0)

    def py(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (y - y0) / (y1 - y0)

    marks = [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py(y):.1f}" y2="{py(y):.1f}"/>'
             f'<text class="tick" x="{LEFT - 7}" y="{py(y) + 4:.1f}" text-anchor="end">{number(y)}</text>' for y in y_ticks]
    marks += [f'<text class="tick" x="{px(x):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{number(x)}</text>'
              for x in x_ticks if x0 <= x <= x1]
    marks.append(f'<text class="tick" x="{WIDTH - RIGHT}" y="{HEIGHT - 3}" text-anchor="end">{html.escape(x_title)}</text>')
    shown = []
    for i, (name, points, smooth) in enumerate(series):
        values = smoothed([y for _, y in points], 0.15) if smooth else [y for _, y in points]
        if smooth and len(points) > 8:
            marks.append(f'<path class="s{i} faint" d="{_path(points, px, py)}"/>')
        points = list(zip([x for x, _ in points], values))
        marks.append(f'<path class="s{i}" d="{_path(points, px, py)}"/>')
        if len(points) <= 24:
            marks += [f'<circle class="s{i}" cx="{px(x):.1f}" cy="{py(y):.1f}" r="3"/>' for x, y in points]
        shown.append({'name': name, 'points': [[round(px(x), 1), round(py(y), 1), number(x), number(y)] for x, y in points]})
    legend = ''.join(f'<span><i class="s{i}"></i>{html.escape(name)}</span>' for i, (name, _, _) in enumerate(series))
    data = html.escape(json.dumps({'x': x_title, 'series': shown}))
    return f'''<figure class="chart"><figcaption>{html.escape(title)} <small>{html.escape(y_title)}</small></figcaption>
<div class="legend">{legend if len(series) > 1 else ''}</div>
<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}" data-chart="{data}">{''.join(marks)}</svg></figure>'''


def sparkline(values):
    """A small curve without axes, from 0."""
    if len(values) < 2:
        return ''
    top = max(max(values), 1e-9)
    points = [(i, v) for i, v in enumerate(values)]
    path = _path(points, lambda x: 2 + 116 * x / (len(values) - 1), lambda y: 30 - 28 * y / top)
    return f'<svg class="spark" viewBox="0 0 120 32" aria-hidden="true"><path class="s0" d="{path}"/></svg>'


def _path(points, px, py):
    return 'M' + 'L'.join(f'{px(x):.1f} {py(y):.1f}' for x, y in points)
