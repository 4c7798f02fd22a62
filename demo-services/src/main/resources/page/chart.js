"use strict";
/** Draws a minute of latencies: p50 and p99 of each second on a logarithmic scale, events a second as bars below. */
const Chart = (() => {
  const SECONDS = 60;
  const LOWEST = 0.5;
  const LABELS = [1, 10, 100, 1000, 10000, 100000];

  function name(ms) {
    return ms < 1000 ? ms + " ms" : ms / 1000 + " s";
  }

  function draw(canvas, latency) {
    const width = canvas.clientWidth, height = canvas.clientHeight, scale = window.devicePixelRatio || 1;
    if (!width || !height) return;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const style = getComputedStyle(document.documentElement);
    const color = (variable) => style.getPropertyValue(variable).trim();
    const g = canvas.getContext("2d");
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.clearRect(0, 0, width, height);

    const left = 50, right = width - 14, top = 12, bottom = height - 18;
    const series = latency.series.filter((s) => s.at > latency.now - SECONDS);
    const highest = Math.max(100, ...series.map((s) => s.p99));
    const x = (at) => right - ((latency.now - at) / (SECONDS - 1)) * (right - left);
    const y = (ms) => bottom - (Math.log(Math.max(ms, LOWEST) / LOWEST) / Math.log(highest * 1.3 / LOWEST)) * (bottom - top);

    g.font = "11px system-ui, sans-serif";
    g.textBaseline = "middle";
    g.lineWidth = 1;
    for (const ms of LABELS.filter((label) => label <= highest * 1.2)) {
      g.strokeStyle = color("--line");
      g.beginPath(); g.moveTo(left, Math.round(y(ms)) + .5); g.lineTo(right, Math.round(y(ms)) + .5); g.stroke();
      g.fillStyle = color("--soft");
      g.textAlign = "right";
      g.fillText(name(ms), left - 6, y(ms));
    }
    g.fillStyle = color("--soft");
    g.textAlign = "left"; g.fillText("a minute ago", left, height - 8);
    g.textAlign = "right"; g.fillText("now", right, height - 8);

    const most = Math.max(1, ...series.map((s) => s.count));
    const bar = (right - left) / SECONDS;
    g.fillStyle = color("--accent");
    g.globalAlpha = .16;
    for (const s of series) {
      const tall = Math.max(2, (s.count / most) * (bottom - top));
      g.fillRect(x(s.at) - bar / 2 + .5, bottom - tall, bar - 1, tall);
    }
    g.globalAlpha = 1;
    for (const [field, variable] of [["p99", "--warn"], ["p50", "--accent"]]) {
      g.strokeStyle = g.fillStyle = color(variable);
      g.lineWidth = 2;
      g.lineJoin = "round";
      g.beginPath();
      let before = null;
      for (const s of series) {
        if (before !== null && s.at - before <= 3) g.lineTo(x(s.at), y(s[field])); else g.moveTo(x(s.at), y(s[field]));
        before = s.at;
      }
      g.stroke();
      for (const s of series) {
        g.beginPath(); g.arc(x(s.at), y(s[field]), 2.2, 0, 7); g.fill();
      }
    }
  }

  return { draw };
})();
