# SPDX-License-Identifier: MIT
"""The picture of row 8: how long the application's oldest open request has been waiting."""
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP = 760, 56, 16, 78
HEIGHT, GAP = 96, 46  # of a panel, and between two
BEFORE, AFTER = 2, 6  # seconds shown before the migration and behind the holder's end
STEP = 0.05

STYLE = """
  svg { background: #ffffff; }
  .card { fill: #ffffff; }
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .name { font-weight: 600; font-size: 13px; }
  .small { fill: #57606a; font-size: 11px; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .held { fill: #eaeef2; }
  .wait { fill: #cf222e; fill-opacity: .35; stroke: #cf222e; stroke-width: 1.2; }
  .ours { fill: #1a7f37; fill-opacity: .35; stroke: #1a7f37; stroke-width: 1.2; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; }
    .card { fill: #0d1117; }
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .held { fill: #21262d; }
    .wait { fill: #ff7b72; stroke: #ff7b72; }
    .ours { fill: #3fb950; stroke: #3fb950; }
  }
"""


def oldest_open(requests, begin, end):
    """(time, how long the oldest open request has waited then), in small steps and at each end."""
    requests = sorted(requests)
    times = sorted({begin + i * STEP for i in range(int((end - begin) / STEP) + 1)}
                   | {t for b, e in requests if e - b > STEP for t in (e - 0.001, e)})
    long = [(b, e) for b, e in requests if e - b > STEP]
    points = []
    for at in times:
        if begin <= at <= end:
            points.append((at, max((at - b for b, e in long if b <= at < e), default=0)))
    return points


class Panel:
    """One tool: time to the right, waiting upwards."""

    def __init__(self, number, begin, end, most):
        self.top = TOP + number * (HEIGHT + GAP)
        self.begin, self.end, self.most = begin, end, most

    def x(self, at):
        return LEFT + (at - self.begin) / (self.end - self.begin) * (WIDTH - LEFT - RIGHT)

    def y(self, waited):
        return self.top + HEIGHT - waited / self.most * HEIGHT

    def draw(self, name, stall, ours):
        base = self.y(0)
        parts = [f'<rect class="held" x="{self.x(self.begin):.1f}" y="{self.top}" '
                 f'width="{self.x(stall.held) - self.x(self.begin):.1f}" height="{HEIGHT}"/>']
        for waited in range(0, self.most + 1, 10):
            y = self.y(waited)
            parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
                         f'<text class="small" text-anchor="end" x="{LEFT - 8}" y="{y + 4:.1f}">'
                         f'{waited} s</text>')
        line = "".join(f"L{self.x(at):.1f} {self.y(waited):.1f}"
                       for at, waited in oldest_open(stall.requests, self.begin, self.end))
        parts.append(f'<path class="{"ours" if ours else "wait"}" '
                     f'd="M{self.x(self.begin):.1f} {base:.1f}{line}L{self.x(self.end):.1f} '
                     f'{base:.1f}Z"/>')
        parts.append(f'<text class="name" x="{LEFT}" y="{self.top - 10}">{escape(name)}</text>'
                     f'<text text-anchor="end" x="{WIDTH - RIGHT}" y="{self.top - 10}">'
                     f'longest wait {longest(stall)}, applied at {stall.held + stall.done:.1f} s</text>')
        return "\n".join(parts)


def longest(stall):
    return f"{stall.longest:.2f} s" if stall.longest < 10 else f"{stall.longest:.0f} s"


def draw(path, stalls):
    """stalls: name and stall (row_stall.py) of each; ours comes first."""
    held = max(stall.held for _, stall in stalls)
    begin, end = -BEFORE, held + AFTER
    most = 10 * (int(max(stall.longest for _, stall in stalls)) // 10 + 1)
    height = TOP + len(stalls) * (HEIGHT + GAP) + 14
    words = "; ".join(f"{name}: {longest(stall)}" for name, stall in stalls)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
             f'height="{height}" role="img" aria-labelledby="t d">',
             '<title id="t">How long the application waits during ALTER TABLE</title>',
             f'<desc id="d">A migration meets a transaction that holds its table for {held:.0f} '
             f'seconds. The longest wait of a request of the application: {escape(words)}.</desc>',
             f"<style>{STYLE}</style>",
             f'<rect class="card" width="{WIDTH}" height="{height}"/>',
             f'<text class="title" x="16" y="24">ALTER TABLE while another transaction holds the table for '
             f'{held:.0f} s (grey)</text>',
             '<text class="small" x="16" y="42">How long the oldest open request of the application '
             'has been waiting</text>']
    for number, (name, stall) in enumerate(stalls):
        parts.append(Panel(number, begin, end, most).draw(name, stall, number == 0))
    axis = Panel(len(stalls) - 1, begin, end, most)
    for at in range(0, int(end) + 1, 10):
        parts.append(f'<text class="small" text-anchor="middle" x="{axis.x(at):.1f}" '
                     f'y="{axis.top + HEIGHT + 18}">{at} s</text>')
    path.write_text("\n".join(parts) + "\n</svg>\n", encoding="utf-8")
